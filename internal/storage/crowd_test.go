package storage

import (
	"context"
	"os"
	"testing"
	"time"

	"evbook/internal/booking"
)

// crowdSize is how many processes want the last seats.
const crowdSize = 50

// sale is an event in a database of its own.
type sale struct {
	path     string
	sel      booking.Selector
	capacity int
}

func newSale(t testing.TB, capacity int) sale {
	t.Helper()
	v := sale{path: somewhere(t), capacity: capacity}
	s := openAt(t, v.path)
	defer s.Close()
	v.sel = event(t, s, capacity)
	return v
}

// task gives a helper's work on the event.
func (v sale) task(role string) task {
	return task{Role: role, Path: v.path, Event: v.sel.ID, Writers: 1}
}

// look gives the event and the findings of a verification.
func (v sale) look(t testing.TB) (booking.Event, []Finding) {
	t.Helper()
	s := openAt(t, v.path)
	defer s.Close()
	ctx := context.Background()
	e, err := s.Event(ctx, v.sel)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return e, r.Findings
}

// soldExactly fails the test unless every seat was sold once, to somebody who was told so.
func (v sale) soldExactly(t testing.TB, said [][]string) {
	t.Helper()
	refs := map[booking.Reference]bool{}
	for _, lines := range said {
		for _, ref := range acks(t, lines) {
			refs[ref] = true
		}
	}
	e, findings := v.look(t)
	if e.Confirmed != v.capacity || len(refs) != v.capacity {
		t.Errorf("%d seats: %d sold, %d references told", v.capacity, e.Confirmed, len(refs))
	}
	for _, f := range findings {
		t.Errorf("%s: %s", f.Check, f.Detail)
	}
}

func TestACrowdOfProcessesSellsEachSeatOnce(t *testing.T) {
	v := newSale(t, 3*crowdSize)
	v.soldExactly(t, crowd(t, crowdSize, v.task("book")))
}

func TestWithoutTheLockFilesNothingIsOversold(t *testing.T) {
	v := newSale(t, 10*crowdSize)
	stop, deleted := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			select {
			case <-tick.C:
				for _, suffix := range []string{".lock", ".turn"} {
					if os.Remove(v.path+suffix) == nil {
						n++
					}
				}
			case <-stop:
				tick.Stop()
				deleted <- n
				return
			}
		}
	}()
	said := crowd(t, crowdSize, v.task("book"))
	close(stop)
	n := <-deleted
	t.Logf("%d lock files deleted", n)
	if n < 10 {
		t.Errorf("only %d lock files were deleted: the test is blind", n)
	}
	v.soldExactly(t, said)
}
