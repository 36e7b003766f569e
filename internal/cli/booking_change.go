package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// resizeInput is what was typed after booking change, beside the reference.
type resizeInput struct {
	quantity *string
	lines    []string
}

func newBookingChange(a *app) *cobra.Command {
	const example = "evbook booking change " + exampleReference
	var in resizeInput
	cmd := &cobra.Command{
		Use:   "change REFERENCE --qty N",
		Short: "Give a booking more seats or fewer",
		Long: `Give a booking or a hold more seats or fewer: --qty says how many it is to have in
all, or --line does for each ticket type that changes, 0 for none any more. More seats have to be
free and on sale; when they are not, the booking stays as it was. Seats of a ticket type that the
booking has cost what they cost when it was made.`,
		Example: "  " + example + " --qty 3\n  " + example + " --line adult=2 --line child=0",
		Args:    oneArgument("the reference", example+" --qty 3"),
	}
	declareOptional(cmd.Flags(), &in.quantity, "qty", "`N` seats to have in all")
	declareLines(cmd.Flags(), &in.lines, "seats to have")
	return onBooking(a, cmd, bookingCommand[booking.Resize, booking.Amended]{
		request: in.request, do: (*storage.Store).Resize, undone: notAmended, tell: toldResize,
	})
}

func (in *resizeInput) request(
	f *form, of booking.Reference, key booking.Key,
) (booking.Resize, error) {
	part := f.part(in.quantity, in.lines)
	r := booking.Resize{Reference: of, Quantity: part.Quantity, Lines: part.Lines, Key: key}
	if len(in.lines) > 0 && len(f.bad) > 0 { // to the rules, lines that cannot be read are none
		return r, f.err(nil)
	}
	return r, nil
}

func toldResize(a booking.Amended) (answer, bool) {
	return answer{
		envelope: httpapi.Resized(a),
		done:     "changed " + a.Booking.Reference.String(),
		text: func(p *page) {
			p.line("Booking %s has %s for %s. %d left.", a.Booking.Reference, seatsOf(a.Booking),
				titleAndStart(a.Event), a.Left)
			p.line("Total: %s", a.Booking.Total())
		},
	}, a.Replayed
}
