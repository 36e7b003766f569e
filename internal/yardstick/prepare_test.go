//go:build linux

package yardstick

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// openStore opens a database as a server does.
func openStore(t testing.TB, path string) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), storage.Options{
		Path: path, Create: true, Actor: "test", Serving: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// filledDatabase makes a database with so many events and, spread evenly over them, single-seat
// bookings with their entries in the journal.
func filledDatabase(t testing.TB, events, bookings int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "events.db")
	s := openStore(t, path)
	for range events {
		_, err := s.CreateEvent(context.Background(), booking.NewEvent{
			EventDetails: booking.EventDetails{
				Name: "Go Meetup", Capacity: booking.MaxCapacity, Zone: "UTC",
				Price: booking.Money{Currency: "EUR"},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, bookingsInBulk(events, bookings)...)
	return path
}

// bookingsInBulk writes what so many bookings leave behind. Ten million in one event are more than
// evbook lets anybody sell, so the event gets room for more.
func bookingsInBulk(events, bookings int) []string {
	numbers := fmt.Sprintf(`WITH RECURSIVE n(i) AS
		(SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d)`, bookings)
	each := bookings / events
	return []string{
		`INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name,
			note, cancel_reason, created_at, updated_at, email_folded, name_folded) ` + numbers +
			fmt.Sprintf(` SELECT i + 1, i %% %d + 1, 1, 'confirmed', 0, 'EUR',
				'guest' || i || '@example.com', 'Guest ' || i, '', '', i, i,
				'guest' || i || '@example.com', 'guest ' || i FROM n`, events),
		`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity, held,
			confirmed, detail) ` + numbers +
			fmt.Sprintf(` SELECT i / %d + 1, i %% %[1]d + 2, i, 'test', 'booking.confirmed',
				i %% %[1]d * %d + i / %[1]d + 1, 0, 0, 1, '' FROM n`, each, events),
		fmt.Sprintf(`UPDATE events SET capacity = 100000000, confirmed = %d,
			version = version + %[1]d`, each),
		"UPDATE journal SET capacity = 100000000 WHERE event_seq = 1",
	}
}

// moreKeys adds idempotency keys like the first one, which live on for a day.
func moreKeys(t testing.TB, path string, keys int) {
	t.Helper()
	change(t, path, fmt.Sprintf(`WITH RECURSIVE n(i) AS
			(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO idempotency_keys (scope, key, fingerprint, at, booking_id, event_id, answer)
		SELECT scope, lower(hex(randomblob(16))), fingerprint, at, booking_id, event_id, answer
		FROM n, (SELECT * FROM idempotency_keys ORDER BY id LIMIT 1)`, keys))
}

// change runs statements as one transaction, behind evbook's back, and empties the log.
func change(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := openSQLite(path, "synchronous(OFF)", "cache_size(-262144)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	statements = append(append([]string{"BEGIN IMMEDIATE"}, statements...), "COMMIT",
		"PRAGMA wal_checkpoint(TRUNCATE)")
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
