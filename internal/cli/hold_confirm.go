package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// confirmInput is what was typed after hold confirm, beside the reference.
type confirmInput struct {
	customerInput
	quantity *string
	lines    []string
}

func newHoldConfirm(a *app) *cobra.Command {
	const example = "evbook hold confirm " + exampleReference
	var in confirmInput
	cmd := &cobra.Command{
		Use:   "confirm REFERENCE",
		Short: "Make a hold final, all or a part of it",
		Long: `Make a hold final before it lapses. With --qty, or with --line where it has several
ticket types, it is a part of the seats, and the others are given back. What is left out about the
customer stays as it was. When the answer never came, repeat the command with the same
--idempotency-key.`,
		Example: "  " + example + "\n  " + example +
			` --qty 1 --email ada@example.org --name "Ada Lovelace"`,
		Args: oneArgument("the reference", example),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.quantity, "qty", "`N` seats to confirm (all)")
	declareLines(flags, &in.lines, "seats to confirm")
	in.customerInput.declare(flags, "the customer")
	return onBooking(a, cmd, bookingCommand[booking.Confirmation, booking.Returned]{
		request: in.request, do: (*storage.Store).Confirm, undone: "confirmed now",
		tell: toldConfirmation,
	})
}

func (in *confirmInput) request(
	f *form, of booking.Reference, key booking.Key,
) (booking.Confirmation, error) {
	return booking.Confirmation{
		Reference: of, Part: f.part(in.quantity, in.lines), Email: in.email, Name: in.name,
		Note: in.note, Key: key,
	}, nil
}

func toldConfirmation(r booking.Returned) (answer, bool) {
	reference := r.Booking.Reference
	return answer{
		envelope: httpapi.Confirmed(r),
		done:     "confirmed " + reference.String(),
		text: func(p *page) {
			back := ""
			if r.Seats > 0 {
				back = ", gave " + booking.Seats(r.Seats) + " back"
			}
			p.line("Confirmed %s for %s%s. %d left.", seatsOf(r.Booking),
				titleAndStart(r.Event), back, r.Left)
			p.line("Reference: %s", reference)
		},
	}, r.Replayed
}
