package storage

import (
	"context"
	"errors"
	"sync"
)

// finder finds the events behind slugs and references. While it looks for some, others wait and are
// looked for together, in one round trip. What it finds only says where a call is to go: it may
// have changed before the events are locked, and then the loader sees that.
type finder struct {
	engine engine
	refs   *permutation

	mu      sync.Mutex
	waiting []*search
	looking bool
	closed  bool
	loop    sync.WaitGroup
}

// search is one who asks a finder.
type search struct {
	slugs []string
	rows  []int64
	// events and err are the answer, to be read after done is closed.
	events []int64
	err    error
	done   chan struct{}
}

var errFinderClosed = errors.New("the finder is closed")

func newFinder(e engine, refs *permutation) *finder { return &finder{engine: e, refs: refs} }

// find gives the numbers of the events behind names, as far as there are any.
func (f *finder) find(ctx context.Context, names *needs) ([]int64, error) {
	s := &search{done: make(chan struct{})}
	for slug := range names.slugs {
		s.slugs = append(s.slugs, slug)
	}
	for ref := range names.bookings {
		s.rows = append(s.rows, f.refs.row(ref))
	}
	if !f.ask(s) {
		return nil, errFinderClosed
	}
	select {
	case <-s.done:
		return s.events, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ask adds a search to those that wait. It is false when the finder is closed.
func (f *finder) ask(s *search) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.waiting = append(f.waiting, s)
	if !f.looking {
		f.looking = true
		f.loop.Go(f.answer)
	}
	return true
}

// answer looks for all who wait, until there is nobody.
func (f *finder) answer() {
	for {
		f.mu.Lock()
		asked := f.waiting
		f.waiting = nil
		f.looking = len(asked) > 0
		f.mu.Unlock()
		if len(asked) == 0 {
			return
		}
		err := f.look(asked)
		for _, s := range asked {
			s.err = err
			close(s.done)
		}
	}
}

// look finds the events of all searches in one batch.
func (f *finder) look(asked []*search) error {
	ctx := context.Background()
	tx, err := f.engine.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	slugs, rows := map[string]int64{}, map[int64]int64{}
	for _, s := range asked {
		for _, slug := range s.slugs {
			slugs[slug] = 0
		}
		for _, row := range s.rows {
			rows[row] = 0
		}
	}
	var b batch
	into(&b, slugs, `SELECT slug, id FROM events WHERE slug IN ()`)
	into(&b, rows, `SELECT id, event_id FROM bookings WHERE id IN ()`)
	if _, err := tx.look(ctx, &b); err != nil {
		return err
	}
	for _, s := range asked {
		s.events = append(found(s.slugs, slugs), found(s.rows, rows)...)
	}
	return nil
}

// found gives the events of keys, but for keys that have none.
func found[K comparable](keys []K, events map[K]int64) (of []int64) {
	for _, key := range keys {
		if event := events[key]; event != 0 {
			of = append(of, event)
		}
	}
	return of
}

// into adds the look-up of the event of each key of a map.
func into[K comparable](b *batch, events map[K]int64, sql string) {
	keys := make([]any, 0, len(events))
	for key := range events {
		keys = append(keys, key)
	}
	b.lookUp(func(scan scanner) error {
		var key K
		var event int64
		err := scan(&key, &event)
		events[key] = event
		return err
	}, sql, keys)
}

// close lets a look that is under way end.
func (f *finder) close() error {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.loop.Wait()
	return f.engine.close()
}
