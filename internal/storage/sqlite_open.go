package storage

import (
	"context"
	"time"

	"modernc.org/sqlite"

	"evbook/internal/booking"
)

// openFile opens an SQLite file.
func openFile(ctx context.Context, o Options) (*Store, error) {
	// Where the system has them (Linux), locks that closing another handle of the file does not
	// drop; elsewhere recognise must not run while this process has the file open.
	_, _ = sqlite.OFDLocking(true)
	state, err := recognise(o.Path)
	if err != nil {
		return nil, err
	}
	if state == missing && (o.ReadOnly || !o.Create) {
		return nil, noDatabase(o.Path)
	}
	file, err := realPath(o.Path)
	if err == nil && !o.AllowNetworkFS {
		err = checkFileSystem(o.Path, file)
	}
	if err != nil {
		return nil, err
	}
	var s *Store
	switch {
	case o.ReadOnly:
		s, err = openToRead(ctx, file, o)
	case o.DryRun && state < ours:
		s, err = openScratch(ctx, file, o)
	default:
		s, err = openToWrite(ctx, file, state, o)
	}
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil: // libraries on the way wrap it beyond recognition
		return nil, interrupted(ctx.Err())
	}
	return nil, classify(o.Path, err, sqliteError)
}

func openToRead(ctx context.Context, file string, o Options) (*Store, error) {
	from, id, err := identifyToRead(ctx, o.Path, file)
	if err != nil {
		return nil, err
	}
	if err := id.check(o.Path); err != nil {
		from.close()
		return nil, err
	}
	refs := newPermutation(id.key)
	return &Store{database: &database{
		path: o.Path, dialect: sqliteDialect(), schema: id.version, refs: refs,
		secrets: newSecrets(id.key),
		read:    &reader{source: from, name: o.Path, schema: id.version}, now: time.Now,
	}}, nil
}

func openToWrite(ctx context.Context, file string, state fileState, o Options) (*Store, error) {
	if state == newer {
		// Only looked at: opening it to write would change it before it could be refused.
		s, err := openToRead(ctx, file, o)
		if err != nil {
			return nil, err
		}
		s.Close()
	}
	if state < ours {
		if _, err := prepare(ctx, file, o.LockTimeout); err != nil {
			return nil, err
		}
	}
	engine, err := newSQLiteEngine(file, o.LockTimeout)
	if err != nil {
		return nil, err
	}
	id, err := engine.identify(ctx)
	if err == nil && (!id.finished() || id.version < schemaVersion) {
		engine.drop()
		if o.DryRun {
			err = cannotUpgrade(o.Path)
		} else if _, err = prepare(ctx, file, o.LockTimeout); err == nil {
			id, err = engine.identify(ctx)
		}
	}
	if err == nil && !id.finished() {
		err = id.unfinished(o.Path)
	}
	if err == nil {
		err = id.check(o.Path)
	}
	if err == nil && o.Serving {
		err = engine.checkpointInBackground(ctx)
	}
	if err != nil {
		engine.close()
		return nil, err
	}
	refs := newPermutation(id.key)
	from := newSQLiteSource(o.Path, engine.place, false)
	from.timeout = o.LockTimeout
	group := newGrouper(o.Path, refs, sqliteDialect())
	group.dryRun, group.observe = o.DryRun, o.Observe
	opened := &database{
		path:        o.Path,
		lockTimeout: o.LockTimeout,
		dialect:     group.dialect,
		schema:      id.version,
		refs:        refs,
		secrets:     newSecrets(id.key),
		read:        &reader{source: from, name: o.Path, schema: id.version},
		write:       newWriter(engine, group),
		dryRun:      o.DryRun,
		now:         time.Now,
	}
	return &Store{opened, booking.Caller{Actor: o.Actor}}, nil
}

func noDatabase(path string) *booking.Error {
	return booking.Errorf(booking.Unavailable, "there is no database %s", path).
		WithHint(`evbook event create --name "Go Meetup" --capacity 40 makes one`)
}
