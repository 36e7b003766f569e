package storage

import (
	"context"
	"fmt"
	"testing"

	"evbook/internal/booking"
)

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
