package storage

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// refusedCursor fails the test unless the error is about the cursor and nothing else.
func refusedCursor(t testing.TB, what string, err error) {
	t.Helper()
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != booking.Invalid || len(e.Fields) != 1 ||
		e.Fields[0].Name != "cursor" {
		t.Errorf("%s: got %v", what, err)
	}
}

func TestACursorOfAnotherListIsRefused(t *testing.T) {
	s, _ := randomRows(t)
	now := time.Now()
	base := BookingQuery{
		Status: []booking.Status{booking.Confirmed, booking.Cancelled}, Search: "A",
		Page: Page{Limit: 1},
	}
	first, err := s.Bookings(t.Context(), base)
	must(t, err)
	base.Cursor = first.Next
	for name, change := range map[string]func(*BookingQuery){
		"event":        func(q *BookingQuery) { q.Event.ID = 1 },
		"status":       func(q *BookingQuery) { q.Status = q.Status[:1] },
		"no status":    func(q *BookingQuery) { q.Status = nil },
		"since":        func(q *BookingQuery) { q.Since = now },
		"until":        func(q *BookingQuery) { q.Until = now },
		"search":       func(q *BookingQuery) { q.Search = "ad" },
		"email":        func(q *BookingQuery) { q.Email = "ada@example.com" },
		"sort":         func(q *BookingQuery) { q.Sort = "quantity" },
		"the backward": func(q *BookingQuery) { q.Sort = "-created_at" },
	} {
		q := base
		change(&q)
		_, err := s.Bookings(t.Context(), q)
		refusedCursor(t, name, err)
	}
	_, err = s.Events(t.Context(), EventQuery{Page: base.Page})
	refusedCursor(t, "events", err)
	for name, change := range map[string]func(*BookingQuery){
		"nothing":              func(*BookingQuery) {},
		"limit":                func(q *BookingQuery) { q.Limit = 9 },
		"case of the search":   func(q *BookingQuery) { q.Search = "a" },
		"default sort by name": func(q *BookingQuery) { q.Sort = "created_at" },
		"order of the statuses": func(q *BookingQuery) {
			q.Status = []booking.Status{booking.Cancelled, booking.Confirmed}
		},
	} {
		q := base
		change(&q)
		if _, err := s.Bookings(t.Context(), q); err != nil {
			t.Errorf("%s changes no list, but: %v", name, err)
		}
	}
}

func TestACursorThatWasChangedIsRefused(t *testing.T) {
	s, _ := randomRows(t)
	for sort, changes := range map[string][][2]string{
		"": {
			{`"e":1}`, `"e":0}`}, {`"e":1}`, `"e":-1}`}, {`"e":1}`, `"e":1.0}`},
			{`"e":1}`, `"e":"1"}`},
			{`"e":1}`, `"e":18446744073709551615}`}, {`"e":1}`, `"e":1,"x":1}`},
			{`"e":1}`, `"e":1} `}, {`"e":1}`, `"e":1}{}`}, {`"e":1}`, `"e":1,"n":1}`},
			{`"e":1}`, `"n":1,"e":1}`}, {`"e":1}`, `"E":1}`},
		},
		"capacity": {{`"n":1`, `"t":"1"`}, {`"n":1`, `"n":"1 OR 1=1"`}, {`"n":1,`, ``}},
		"name":     {{`"t":"100% jazz"`, `"n":1`}, {`"t":"100% jazz",`, ``}, {`"t"`, `"n":1,"t"`}},
	} {
		q := EventQuery{Sort: sort, Page: Page{Limit: 1}}
		first, err := s.Events(t.Context(), q)
		must(t, err)
		raw, err := base64.RawURLEncoding.DecodeString(first.Next)
		must(t, err)
		for _, c := range changes {
			changed := strings.Replace(string(raw), c[0], c[1], 1)
			if changed == string(raw) {
				t.Errorf("%s has no %s", raw, c[0])
			}
			q.Cursor = base64.RawURLEncoding.EncodeToString([]byte(changed))
			_, err := s.Events(t.Context(), q)
			refusedCursor(t, changed, err)
		}
		for _, text := range []string{
			first.Next + "=", first.Next + "\n", " " + first.Next, first.Next[1:], "bnVsbA", "e30",
			strings.Repeat("A", maxCursor+1),
		} {
			q.Cursor = text
			_, err := s.Events(t.Context(), q)
			refusedCursor(t, text[:min(len(text), 80)], err)
		}
	}
}

func TestACursorNamesABookingByItsReference(t *testing.T) {
	s := open(t)
	refs := seats(t, s, event(t, s, 3), 3)
	page, err := s.Bookings(t.Context(), BookingQuery{Page: Page{Limit: 2}})
	must(t, err)
	c, ok := parseCursor(page.Next)
	if !ok || c.Entry != uint64(refs[1]) || c.sortValue != (sortValue{}) {
		t.Errorf("got %+v, want %d", c, refs[1])
	}
}
