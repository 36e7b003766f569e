package storage

import (
	"context"
	"strings"
	"sync"
	"testing"

	"evbook/internal/booking"
)

// open opens an empty database in a folder of its own.
func open(t testing.TB) *Store {
	t.Helper()
	return openAt(t, empty(t))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), in(path, Options{Create: true, Actor: "test"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// createEvent makes an event that costs nothing.
func event(t testing.TB, s *Store, capacity int) booking.Selector {
	t.Helper()
	c, err := s.CreateEvent(context.Background(), booking.NewEvent{
		EventDetails: booking.EventDetails{
			Name: "Go Meetup", Capacity: capacity, Zone: "UTC",
			Price: booking.Money{Currency: "EUR"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return booking.Selector{ID: c.Event.ID}
}

// sound fails the test unless the database is.
func sound(t testing.TB, s *Store) {
	t.Helper()
	r, err := s.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("%s: %s", f.Check, f.Detail)
	}
}

func TestACrowdNeverBooksMoreThanThereIs(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			_, err := s.Book(context.Background(), booking.Request{Event: sel, Quantity: 1})
			if kind := booking.KindOf(err); err != nil && kind != booking.SoldOut {
				t.Errorf("%s: %v", kind, err)
			}
		})
	}
	wg.Wait()
	e, err := s.Event(context.Background(), sel)
	if err != nil || e.Confirmed != 40 {
		t.Errorf("confirmed %d, %v; want 40", e.Confirmed, err)
	}
	sound(t, s)
}

// queryPlan tells how SQLite finds the rows of a statement.
func queryPlan(t testing.TB, s *Store, sql string, args ...any) string {
	t.Helper()
	var plan strings.Builder
	must(t, s.read.each(context.Background(), func(scan scanner) error {
		var id, parent, unused any
		var detail string
		err := scan(&id, &parent, &unused, &detail)
		plan.WriteString(detail + "\n")
		return err
	}, "EXPLAIN QUERY PLAN "+sql, args...))
	return plan.String()
}

// inFile is the source of a store on an SQLite file.
func inFile(s *Store) *sqliteSource { return s.read.source.(*sqliteSource) }
