package storage

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"evbook/internal/booking"
)

// Backup says what a backup wrote.
type Backup struct {
	// Path is the file as the caller named it.
	Path string
	// Bytes is its size.
	Bytes int64
}

// Backup writes a copy of the database as it is at one moment, while others go on booking. The
// copy is made by SQLite, verified like the database itself, private (0600) and on disk when
// Backup returns; what exists is never overwritten, and what fails leaves nothing behind. Errors:
// Conflict when the file exists, Unsound when the copy is not, Forbidden.
func (s *Store) Backup(ctx context.Context, out string) (Backup, error) {
	if err := s.caller.Scope.OwnerOnly(); err != nil {
		return Backup{}, err
	}
	b, err := s.read.source.backup(ctx, out, s.refs)
	return b, s.read.source.classify(out, err)
}

func (s *sqliteSource) backup(
	ctx context.Context, out string, refs *permutation,
) (Backup, error) {
	// Looked at first, so that nobody waits for a copy that cannot be kept.
	if _, err := os.Lstat(out); err == nil {
		return Backup{}, exists(out)
	}
	if err := errors.Join(s.place.check(), s.notOneOfOurs(out)); err != nil {
		return Backup{}, err
	}
	// Under another name until it is whole: what bears the name of a backup is one. CreateTemp
	// makes it private from the start.
	part, err := os.CreateTemp(filepath.Dir(out), filepath.Base(out)+".partial-*")
	if err != nil {
		return Backup{}, cannotCreate(out, err)
	}
	defer os.Remove(part.Name())
	if err := part.Close(); err != nil {
		return Backup{}, err
	}
	if err := s.copyTo(ctx, part.Name()); err != nil {
		return Backup{}, s.copyError(err)
	}
	if err := s.verifyCopy(ctx, part.Name(), refs); err != nil {
		return Backup{}, err
	}
	if err := syncFile(part.Name()); err != nil {
		return Backup{}, err
	}
	return keep(part.Name(), out)
}

// copyTo has SQLite write a copy of the database as it is at one moment. The pool cannot do it: its
// connections refuse every statement that writes, even one that writes elsewhere.
func (s *sqliteSource) copyTo(ctx context.Context, out string) error {
	settings := url.Values{"mode": {"ro"}}
	if s.immutable {
		settings.Set("immutable", "1")
	}
	// SQLite takes a name that begins with "file:" for an address; an absolute path never does.
	abs, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	return withDB(s.place.path, settings, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, `VACUUM INTO $1`, abs)
		return err
	})
}

// notOneOfOurs refuses names that mean something beside the database: SQLite would take a file of
// that name for its own and delete it.
func (s *sqliteSource) notOneOfOurs(out string) error {
	real, err := realPath(out)
	if err != nil {
		return cannotCreate(out, err)
	}
	suffix, beside := strings.CutPrefix(real, s.place.path)
	if beside && slices.Contains([]string{"-journal", "-wal", "-shm", ".lock", ".turn"}, suffix) {
		return booking.Errorf(booking.Invalid, "%s is the name of a working file of the database",
			out).WithHint("name another file")
	}
	return nil
}

// copyError blames the copy for what only the copy can meet, and the database for the rest.
func (s *sqliteSource) copyError(err error) error {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return err
	}
	return s.classify(s.name, err)
}

// keep gives a finished copy its name, which nothing may have taken meanwhile.
func keep(part, out string) (Backup, error) {
	err := renameNew(part, out)
	switch {
	case errors.Is(err, fs.ErrExist):
		return Backup{}, exists(out)
	case err != nil:
		return Backup{}, cannotCreate(out, err)
	}
	// Windows syncs no folders, and keeps names safe by itself.
	if runtime.GOOS != "windows" {
		if err := syncFolder(filepath.Dir(out)); err != nil {
			return Backup{}, err
		}
	}
	info, err := os.Stat(out)
	if err != nil {
		return Backup{}, err
	}
	return Backup{Path: out, Bytes: info.Size()}, nil
}

// renameClaimed renames to a name that it takes first, so that nothing is overwritten: for systems
// that cannot do both in one step.
func renameClaimed(from, to string) error {
	claim, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(claim.Close(), os.Rename(from, to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

func exists(path string) error {
	return booking.Errorf(booking.Conflict, "%s exists already", path).
		WithHint("name a new file; a backup never overwrites anything")
}

func cannotCreate(path string, err error) error {
	return booking.Errorf(booking.Unavailable, "cannot create %s: %w", path, reason(err)).
		WithHint("check that its folder exists and may be written to")
}

// verifyCopy proves that a copy is a sound database of its own.
func (s *sqliteSource) verifyCopy(ctx context.Context, path string, refs *permutation) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	part := newSQLiteSource(path, &place{path: abs}, true)
	defer part.close()
	made := &Store{database: &database{
		path: path, dialect: sqliteDialect(), refs: refs, read: &reader{source: part},
	}}
	report, err := made.verify(ctx, false)
	if err == nil && len(report.Findings) > 0 {
		f := report.Findings[0]
		err = booking.Errorf(booking.Unsound, "the copy is not sound: %s: %s", f.Check, f.Detail).
			WithHint("evbook verify says more about the database itself")
	}
	return err
}

// syncFile gets a file to the disk. Windows syncs only what is open for writing.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder gets the names in a folder to the disk.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
