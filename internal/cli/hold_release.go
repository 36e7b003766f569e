package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newHoldRelease(a *app) *cobra.Command {
	const example = "evbook hold release " + exampleReference
	var key *string
	cmd := &cobra.Command{
		Use:   "release REFERENCE",
		Short: "Give all seats of a hold back",
		Long: `Give all seats of a hold back before it lapses. A booking that was confirmed is
cancelled instead: evbook booking cancel.`,
		Example: "  " + example,
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.releaseHold(cmd.Context(), args[0], key)
		}),
	}
	declareKey(cmd.Flags(), &key)
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) releaseHold(ctx context.Context, text string, key *string) error {
	var f form
	request := booking.Release{Key: f.key(key)}
	if err := f.err(request.Validate()); err != nil {
		return err
	}
	reference, err := booking.ParseReference(text)
	if err != nil {
		return badReference(err)
	}
	request.Reference = reference
	var r booking.Returned
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		r, err = store.Release(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	if r.Replayed {
		a.note("This key was used before: nothing was given back now.")
	}
	seats := booking.Seats(r.Seats)
	return a.sayChanged(answer{
		envelope: httpapi.Released(r),
		done:     fmt.Sprintf("gave %s of %s back", seats, reference),
		names:    []string{reference.String()},
		text: func(p *page) {
			p.line("Gave %s of %s back. %d left. Hold %s is released.", seats,
				titleAndStart(r.Event), r.Left, reference)
		},
	})
}
