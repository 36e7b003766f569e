package storage

import (
	"path/filepath"
	"testing"

	"evbook/internal/booking"
)

// BenchmarkRelocate moves a file with sixty thousand bookings of one event.
func BenchmarkRelocate(b *testing.B) {
	const bookings = 60_000
	whole := empty(b)
	s := openAt(b, whole)
	event(b, s, booking.MaxCapacity)
	must(b, s.Close())
	prefill(b, whole, bookings)
	path := filepath.Join(b.TempDir(), "moved.db")
	for b.Loop() {
		b.StopTimer()
		must(b, restore(whole, path))
		address := unused(b)
		b.StartTimer()
		if done := moved(b, path, address); done.Bookings != bookings {
			b.Fatalf("%+v", done)
		}
	}
	b.ReportMetric(bookings*float64(b.N)/b.Elapsed().Seconds(), "bookings/s")
}
