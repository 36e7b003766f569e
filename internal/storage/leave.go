package storage

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"evbook/internal/booking"
)

// work is the group that a writer carries out, as it is for those who may leave before it is done.
// Once all of them have left, it is cut, and nothing of it is changed; but not any more when its
// COMMIT is on its way.
type work struct {
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
		cut()
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

// leave notes that nobody waits for a call any more. It is true if that cuts the group.
func (w *work) leave(c *call) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.left = true
	if w.firm || w.wanted() || !slices.Contains(w.calls, c) {
		return false
	}
	w.cut()
	return true
}

// commits says whether the group goes on to its COMMIT; from then on it cannot be cut, until that
// is over.
func (w *work) commits(ctx context.Context) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.firm = ctx.Err() == nil
	return w.firm
}

func (w *work) over() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.firm = false
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
