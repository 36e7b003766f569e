package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
)

// TestACancelledCallIsEitherInOrAnError gives up on bookings at random moments, and compares what
// each caller was told with what the database holds in the end.
func TestACancelledCallIsEitherInOrAnError(t *testing.T) {
	const callers, each = 16, 150
	s := open(t)
	sel := event(t, s, booking.MaxCapacity)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		told = map[string]error{}
	)
	for caller := range callers {
		wg.Go(func() {
			for i := range each {
				ctx, cancel := context.WithCancel(context.Background())
				timer := time.AfterFunc(rand.N(4*time.Millisecond), cancel)
				key := fmt.Sprintf("%d-%d", caller, i)
				_, err := s.Book(ctx, keyed(sel, key))
				timer.Stop()
				cancel()
				mu.Lock()
				told[key] = err
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	in := keysIn(t, s)
	refused := 0
	for key, err := range told {
		if err != nil {
			refused++
		}
		if kind := booking.KindOf(err); err != nil && kind != booking.Interrupted {
			t.Errorf("%s: %v (%s)", key, err, kind)
		}
		if in[key] != (err == nil) {
			t.Errorf("%s was told %v, and is in the database: %t", key, err, in[key])
		}
	}
	t.Logf("%d bookings: %d answered, %d given up in time", len(told), len(in), refused)
	if refused == 0 || len(in) == 0 {
		t.Error("all ended in the same way: the test is blind")
	}
	e, err := s.Event(context.Background(), sel)
	if err != nil || e.Confirmed != len(in) {
		t.Errorf("%d seats confirmed for %d keys, %v", e.Confirmed, len(in), err)
	}
	sound(t, s)
}

// keysIn gives the idempotency keys that are in the database.
func keysIn(t testing.TB, s *Store) map[string]bool {
	t.Helper()
	in := map[string]bool{}
	err := s.read.each(context.Background(), func(scan scanner) error {
		var key string
		err := scan(&key)
		in[key] = true
		return err
	}, `SELECT key FROM idempotency_keys`)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// halted is an engine whose transactions begin when they are told to.
type halted struct {
	engine
	reached, goOn chan struct{}
}

func (h halted) begin(ctx context.Context) (transaction, error) {
	close(h.reached)
	<-h.goOn
	return h.engine.begin(ctx)
}

func TestACallThatIsTakenGetsItsVerdictWhateverItsCallerDoes(t *testing.T) {
	v := newSale(t, 1)
	s := openAt(t, v.path)
	h := halted{writerOf(s).engine, make(chan struct{}), make(chan struct{})}
	writerOf(s).engine, writerOf(s).group.work.pause = h, time.Minute
	goOn := sync.OnceFunc(func() { close(h.goOn) })
	t.Cleanup(goOn) // else a test that fails would wait for the group at the end
	ctx, cancel := context.WithCancel(context.Background())
	verdict := make(chan error, 1)
	go func() {
		_, err := s.Book(ctx, keyed(v.sel, "taken"))
		verdict <- err
	}()
	<-h.reached
	cancel()
	select {
	case err := <-verdict:
		t.Fatalf("answered %v before the verdict", err)
	case <-time.After(20 * time.Millisecond):
	}
	goOn()
	if err := <-verdict; err != nil || !keysIn(t, s)["taken"] {
		t.Errorf("the verdict is %v, the booking is in: %t", err, keysIn(t, s)["taken"])
	}
}
