package storage

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"evbook/internal/booking"
)

// BenchmarkBook books single seats of one hot event, each acknowledged booking synced to disk.
func BenchmarkBook(b *testing.B) {
	for _, bookers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("bookers=%d", bookers), func(b *testing.B) {
			s := open(b)
			sel := event(b, s, booking.MaxCapacity)
			ctx := context.Background()
			var left atomic.Int64
			left.Store(int64(b.N))
			done := make(chan error, bookers)
			b.ResetTimer()
			for range bookers {
				go func() {
					var err error
					for left.Add(-1) >= 0 && err == nil {
						_, err = s.Book(ctx, booking.Request{Event: sel, Quantity: 1})
					}
					done <- err
				}()
			}
			for range bookers {
				if err := <-done; err != nil {
					b.Error(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bookings/s")
		})
	}
}
