package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newBookingCancel(a *app) *cobra.Command {
	const example = "evbook booking cancel EVB-7K3M9-9QXT4-K"
	var in cancelInput
	cmd := &cobra.Command{
		Use:   "cancel REFERENCE",
		Short: "Give all or some seats of a booking back",
		Long: `Give all or some seats of a booking back: --qty says how many, or --line where it has
several ticket types. When the answer never came, repeat the command with the same
--idempotency-key: it gives the seats back once.`,
		Example: "  " + example + "\n  " + example + ` --qty 1 --reason "one friend is ill"`,
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.cancelBooking(cmd.Context(), args[0], in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.quantity, "qty", "`N` seats to give back (all)")
	declareLines(flags, &in.lines, "seats to give back")
	flags.StringVar(&in.reason, "reason", "", "`TEXT` to keep with the booking")
	declareKey(flags, &in.key)
	a.declareDryRun(flags)
	return cmd
}

// cancelInput is what was typed after booking cancel, beside the reference.
type cancelInput struct {
	reason        string
	quantity, key *string
	lines         []string
}

func (in cancelInput) request() (booking.Cancellation, error) {
	var f form
	c := booking.Cancellation{
		Part: f.part(in.quantity, in.lines), Reason: in.reason, Key: f.key(in.key),
	}
	if err := f.err(c.Validate()); err != nil {
		return c, err
	}
	return c, nil
}

func (a *app) cancelBooking(ctx context.Context, text string, in cancelInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	if request.Reference, err = booking.ParseReference(text); err != nil {
		return badReference(err)
	}
	var r booking.Returned
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		r, err = store.CancelBooking(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	if r.Replayed {
		a.note("This key was used before: nothing was given back now.")
	}
	reference := r.Booking.Reference
	return a.sayChanged(answer{
		envelope: httpapi.Cancelled(r),
		done:     fmt.Sprintf("gave %s of %s back", booking.Seats(r.Seats), reference),
		names:    []string{reference.String()},
		text: func(p *page) {
			rest := "Booking %s is cancelled."
			if r.Booking.Status != booking.Cancelled {
				rest = "Booking %s keeps " + seatsOf(r.Booking) + "."
			}
			p.line("Gave %s of %s back. %d left. "+rest, booking.Seats(r.Seats),
				titleAndStart(r.Event), r.Left, reference)
		},
	})
}
