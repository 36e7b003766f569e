package storage

import (
	"context"
	"errors"
)

// SchemaOf gives the number of the schema of a database, 0 when it is not set up, or not
// completely, as is a file that is missing. Of the options it heeds where the database is and how
// long to wait. Nothing is changed. Errors: Invalid for an address that cannot be read,
// Unavailable, also when a server has no such database, or it is of another program or only for a
// newer evbook; Busy, Interrupted.
func SchemaOf(ctx context.Context, o Options) (int, error) {
	o = o.patient()
	if o.Address != "" {
		return schemaOfAddress(ctx, o)
	}
	return schemaOfFile(ctx, o)
}

// Migrate sets a database up, or brings its schema up to date; a file that is missing is made. Of
// the options it heeds where the database is and how long to wait: those who come at the same time
// wait for each other. It gives the numbers of the schema before, 0 if it was not set up, and now.
// A newer schema than that of this evbook stays as it is. Errors: Invalid for an address that
// cannot be read, Unavailable, Busy, Interrupted.
func Migrate(ctx context.Context, o Options) (from, to int, err error) {
	o = o.patient()
	if o.Address != "" {
		return migrateAddress(ctx, o)
	}
	return migrateFile(ctx, o)
}

// schemaOfFile is [SchemaOf] for a file.
func schemaOfFile(ctx context.Context, o Options) (int, error) {
	state, err := recognise(o.Path)
	switch {
	case err != nil:
		return 0, err
	case state == missing, state == unfinished:
		return 0, nil
	}
	file, err := realPath(o.Path)
	if err != nil {
		return 0, err
	}
	from, id, err := identifyToRead(ctx, o.Path, file)
	if err != nil {
		return 0, classify(o.Path, err, sqliteError)
	}
	if err := id.check(o.Path); err != nil {
		return 0, errors.Join(err, from.close())
	}
	return id.version, from.close()
}

// migrateFile is [Migrate] for a file.
func migrateFile(ctx context.Context, o Options) (from, to int, err error) {
	state, err := recognise(o.Path)
	if err != nil {
		return 0, 0, err
	}
	if state == newer {
		from, err = schemaOfFile(ctx, o)
		return from, from, err
	}
	file, err := realPath(o.Path)
	if err != nil {
		return 0, 0, err
	}
	from, err = prepare(ctx, file, o.LockTimeout)
	return from, max(from, schemaVersion), classify(o.Path, err, sqliteError)
}
