package cli

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// bookingListInput is what was typed after booking list.
type bookingListInput struct {
	filterInput
	event, email *string
	// waitlist leaves out what was never on the waitlist.
	waitlist bool
	page     pageInput
}

func newBookingList(a *app) *cobra.Command {
	var in bookingListInput
	cmd := &cobra.Command{
		Use:     "list [--event ID|SLUG]",
		Aliases: []string{"ls"},
		Short:   "List the bookings of one event or of all",
		Long: `List the bookings of one event or of all, oldest first unless sorted otherwise.
Several filters leave only what meets all of them. Texts and addresses are compared whatever their
case. A cancelled booking keeps the number of seats that it had, so count confirmed ones. With --all
the list is of one moment, however long it is.

A time is one of: 2026-12-01, 2026-12-01 19:00, today, -7d, -2h. It is read by the clocks of the
configured zone, else of this machine; evbook help dates tells more.`,
		Example: `  evbook booking list --event 1
  evbook booking list --email ada@example.org --status confirmed
  evbook booking list --since "today 08:00" --sort -quantity
  evbook booking list --event go-meetup --all -o csv --fields reference,quantity,user_email`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.listBookings(cmd, in, bookingListing())
		}),
	}
	in.declare(cmd)
	return cmd
}

// declare adds the flags of a list of bookings.
func (in *bookingListInput) declare(cmd *cobra.Command) {
	flags := cmd.Flags()
	declareOptional(flags, &in.event, "event", "`ID|SLUG` of the event (all events)")
	in.filterInput.declare(flags, "bookings made", "name or e-mail address",
		texts(booking.Statuses()), storage.BookingSorts())
	declareOptional(flags, &in.email, "email", "only of the customer with this `ADDRESS`")
	in.page.declare(cmd)
}

func (a *app) listBookings(
	cmd *cobra.Command, in bookingListInput, list listing[booking.Booking],
) error {
	ctx := cmd.Context()
	query, err := a.bookingQuery(in)
	if err != nil {
		return err
	}
	return a.withStore(ctx, reading, func(store *storage.Store) error {
		list.page = func(visit func(booking.Booking) error) (string, error) {
			got, err := store.Bookings(ctx, query)
			return got.Next, visitAll(got.Bookings, err, visit)
		}
		list.all = func(visit func(booking.Booking) error) error {
			return store.EachBooking(ctx, query, visit)
		}
		return showList(a, cmd, list, in.page.all)
	})
}

func (a *app) bookingQuery(in bookingListInput) (storage.BookingQuery, error) {
	var f form
	q := storage.BookingQuery{
		Status: states[booking.Status](&f, in.status), Search: f.words("search", in.search),
		Email: f.words(fieldEmail, in.email), Sort: in.order(&f, storage.BookingSorts()),
		Waitlist: in.waitlist, Page: in.page.page(&f),
	}
	if in.event != nil {
		q.Event = f.event(fieldEvent, *in.event)
	}
	q.Since, q.Until = in.span(a, &f)
	if err := f.err(nil); err != nil {
		return q, err
	}
	return q, nil
}

// The heads of the columns that say when bookings were made and when holds lapse.
const (
	bookedTitle  = "BOOKED (UTC)"
	expiresTitle = "EXPIRES (UTC)"
)

// expires says when a hold lapses or has lapsed; "" for what does not.
func expires(b booking.Booking) string {
	if b.Status != booking.Held && b.Status != booking.Expired {
		return ""
	}
	return b.ExpiresAt.UTC().Format(time.DateTime)
}

// bookingListing is how bookings are listed.
func bookingListing() listing[booking.Booking] {
	return listing[booking.Booking]{
		what:   "bookings",
		record: httpapi.BookingRecord,
		name:   func(b booking.Booking) string { return b.Reference.String() },
		columns: []column{
			{title: "REFERENCE"}, {title: "EVENT", right: true}, {title: "SEATS", right: true},
			{title: "STATUS", style: statusStyle}, {title: "TOTAL", right: true},
			{title: bookedTitle}, {title: expiresTitle, wide: true},
			{title: "CHANGED (UTC)", wide: true},
			{title: "EMAIL", flexible: true}, {title: "NAME", flexible: true},
			{title: "NOTE", wide: true}, {title: "REASON", wide: true},
		},
		cells: func(b booking.Booking) []string {
			return []string{
				b.Reference.String(), strconv.FormatInt(b.EventID, 10), strconv.Itoa(b.Quantity),
				statusOf(b), b.Total().String(), b.CreatedAt.UTC().Format(time.DateTime),
				expires(b), b.UpdatedAt.UTC().Format(time.DateTime),
				b.Email, b.Name, b.Note, b.CancelReason,
			}
		},
		envelope: func(page []booking.Booking, next string) httpapi.Envelope {
			return httpapi.ListedBookings(storage.BookingPage{Bookings: page, Next: next})
		},
	}
}
