package storage

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
)

// BenchmarkBook books single seats of one hot event, each acknowledged booking synced to disk.
func BenchmarkBook(b *testing.B) {
	for _, bookers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("bookers=%d", bookers), func(b *testing.B) {
			s := open(b)
			ask := booking.Request{Event: event(b, s, booking.MaxCapacity), Quantity: 1}
			b.ResetTimer()
			bookAll(b, s, ask, bookers, b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bookings/s")
		})
	}
}

// bookAll lets bookers ask for the same so many times together, and gives how long it took.
func bookAll(
	b *testing.B, s *Store, ask booking.Request, bookers, times int,
) time.Duration {
	b.Helper()
	return share(b, bookers, times, func() error {
		_, err := s.Book(context.Background(), ask)
		return err
	})
}

// share lets bookers do something so many times together, and gives how long it took.
func share(b *testing.B, bookers, times int, do func() error) time.Duration {
	b.Helper()
	began := time.Now()
	var left atomic.Int64
	left.Store(int64(times))
	done := make(chan error, bookers)
	for range bookers {
		go func() {
			var err error
			for left.Add(-1) >= 0 && err == nil {
				err = do()
			}
			done <- err
		}()
	}
	for range bookers {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
	return time.Since(began)
}

// median sorts the values.
func median(of []float64) float64 {
	slices.Sort(of)
	return (of[(len(of)-1)/2] + of[len(of)/2]) / 2
}
