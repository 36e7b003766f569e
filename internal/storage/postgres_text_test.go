package storage

import (
	"context"
	"testing"

	"evbook/internal/booking"
)

// Text that no evbook stores is looked for like any other: it is not found.
func TestTextThatPostgresRefusesIsNotFound(t *testing.T) {
	s := openPostgresAt(t, postgresAddress(t))
	sel := event(t, s, 5)
	_, err := s.Book(t.Context(), seat(sel, ""))
	must(t, err)
	for _, text := range []string{"\xff", "a\x00b", "\xc3", "Go\x00"} {
		_, unseen := s.Event(t.Context(), booking.Selector{Slug: text})
		_, unbooked := s.Book(t.Context(), seat(booking.Selector{Slug: text}, ""))
		for _, err := range []error{unseen, unbooked} {
			if booking.KindOf(err) != booking.NotFound {
				t.Errorf("%q: %v", text, err)
			}
		}
		page, err := s.Events(t.Context(), EventQuery{Search: text, Page: Page{Limit: 9}})
		if err != nil || len(page.Events) > 0 {
			t.Errorf("%q: %d events, %v", text, len(page.Events), err)
		}
		found, err := s.Bookings(t.Context(), BookingQuery{Email: text, Page: Page{Limit: 9}})
		if err != nil || len(found.Bookings) > 0 {
			t.Errorf("%q: %d bookings, %v", text, len(found.Bookings), err)
		}
	}
}

// The name of who acts comes from the system, which knows no UTF-8.
func TestAnActorWithAStrangeNameIsWrittenDown(t *testing.T) {
	s, err := Open(context.Background(), Options{
		Address: postgresAddress(t), Actor: "cli:ad\xe0\x00",
	})
	must(t, err)
	defer s.Close()
	sel := event(t, s, 5)
	_, err = s.BookMany(t.Context(), []booking.Request{seat(sel, ""), seat(sel, "")},
		true)
	must(t, err)
	var actor string
	peek(t, s, []any{&actor}, `SELECT min(actor) FROM journal WHERE event_seq = 3`)
	if actor != "cli:ad\ufffd\ufffd" {
		t.Errorf("got %q", actor)
	}
}
