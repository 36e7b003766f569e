package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"evbook/internal/booking"
)

// fileLock is the queue in front of a database file. It is two sidecar files: a writer takes
// "turn", waits for "lock" while it holds the turn, and gives the turn back once it has the lock.
// Without the turnstile a saturated server, which releases and takes the lock again at once,
// would keep a shell waiting for seconds. The files are never deleted by evbook: a deleted lock
// file would let two processes hold the lock. Even then nothing is oversold, since the lock only
// queues; the transaction and the CHECK of the schema guard.
//
// It is for one goroutine at a time: the files stay open, and one handle lets everybody in.
type fileLock struct {
	turn, lock lockFile
}

func newFileLock(database string) *fileLock {
	return &fileLock{
		turn: lockFile{path: database + ".turn"}, lock: lockFile{path: database + ".lock"},
	}
}

// acquire blocks until this process may write, and gives the function that lets the next one go.
// It cannot be cancelled: callers that give up withdraw their commands instead.
func (l *fileLock) acquire() (release func(), err error) {
	if err := l.turn.acquire(); err != nil {
		return nil, err
	}
	defer l.turn.release()
	if err := l.lock.acquire(); err != nil {
		return nil, err
	}
	return l.lock.release, nil
}

// close closes the files, and so gives back what is held of them.
func (l *fileLock) close() {
	l.turn.close()
	l.lock.close()
}

// acquireWithin is acquire for callers that have no command to withdraw. When it gives up, the wait
// goes on in the background and lets the lock go as soon as it is had.
func (l *fileLock) acquireWithin(ctx context.Context, timeout time.Duration) (func(), error) {
	had := make(chan error, 1)
	go func() {
		_, err := l.acquire()
		had <- err
	}()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	var err error
	select {
	case err := <-had:
		if err != nil {
			l.close()
			return nil, err
		}
		return l.close, nil
	case <-ctx.Done():
		err = interrupted(ctx.Err())
	case <-timer.C:
		err = lockBusy(timeout)
	}
	go func() {
		<-had
		l.close()
	}()
	return nil, err
}

// lockBusy is the answer to a caller who has not got the file lock in time.
func lockBusy(waited time.Duration) error {
	return booking.Errorf(booking.Busy, "other writers held the database for %s", waited).
		WithHint("nothing was changed; try again, or wait longer with --lock-timeout")
}

// lockFile is a file that is locked by one process at a time. It stays open between its locks: to
// open two files for each group took a tenth of a lone booking.
type lockFile struct {
	path string
	file *os.File // nil until it is needed
	info fs.FileInfo
}

// acquire locks the file that is there now: one that was deleted or replaced while we waited, or
// earlier, keeps out nobody who opens it by its name.
func (f *lockFile) acquire() error {
	for {
		kept := f.file != nil
		err := f.take(os.O_RDONLY)
		switch {
		case err != nil && kept: // it may have gone bad since it was opened, as files on NFS do
			f.close()
			continue
		case errors.Is(err, syscall.EBADF) || errors.Is(err, syscall.EIO):
			f.close() // NFS locks only what may be written
			err = f.take(os.O_RDWR)
		}
		if err != nil {
			f.close()
			return lockError(f.path, err)
		}
		if now, err := os.Stat(f.path); err == nil && os.SameFile(f.info, now) {
			return nil
		}
		f.close()
	}
}

// take locks the file, which is opened in this way unless it is open.
func (f *lockFile) take(way int) (err error) {
	if f.file == nil {
		if f.file, err = os.OpenFile(f.path, way|os.O_CREATE, 0o600); err != nil {
			return err
		}
		if f.info, err = f.file.Stat(); err != nil {
			return err
		}
	}
	return flock(f.file)
}

// release unlocks the file. Where that fails, closing it does.
func (f *lockFile) release() {
	if unflock(f.file) != nil {
		f.close()
	}
}

func (f *lockFile) close() {
	if f.file != nil {
		f.file.Close() // it was only locked, so there is nothing to be lost
		f.file = nil
	}
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
