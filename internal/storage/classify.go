package storage

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"evbook/internal/booking"
)

// sqliteCode gives the primary result code of an SQLite error, 0 for any other error.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// isFull says whether an error means that there is no room left on the disk.
func isFull(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_FULL }

// classify turns an error of the database into one that callers can act on, by its code and never
// by its text. Errors that have a kind already stay as they are.
func classify(path string, err error) error {
	var known *booking.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return interrupted(err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return booking.Errorf(booking.Busy, "%s did not answer in time", path).Because(err)
	}
	if e := classifySQLite(path, sqliteCode(err)); e != nil {
		return e.Because(err)
	}
	return err
}

// classifySQLite gives the error for an SQLite result code, nil for codes that nobody can act on.
func classifySQLite(path string, code int) *booking.Error {
	switch code {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return booking.Errorf(booking.Busy, "%s is locked by another program", path).
			WithHint("nothing was changed; try again")
	case sqlite3.SQLITE_FULL:
		return booking.Errorf(booking.Unavailable, "the disk of %s is full", path).
			WithHint("nothing was changed; make room and try again, reading still works")
	case sqlite3.SQLITE_READONLY:
		return booking.Errorf(booking.Unavailable, "%s cannot be written", path).
			WithHint("writing needs permission for the file and its folder")
	case sqlite3.SQLITE_CORRUPT:
		return booking.Errorf(booking.Unavailable, "%s is damaged", path).
			WithHint(restoreHint)
	case sqlite3.SQLITE_NOTADB:
		return booking.Errorf(booking.Unavailable, "%s is not a database", path)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return booking.Errorf(booking.Unavailable, "%s cannot be opened", path).
			WithHint("check the permissions of the file and its folder")
	case sqlite3.SQLITE_IOERR:
		return booking.Errorf(booking.Unavailable, "%s: the disk reports an error", path)
	}
	return nil
}

// restoreHint is what to do about a damaged file. A log that is left beside a backup would be laid
// over it.
const restoreHint = "move it away with its -wal and -shm files, then put a backup in its place"

func interrupted(err error) error {
	return booking.Errorf(booking.Interrupted, "interrupted, nothing was changed").Because(err)
}

// worthRepeating says whether an error may concern one command of a group only, so that the others
// deserve a try of their own. A database that is busy, full or broken is so for all of them, and
// what may be in the file already must not be done again.
func worthRepeating(err error) bool {
	kind := booking.KindOf(err)
	return kind != booking.Busy && kind != booking.Unavailable && kind != booking.Unknown
}
