package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// cancelInput is what was typed after booking cancel, beside the reference.
type cancelInput struct {
	reason   string
	quantity *string
	lines    []string
}

func newBookingCancel(a *app) *cobra.Command {
	const example = "evbook booking cancel " + exampleReference
	var in cancelInput
	cmd := &cobra.Command{
		Use:   "cancel REFERENCE",
		Short: "Give all or some seats of a booking back",
		Long: `Give all or some seats of a booking back: --qty says how many, or --line where it has
several ticket types. When the answer never came, repeat the command with the same
--idempotency-key: it gives the seats back once.`,
		Example: "  " + example + "\n  " + example + ` --qty 1 --reason "one friend is ill"`,
		Args:    oneArgument("the reference", example),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.quantity, "qty", "`N` seats to give back (all)")
	declareLines(flags, &in.lines, "seats to give back")
	flags.StringVar(&in.reason, "reason", "", "`TEXT` to keep with the booking")
	return onBooking(a, cmd, bookingCommand[booking.Cancellation, booking.Returned]{
		request: in.request, do: (*storage.Store).CancelBooking, undone: "given back now",
		tell: toldCancellation,
	})
}

func (in *cancelInput) request(
	f *form, of booking.Reference, key booking.Key,
) (booking.Cancellation, error) {
	return booking.Cancellation{
		Reference: of, Part: f.part(in.quantity, in.lines), Reason: in.reason, Key: key,
	}, nil
}

func toldCancellation(r booking.Returned) (answer, bool) {
	reference := r.Booking.Reference
	return answer{
		envelope: httpapi.Cancelled(r),
		done:     fmt.Sprintf("gave %s of %s back", booking.Seats(r.Seats), reference),
		text: func(p *page) {
			rest := "Booking %s is cancelled."
			if r.Booking.Status != booking.Cancelled {
				rest = "Booking %s keeps " + seatsOf(r.Booking) + "."
			}
			p.line("Gave %s of %s back. %d left. "+rest, booking.Seats(r.Seats),
				titleAndStart(r.Event), r.Left, reference)
		},
	}, r.Replayed
}
