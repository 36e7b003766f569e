package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// transferInput is what was typed after booking transfer, beside the reference.
type transferInput struct {
	email, name, note string
	key               *string
}

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
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.transferBooking(cmd.Context(), args[0], in)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&in.email, "email", "", "e-mail `ADDRESS` of the new customer")
	flags.StringVar(&in.name, "name", "", "`NAME` of the new customer")
	flags.StringVar(&in.note, "note", "", "`TEXT` to keep with the booking")
	declareKey(flags, &in.key)
	a.declareDryRun(flags)
	return cmd
}

func (in transferInput) request() (booking.Transfer, error) {
	var f form
	t := booking.Transfer{Email: in.email, Name: in.name, Note: in.note, Key: f.key(in.key)}
	if err := f.err(t.Validate()); err != nil {
		return t, err
	}
	return t, nil
}

func (a *app) transferBooking(ctx context.Context, typed string, in transferInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	return a.amendBooking(ctx, typed, amending{
		do: func(
			ctx context.Context, store *storage.Store, ref booking.Reference,
		) (booking.Amended, error) {
			request.Reference = ref
			return store.Transfer(ctx, request)
		},
		envelope: httpapi.Transferred,
		done:     "transferred",
		text: func(p *page, b booking.Amended) {
			owner := b.Booking.Email
			if owner == "" { // it was handed on again, or forgotten
				owner = "another customer"
			}
			p.line("Booking %s for %s belongs to %s.", b.Booking.Reference,
				titleAndStart(b.Event), owner)
			p.line("What the former customer gave is erased.")
		},
	})
}
