package storage

import (
	"context"
	"testing"
	"time"

	"evbook/internal/booking"
)

// soon bounds what must not wait for a lock that is held for good.
const soon = 5 * time.Second

// holdTheLock is a helper that dies or dawdles in the middle of a transaction, the lock in its
// hands. Told to go on, it gives both back.
func holdTheLock(work task, o orders) error {
	ctx := context.Background()
	e, err := newSQLiteEngine(work.Path, DefaultLockTimeout)
	if err != nil {
		return err
	}
	release, err := e.lock()
	if err != nil {
		return err
	}
	defer release()
	tx, err := e.begin(ctx)
	if err != nil {
		return err
	}
	var b batch
	b.exec(`UPDATE events SET confirmed = capacity`)
	if err := tx.run(ctx, &b); err != nil {
		return err
	}
	if err := o.ready(); err != nil {
		return err
	}
	tx.rollback()
	return e.close()
}

// queue is a database whose lock is in the hands of another process.
type queue struct {
	sale
	store  *Store
	holder *process
}

func newQueue(t *testing.T, timeout time.Duration) queue {
	t.Helper()
	q := queue{sale: newSale(t, 40)}
	s, err := Open(context.Background(), in(q.path, Options{LockTimeout: timeout}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	q.store = s
	// After the store, so that it is gone before the store is closed at the end.
	q.holder = launch(t, q.task("hold"))
	q.holder.await(t)
	return q
}

// book asks for a seat in the background and gives the verdict when it comes.
func (q queue) book(ctx context.Context, key string) <-chan error {
	verdict := make(chan error, 1)
	go func() {
		_, err := q.store.Book(ctx, keyed(q.sel, key))
		verdict <- err
	}()
	return verdict
}

// hears fails the test unless a verdict of the kind comes soon. It gives the time that took.
func hears(t *testing.T, verdict <-chan error, kind booking.Kind) time.Duration {
	t.Helper()
	begin := time.Now()
	select {
	case err := <-verdict:
		if booking.KindOf(err) != kind {
			t.Errorf("the answer is %v (%q), want %q", err, booking.KindOf(err), kind)
		}
	case <-time.After(soon):
		t.Fatalf("no answer within %s", soon)
	}
	return time.Since(begin)
}

// untilQueued waits until the store's writer waits for the file lock.
func (q queue) untilQueued(t *testing.T) {
	t.Helper()
	w := writerOf(q.store)
	for end := time.Now().Add(soon); ; time.Sleep(time.Millisecond) {
		w.mu.Lock()
		queued := w.locking && len(w.waiting) > 0
		w.mu.Unlock()
		if queued {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the command does not get in line")
		}
	}
}

// sold fails the test unless the event has so many confirmed seats, and never had others.
func (q queue) sold(t *testing.T, want int) {
	t.Helper()
	e, err := q.store.Event(context.Background(), q.sel)
	if err != nil || e.Confirmed != want || e.Version != int64(want)+1 {
		t.Errorf("%d seats confirmed in version %d, %v; want %d in %d", e.Confirmed, e.Version, err,
			want, want+1)
	}
	sound(t, q.store)
}

// letGo tells the holder to give the lock back.
func (q queue) letGo(t *testing.T) {
	t.Helper()
	q.holder.start(t)
	q.holder.finish(t)
}

func TestAHolderThatDiesLetsTheNextOneIn(t *testing.T) {
	q := newQueue(t, patience)
	verdict := q.book(t.Context(), "next")
	q.untilQueued(t)
	select {
	case err := <-verdict:
		t.Fatalf("answered while another process held the lock: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	q.holder.kill()
	t.Logf("answered %s after the holder's death", hears(t, verdict, ""))
	q.sold(t, 1)
}

func TestWhoeverGivesUpInLineHasChangedNothing(t *testing.T) {
	q := newQueue(t, patience)
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := q.book(ctx, "cancelled")
	late, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer end()
	tooLate := q.book(late, "late")
	stays := q.book(t.Context(), "stays")
	q.untilQueued(t)
	cancel()
	hears(t, cancelled, booking.Interrupted)
	hears(t, tooLate, booking.Busy)
	q.sold(t, 0)
	q.letGo(t)
	hears(t, stays, "")
	q.sold(t, 1)
}

func TestClosingAStoreInLineDoesNotHang(t *testing.T) {
	q := newQueue(t, patience)
	verdict := q.book(t.Context(), "closed")
	q.untilQueued(t)
	closed := make(chan error, 1)
	go func() { closed <- q.store.Close() }()
	hears(t, closed, "")
	hears(t, verdict, booking.Unavailable)
	q.letGo(t)
	// What was closed in line lets the lock go when it comes, and leaves nothing behind.
	q.store = openAt(t, q.path)
	hears(t, q.book(t.Context(), "next"), "")
	q.sold(t, 1)
}

func TestClosingAStoreTwiceIsHarmless(t *testing.T) {
	for _, serving := range []bool{false, true} {
		s, err := Open(t.Context(), in(newSale(t, 1).path, Options{Serving: serving}))
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("serving %t: panic: %v", serving, p)
			}
		}()
		for range 2 {
			if err := s.Close(); err != nil {
				t.Errorf("serving %t: %v", serving, err)
			}
		}
	}
}
