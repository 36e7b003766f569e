package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newBooking(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "booking",
		Aliases: []string{"bookings"},
		Short:   "List, show and cancel bookings",
		Example: `  evbook booking list --event 1
  evbook booking cancel EVB-7K3M9-9QXT4-K`,
		GroupID: groupBooking,
	}
	group.AddCommand(newBookingList(a), newBookingShow(a), newBookingCancel(a))
	return group
}

func newBookingList(a *app) *cobra.Command {
	var event string
	var in pageInput
	cmd := &cobra.Command{
		Use:     "list [--event ID|SLUG]",
		Aliases: []string{"ls"},
		Short:   "List the bookings of one event or of all, oldest first",
		Example: `  evbook booking list --event 1
  evbook booking list
  evbook booking list --event go-meetup --all -o json`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.listBookings(cmd, event, in)
		}),
	}
	cmd.Flags().StringVar(&event, "event", "", "`ID|SLUG` of the event (all events)")
	in.declare(cmd)
	return cmd
}

func (a *app) listBookings(cmd *cobra.Command, event string, in pageInput) error {
	ctx := cmd.Context()
	var f form
	var selector booking.Selector
	if cmd.Flags().Changed("event") {
		selector = f.event(fieldEvent, event)
	}
	first := in.page(&f)
	if err := f.err(nil); err != nil {
		return err
	}
	var all storage.BookingPage
	err := a.withStore(ctx, reading, func(store *storage.Store) error {
		return in.each(first, func(p storage.Page) (string, error) {
			got, err := store.Bookings(ctx, selector, p)
			all.Bookings = append(all.Bookings, got.Bookings...)
			all.Next = got.Next
			return got.Next, err
		})
	})
	if err != nil {
		return err
	}
	references := make([]string, len(all.Bookings))
	for i, b := range all.Bookings {
		references[i] = b.Reference.String()
	}
	err = a.show(answer{
		envelope: httpapi.ListedBookings(all),
		names:    references,
		text:     func(p *page) { p.bookings(all.Bookings) },
	})
	if err != nil {
		return err
	}
	a.more(cmd, len(all.Bookings), "bookings", all.Next)
	return nil
}

// bookings draws a table, or nothing when there are none.
func (p *page) bookings(list []booking.Booking) {
	if len(list) == 0 {
		return
	}
	rows := make([][]string, len(list))
	for i, b := range list {
		rows[i] = []string{
			b.Reference.String(), strconv.FormatInt(b.EventID, 10), strconv.Itoa(b.Quantity),
			string(b.Status), b.Total().String(), b.CreatedAt.UTC().Format(time.DateTime),
			b.Email, b.Name,
		}
	}
	p.table([]column{
		{title: "REFERENCE"}, {title: "EVENT", right: true}, {title: "SEATS", right: true},
		{title: "STATUS"}, {title: "TOTAL", right: true}, {title: "BOOKED (UTC)"},
		{title: "EMAIL"}, {title: "NAME"},
	}, rows)
}

func newBookingShow(a *app) *cobra.Command {
	const example = "evbook booking show EVB-7K3M9-9QXT4-K"
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
			p.detail("Status", string(b.Status))
			p.detail("Total", b.Total().String())
			p.detail("Booked", booking.FormatWhen(b.CreatedAt, e.Zone))
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

func newBookingCancel(a *app) *cobra.Command {
	const example = "evbook booking cancel EVB-7K3M9-9QXT4-K"
	var in cancelInput
	cmd := &cobra.Command{
		Use:   "cancel REFERENCE",
		Short: "Give all or some seats of a booking back",
		Long: `Give all or some seats of a booking back. When the answer never came, repeat the
command with the same --idempotency-key: it gives the seats back once.`,
		Example: "  " + example + "\n  " + example + ` --qty 1 --reason "one friend is ill"`,
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.cancelBooking(cmd.Context(), args[0], in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.quantity, "qty", "`N` seats to give back (all)")
	flags.StringVar(&in.reason, "reason", "", "`TEXT` to keep with the booking")
	declareKey(flags, &in.key)
	return cmd
}

// cancelInput is what was typed after booking cancel, beside the reference.
type cancelInput struct {
	reason        string
	quantity, key *string
}

func (in cancelInput) request() (booking.Cancellation, error) {
	var f form
	c := booking.Cancellation{Reason: in.reason, Key: f.key(in.key)}
	if in.quantity != nil {
		n := f.count(fieldQuantity, *in.quantity)
		c.Quantity = &n
	}
	if err := f.err(c.Validate()); err != nil {
		return c, err
	}
	return c, nil
}

func (a *app) cancelBooking(ctx context.Context, text string, in cancelInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	if request.Reference, err = booking.ParseReference(text); err != nil {
		return badReference(err)
	}
	var r booking.Returned
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		r, err = store.CancelBooking(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	if r.Replayed {
		a.note("This key was used before: nothing was given back now.")
	}
	reference := r.Booking.Reference
	return a.say(answer{
		envelope: httpapi.Cancelled(r),
		done:     fmt.Sprintf("gave %s of %s back", booking.Seats(r.Seats), reference),
		names:    []string{reference.String()},
		text: func(p *page) {
			rest := "Booking %s is cancelled."
			if r.Booking.Status != booking.Cancelled {
				rest = "Booking %s keeps " + booking.Seats(r.Booking.Quantity) + "."
			}
			p.line("Gave %s of %s back. %d left. "+rest, booking.Seats(r.Seats),
				titleAndStart(r.Event), r.Left, reference)
		},
	})
}
