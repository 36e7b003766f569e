//go:build linux

package yardstick

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// measureLone books one seat after the other, each in a transaction of its own that is synced,
// beside the bare sync of a file in the same folder.
func measureLone(b *testing.B, at *table) {
	likeServer(b)
	path := filledDatabase(b, 1, 1000)
	s := openShop(b, path, 1, 1000)
	defer s.close(b)
	rounds := at.race(b, at.bookingIn(s, 1), at.syncing(filepath.Dir(path)))
	at.found.Machine.Syncs = Median(rates(rounds, 1))
	at.keep(b, "lone", "", byClock(speeds(rounds, 1)))
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

// repeat lets several do something again and again for a turn.
func (at *table) repeat(b *testing.B, several int, do func() error) Pace {
	b.Helper()
	began := time.Now()
	return PaceOf(repeatWhile(b, several, func() bool { return time.Since(began) < at.turn }, do))
}

// repeatWhile lets several do something again and again as long as there is more to do.
func repeatWhile(
	b *testing.B, several int, more func() bool, do func() error,
) (took []time.Duration, together, cpu time.Duration) {
	b.Helper()
	var (
		all sync.WaitGroup
		mu  sync.Mutex
	)
	began, before := time.Now(), Used(b)
	for range several {
		all.Go(func() {
			var own []time.Duration
			for from := time.Now(); more(); {
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
	return took, time.Since(began), Used(b) - before
}

// measureSize books with 100 bookers in process, in tables of different sizes: the first is the
// largest, the last has a thousand rows, and a few thousand at most.
func measureSize(b *testing.B, at *table, name string, events int) {
	likeServer(b)
	const bookers, smallest = 100, 1000
	sizes, largest := []int{1_000_000}, "1 M rows"
	if isLong() {
		sizes, largest = []int{10_000_000, 1_000_000}, wantedSize
	}
	var sides []side
	for _, size := range sizes {
		s := openShop(b, filledDatabase(b, events, size), events, size)
		defer s.close(b)
		sides = append(sides, at.bookingIn(s, bookers))
	}
	small := filledDatabase(b, events, smallest)
	sides = append(sides, at.bookingInSmall(small, events, smallest, bookers))
	rounds := at.race(b, sides...)
	at.keep(b, name, largest, costs(rounds, len(sides)-1))
	subject := "one event"
	if events > 1 {
		subject = fmt.Sprintf("%d events", events)
	}
	for i, size := range append(sizes, smallest) {
		at.found.Costs.set(subject, strconv.Itoa(size), 1e6/Median(rates(rounds, i)))
	}
}

// measureEvents books with 64 bookers in process: in a thousand events, and in one.
func measureEvents(b *testing.B, at *table) {
	likeServer(b)
	const bookers = 64
	var sides []side
	for _, events := range []int{1000, 1} {
		s := openShop(b, filledDatabase(b, events, 1000), events, 1000)
		defer s.close(b)
		sides = append(sides, at.bookingIn(s, bookers))
	}
	at.keep(b, "events", "", speeds(at.race(b, sides...), 1))
}
