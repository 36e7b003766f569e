package storage

import (
	"context"
	"slices"
	"testing"
)

// slowCommit has the next group of a store written down and then not committed until goOn is
// called, which waits for the answer to the caller.
func slowCommit(t *testing.T, s *Store, do func() error) (goOn func()) {
	t.Helper()
	w := writerOf(s)
	slow := &faulty{engine: w.engine}
	w.engine = slow
	written, release, answer := make(chan error, 1), make(chan struct{}), make(chan error, 1)
	slow.fail(func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		err := tx.run(ctx, b)
		written <- err
		<-release
		if err != nil {
			return false, err
		}
		return tx.commit(ctx, &batch{})
	}, nil)
	go func() { answer <- do() }()
	must(t, <-written)
	return func() {
		close(release)
		must(t, <-answer)
	}
}

// newestOnly is a watcher that goes by the newest transaction that has ended.
type newestOnly struct {
	*pgWatcher
	seen string
}

func (w *newestOnly) changed(ctx context.Context) (bool, error) {
	var now string
	err := w.pool.QueryRow(ctx, `SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)`).
		Scan(&now)
	changed := now != w.seen
	w.seen = now
	return changed, err
}

// followLate has an entry written before others and committed after them, and gives what a follower
// of all events and one of the event alone get to see then. The first may be told otherwise whether
// something has changed.
func followLate(t *testing.T, told func(*pgWatcher) watcher) (all, named [][2]int64) {
	t.Helper()
	stores := storesAt(t, postgresAddress(t), 2)
	first, second := event(t, stores[0], 5), event(t, stores[0], 5)
	one, err := stores[0].NamedFeed(t.Context())
	must(t, err)
	t.Cleanup(func() { one.Close() })
	one.Follow(second.ID, 1)
	every := feedOf(t, stores[0], JournalQuery{})
	every.watch = told(every.watch.(*pgWatcher))
	goOn := slowCommit(t, stores[1], func() error {
		_, err := stores[1].Book(context.Background(), seat(second, "late"))
		return err
	})
	seats(t, stores[0], first, 2)
	wantNext(t, every, [2]int64{first.ID, 2}, [2]int64{first.ID, 3})
	wantNext(t, every)
	wantNext(t, one)
	goOn()
	return next(t, every), next(t, one)
}

func TestFollowersMissNothingThatIsCommittedLate(t *testing.T) {
	all, named := followLate(t, func(w *pgWatcher) watcher { return w })
	want := [][2]int64{{2, 2}}
	if !slices.Equal(all, want) || !slices.Equal(named, want) {
		t.Errorf("got %v and %v, want %v", all, named, want)
	}
}

// Who goes by the newest transaction alone passes the entry over until something else happens,
// which may be an act of the server's own.
func TestAFollowerOfTheNewestTransactionMissesWhatIsCommittedLate(t *testing.T) {
	for range 5 {
		all, _ := followLate(t, func(w *pgWatcher) watcher { return &newestOnly{pgWatcher: w} })
		if len(all) == 0 {
			return
		}
	}
	t.Error("nothing was missed: the test is blind")
}
