package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// confirmInput is what was typed after hold confirm, beside the reference.
type confirmInput struct {
	email, name, note string
	quantity, key     *string
	lines             []string
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
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.confirmHold(cmd.Context(), args[0], in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.quantity, "qty", "`N` seats to confirm (all)")
	declareLines(flags, &in.lines, "seats to confirm")
	flags.StringVar(&in.email, "email", "", "e-mail `ADDRESS` of the customer")
	flags.StringVar(&in.name, "name", "", "`NAME` of the customer")
	flags.StringVar(&in.note, "note", "", "`TEXT` to keep with the booking")
	declareKey(flags, &in.key)
	a.declareDryRun(flags)
	return cmd
}

func (in confirmInput) request() (booking.Confirmation, error) {
	var f form
	c := booking.Confirmation{
		Part: f.part(in.quantity, in.lines), Email: in.email, Name: in.name, Note: in.note,
		Key: f.key(in.key),
	}
	if err := f.err(c.Validate()); err != nil {
		return c, err
	}
	return c, nil
}

func (a *app) confirmHold(ctx context.Context, text string, in confirmInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	if request.Reference, err = booking.ParseReference(text); err != nil {
		return badReference(err)
	}
	var r booking.Returned
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		r, err = store.Confirm(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	if r.Replayed {
		a.note("This key was used before: nothing was confirmed now.")
	}
	reference := r.Booking.Reference.String()
	return a.sayChanged(answer{
		envelope: httpapi.Confirmed(r),
		done:     "confirmed " + reference,
		names:    []string{reference},
		text: func(p *page) {
			back := ""
			if r.Seats > 0 {
				back = ", gave " + booking.Seats(r.Seats) + " back"
			}
			p.line("Confirmed %s for %s%s. %d left.", seatsOf(r.Booking),
				titleAndStart(r.Event), back, r.Left)
			p.line("Reference: %s", reference)
		},
	})
}
