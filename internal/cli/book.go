package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// bookInput is what was typed after book.
type bookInput struct {
	event, quantity, email, name, note string
	key                                *string
}

func newBook(a *app) *cobra.Command {
	var in bookInput
	cmd := &cobra.Command{
		Use:   "book --event ID|SLUG --qty N",
		Short: "Book seats of an event",
		Long: `Book seats of an event.

A booking is on disk when its reference is printed. When the answer never came, repeat the command
with the same --idempotency-key: it books once, however often it is repeated within 24 hours.`,
		Example: `  evbook book --event 1 --qty 2
  evbook book --event go-meetup --qty 2 --email ada@example.org --name "Ada Lovelace"
  evbook book --event 1 --qty 2 --idempotency-key club-4711 -o name`,
		GroupID: groupBooking,
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.book(cmd.Context(), in)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&in.event, "event", "", "`ID|SLUG` of the event")
	flags.StringVar(&in.quantity, "qty", "", "`N` seats")
	flags.StringVar(&in.email, "email", "", "e-mail `ADDRESS` of the customer")
	flags.StringVar(&in.name, "name", "", "`NAME` of the customer")
	flags.StringVar(&in.note, "note", "", "`TEXT` to keep with the booking")
	declareKey(flags, &in.key)
	return cmd
}

func (a *app) book(ctx context.Context, in bookInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	var receipt booking.Receipt
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		receipt, err = store.Book(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	a.noteReplay(receipt)
	reference := receipt.Booking.Reference.String()
	return a.say(answer{
		envelope: httpapi.Booked(receipt),
		done:     "booked as " + reference,
		names:    []string{reference},
		text: func(p *page) {
			p.line("Booked %s for %s. %d left.", booking.Seats(receipt.Booking.Quantity),
				titleAndStart(receipt.Event), receipt.Left)
			p.line("Reference: %s", reference)
		},
	})
}

// noteReplay says when the answer is that of an earlier request, and whether it is still true.
func (a *app) noteReplay(r booking.Receipt) {
	switch {
	case r.Changed:
		a.note("This key was used before: nothing new was booked. Seats were given back since: "+
			"evbook booking show %s", r.Booking.Reference)
	case r.Replayed:
		a.note("This key was used before: nothing new was booked.")
	}
}

func (in bookInput) request() (booking.Request, error) {
	var f form
	r := booking.Request{Email: in.email, Name: in.name, Note: in.note, Key: f.key(in.key)}
	r.Event, r.Quantity = f.seats(in.event, in.quantity)
	if err := f.err(r.Validate()); err != nil {
		if in.event == "" || in.quantity == "" {
			return r, err.WithHint("evbook book --event 1 --qty 2")
		}
		return r, err
	}
	return r, nil
}

// seats reads the event and the number of seats, which both have to be given.
func (f *form) seats(event, quantity string) (sel booking.Selector, n int) {
	if f.require(fieldEvent, event) {
		sel = f.event(fieldEvent, event)
	}
	if f.require(fieldQuantity, quantity) {
		n = f.count(fieldQuantity, quantity)
	}
	return sel, n
}

// title is an event's name for people, in quotes.
func title(e booking.Event) string { return `"` + e.Name + `"` }

// titleAndStart is an event's name, and when it starts if that is known.
func titleAndStart(e booking.Event) string {
	if e.StartsAt.IsZero() {
		return title(e)
	}
	return fmt.Sprintf("%s (%s)", title(e), start(e))
}

// start says when an event starts, without the offset that stands behind the zone in brackets.
func start(e booking.Event) string {
	text, _, _ := strings.Cut(booking.FormatWhen(e.StartsAt, e.Zone), " (")
	return text
}
