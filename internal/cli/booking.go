package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newBooking(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "booking",
		Aliases: []string{"bookings"},
		Example: `  evbook booking list --event 1
  evbook booking cancel ` + exampleReference,
	}
	group.AddCommand(newBookingList(a), newBookingShow(a), newBookingEdit(a), newBookingChange(a),
		newBookingMove(a), newBookingTransfer(a), newBookingCancel(a), newBookingForget(a))
	return group
}

func newBookingShow(a *app) *cobra.Command {
	const example = "evbook booking show " + exampleReference
	return &cobra.Command{
		Use:   "show REFERENCE",
		Short: "Show one booking",
		Long: `Show one booking. A reference may be typed in lower case and without its dashes;
the letters O, I and L are read as the digits they look like.`,
		Example: "  " + example,
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.showBooking(cmd.Context(), args[0])
		}),
	}
}

func (a *app) showBooking(ctx context.Context, text string) error {
	reference, err := booking.ParseReference(text)
	if err != nil {
		return badReference(err)
	}
	var b booking.Booking
	var e booking.Event
	err = a.withStore(ctx, reading, func(store *storage.Store) error {
		if b, err = store.Booking(ctx, reference); err != nil {
			return err
		}
		e, err = store.Event(ctx, booking.Selector{ID: b.EventID})
		return err
	})
	if err != nil {
		return err
	}
	return a.show(answer{
		envelope: httpapi.ShownBooking(b),
		names:    []string{b.Reference.String()},
		text: func(p *page) {
			p.detail("Reference", b.Reference.String())
			p.detail("Event", strconv.FormatInt(e.ID, 10)+" "+titleAndStart(e))
			p.detail("Seats", strconv.Itoa(b.Quantity))
			p.detail("Types", linesWithPrices(b))
			p.detail("Code", b.Code)
			p.detail("Status", statusOf(b))
			switch b.Status {
			case booking.Held:
				p.detail("Held until", booking.FormatWhen(b.ExpiresAt, e.Zone))
			case booking.Expired:
				p.detail("Expired", booking.FormatWhen(b.ExpiresAt, e.Zone))
			}
			p.detail("Total", b.Total().String())
			began := "Booked"
			if b.Status == booking.Waiting || b.Status == booking.Left || !b.OfferedAt.IsZero() {
				began = "Joined"
			}
			p.detail(began, booking.FormatWhen(b.CreatedAt, e.Zone))
			p.detail("Offered", booking.FormatWhen(b.OfferedAt, e.Zone))
			p.detail("Email", b.Email)
			p.detail("Name", b.Name)
			p.text("Note", b.Note)
			p.text("Reason", b.CancelReason)
		},
	})
}

// badReference gives the reason why a text is no reference its kind.
func badReference(err error) error {
	return booking.Errorf(booking.Invalid, "%w", err).
		WithHint("evbook booking list --event ID shows the references")
}
