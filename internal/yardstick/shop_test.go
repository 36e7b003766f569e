//go:build linux

package yardstick

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// shop is a store in this process in which single seats are booked.
type shop struct {
	*storage.Store
	events int
	// had is how many bookings there were, and sold how many have been made since.
	had  int
	sold atomic.Int64
}

// openShop opens a database with so many events and bookings.
func openShop(b *testing.B, path string, events, bookings int) *shop {
	b.Helper()
	return &shop{Store: openStore(b, path), events: events, had: bookings}
}

// likeServer has garbage collected as `serve` does while little is alive.
func likeServer(b *testing.B) {
	usual := debug.SetGCPercent(300)
	b.Cleanup(func() { debug.SetGCPercent(usual) })
}

// close insists that the database is sound and has all bookings that were acknowledged.
func (s *shop) close(b *testing.B) {
	b.Helper()
	report, err := s.Verify(context.Background())
	if err != nil || len(report.Findings) > 0 {
		b.Errorf("verify: %v, %v", report.Findings, err)
	}
	if want := s.had + int(s.sold.Load()); report.Bookings != want {
		b.Errorf("there are %d bookings, not %d", report.Bookings, want)
	}
	if err := s.Store.Close(); err != nil {
		b.Error(err)
	}
}

// book books a seat of a random event.
func (s *shop) book() error {
	_, err := s.Book(context.Background(), booking.Request{
		Event: booking.Selector{ID: 1 + rand.Int64N(int64(s.events))}, Quantity: 1,
		Email: "user@example.com",
	})
	if err == nil {
		s.sold.Add(1)
	}
	return err
}

// bookingIn lets bookers book in a shop.
func (at *table) bookingIn(s *shop, bookers int) side {
	return func(b *testing.B) Pace { return at.repeat(b, bookers, s.book) }
}

// The bookings that a table gets which is to stay small: those before the clock runs, which prepare
// what lasts, and those by the clock.
const fewBefore, few = 1000, 4000

// bookingInSmall lets bookers book in a small table, again and again in a fresh copy of it: it
// would be a large one within seconds else.
func (at *table) bookingInSmall(path string, events, bookings, bookers int) side {
	return func(b *testing.B) Pace {
		var took []time.Duration
		var together, cpu time.Duration
		for together < at.turn {
			s := openShop(b, copied(b, path), events, bookings)
			repeatWhile(b, bookers, atMost(fewBefore), s.book)
			more, all, used := repeatWhile(b, bookers, atMost(few), s.book)
			took, together, cpu = append(took, more...), together+all, cpu+used
			s.close(b)
		}
		return PaceOf(took, together, cpu)
	}
}

// atMost is true so many times.
func atMost(times int64) func() bool {
	var asked atomic.Int64
	return func() bool { return asked.Add(1) <= times }
}

// copied is a copy of a database that nobody has open.
func copied(b *testing.B, path string) string {
	b.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	to := filepath.Join(b.TempDir(), "events.db")
	if err := os.WriteFile(to, text, 0o600); err != nil {
		b.Fatal(err)
	}
	return to
}
