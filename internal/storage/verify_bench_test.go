package storage

import (
	"context"
	"testing"

	"evbook/internal/booking"
)

// BenchmarkVerify looks through sixty thousand bookings of one event.
func BenchmarkVerify(b *testing.B) {
	const bookings = 60_000
	s := open(b)
	event(b, s, booking.MaxCapacity)
	prefill(b, placeOf(s), bookings)
	for b.Loop() {
		r, err := s.Verify(context.Background())
		if err != nil || len(r.Findings) > 0 || r.Bookings != bookings {
			b.Fatalf("got %+v, %v", r, err)
		}
	}
}
