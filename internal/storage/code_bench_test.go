package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"evbook/internal/booking"
)

// BenchmarkPersonalCodes lets everybody book with a code of one use: all in one call, which first
// takes the lapsed holds of some off the books; and asks whether one of them could.
func BenchmarkPersonalCodes(b *testing.B) {
	ctx := context.Background()
	for _, codes := range []int{1000, 4000} {
		s := open(b)
		sel := event(b, s, booking.MaxCapacity)
		personalCodes(b, s, sel, codes)
		rows := make([]booking.Request, codes)
		for i := range rows {
			rows[i] = booking.Request{Event: sel, Quantity: 1, Code: personalCode(i)}
		}
		b.Run(fmt.Sprintf("codes=%d/check", codes), func(b *testing.B) {
			ask := booking.AvailabilityRequest{Event: sel, Quantity: 1, Code: personalCode(7)}
			for b.Loop() {
				a, err := s.Check(ctx, ask)
				if err != nil || a.Available != 1 {
					b.Fatalf("got %+v, %v", a, err)
				}
			}
		})
		for _, way := range []string{"hold", "book what lapsed"} {
			b.Run(fmt.Sprintf("codes=%d/%s", codes, way), func(b *testing.B) {
				for b.Loop() {
					for i := range rows {
						rows[i].Hold = true
					}
					b.StopTimer()
					setClock(s, s.now().Add(time.Hour))
					if way != "hold" {
						bookRows(b, s, rows)
						setClock(s, s.now().Add(time.Hour))
					}
					b.StartTimer()
					bookRows(b, s, rows)
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*codes), "us/row")
			})
		}
	}
}

func personalCode(i int) string { return fmt.Sprintf("GUEST-%06d", i) }

// personalCodes adds codes of one use to an event.
func personalCodes(b *testing.B, s *Store, sel booking.Selector, codes int) {
	b.Helper()
	_, err := s.AddCode(context.Background(), booking.NewCode{Event: sel, Text: "FIRST", Uses: 1})
	must(b, err)
	tamper(b, placeOf(s), fmt.Sprintf(`WITH RECURSIVE n(i) AS
			(SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO codes (event_id, code, uses, disabled, created_at, held, confirmed)
		SELECT 1, format('GUEST-%%06d', i), 1, 0, 0, 0, 0 FROM n`, codes-1))
}
