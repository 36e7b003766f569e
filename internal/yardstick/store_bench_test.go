//go:build linux

package yardstick

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// measureLone books one seat after the other, each in a transaction of its own that is synced,
// beside the bare sync of a file in the same folder.
func measureLone(b *testing.B, at *table) {
	path := filledDatabase(b, 1, 1000)
	s := openStore(b, path)
	defer func() { closeStore(b, s) }()
	rounds := at.race(b, at.booking(s, 1, 1), at.syncing(filepath.Dir(path)))
	at.found.Machine.Syncs = Median(rates(rounds, 1))
	at.keep(b, "lone", "", byClock(speeds(rounds, 1)))
}

func closeStore(b *testing.B, s *storage.Store) {
	b.Helper()
	if err := s.Close(); err != nil {
		b.Error(err)
	}
}

// syncing appends 512 bytes to a file and syncs them, again and again.
func (at *table) syncing(dir string) side {
	return func(b *testing.B) Pace {
		file, err := os.CreateTemp(dir, "sync-")
		if err != nil {
			b.Fatal(err)
		}
		defer os.Remove(file.Name())
		defer file.Close()
		block := make([]byte, 512)
		return at.repeat(b, 1, func() error {
			if _, err := file.Write(block); err != nil {
				return err
			}
			return syscall.Fdatasync(int(file.Fd()))
		})
	}
}

// booking lets bookers book single seats of random events in process.
func (at *table) booking(s *storage.Store, bookers, events int) side {
	return func(b *testing.B) Pace {
		return at.repeat(b, bookers, func() error {
			_, err := s.Book(context.Background(), booking.Request{
				Event: booking.Selector{ID: 1 + rand.Int64N(int64(events))}, Quantity: 1,
				Email: "user@example.com",
			})
			return err
		})
	}
}

// repeat lets several do something again and again for a turn.
func (at *table) repeat(b *testing.B, several int, do func() error) Pace {
	b.Helper()
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		took []time.Duration
	)
	began, cpu := time.Now(), Used(b)
	for range several {
		all.Go(func() {
			var own []time.Duration
			for from := time.Now(); time.Since(began) < at.turn; {
				if err := do(); err != nil {
					b.Error(err)
					break
				}
				now := time.Now()
				own = append(own, now.Sub(from))
				from = now
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	all.Wait()
	if len(took) == 0 {
		b.Fatal("nothing was done")
	}
	return PaceOf(took, time.Since(began), Used(b)-cpu)
}

// measureSize books with 100 bookers in process, in tables of different sizes: the first is the
// largest, the last has a thousand rows.
func measureSize(b *testing.B, at *table, name string, events int) {
	sizes, largest := []int{1_000_000, 1000}, "1 M rows"
	if isLong() {
		sizes, largest = []int{10_000_000, 1_000_000, 1000}, "10 M rows"
	}
	var sides []side
	for _, size := range sizes {
		s := openStore(b, filledDatabase(b, events, size))
		defer func() { closeStore(b, s) }()
		sides = append(sides, at.booking(s, 100, events))
	}
	rounds := at.race(b, sides...)
	at.keep(b, name, largest, costs(rounds, len(sides)-1))
	subject := "one event"
	if events > 1 {
		subject = fmt.Sprintf("%d events", events)
	}
	for i, size := range sizes {
		at.found.Costs.set(subject, strconv.Itoa(size), 1e6/Median(rates(rounds, i)))
	}
}

// measureEvents books with 64 bookers in process: a thousand events, and one.
func measureEvents(b *testing.B, at *table) {
	s := openStore(b, filledDatabase(b, 1000, 1000))
	defer func() { closeStore(b, s) }()
	at.keep(b, "events", "", speeds(at.race(b, at.booking(s, 64, 1000), at.booking(s, 64, 1)), 1))
}
