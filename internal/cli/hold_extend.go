package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newHoldExtend(a *app) *cobra.Command {
	const example = "evbook hold extend " + exampleReference
	var ttl, key *string
	cmd := &cobra.Command{
		Use:   "extend REFERENCE",
		Short: "Let a hold last longer",
		Long: fmt.Sprintf(`Let a hold last longer, counted from now on. One that lasts as long
anyway stays as it is. A hold can be extended %d times, and lasts %g hours at most.`,
			booking.MaxExtensions, booking.MaxTTL.Hours()),
		Example: "  " + example + "\n  " + example + " --ttl 30m",
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.extendHold(cmd.Context(), args[0], ttl, key)
		}),
	}
	flags := cmd.Flags()
	declareTTL(flags, &ttl)
	declareKey(flags, &key)
	a.declareDryRun(flags)
	return cmd
}

func (a *app) extendHold(ctx context.Context, text string, ttl, key *string) error {
	var f form
	request := booking.Extension{TTL: f.ttl(ttl), Key: f.key(key)}
	if err := f.err(request.Validate()); err != nil {
		return err
	}
	reference, err := booking.ParseReference(text)
	if err != nil {
		return badReference(err)
	}
	request.Reference = reference
	var e booking.Extended
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		e, err = store.Extend(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	if e.Replayed {
		a.note("This key was used before: nothing was extended now.")
	}
	return a.sayChanged(answer{
		envelope: httpapi.Extended(e),
		done:     "extended " + reference.String(),
		names:    []string{reference.String()},
		text: func(p *page) {
			p.line("Hold %s of %s for %s lasts until %s.", reference,
				booking.Seats(e.Booking.Quantity), titleAndStart(e.Event),
				booking.FormatWhen(e.Booking.ExpiresAt, e.Event.Zone))
		},
	})
}
