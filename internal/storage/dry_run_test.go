package storage

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// rehearsal opens a database for a dry run.
func rehearsal(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), in(path, Options{Create: true, Actor: "test", DryRun: true}))
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// dump is every row of every table.
func dump(t testing.TB, place string) string {
	t.Helper()
	if IsAddress(place) {
		return dumpSchema(t, place)
	}
	var b strings.Builder
	err := withDB(place, nil, func(db *sql.DB) error {
		for _, table := range []string{
			"meta", "events", "bookings", "journal", "idempotency_keys", "markers", "migrations",
			"tokens", "token_events",
		} {
			if err := dumpTable(&b, db, table); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, err)
	return b.String()
}

func dumpTable(b *strings.Builder, db *sql.DB, table string) error {
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		fmt.Fprintf(b, "%s %v\n", table, values)
	}
	return rows.Err()
}

// stocked is a database with an open event, one without bookings, one booking, one hold, and one
// hold of a third event that has lapsed.
func stocked(t testing.TB) (path string, b, held booking.Booking) {
	t.Helper()
	path = empty(t)
	s := openAt(t, path)
	first, _, third := event(t, s, 40), event(t, s, 40), event(t, s, 2)
	r, err := s.Book(t.Context(), seat(first, "used"))
	must(t, err)
	held = hold(t, s, first, 2, time.Hour)
	setClock(s, time.Now().Add(-time.Hour))
	hold(t, s, third, 2, time.Minute)
	must(t, s.Close())
	return path, r.Booking, held
}

// changes are all ways to change a database, each of which succeeds on a stocked one.
func changes(b, held booking.Booking) map[string]func(context.Context, *Store) error {
	first, second := booking.Selector{ID: 1}, booking.Selector{ID: 2}
	return map[string]func(context.Context, *Store) error{
		"book": func(ctx context.Context, s *Store) error {
			_, err := s.Book(ctx, seat(first, "new"))
			return err
		},
		"book again": func(ctx context.Context, s *Store) error {
			_, err := s.Book(ctx, seat(first, "used"))
			return err
		},
		"book many": func(ctx context.Context, s *Store) error {
			_, err := s.BookMany(ctx, seatRows(first, 10), true)
			return err
		},
		"create token": func(ctx context.Context, s *Store) error {
			_, err := s.CreateToken(ctx, booking.NewToken{Name: "x", Role: booking.Door})
			return err
		},
		"cancel booking": func(ctx context.Context, s *Store) error {
			_, err := s.CancelBooking(ctx, booking.Cancellation{Reference: b.Reference})
			return err
		},
		"hold": func(ctx context.Context, s *Store) error {
			_, err := s.Book(ctx, booking.Request{Event: first, Quantity: 1, Hold: true})
			return err
		},
		"confirm": func(ctx context.Context, s *Store) error {
			_, err := s.Confirm(ctx, booking.Confirmation{Reference: held.Reference})
			return err
		},
		"extend": func(ctx context.Context, s *Store) error {
			_, err := s.Extend(ctx, booking.Extension{
				Reference: held.Reference, TTL: 2 * time.Hour,
			})
			return err
		},
		"release": func(ctx context.Context, s *Store) error {
			_, err := s.Release(ctx, booking.Release{Reference: held.Reference})
			return err
		},
		"sweep": func(ctx context.Context, s *Store) error {
			_, err := s.Sweep(ctx)
			return err
		},
		"refused": func(ctx context.Context, s *Store) error { // but for a hold that has lapsed
			_, err := s.Book(ctx, booking.Request{Event: booking.Selector{ID: 3}, Quantity: 3})
			if booking.KindOf(err) == booking.SoldOut {
				return nil
			}
			return err
		},
		"create": func(ctx context.Context, s *Store) error {
			_, err := s.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
				Name: "New", Capacity: 4, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
			}})
			return err
		},
		"edit": func(ctx context.Context, s *Store) error {
			_, err := s.EditEvent(ctx, first, booking.Edit{Capacity: new(7)})
			return err
		},
		"close": func(ctx context.Context, s *Store) error {
			_, err := s.CloseEvent(ctx, first)
			return err
		},
		"open": func(ctx context.Context, s *Store) error {
			_, err := s.OpenEvent(ctx, first)
			return err
		},
		"cancel event": func(ctx context.Context, s *Store) error {
			_, err := s.CancelEvent(ctx, first, true, "")
			return err
		},
		"delete": func(ctx context.Context, s *Store) error {
			_, err := s.DeleteEvent(ctx, second)
			return err
		},
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	path, b, held := stocked(t)
	before := dump(t, path)
	for name, change := range changes(b, held) {
		s := rehearsal(t, path)
		must(t, change(t.Context(), s))
		must(t, s.Close())
		if after := dump(t, path); after != before {
			t.Fatalf("%s has changed\n%sinto\n%s", name, before, after)
		}
	}
	// The control: the same changes in earnest are seen, or the comparison proves nothing.
	for name := range changes(b, held) {
		path, b, held := stocked(t)
		before := dump(t, path)
		s := openAt(t, path)
		must(t, changes(b, held)[name](t.Context(), s))
		must(t, s.Close())
		if dump(t, path) == before {
			t.Errorf("%s in earnest changes nothing that is compared", name)
		}
	}
}

func TestADryRunKeepsTheNextReferenceToItself(t *testing.T) {
	path, b, _ := stocked(t)
	s := rehearsal(t, path)
	sel := booking.Selector{ID: 1}
	r, err := s.Book(t.Context(), seat(sel, "new"))
	if err != nil || r.Booking.Reference != 0 || r.Booking.Quantity != 1 || r.Left != 36 {
		t.Errorf("got %+v, %v", r, err)
	}
	r, err = s.Book(t.Context(), seat(sel, "used"))
	if err != nil || r.Booking.Reference != b.Reference || !r.Replayed {
		t.Errorf("the used key gives %+v, %v", r, err)
	}
	rows := []booking.Request{seat(sel, "x"), seat(sel, "x"), seat(sel, "used")}
	results, err := s.BookMany(t.Context(), rows, true)
	must(t, err)
	for i, want := range []booking.Reference{0, 0, b.Reference} {
		if got := results[i].Receipt.Booking.Reference; got != want {
			t.Errorf("row %d shows %s, want %s", i+1, got, want)
		}
	}
	c, err := s.CreateEvent(t.Context(), booking.NewEvent{EventDetails: booking.EventDetails{
		Name: "New", Capacity: 4, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
	}})
	if err != nil || c.Event.ID != 0 {
		t.Errorf("the new event has number %d, %v", c.Event.ID, err)
	}
}

func TestADryRunIsJudgedByTheSchemaToo(t *testing.T) {
	path, _, _ := stocked(t)
	tamper(t, path, poison(path, "1 = 1")...)
	s := rehearsal(t, path)
	_, err := s.Book(t.Context(), seat(booking.Selector{ID: 1}, ""))
	if err == nil || !strings.Contains(err.Error(), "poisoned") {
		t.Errorf("got %v", err)
	}
	_, err = s.Book(t.Context(), booking.Request{Event: booking.Selector{ID: 1}, Quantity: 41})
	if booking.KindOf(err) != booking.SoldOut {
		t.Errorf("got %v, want sold_out", err)
	}
}

func TestADryRunMakesNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s := rehearsal(t, path)
	event(t, s, 40)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("while it runs: %v", err)
	}
	must(t, s.Close())
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	_, err = Open(t.Context(), Options{Path: path, DryRun: true})
	if booking.KindOf(err) != booking.Unavailable {
		t.Errorf("without Create: %v", err)
	}
}

func TestADryRunWaitsForTheLock(t *testing.T) {
	path, _, _ := stocked(t)
	release, err := newFileLock(path).acquire()
	must(t, err)
	defer release()
	s := rehearsal(t, path)
	s.lockTimeout = 1
	_, err = s.Book(t.Context(), seat(booking.Selector{ID: 1}, ""))
	if booking.KindOf(err) != booking.Busy {
		t.Errorf("got %v, want busy", err)
	}
}

func TestADryRunLeavesAnOldSchemaAsItIs(t *testing.T) {
	path, _, _ := stocked(t)
	tamper(t, path, fmt.Sprintf("PRAGMA user_version = %d", schemaVersion-1))
	before, err := os.ReadFile(path)
	must(t, err)
	_, err = Open(t.Context(), Options{Path: path, DryRun: true})
	if booking.KindOf(err) != booking.Unavailable ||
		!strings.HasSuffix(err.Error(), "a dry run does not change that") {
		t.Errorf("got %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the file has changed, %v", err)
	}
}
