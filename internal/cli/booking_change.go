package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// resizeInput is what was typed after booking change, beside the reference.
type resizeInput struct {
	quantity, key *string
	lines         []string
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
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.changeBooking(cmd.Context(), args[0], in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.quantity, "qty", "`N` seats to have in all")
	declareLines(flags, &in.lines, "seats to have")
	declareKey(flags, &in.key)
	a.declareDryRun(flags)
	return cmd
}

func (in resizeInput) request() (booking.Resize, error) {
	var f form
	part := f.part(in.quantity, in.lines)
	r := booking.Resize{Quantity: part.Quantity, Lines: part.Lines, Key: f.key(in.key)}
	if len(in.lines) > 0 && len(f.bad) > 0 { // to the rules, lines that cannot be read are none
		return r, f.err(nil)
	}
	if err := f.err(r.Validate()); err != nil {
		return r, err
	}
	return r, nil
}

func (a *app) changeBooking(ctx context.Context, typed string, in resizeInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	return a.amendBooking(ctx, typed, amending{
		do: func(
			ctx context.Context, store *storage.Store, ref booking.Reference,
		) (booking.Amended, error) {
			request.Reference = ref
			return store.Resize(ctx, request)
		},
		envelope: httpapi.Resized,
		done:     "changed",
		text: func(p *page, b booking.Amended) {
			p.line("Booking %s has %s for %s. %d left.", b.Booking.Reference, seatsOf(b.Booking),
				titleAndStart(b.Event), b.Left)
			p.line("Total: %s", b.Booking.Total())
		},
	})
}
