package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"evbook/internal/booking"
)

func TestPagesOfCodesNeitherRepeatNorLoseOne(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := openAt(t, somewhere(t))
	defer s.Close()
	s.now = func() time.Time { return now }
	ctx := context.Background()
	_, err := s.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
		Name: "Go Meetup", Capacity: 10, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
	}})
	must(t, err)
	sel := booking.Selector{ID: 1}
	add := func(code string) {
		t.Helper()
		_, err := s.AddCode(ctx, booking.NewCode{Event: sel, Text: code, Uses: 1})
		must(t, err)
	}
	const n = 7
	for i := n; i > 0; i-- { // two at a time, the later one first in the alphabet
		add(fmt.Sprintf("CODE-%d", i))
		now = now.Add(time.Duration(i%2) * time.Second)
	}
	all, err := s.AllCodes(ctx, CodeQuery{Event: sel})
	must(t, err)
	q := CodeQuery{Event: sel, Page: Page{Limit: 2}}
	var got []booking.Code
	for pages := 0; pages == 0 || q.Cursor != ""; pages++ {
		page, err := s.Codes(ctx, q)
		must(t, err)
		got = append(got, page.Event.Codes.List()...)
		q.Cursor = page.Next
		add(fmt.Sprintf("LATER-%d", pages)) // what comes in between comes behind
		now = now.Add(time.Second)
		if pages > 2*n {
			t.Fatal("the list has no end")
		}
	}
	if len(got) < n || len(all.Event.Codes.List()) != n {
		t.Fatalf("%d codes in pages, %d at once, want %d", len(got), len(all.Event.Codes.List()), n)
	}
	for i, c := range all.Event.Codes.List() {
		if got[i].Text != c.Text {
			t.Errorf("place %d: %s in pages, %s at once", i+1, got[i].Text, c.Text)
		}
	}
	seen := map[string]bool{}
	for _, c := range got {
		if seen[c.Text] {
			t.Errorf("%s comes twice", c.Text)
		}
		seen[c.Text] = true
	}
}

func TestACursorOfOtherCodesIsRefused(t *testing.T) {
	s := openAt(t, somewhere(t))
	defer s.Close()
	ctx := context.Background()
	for range 2 {
		created, err := s.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
			Name: "Go Meetup", Capacity: 10, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
		}})
		must(t, err)
		for range 2 {
			_, err := s.AddCode(ctx, booking.NewCode{
				Event: booking.Selector{ID: created.Event.ID}, Uses: 1,
			})
			must(t, err)
		}
	}
	page, err := s.Codes(ctx, CodeQuery{Event: booking.Selector{ID: 1}, Page: Page{Limit: 1}})
	must(t, err)
	_, err = s.Codes(ctx, CodeQuery{
		Event: booking.Selector{ID: 2}, Page: Page{Limit: 1, Cursor: page.Next},
	})
	if booking.KindOf(err) != booking.Invalid {
		t.Errorf("a cursor of another event: %v", err)
	}
}
