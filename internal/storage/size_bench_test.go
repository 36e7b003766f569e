package storage

import (
	"context"
	"fmt"
	"testing"

	"evbook/internal/booking"
)

// BenchmarkTableSize books single seats of one hot event, with a thousand and with a million
// bookings in the table before: the cost of a booking must not depend on it. Lone bookers make
// groups of one, crowds share them.
func BenchmarkTableSize(b *testing.B) {
	stores := map[int]*Store{}
	var sel booking.Selector // event 1 of both
	for _, bookers := range []int{1, 64} {
		for _, size := range []int{1_000, 1_000_000} {
			if stores[size] == nil {
				stores[size] = open(b)
				sel = event(b, stores[size], booking.MaxCapacity)
				prefill(b, placeOf(stores[size]), size)
			}
			b.Run(fmt.Sprintf("bookers=%d/bookings=%d", bookers, size), func(b *testing.B) {
				ask := booking.Request{Event: sel, Quantity: 1}
				bookAll(b, stores[size], ask, bookers, b.N)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bookings/s")
			})
		}
	}
}

// prefill adds single-seat bookings to event 1, with their entries in the journal.
func prefill(t testing.TB, path string, bookings int) {
	t.Helper()
	numbers := fmt.Sprintf(`WITH RECURSIVE n(i) AS
		(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)`, bookings)
	tamper(t, path, "PRAGMA synchronous = off", "BEGIN",
		`INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name,
			note, cancel_reason, created_at, updated_at, email_folded, name_folded) `+numbers+`
			SELECT i, 1, 1, 'confirmed', 0, 'EUR', 'guest' || i || '@example.com',
				'Guest ' || i, '', '', i, i, 'guest' || i || '@example.com', 'guest ' || i FROM n`,
		`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity, held,
			confirmed, detail) `+numbers+`
			SELECT 1, i + 1, i, 'test', 'booking.confirmed', i, 0, 0, 1, '' FROM n`,
		fmt.Sprintf(`UPDATE events SET confirmed = %d, version = %[1]d + 1 WHERE id = 1`, bookings),
		"COMMIT", "PRAGMA wal_checkpoint(TRUNCATE)")
}

func TestAPrefilledTableIsSound(t *testing.T) {
	s := open(t)
	sel := event(t, s, booking.MaxCapacity)
	prefill(t, placeOf(s), 500)
	seats(t, s, sel, 1)
	r, err := s.Verify(context.Background())
	if err != nil || len(r.Findings) > 0 || r.Bookings != 501 || r.Entries != 502 {
		t.Errorf("got %+v, %v", r, err)
	}
}
