package storage

import (
	"context"
	"testing"

	"evbook/internal/booking"
)

// BenchmarkEachBooking visits a hundred thousand bookings.
func BenchmarkEachBooking(b *testing.B) {
	const bookings = 100_000
	s := open(b)
	event(b, s, bookings)
	prefill(b, placeOf(s), bookings)
	b.ReportAllocs()
	for b.Loop() {
		visited := 0
		err := s.EachBooking(context.Background(), BookingQuery{}, func(booking.Booking) error {
			visited++
			return nil
		})
		if err != nil || visited != bookings {
			b.Fatalf("visited %d, %v", visited, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*bookings), "ns/row")
}

func BenchmarkReference(b *testing.B) {
	p := frozen()
	b.ReportAllocs()
	for row := int64(1); b.Loop(); row++ {
		p.reference(row)
	}
}
