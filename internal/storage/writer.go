package storage

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"evbook/internal/booking"
)

// maxGroup is the most commands that share one transaction.
const maxGroup = 1000

// call is a command on its way through the writer.
type call struct {
	command
	// alone calls are a group of their own.
	alone bool
	// caller is on whose behalf it is done.
	caller booking.Caller
	// keyed calls carry an idempotency key.
	keyed bool
	// located calls have been looked up beforehand: events are all that they are about, as far as
	// there are any.
	located bool
	events  []int64
	// awaited and abandoned are those of [Options].
	awaited   func()
	abandoned <-chan struct{}
	// err is the verdict, to be read after done is closed.
	err  error
	done chan struct{}
	// left says that the caller has gone; it is the [work]'s.
	left bool
}

// verdict waits for what becomes of a call that is taken; leave is told when the caller has gone,
// and says how long the verdict takes as a rule. Once its caller has gone, and the wait is given
// up, nothing but the error may be read of it: the writer still has the rest.
func (c *call) verdict(ctx context.Context, leave func(*call) time.Duration) error {
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
	}
	stays := time.After(leave(c))
	for {
		select {
		case <-c.done:
			return c.err
		case <-c.abandoned:
			return c.unsettled(booking.Errorf(booking.Unknown,
				"the database has not answered yet: the change may or may not have been made"))
		case <-stays:
			if c.awaited != nil {
				c.awaited()
			}
		}
	}
}

// unsettled adds to an Unknown error how this caller finds out. A copy, since others share it.
func (c *call) unsettled(err error) error {
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != booking.Unknown {
		return err
	}
	own := *e
	own.Hint = "look before you repeat it: it may have been done"
	if c.keyed {
		own.Hint = "repeat it with the same idempotency key: that settles what happened"
	}
	return &own
}

// door is the way to writing: one writer, or several beside each other.
type door interface {
	// do hands a command over and waits for the verdict. When the caller's context ends or the
	// timeout passes, the command is withdrawn if it is still waiting (Interrupted or Busy: nothing
	// was changed); once it is taken, the verdict is awaited.
	do(ctx context.Context, timeout time.Duration, c *call) error
	// failing are the writers of which the database did not take a group, and none since.
	failing() []*writer
	// close ends writing. Groups under way are finished; who waits hears Unavailable.
	close() error
}

// writer is the one door to writing. A call is either withdrawn by its caller or taken into a
// group, never both: mu decides.
type writer struct {
	engine engine
	group  *grouper

	mu      sync.Mutex
	waiting []*call
	closed  bool
	// locking is true while the writer waits for the file lock, which nothing can cut short.
	locking bool
	started bool
	wake    chan struct{}
	stopped chan struct{}
}

func newWriter(e engine, g *grouper) *writer {
	return &writer{
		engine: e, group: g,
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
	}
}

func (w *writer) do(ctx context.Context, timeout time.Duration, c *call) error {
	if err := w.submit(c); err != nil {
		return err
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		if w.withdraw(c) {
			return w.group.withdrawn(ctx, timeout)
		}
	case <-timer.C:
		if w.withdraw(c) {
			return w.group.busy(timeout)
		}
	}
	err := c.verdict(ctx, w.group.work.leave)
	if ctx.Err() != nil && booking.KindOf(err) == booking.Interrupted {
		return w.group.withdrawn(ctx, timeout)
	}
	return err
}

func (w *writer) failing() []*writer {
	if w.group.failing.Load() {
		return []*writer{w}
	}
	return nil
}

func (w *writer) submit(c *call) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return booking.Errorf(booking.Unavailable, "the database is being closed")
	}
	if !w.started {
		w.started = true
		go w.loop()
	}
	c.done = make(chan struct{})
	w.waiting = append(w.waiting, c)
	w.signal()
	return nil
}

// signal wakes the loop; one that is awake already looks again before it sleeps.
func (w *writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// withdraw takes a waiting call back. It is false when the call has been taken.
func (w *writer) withdraw(c *call) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiting, c)
	if i < 0 {
		return false
	}
	w.waiting = slices.Delete(w.waiting, i, i+1)
	return true
}

// take gives the next group: calls in the order they came, up to the first that must be alone.
func (w *writer) take() []*call {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.locking = false
	if w.closed || len(w.waiting) == 0 {
		return nil
	}
	n := 1
	for !w.waiting[0].alone && n < len(w.waiting) && n < maxGroup && !w.waiting[n].alone {
		n++
	}
	taken := w.waiting[:n:n]
	w.waiting = slices.Clone(w.waiting[n:])
	return taken
}

// next waits until there is something to do. It is false when the writer is closed.
func (w *writer) next() bool {
	for {
		w.mu.Lock()
		if w.closed {
			w.mu.Unlock()
			return false
		}
		if len(w.waiting) > 0 {
			w.locking = true
			w.mu.Unlock()
			return true
		}
		w.mu.Unlock()
		<-w.wake
	}
}

func (w *writer) loop() {
	defer close(w.stopped)
	defer w.engine.quit()
	for w.next() {
		asked := time.Now()
		release, err := w.engine.lock()
		waited := time.Since(asked)
		calls := w.take()
		if err != nil {
			answer(calls, err)
			continue
		}
		if len(calls) > 0 {
			w.group.run(w.engine, calls)
			w.engine.between(context.Background())
		}
		release()
		w.group.report(waited)
		// Who has just been answered may ask for more, and so join the next group rather than the
		// one after it: the same crowd needs fewer of them. A lone caller waits for nobody.
		runtime.Gosched()
	}
}

// answer tells callers the verdict.
func answer(calls []*call, err error) {
	for _, c := range calls {
		c.err = err
		close(c.done)
	}
}

// close ends the writer. A group under way is finished; calls that still wait are answered
// Unavailable. A wait for the file lock cannot be cut short and is left behind: when it ends,
// the loop finds the writer closed and lets the lock go.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	waiting := w.waiting
	w.waiting = nil
	running := w.started && !w.locking
	w.signal()
	w.mu.Unlock()
	answer(waiting, booking.Errorf(booking.Unavailable, "the database is being closed"))
	if running {
		<-w.stopped
	}
	return w.engine.close()
}
