package storage

import (
	"context"
	"errors"
	"runtime"

	"github.com/jackc/pgx/v5/pgxpool"

	"evbook/internal/booking"
)

// postgresDialect is the dialect of PostgreSQL. A row is locked by the statement that reads it
// first; what it reads it reads as it is when the lock is there.
func postgresDialect() dialect {
	return dialect{
		lockRows:   " FOR UPDATE",
		skipLocked: " FOR UPDATE SKIP LOCKED",
		greatest:   "greatest",
		position:   "strpos",
		elements:   "json_array_elements(CAST(%s AS json))",
		numbers: `SELECT nextval('booking_numbers'), 1
			FROM generate_series(1, CAST($1 AS BIGINT))`,
		clock:  `CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`,
		schema: selectSchema, version: "schema", cuttable: true,
	}
}

// openAddress opens a PostgreSQL database.
func openAddress(ctx context.Context, o Options) (*Store, error) {
	name := Masked(o.Address)
	config, err := readAddress(o.Address, o.LockTimeout)
	if err != nil {
		return nil, err
	}
	s, err := openPostgres(ctx, name, config, o)
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil: // libraries on the way wrap it beyond recognition
		return nil, interrupted(ctx.Err())
	}
	return nil, classify(name, err, postgresError)
}

func openPostgres(
	ctx context.Context, name string, config *pgxpool.Config, o Options,
) (*Store, error) {
	if !o.ReadOnly {
		primaryOnly(config)
	}
	from, err := newPostgresSource(ctx, name, config)
	if err != nil {
		return nil, err
	}
	var e *pgEngine
	var id identity
	writing := config.Copy()
	if o.RequireSync {
		from.demand = requireSync(name)
		writing.ConnConfig.AfterConnect = from.demand
	}
	if o.ReadOnly {
		id, err = from.identify(ctx)
	} else if e, err = newPostgresEngine(ctx, name, writing); err == nil {
		id = e.identity
	}
	if err == nil {
		err = id.checkPostgres(name)
	}
	if err != nil {
		if e != nil {
			err = errors.Join(err, e.close())
		}
		return nil, errors.Join(err, from.close())
	}
	from.writes, from.key = !o.ReadOnly, id.key
	refs, clock := newPermutation(id.key), newDBClock(id.ahead)
	opened := &database{
		path: name, lockTimeout: o.LockTimeout, dialect: postgresDialect(), schema: id.version,
		refs: refs, secrets: newSecrets(id.key), dryRun: o.DryRun, now: clock.now,
		read: &reader{source: from, name: name, schema: id.version},
	}
	if e != nil {
		group := newGrouper(name, refs, opened.dialect)
		group.dryRun, group.observe, group.requireSync = o.DryRun, o.Observe, o.RequireSync
		group.now, group.heard = nil, clock.heard
		opened.write = newWriter(e, group)
		if o.Serving {
			opened.write = e.lanes(group)
		}
	}
	return &Store{opened, booking.Caller{Actor: o.Actor}}, nil
}

// lanes makes the engine the first of several.
func (e *pgEngine) lanes(group *grouper) *lanes {
	engines := []engine{e}
	for len(engines) < min(max(fewestLanes, runtime.GOMAXPROCS(0)), mostLanes) {
		engines = append(engines, e.another())
	}
	return newLanes(group, newFinder(e.another(), group.refs), engines)
}
