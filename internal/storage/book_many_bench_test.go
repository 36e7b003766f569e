package storage

import (
	"context"
	"fmt"
	"testing"

	"evbook/internal/booking"
)

// BenchmarkBookMany books as many rows as one call may have, all or nothing: bare, with keys that
// are new, and with the same keys again. Nobody else may write meanwhile, so the seconds count.
func BenchmarkBookMany(b *testing.B) {
	for name, keyed := range map[string]bool{"bare": false, "keyed": true} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			sel := event(b, s, booking.MaxCapacity)
			rows := make([]booking.Request, booking.MaxRows)
			for n := 0; b.Loop(); n++ {
				for i := range rows {
					key := ""
					if keyed {
						key = fmt.Sprintf("run-%d/%d", n, i)
					}
					rows[i] = seat(sel, key)
					rows[i].Email = fmt.Sprintf("guest%d@example.org", i)
				}
				bookRows(b, s, rows)
			}
			b.ReportMetric(float64(b.Elapsed().Seconds())/float64(b.N), "s/100k-rows")
		})
	}
	b.Run("repeated", func(b *testing.B) {
		s := open(b)
		sel := event(b, s, booking.MaxCapacity)
		rows := make([]booking.Request, booking.MaxRows)
		for i := range rows {
			rows[i] = seat(sel, fmt.Sprint(i))
		}
		bookRows(b, s, rows)
		for b.Loop() {
			bookRows(b, s, rows)
		}
		b.ReportMetric(float64(b.Elapsed().Seconds())/float64(b.N), "s/100k-rows")
	})
}

func bookRows(b *testing.B, s *Store, rows []booking.Request) {
	b.Helper()
	results, err := s.BookMany(context.Background(), rows, true)
	if err != nil || len(results) != len(rows) {
		b.Fatalf("%d results, %v", len(results), err)
	}
}
