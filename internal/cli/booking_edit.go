package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// amendInput is what was typed after booking edit, beside the reference; nil is what was not.
type amendInput struct{ name, email, note *string }

func newBookingEdit(a *app) *cobra.Command {
	const example = "evbook booking edit " + exampleReference
	var in amendInput
	cmd := &cobra.Command{
		Use:   "edit REFERENCE",
		Short: "Change the name, the e-mail address or the note of a booking",
		Long: `Change what a customer gave: the name, the e-mail address or the note. An empty text
erases it, and what is left out stays as it is. Another customer gets the booking by booking
transfer.`,
		Example: "  " + example + ` --name "Ada King"` + "\n  " + example + ` --note ""`,
		Args:    oneArgument("the reference", example+" --name Ada"),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.name, "name", "`NAME` of the customer")
	declareOptional(flags, &in.email, "email", "e-mail `ADDRESS` of the customer")
	declareOptional(flags, &in.note, "note", "`TEXT` to keep with the booking")
	return onBooking(a, cmd, bookingCommand[booking.Amendment, booking.Amended]{
		request: in.request, do: (*storage.Store).Amend, undone: notAmended, tell: toldAmendment,
	})
}

func (in *amendInput) request(
	f *form, of booking.Reference, key booking.Key,
) (booking.Amendment, error) {
	change := booking.Amendment{
		Reference: of, Email: in.email, Name: in.name, Note: in.note, Key: key,
	}
	if *in == (amendInput{}) && len(f.bad) == 0 {
		return change, booking.Errorf(booking.Invalid, "nothing to change").
			WithHint("evbook booking edit " + exampleReference + " --name Ada")
	}
	return change, nil
}

func toldAmendment(a booking.Amended) (answer, bool) {
	return answer{
		envelope: httpapi.Amended(a),
		done:     "saved " + a.Booking.Reference.String(),
		text: func(p *page) {
			p.line("Saved booking %s for %s.", a.Booking.Reference, titleAndStart(a.Event))
			p.detail("Email", a.Booking.Email)
			p.detail("Name", a.Booking.Name)
			p.text("Note", a.Booking.Note)
		},
	}, a.Replayed
}
