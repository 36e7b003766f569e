package storage

import (
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

// sqliteError gives the error for a result code of SQLite, nil for those that nobody can act on.
func sqliteError(path string, err error) *booking.Error {
	switch sqliteCode(err) {
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
		return damaged(path)
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

func damaged(path string) *booking.Error {
	return booking.Errorf(booking.Unavailable, "%s is damaged", path).WithHint(restoreHint)
}

// restoreHint is what to do about a damaged file. A log that is left beside a backup would be laid
// over it.
const restoreHint = "move it away with its -wal and -shm files, then put a backup in its place"
