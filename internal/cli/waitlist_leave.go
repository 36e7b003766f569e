package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newWaitlistLeave(a *app) *cobra.Command {
	const example = "evbook waitlist leave " + exampleReference
	var key *string
	cmd := &cobra.Command{
		Use:   "leave REFERENCE",
		Short: "Give a place in the waitlist up, for good",
		Long: `Give a place in the waitlist up, for good. Seats that are offered already are given
back instead: evbook hold release.`,
		Example: "  " + example,
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.leaveWaitlist(cmd.Context(), args[0], key)
		}),
	}
	declareKey(cmd.Flags(), &key)
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) leaveWaitlist(ctx context.Context, text string, key *string) error {
	var f form
	request := booking.Leave{Key: f.key(key)}
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
		r, err = store.Leave(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	if r.Replayed {
		a.note("This key was used before: nothing was given up now.")
	}
	return a.sayChanged(answer{
		envelope: httpapi.LeftWaitlist(r),
		done:     reference.String() + " left the waitlist",
		names:    []string{reference.String()},
		text: func(p *page) {
			p.line("Booking %s left the waitlist of %s, where it waited for %s.", reference,
				titleAndStart(r.Event), seatsOf(r.Booking))
		},
	})
}
