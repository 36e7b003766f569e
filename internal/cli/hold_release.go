package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newHoldRelease(a *app) *cobra.Command {
	const example = "evbook hold release " + exampleReference
	cmd := &cobra.Command{
		Use:   "release REFERENCE",
		Short: "Give all seats of a hold back",
		Long: `Give all seats of a hold back before it lapses. A booking that was confirmed is
cancelled instead: evbook booking cancel.`,
		Example: "  " + example,
		Args:    oneArgument("the reference", example),
	}
	request := func(
		_ *form, of booking.Reference, key booking.Key,
	) (booking.Release, error) {
		return booking.Release{Reference: of, Key: key}, nil
	}
	return onBooking(a, cmd, bookingCommand[booking.Release, booking.Returned]{
		request: request, do: (*storage.Store).Release, undone: "given back now",
		tell: toldRelease,
	})
}

func toldRelease(r booking.Returned) (answer, bool) {
	seats, reference := booking.Seats(r.Seats), r.Booking.Reference
	return answer{
		envelope: httpapi.Released(r),
		done:     fmt.Sprintf("gave %s of %s back", seats, reference),
		text: func(p *page) {
			p.line("Gave %s of %s back. %d left. Hold %s is released.", seats,
				titleAndStart(r.Event), r.Left, reference)
		},
	}, r.Replayed
}
