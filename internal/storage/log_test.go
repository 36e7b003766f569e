package storage

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
)

// maxLog is how long the write-ahead log may get under load, in bytes.
const maxLog = 64 << 20

// loadOfLog is how many bookings make the log too long if nobody shortens it.
const loadOfLog = 2400

// longestLog makes bookings through a serving store as fast as it can, while a reader lists them.
// Each is a group of its own, so that the log grows the most. It gives the longest length.
func longestLog(t *testing.T, bookings int, checkpoints bool) (longest int64) {
	t.Helper()
	path := empty(t)
	s, err := Open(t.Context(), Options{Path: path, Create: true, Serving: true})
	if err != nil {
		t.Fatal(err)
	}
	// Without the wait for the disk the log grows faster than it ever will.
	e := writerOf(s).engine.(*sqliteEngine)
	if err := e.exec(t.Context(), "PRAGMA synchronous = OFF"); err != nil {
		t.Fatal(err)
	}
	if !checkpoints {
		writerOf(s).engine = withoutCheckpoints{writerOf(s).engine}
	}
	sel := event(t, s, booking.MaxCapacity)
	ctx, stop := context.WithCancel(t.Context())
	var background sync.WaitGroup
	background.Go(func() { longest = sampleLog(ctx, path) })
	background.Go(func() { listAgainAndAgain(ctx, t, s, sel) })
	// The longest rows there are: they take two pages each.
	ask := booking.Request{
		Event: sel, Quantity: 1,
		Name: strings.Repeat("🎟", booking.MaxName), Note: strings.Repeat("🎟", booking.MaxNote),
	}
	for range bookings {
		if _, err := s.Book(ctx, ask); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	background.Wait()
	sound(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return longest
}

// withoutCheckpoints is an engine that never shortens its log.
type withoutCheckpoints struct{ engine }

func (withoutCheckpoints) between(context.Context) {}

func sampleLog(ctx context.Context, path string) (longest int64) {
	for ctx.Err() == nil {
		if info, err := os.Stat(path + "-wal"); err == nil {
			longest = max(longest, info.Size())
		}
		time.Sleep(2 * time.Millisecond)
	}
	return longest
}

func listAgainAndAgain(ctx context.Context, t *testing.T, s *Store, sel booking.Selector) {
	page := Page{Limit: 30}
	for ctx.Err() == nil {
		found, err := s.Bookings(ctx, bookingsOf(sel, page))
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
		page.Cursor = found.Next
	}
}

func TestTheLogOfABusyServerStaysShort(t *testing.T) {
	bookings := trials(loadOfLog, 100_000)
	got := longestLog(t, bookings, true)
	t.Logf("the log was at most %d MiB long", got>>20)
	if got > maxLog {
		t.Errorf("the log got %d bytes long, want %d at most", got, maxLog)
	}
}

// The load is enough: without checkpoints it makes the log too long. The test above runs with a
// smaller one under the race detector, which sees nothing new here.
func TestTheLogOfABusyServerGrowsWithoutCheckpoints(t *testing.T) {
	if underRace {
		t.Skip("NOT PROVEN HERE: the whole load takes a minute under the race detector")
	}
	got := longestLog(t, loadOfLog, false)
	t.Logf("the log was at most %d MiB long", got>>20)
	if got <= maxLog {
		t.Errorf("the log got only %d bytes long: the test of its length is blind", got)
	}
}
