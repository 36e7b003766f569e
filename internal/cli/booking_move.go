package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// moveInput is what was typed after booking move, beside the reference.
type moveInput struct {
	code              string
	event, ticketType *string
}

func newBookingMove(a *app) *cobra.Command {
	const example = "evbook booking move " + exampleReference
	var in moveInput
	cmd := &cobra.Command{
		Use:   "move REFERENCE --to-event ID|SLUG",
		Short: "Move a booking to another event or ticket type",
		Long: `Move all seats of a booking or a hold to another event, to another ticket type, or
both. They have to be free and on sale there, and cost what they cost there now; when they are not,
the booking stays as it was. The reference, the customer and the time at which a hold lapses stay.`,
		Example: "  " + example + " --to-event go-meetup-2\n  " + example + " --to-type balcony",
		Args:    oneArgument("the reference", example+" --to-event 2"),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.event, "to-event", "`ID|SLUG` of the event (the one it is for)")
	declareOptional(flags, &in.ticketType, "to-type",
		"ticket `TYPE` for all its seats (those of the same names)")
	flags.StringVar(&in.code, "code", "", "access `CODE` of the event where it goes")
	return onBooking(a, cmd, bookingCommand[booking.Move, booking.Amended]{
		request: in.request, do: (*storage.Store).Move, undone: notAmended, tell: toldMove,
	})
}

func (in *moveInput) request(
	f *form, of booking.Reference, key booking.Key,
) (booking.Move, error) {
	m := booking.Move{Reference: of, Type: or(in.ticketType, ""), Code: in.code, Key: key}
	if in.event != nil {
		m.Event = f.event(fieldEvent, *in.event)
	}
	if in.ticketType != nil && *in.ticketType == "" {
		f.bad.Add(fieldType, "is empty; leave it out, or name a ticket type")
		return m, f.err(nil)
	}
	return m, nil
}

func toldMove(a booking.Amended) (answer, bool) {
	return answer{
		envelope: httpapi.Moved(a),
		done:     "moved " + a.Booking.Reference.String(),
		text: func(p *page) {
			p.line("Moved booking %s: it has %s for %s. %d left.", a.Booking.Reference,
				seatsOf(a.Booking), titleAndStart(a.Event), a.Left)
			p.line("Total: %s", a.Booking.Total())
		},
	}, a.Replayed
}
