package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"evbook/internal/booking"
)

// fileLock is the queue in front of a database file. It is two sidecar files: a writer takes
// "turn", waits for "lock" while it holds the turn, and gives the turn back once it has the lock.
// Without the turnstile a saturated server, which releases and takes the lock again at once,
// would keep a shell waiting for seconds. The files are never deleted by evbook: a deleted lock
// file would let two processes hold the lock. Even then nothing is oversold, since the lock only
// queues; the transaction and the CHECK of the schema guard.
type fileLock struct {
	turn, lock string
}

func newFileLock(database string) fileLock {
	return fileLock{turn: database + ".turn", lock: database + ".lock"}
}

// acquire blocks until this process may write, and gives the function that lets the next one go.
// It cannot be cancelled: callers that give up withdraw their commands instead.
func (l fileLock) acquire() (release func(), err error) {
	turn, err := lockFile(l.turn)
	if err != nil {
		return nil, err
	}
	defer turn.Close()
	for {
		lock, err := lockFile(l.lock)
		if err != nil {
			return nil, err
		}
		if stillThere(lock) {
			return func() { lock.Close() }, nil
		}
		lock.Close()
	}
}

// acquireWithin is acquire for callers that have no command to withdraw. When it gives up, the wait
// goes on in the background and lets the lock go as soon as it is had.
func (l fileLock) acquireWithin(ctx context.Context, timeout time.Duration) (func(), error) {
	type answer struct {
		release func()
		err     error
	}
	had := make(chan answer, 1)
	go func() {
		release, err := l.acquire()
		had <- answer{release, err}
	}()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	var err error
	select {
	case a := <-had:
		return a.release, a.err
	case <-ctx.Done():
		err = interrupted(ctx.Err())
	case <-timer.C:
		err = lockBusy(timeout)
	}
	go func() {
		if a := <-had; a.err == nil {
			a.release()
		}
	}()
	return nil, err
}

// lockBusy is the answer to a caller who has not got the file lock in time.
func lockBusy(waited time.Duration) error {
	return booking.Errorf(booking.Busy, "other writers held the database for %s", waited).
		WithHint("nothing was changed; try again, or wait longer with --lock-timeout")
}

// lockFile locks through a fresh handle: a shared one would let two goroutines in at once.
func lockFile(path string) (*flock.Flock, error) {
	f := flock.New(path, flock.SetPermissions(0o600))
	err := f.Lock()
	for errors.Is(err, syscall.EINTR) { // a signal on some systems
		err = f.Lock()
	}
	if err != nil {
		f.Close()
		return nil, lockError(path, err)
	}
	return f, nil
}

// stillThere is false when the locked file was deleted or replaced while we waited, so that others
// may be locking a new one.
func stillThere(f *flock.Flock) bool {
	ours, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(f.Path())
	return err == nil && os.SameFile(ours, now)
}

func lockError(path string, err error) error {
	e := booking.Errorf(booking.Unavailable, "cannot lock %s: %w", path, reason(err))
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		e.WithHint("writing needs permission to create files beside the database")
	}
	return e
}

// reason is the cause of a file error without the path, which the message names already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
