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
// Conflict when the file exists, Unsound when the copy is not.
func (s *Store) Backup(ctx context.Context, out string) (Backup, error) {
	b, err := s.backup(ctx, out)
	return b, classify(out, err)
}

func (s *Store) backup(ctx context.Context, out string) (_ Backup, err error) {
	// Made by us first: the name is taken at once, and the file is private from the start.
	if err := claim(out); err != nil {
		return Backup{}, err
	}
	defer func() {
		if err != nil {
			os.Remove(out)
		}
	}()
	if err := s.read.copyTo(ctx, out); err != nil {
		return Backup{}, err
	}
	if err := s.verifyCopy(ctx, out); err != nil {
		return Backup{}, err
	}
	if err := syncFile(out); err != nil {
		return Backup{}, err
	}
	info, err := os.Stat(out)
	if err != nil {
		return Backup{}, err
	}
	return Backup{Path: out, Bytes: info.Size()}, nil
}

// claim creates an empty file that did not exist.
func claim(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return booking.Errorf(booking.Conflict, "%s exists already", path).
			WithHint("name a new file; a backup never overwrites anything")
	case err != nil:
		return booking.Errorf(booking.Unavailable, "cannot create %s: %w", path, reason(err))
	}
	return f.Close()
}

// verifyCopy proves that a copy is a sound database of its own.
func (s *Store) verifyCopy(ctx context.Context, path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(abs, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return err
	}
	defer db.Close()
	report, err := (&Store{path: path, refs: s.refs, read: &reader{db: db}}).verify(ctx)
	if err == nil && len(report.Findings) > 0 {
		f := report.Findings[0]
		err = booking.Errorf(booking.Unsound, "the copy is not sound: %s: %s", f.Check, f.Detail).
			WithHint("evbook verify says more about the database itself")
	}
	return err
}

// syncFile gets a file and its name in the folder to the disk. Windows syncs no folders, and keeps
// names safe by itself.
func syncFile(path string) error {
	names := []string{path, filepath.Dir(path)}
	if runtime.GOOS == "windows" {
		names = names[:1]
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
