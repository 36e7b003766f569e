package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// moveInput is what was typed after booking move, beside the reference.
type moveInput struct {
	code                   string
	event, ticketType, key *string
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
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.moveBooking(cmd.Context(), args[0], in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.event, "to-event", "`ID|SLUG` of the event (the one it is for)")
	declareOptional(flags, &in.ticketType, "to-type",
		"ticket `TYPE` for all its seats (those of the same names)")
	flags.StringVar(&in.code, "code", "", "access `CODE` of the event where it goes")
	declareKey(flags, &in.key)
	a.declareDryRun(flags)
	return cmd
}

func (in moveInput) request() (booking.Move, error) {
	var f form
	m := booking.Move{Type: or(in.ticketType, ""), Code: in.code, Key: f.key(in.key)}
	if in.event != nil {
		m.Event = f.event(fieldEvent, *in.event)
	}
	if in.ticketType != nil && *in.ticketType == "" {
		f.bad.Add(fieldType, "is empty; leave it out, or name a ticket type")
		return m, f.err(nil)
	}
	if err := f.err(m.Validate()); err != nil {
		return m, err
	}
	return m, nil
}

func (a *app) moveBooking(ctx context.Context, typed string, in moveInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	return a.amendBooking(ctx, typed, amending{
		do: func(
			ctx context.Context, store *storage.Store, ref booking.Reference,
		) (booking.Amended, error) {
			request.Reference = ref
			return store.Move(ctx, request)
		},
		envelope: httpapi.Moved,
		done:     "moved",
		text: func(p *page, b booking.Amended) {
			p.line("Moved booking %s: it has %s for %s. %d left.", b.Booking.Reference,
				seatsOf(b.Booking), titleAndStart(b.Event), b.Left)
			p.line("Total: %s", b.Booking.Total())
		},
	})
}
