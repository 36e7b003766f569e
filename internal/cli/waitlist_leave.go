package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newWaitlistLeave(a *app) *cobra.Command {
	const example = "evbook waitlist leave " + exampleReference
	cmd := &cobra.Command{
		Use:   "leave REFERENCE",
		Short: "Give a place in the waitlist up, for good",
		Long: `Give a place in the waitlist up, for good. Seats that are offered already are given
back instead: evbook hold release.`,
		Example: "  " + example,
		Args:    oneArgument("the reference", example),
	}
	request := func(_ *form, of booking.Reference, key booking.Key) (booking.Leave, error) {
		return booking.Leave{Reference: of, Key: key}, nil
	}
	return onBooking(a, cmd, bookingCommand[booking.Leave, booking.Returned]{
		request: request, do: (*storage.Store).Leave, undone: "given up now", tell: toldLeaving,
	})
}

func toldLeaving(r booking.Returned) (answer, bool) {
	reference := r.Booking.Reference
	return answer{
		envelope: httpapi.LeftWaitlist(r),
		done:     reference.String() + " left the waitlist",
		text: func(p *page) {
			p.line("Booking %s left the waitlist of %s, where it waited for %s.", reference,
				titleAndStart(r.Event), seatsOf(r.Booking))
		},
	}, r.Replayed
}
