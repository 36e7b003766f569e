package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// queueing is a way to wait for one's turn to write.
type queueing string

const (
	// lockAndTurnstile is evbook's own way.
	lockAndTurnstile queueing = ""
	// lockAlone leaves the turnstile out.
	lockAlone queueing = "lock alone"
	// greedy hands the lock on only after a hundred groups.
	greedy queueing = "greedy"
	// unqueued leaves the file lock out: SQLite tries again and again.
	unqueued queueing = "no lock"
)

// queued is an engine with a way of its own to wait, which it times.
type queued struct {
	engine
	path   string
	way    queueing
	asked  time.Time
	waited time.Duration
	// taken counts the groups of a greedy process, hand gives back the lock that it keeps.
	taken int
	hand  func()
}

// queueBy changes how a store waits, before its first command.
func queueBy(s *Store, way queueing) *queued {
	q := &queued{engine: writerOf(s).engine, path: s.path, way: way}
	writerOf(s).engine = q
	return q
}

func (q *queued) lock() (func(), error) {
	q.asked = time.Now()
	switch q.way {
	case unqueued:
		return func() {}, nil
	case lockAlone:
		lock := &newFileLock(q.path).lock
		return lock.close, lock.acquire()
	case greedy:
		return q.grab()
	}
	return q.engine.lock()
}

func (q *queued) grab() (release func(), err error) {
	if q.taken++; q.taken%100 == 1 {
		if q.hand != nil {
			q.hand()
		}
		q.hand, err = q.engine.lock()
	}
	return func() {}, err
}

func (q *queued) begin(ctx context.Context) (transaction, error) {
	tx, err := q.engine.begin(ctx)
	q.waited = time.Since(q.asked)
	return tx, err
}

// wait is what one command of a shell went through before it could write.
type wait struct {
	time time.Duration
	// overtaken is the number of groups of others that were committed meanwhile.
	overtaken int
}

// openBookClose is a helper that lives like many commands of a shell, one after the other: each
// opens the database, books one seat and closes it. It says "WAIT", the microseconds and the
// groups for each, and "BUSY" for one that was not let in.
func openBookClose(work task, o orders) error {
	if err := o.ready(); err != nil {
		return err
	}
	for range work.Times {
		w, err := bookOne(work)
		switch {
		case booking.KindOf(err) == booking.Busy:
			say("BUSY")
		case err != nil:
			return err
		default:
			say("WAIT %d %d", w.time.Microseconds(), w.overtaken)
		}
	}
	return nil
}

// bookOne is one command of a shell.
func bookOne(work task) (w wait, err error) {
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: work.Path})
	if err != nil {
		return wait{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	q := queueBy(s, work.Queue)
	before, err := groups(ctx, s)
	if err != nil {
		return wait{}, err
	}
	if _, err := s.Book(ctx, work.seat()); err != nil {
		return wait{}, err
	}
	after, err := groups(ctx, s)
	return wait{q.waited, after - before - 1}, err
}

// groups counts the groups that were ever committed to a database younger than an hour.
func groups(ctx context.Context, s *Store) (n int, err error) {
	_, err = s.read.one(ctx, func(scan scanner) error { return scan(&n) },
		`SELECT count(*) FROM markers`)
	return n, err
}

// seat asks for one seat of the task's event.
func (work task) seat() booking.Request {
	return booking.Request{
		Event: booking.Selector{ID: work.Event}, Quantity: 1, Code: work.Code,
	}
}

// shells are what the commands of all shells went through together.
type shells struct {
	answered, busy int
	// longest has the longest time and the most groups, which need not be of one command.
	longest wait
}

// inShells sums up what helpers said that run openBookClose.
func inShells(t testing.TB, said [][]string) shells {
	t.Helper()
	var all shells
	for _, lines := range said {
		for _, line := range lines {
			if line == "BUSY" {
				all.busy++
				continue
			}
			var us, overtaken int
			if _, err := fmt.Sscanf(line, "WAIT %d %d", &us, &overtaken); err != nil {
				t.Fatalf("%q: %v", strings.TrimSpace(line), err)
			}
			all.answered++
			all.longest.time = max(all.longest.time, time.Duration(us)*time.Microsecond)
			all.longest.overtaken = max(all.longest.overtaken, overtaken)
		}
	}
	return all
}
