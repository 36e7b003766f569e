package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// transferInput is what was typed after booking transfer, beside the reference.
type transferInput struct{ customerInput }

func newBookingTransfer(a *app) *cobra.Command {
	const example = "evbook booking transfer " + exampleReference + " --email bob@example.org"
	var in transferInput
	cmd := &cobra.Command{
		Use:   "transfer REFERENCE --email ADDRESS",
		Short: "Give a booking to another customer",
		Long: `Give a booking, a hold or a place in the waitlist to another customer. What the
former customer gave is erased, and secrets that were made for them are void. The reference stays.`,
		Example: "  " + example + "\n  " + example + ` --name "Bob Babbage"`,
		Args:    oneArgument("the reference", example),
	}
	in.declare(cmd.Flags(), "the new customer")
	return onBooking(a, cmd, bookingCommand[booking.Transfer, booking.Amended]{
		request: in.request, do: (*storage.Store).Transfer, undone: notAmended,
		tell: toldTransfer,
	})
}

func (in *transferInput) request(
	_ *form, of booking.Reference, key booking.Key,
) (booking.Transfer, error) {
	return booking.Transfer{
		Reference: of, Email: in.email, Name: in.name, Note: in.note, Key: key,
	}, nil
}

func toldTransfer(a booking.Amended) (answer, bool) {
	return answer{
		envelope: httpapi.Transferred(a),
		done:     "transferred " + a.Booking.Reference.String(),
		text: func(p *page) {
			owner := a.Booking.Email
			if owner == "" { // it was handed on again, or forgotten
				owner = "another customer"
			}
			p.line("Booking %s for %s belongs to %s.", a.Booking.Reference,
				titleAndStart(a.Event), owner)
			p.line("What the former customer gave is erased.")
		},
	}, a.Replayed
}
