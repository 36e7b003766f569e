package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"evbook/internal/booking"
)

// openScratch opens an empty database that is removed by Close: a dry run where there is no
// database yet. Its folder stands where the database would, so that whatever forbids to make one
// there is told.
func openScratch(ctx context.Context, file string, o Options) (*Store, error) {
	folder, err := os.MkdirTemp(filepath.Dir(file), ".evbook-dry-run-*")
	if err != nil {
		return nil, cannotCreate(o.Path, err)
	}
	s, err := openToWrite(ctx, filepath.Join(folder, filepath.Base(file)), missing, o)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s.scratch = folder
	return s, nil
}

// removeScratch removes what openScratch has made, once everything in it is closed.
func (s *Store) removeScratch() error {
	if s.scratch == "" {
		return nil
	}
	return os.RemoveAll(s.scratch)
}

// cannotUpgrade is the answer of a dry run to a database that would have to be changed first.
func cannotUpgrade(path string) error {
	return booking.Errorf(booking.Unavailable,
		"%s is not up to date with this evbook, and a dry run does not change that", path).
		WithHint("any change that is not a dry run brings it up to date")
}

// rehearse executes all that a transaction would save, so that the schema judges it, and takes it
// back.
func (g *grouper) rehearse(ctx context.Context, tx transaction, b *batch) error {
	err := tx.run(ctx, b)
	tx.rollback()
	return err
}
