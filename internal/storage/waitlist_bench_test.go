package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"evbook/internal/booking"
)

// BenchmarkLapsedAndWaiting offers the seats of lapsed holds to as many who wait, with one command:
// of an event, and of the two pools of one, where the holds of the other pool are older.
func BenchmarkLapsedAndWaiting(b *testing.B) {
	for _, pools := range []bool{false, true} {
		for _, lapsed := range []int{1000, 2000, 4000} {
			b.Run(fmt.Sprintf("pools=%t/lapsed=%d", pools, lapsed), func(b *testing.B) {
				for range b.N {
					b.StopTimer()
					s := open(b)
					sel := event(b, s, booking.MaxCapacity)
					setClock(s, lapsedInBulk(b, s, lapsed).Add(time.Hour))
					waitInBulk(b, s, lapsed)
					if pools {
						inTwoPools(b, s, sel, lapsed)
					}
					b.StartTimer()
					capacity := booking.Edit{Capacity: new(lapsed)}
					e, err := s.EditEvent(context.Background(), sel, capacity)
					must(b, err)
					if e, err = s.Event(context.Background(), sel); err != nil ||
						e.Waiting > 0 && !pools || e.Waiting > lapsed/2 {
						b.Fatalf("got %+v, %v", e, err)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*lapsed), "us/entry")
			})
		}
	}
}

// waitInBulk adds entries of one seat each to the waitlist of event 1.
func waitInBulk(b *testing.B, s *Store, entries int) {
	b.Helper()
	numbers := fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
		WHERE i < %d), last AS (SELECT max(id) AS id FROM bookings)`, entries)
	tamper(b, placeOf(s),
		`INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name,
			note, cancel_reason, created_at, updated_at, email_folded, limited) `+numbers+`
			SELECT last.id + i, 1, 1, 'waiting', 0, 'EUR', 'guest' || i || '@example.com', '', '',
				'', i, i, 'guest' || i || '@example.com', 1 FROM n, last`,
		fmt.Sprintf(`UPDATE events SET waiting = %d WHERE id = 1`, entries))
}

// inTwoPools divides what there is between two pools: the older half of the holds is of the first,
// and the other half, as well as all who wait, of the second.
func inTwoPools(b *testing.B, s *Store, sel booking.Selector, holds int) {
	b.Helper()
	ctx := context.Background()
	tamper(b, placeOf(s), `UPDATE events SET waiting = 0`)
	for _, name := range []string{"first", "second"} {
		_, err := s.AddPool(ctx, booking.NewPool{Event: sel, Name: name, Capacity: holds / 2})
		must(b, err)
		_, err = s.AddType(ctx, booking.NewType{Event: sel, Name: name, Pool: name})
		must(b, err)
	}
	line := `json_array(json_object('type', %d, 'name', '%s', 'quantity', 1, 'unit_price', 0))`
	tamper(b, placeOf(s),
		fmt.Sprintf(`UPDATE bookings SET lines = `+line+` WHERE id <= %d`, 1, "first", holds/2),
		fmt.Sprintf(`UPDATE bookings SET lines = `+line+` WHERE id > %d`, 2, "second", holds/2),
		fmt.Sprintf(`UPDATE events SET waiting = %d`, holds),
		fmt.Sprintf(`UPDATE ticket_types SET held = %d, waiting = iif(id = 2, %d, 0)`, holds/2,
			holds),
		fmt.Sprintf(`UPDATE pools SET held = %d, waiting = iif(id = 2, %d, 0)`, holds/2, holds))
}
