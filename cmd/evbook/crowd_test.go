package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ledger is what bookers were told, whichever door they used.
type ledger struct {
	mu sync.Mutex
	// seats are those of every booking that was acknowledged, by its reference.
	seats map[string]int
	// fromShells counts the bookings that the command line acknowledged, refused the bookers that
	// were told that all is sold.
	fromShells, refused int
	// waits are how long bookings through the command line took.
	waits []time.Duration
	// strange are answers that nobody should get.
	strange []string
}

// booked writes an acknowledgement down.
func (l *ledger) booked(reference string, seats int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seats == nil {
		l.seats = map[string]int{}
	}
	if _, twice := l.seats[reference]; twice || reference == "" {
		l.strange = append(l.strange, fmt.Sprintf("reference %q was given twice", reference))
	}
	l.seats[reference] = seats
}

// count adds one to a number of the ledger.
func (l *ledger) count(number *int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*number++
}

// note writes an answer down that nobody should get.
func (l *ledger) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.strange = append(l.strange, fmt.Sprintf(format, args...))
}

// bookOverHTTP books until all is sold or the test ends.
func (l *ledger) bookOverHTTP(
	ctx context.Context, s *server, event string, quantity int, pause time.Duration,
) {
	for ctx.Err() == nil {
		r, err := s.book(event, quantity, "")
		switch {
		case err != nil:
			l.note("no answer from the server: %v", err)
			return
		case r.status == http.StatusCreated:
			l.booked(r.Data.Reference, r.Data.Quantity)
		case r.status == http.StatusConflict && r.Error.Code == "sold_out" && quantity > 1:
			quantity = 1 // what is left may be enough for one
		case r.status == http.StatusConflict && r.Error.Code == "sold_out":
			l.count(&l.refused)
			return
		default:
			l.note("the server answers %d %q: %s", r.status, r.Error.Code, r.Message)
			return
		}
		time.Sleep(pause)
	}
}

// bookByCommand runs one evbook book after the other until all is sold or the test ends.
func (l *ledger) bookByCommand(ctx context.Context, h house, event string) {
	for ctx.Err() == nil && l.bookOnce(h, event) {
	}
}

// bookOnce runs evbook book for one seat; it is false when the booker should give up.
func (l *ledger) bookOnce(h house, event string) bool {
	o := h.run("book", "--event", event, "--qty", "1", "-o", "name")
	l.mu.Lock()
	l.waits = append(l.waits, o.took)
	l.mu.Unlock()
	switch {
	case o.code == 0:
		l.booked(strings.TrimSpace(o.stdout), 1)
		l.count(&l.fromShells)
		return true
	case o.code == 4 && strings.HasPrefix(o.stderr, soldOutPrefix(event)):
		l.count(&l.refused)
	default:
		l.note("evbook book ended with %d: %s%s", o.code, o.stdout, o.stderr)
	}
	return false
}

// prove compares what the bookers were told with the database: every seat is sold, each to one who
// was told so, and the database is sound. It is called after the last booker has ended.
func (l *ledger) prove(t *testing.T, h house, event string) {
	t.Helper()
	for _, answer := range l.strange {
		t.Error(answer)
	}
	sold := 0
	for _, seats := range l.seats {
		sold += seats
	}
	e := ask[eventAnswer](t, h, "event", "show", event)
	if e.Confirmed != e.Capacity || e.Available != 0 {
		t.Errorf("%d of %d seats are sold, %d are free", e.Confirmed, e.Capacity, e.Available)
	}
	if sold != e.Confirmed {
		t.Errorf("%d seats were acknowledged, %d are sold", sold, e.Confirmed)
	}
	for _, b := range ask[[]bookingAnswer](t, h, "booking", "list", "--event", event, "--all") {
		if l.seats[b.Reference] != b.Quantity {
			t.Errorf("%s has %d seats, acknowledged were %d", b.Reference, b.Quantity,
				l.seats[b.Reference])
		}
	}
	if l.fromShells == 0 || l.refused == 0 {
		t.Error("nobody booked through the command line, or nobody was refused: proves nothing")
	}
	t.Logf("%d seats in %d bookings, %d of them through the command line; %d were refused",
		sold, len(l.seats), l.fromShells, l.refused)
	h.verify(t)
}

func TestFiftyProcessesShareTheLastFiveSeats(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, h house) {
		event := h.event(t, "Go Meetup", 5)
		var told ledger
		var crowd sync.WaitGroup
		for range 50 {
			crowd.Go(func() { told.bookOnce(h, event) })
		}
		crowd.Wait()
		if told.fromShells != 5 || told.refused != 45 {
			t.Errorf("%d booked and %d were refused, not 5 and 45", told.fromShells, told.refused)
		}
		told.prove(t, h, event)
	})
}

func TestSaturatedServersNeverKeepAShellWaiting(t *testing.T) {
	var told ledger
	times := contend(t, &told, func(context.Context, house) error { return nil })
	if times > 100 {
		t.Errorf("a command took %.0f times as long as one that is alone, at most 100", times)
	}
}

// Without the queue all have to wait for SQLite, which is not fair. That takes longer, and changes
// no answer: nobody hears that the database is busy before the time to wait is over.
func TestDeletedLockFilesNeverOversell(t *testing.T) {
	var told ledger
	deleted := 0
	contend(t, &told, func(ctx context.Context, h house) error {
		for ; ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
			for _, name := range []string{"events.db.lock", "events.db.turn"} {
				switch err := os.Remove(h.path(name)); {
				case err == nil:
					deleted++
				case !errors.Is(err, fs.ErrNotExist):
					return err
				}
			}
		}
		return nil
	})
	t.Logf("%d lock files were deleted", deleted)
	if deleted < 20 {
		t.Errorf("only %d lock files were deleted: proves nothing", deleted)
	}
}

// contend lets two saturated servers and twenty loops of commands book on one event until all is
// sold, while something is done to the house. It proves that everybody heard the truth, and gives
// how many times as long as a command alone the slowest one took.
func contend(t *testing.T, told *ledger, meanwhile func(context.Context, house) error) float64 {
	t.Helper()
	h := newHouse(t)
	event := h.event(t, "Go Meetup", 1_000_000)
	for range 9 {
		told.bookOnce(h, event)
	}
	alone := median(told.waits)
	told.waits = nil
	servers := []*server{h.serve(t), h.serve(t)}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- meanwhile(ctx, h) }()
	var crowd sync.WaitGroup
	t.Cleanup(crowd.Wait)
	for i := range 64 {
		crowd.Go(func() { told.bookOverHTTP(t.Context(), servers[i%2], event, 1, 0) })
	}
	for range 20 {
		crowd.Go(func() { told.bookByCommand(t.Context(), h, event) })
	}
	time.Sleep(contendFor())
	h.closeSales(t, event, 500)
	crowd.Wait()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	longest := slices.Max(told.waits)
	t.Logf("a command takes %s alone, %s in the crowd, at most %s",
		alone, median(told.waits), longest)
	told.prove(t, h, event)
	return float64(longest) / float64(alone)
}

// contendFor is how long the crowd fights before the sales come to their end.
func contendFor() time.Duration {
	if long() {
		return 20 * time.Second
	}
	return 2 * time.Second
}

// median is the middle one of some durations.
func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
