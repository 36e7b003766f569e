package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"evbook/internal/booking"
)

// grouper runs groups of commands: load everything they need, decide them in order, save the
// difference, COMMIT, and only then answer.
type grouper struct {
	path    string
	refs    *permutation
	dialect dialect
	// counted is how many lapsed holds of an event a group counts at least.
	counted int
	// requireSync has groups refused while the database waits for no standby.
	requireSync bool
	// dryRun takes every group back instead of committing it.
	dryRun bool
	// now is the clock, read after the locks are held; nil for that of the database.
	now func() time.Time
	// heard is told what time it is in a database that has a clock; nil for nobody.
	heard func(time.Time)
	// observe is told of every group, once the lock is free again; nil for nobody.
	observe func(Group)
	// seen are the groups that nobody was told of yet.
	seen []Group
	// failing is true from a group that the database did not take until one that it took.
	failing *atomic.Bool
	// work is the group under way.
	work *work
	// memory is what former groups have left behind.
	memory memory
}

func newGrouper(path string, refs *permutation, d dialect) *grouper {
	return &grouper{
		path: path, refs: refs, dialect: d, counted: lapsedCounted, now: time.Now,
		failing: new(atomic.Bool), work: &work{pause: leavePause},
	}
}

// run carries a group out and answers every call.
//
// It runs under a context of its own: no caller that goes away can cut what others wait for. With
// SQLite, not even all of them together can: a cut statement rolls its transaction back while later
// statements go on outside of it.
func (g *grouper) run(e engine, calls []*call) {
	ctx := context.Background()
	if g.dialect.cuttable {
		ctx = g.work.begin(calls)
		defer g.work.end()
	}
	g.carry(ctx, e, calls)
}

// carry does it. A group that fails before COMMIT for a reason that may lie in one of its commands
// is carried out again one by one, so that only that one fails.
func (g *grouper) carry(ctx context.Context, e engine, calls []*call) {
	var seen Group
	err := g.attempt(ctx, e, calls, &seen)
	if err != nil && len(calls) > 1 && worthRepeating(err) {
		for _, c := range calls {
			g.carry(ctx, e, []*call{c})
		}
		return
	}
	for _, c := range calls {
		if err != nil { // for refusals too: they may rest on what is not in the file
			c.err = c.unsettled(err)
		}
	}
	g.note(calls, seen, err)
	for _, c := range calls {
		close(c.done)
	}
}

// attempt carries a group out in one transaction, or in the first of some that is not to be run
// again. The verdict on each command is left in its call; an error returned concerns all of them.
func (g *grouper) attempt(ctx context.Context, e engine, calls []*call, seen *Group) error {
	var found needed
	taken := 0
	for tries := 1; ; tries++ {
		err := g.transact(ctx, e, calls, &found, seen)
		// Not errors.As: what is Unknown may have been caused by one, and must not be run again.
		retry, ok := err.(again)
		switch {
		case !ok:
			return e.classify(g.path, err)
		case retry.unique():
			if taken++; taken == maxTaken && len(calls) > 1 {
				return retry.cause
			}
		}
		if tries == maxTries {
			return e.classify(g.path, retry.tooOften(g.path))
		}
		retry.pause(tries)
	}
}

// transact is one try to do so. Its error may be [again]: found then knows more than before. It is
// Interrupted when the context has ended before COMMIT was sent.
func (g *grouper) transact(
	ctx context.Context, e engine, calls []*call, found *needed, seen *Group,
) error {
	tx, err := e.begin(ctx)
	if err != nil {
		return cutShort(ctx, err)
	}
	p, err := g.prepare(ctx, tx, calls, found, seen)
	switch {
	case err != nil:
		tx.rollback()
		return cutShort(ctx, err)
	case p.changes == nil:
		tx.rollback()
		g.memory.learn(p.loader, tx.state())
		return nil
	case g.dryRun:
		return cutShort(ctx, g.rehearse(ctx, tx, p.changes))
	case !g.work.commits(ctx):
		tx.rollback()
		return interrupted(ctx.Err())
	}
	defer g.work.over()
	ctx = context.WithoutCancel(ctx)
	began := time.Now()
	sent, err := tx.commit(ctx, p.changes)
	switch {
	case err == nil:
		seen.Commit = time.Since(began)
		g.memory.learn(p.loader, tx.state())
		return nil
	case !sent:
		tx.rollback()
		return err
	}
	return g.settle(ctx, e, p.marker, err)
}

// cutShort gives the error of what was done under a context, which may have ended before it.
func cutShort(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return interrupted(err)
	}
	return err
}

// prepared is a group that has been decided.
type prepared struct {
	loader *loader
	// changes is what is to be saved, nil when nothing has to be.
	changes *batch
	marker  []byte
}

// prepare loads what a group needs, decides its commands, and gives what is to be saved.
//
// A panic fails the whole group, since its command may be on the sheet with half of what follows
// from it. Run by itself it then harms nobody else, and nothing of it is saved.
func (g *grouper) prepare(
	ctx context.Context, tx transaction, calls []*call, found *needed, seen *Group,
) (decided prepared, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a group of %d, the first %T: %v\n%s", len(calls),
				calls[0].command, p, debug.Stack())
		}
	}()
	l := newLoader(g.refs, g.dialect, g.now, g.memory.at(tx.state()), calls)
	decided.loader = l
	l.counted, l.heard, l.requireSync = g.counted, g.heard, g.requireSync
	if err := l.load(ctx, tx, found); err != nil {
		return decided, err
	}
	if err := l.mayWrite(ctx, tx, g.path); err != nil {
		return decided, err
	}
	refused := 0
	for _, c := range calls {
		if c.err = c.decide(l.sheet, c.caller, l.now); c.err != nil {
			refused++
		}
	}
	if refused == len(calls) && len(l.sheet.Journal()) == 0 {
		return decided, nil // nothing is acknowledged or has expired, so nothing has to be synced
	}
	// Even if nothing has changed: what a repeated answer rests on may have been recovered from
	// the log without being synced, and a COMMIT of our own syncs it.
	if decided.marker, err = newMarker(l.now); err != nil {
		return decided, err
	}
	b := l.save()
	l.reapKeys(b, decided.marker)
	markGroup(b, g.dialect, decided.marker, l.now)
	seen.Entries = l.sheet.Journal()
	decided.changes = b
	return decided, nil
}

// settle finds out what became of a group whose COMMIT failed.
func (g *grouper) settle(ctx context.Context, e engine, marker []byte, cause error) error {
	in, err := e.settle(ctx, marker, cause)
	switch {
	case err != nil:
		return booking.Errorf(booking.Unknown,
			"%s failed at COMMIT: the change may or may not have been made", g.path).
			Because(errors.Join(cause, err))
	case in:
		return nil
	}
	return cause
}
