package storage

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"evbook/internal/booking"
)

// leavePause is how long a group that nobody waits for goes on. As a rule it is done by then, while
// one that is cut costs the next one a new connection.
const leavePause = 500 * time.Millisecond

// work is the group that a writer carries out, as it is for those who may leave before it is done.
// Once all of them have left, it is cut after a while, and nothing of it is changed; but not any
// more when its COMMIT is on its way.
type work struct {
	// pause is how long it goes on.
	pause time.Duration

	mu sync.Mutex
	// calls are those of the group, nil while there is none, or none that may be cut.
	calls []*call
	firm  bool
	cut   context.CancelFunc
}

// begin gives the context under which a group is carried out, which ends with it.
func (w *work) begin(calls []*call) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx, cut := context.WithCancel(context.Background())
	w.calls, w.cut = calls, cut
	if !w.wanted() {
		w.fade()
	}
	return ctx
}

func (w *work) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = nil
	w.cut()
}

// wanted says whether somebody waits for the group.
func (w *work) wanted() bool {
	return slices.ContainsFunc(w.calls, func(c *call) bool { return !c.left })
}

// fade has the group cut after the pause. Cutting one that is over by then does nothing.
func (w *work) fade() {
	cut := w.cut
	time.AfterFunc(w.pause, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.firm {
			cut()
		}
	})
}

// leave notes that nobody waits for a call any more. It tells after what time the caller may be
// told that it cannot be taken back: as a rule the group is done by then, or cut.
func (w *work) leave(c *call) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.left = true
	if w.firm || w.wanted() || !slices.Contains(w.calls, c) {
		return w.pause
	}
	w.fade()
	return 2 * w.pause
}

// commits says whether the group goes on to its COMMIT; from then on it cannot be cut, until that
// is over.
func (w *work) commits(ctx context.Context) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.firm = ctx.Err() == nil
	return w.firm
}

// over lets a group be cut again, if it has to be carried out once more.
func (w *work) over() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.firm = false
	if !w.wanted() && w.cut != nil {
		w.fade()
	}
}

// withdrawn is the answer to a caller whose context has ended before anything was changed.
func (g *grouper) withdrawn(ctx context.Context, timeout time.Duration) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return g.busy(timeout)
	}
	return interrupted(ctx.Err())
}

// busy is the answer to a caller whose turn did not come in time. Where there is no file lock, the
// group before may be waiting for rows, for the disk, or for a standby.
func (g *grouper) busy(waited time.Duration) error {
	if !g.dialect.cuttable {
		return lockBusy(waited)
	}
	return booking.Errorf(booking.Busy, "%s did not come to the change within %s", g.path,
		waited.Round(time.Millisecond)).
		WithHint("nothing was changed; try again, or wait longer with --lock-timeout")
}
