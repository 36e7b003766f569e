package storage

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

// sharing lets those who ask the same question at the same time share one reading of the database,
// as the writer lets commands share a transaction. A reading begins after each of them has asked,
// and nothing is kept of it, so that nobody hears of less than was committed before they asked. It
// is safe for concurrent use; the zero value is ready.
type sharing[Q comparable, A any] struct {
	mu sync.Mutex
	// coming are the readings that have not begun: whoever asks their question is in time.
	coming map[Q]*reading[A]
}

// reading is one look into the database. The answer is to be read after done is closed.
type reading[A any] struct {
	answer A
	err    error
	done   chan struct{}
}

// ask gives the answer to a question, by a reading that begins after this moment. All on which it
// depends has to be part of the question, since it may be that of another who asks. A caller whose
// context ends stops waiting; the others are not cut short by that.
func (s *sharing[Q, A]) ask(
	ctx context.Context, question Q, read func(context.Context) (A, error),
) (answer A, err error) {
	s.mu.Lock()
	r, ok := s.coming[question]
	if !ok {
		r = &reading[A]{done: make(chan struct{})}
		if s.coming == nil {
			s.coming = map[Q]*reading[A]{}
		}
		s.coming[question] = r
		go s.run(question, r, read)
	}
	s.mu.Unlock()
	select {
	case <-r.done:
		return r.answer, r.err
	case <-ctx.Done():
		return answer, ctx.Err()
	}
}

// run lets everybody who is about to ask the same come along, and reads. Where nobody else has
// anything to do it begins at once.
func (s *sharing[Q, A]) run(question Q, r *reading[A], read func(context.Context) (A, error)) {
	defer close(r.done)
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("panic in a reading of %v: %v\n%s", question, p, debug.Stack())
		}
	}()
	runtime.Gosched()
	s.mu.Lock()
	delete(s.coming, question)
	s.mu.Unlock()
	r.answer, r.err = read(context.Background())
}
