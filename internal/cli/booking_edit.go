package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// customerInput is what was typed after booking edit, beside the reference; nil is what was not.
type customerInput struct{ name, email, note, key *string }

func newBookingEdit(a *app) *cobra.Command {
	const example = "evbook booking edit " + exampleReference
	var in customerInput
	cmd := &cobra.Command{
		Use:   "edit REFERENCE",
		Short: "Change the name, the e-mail address or the note of a booking",
		Long: `Change what a customer gave: the name, the e-mail address or the note. An empty text
erases it, and what is left out stays as it is. Another customer gets the booking by booking
transfer.`,
		Example: "  " + example + ` --name "Ada King"` + "\n  " + example + ` --note ""`,
		Args:    oneArgument("the reference", example+" --name Ada"),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.editBooking(cmd.Context(), args[0], in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.name, "name", "`NAME` of the customer")
	declareOptional(flags, &in.email, "email", "e-mail `ADDRESS` of the customer")
	declareOptional(flags, &in.note, "note", "`TEXT` to keep with the booking")
	declareKey(flags, &in.key)
	a.declareDryRun(flags)
	return cmd
}

func (in customerInput) request() (booking.Amendment, error) {
	var f form
	change := booking.Amendment{
		Email: in.email, Name: in.name, Note: in.note, Key: f.key(in.key),
	}
	if err := f.err(change.Validate()); err != nil {
		return change, err
	}
	if in.email == nil && in.name == nil && in.note == nil {
		return change, booking.Errorf(booking.Invalid, "nothing to change").
			WithHint("evbook booking edit " + exampleReference + " --name Ada")
	}
	return change, nil
}

func (a *app) editBooking(ctx context.Context, typed string, in customerInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	return a.amendBooking(ctx, typed, amending{
		do: func(
			ctx context.Context, store *storage.Store, ref booking.Reference,
		) (booking.Amended, error) {
			request.Reference = ref
			return store.Amend(ctx, request)
		},
		envelope: httpapi.Amended,
		done:     "saved",
		text: func(p *page, b booking.Amended) {
			p.line("Saved booking %s for %s.", b.Booking.Reference, titleAndStart(b.Event))
			p.detail("Email", b.Booking.Email)
			p.detail("Name", b.Booking.Name)
			p.text("Note", b.Booking.Note)
		},
	})
}
