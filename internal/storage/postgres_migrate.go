package storage

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"evbook/internal/booking"
)

// migrationLock is the number of the advisory lock of those who change a schema ("evbk").
const migrationLock = 0x6576626b

//go:embed postgres/*.sql
var postgresMigrations embed.FS

// identifyPostgres reads what a database says of itself.
func identifyPostgres(ctx context.Context, name string, from rowAsker) (identity, error) {
	var id identity
	var there int64
	asked := time.Now()
	err := from.QueryRow(ctx, `SELECT schema, oldest_writer, reference_key, `+
		postgresDialect().clock+` FROM meta`).
		Scan(&id.version, &id.oldestWriter, &id.key, &there)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, nil // the set-up was cut off between schema and key, or the row was lost
	}
	if isOtherwise(err) {
		if of := checkUnused(name, func(query string, into ...any) error {
			return from.QueryRow(ctx, query).Scan(into...)
		}); of != nil {
			return id, of
		}
	}
	id.ahead = aheadOf(fromMicros(there), asked)
	return id, err
}

// isOtherwise says whether tables are not there, or not as evbook has them.
func isOtherwise(err error) bool {
	code := postgresCode(err)
	return code == "42P01" || code == "42703"
}

// rowAsker is what answers a question with one row: a connection or a pool.
type rowAsker interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// checkPostgres refuses a database that is not set up, that only a newer evbook may use, or that
// has to be brought up to date first: what a newer evbook writes has to be decided with it in mind.
func (id identity) checkPostgres(name string) error {
	switch {
	case !id.finished():
		return unfinishedAt(name)
	case id.version < schemaVersion:
		return id.tooOld(name)
	}
	return id.check(name)
}

// unfinishedAt refuses a database whose key of the references is not there.
func unfinishedAt(name string) error {
	return booking.Errorf(booking.Unavailable,
		"%s has no key for its references: it was not set up completely, or it is damaged", name).
		WithHint("evbook migrate up completes it; if it says the same, put a backup in its place")
}

func (id identity) tooOld(name string) error {
	return booking.Errorf(booking.Unavailable,
		"%s has an older schema (%d, this evbook works with %d)", name, id.version,
		schemaVersion).WithHint("evbook migrate up brings it up to date")
}

// migrateAddress is [Migrate] for an address.
func migrateAddress(ctx context.Context, o Options) (from, to int, err error) {
	name := Masked(o.Address)
	config, err := readAddress(o.Address, o.LockTimeout)
	if err != nil {
		return 0, 0, err
	}
	from, err = migratePostgres(ctx, name, config.ConnConfig)
	if postgresCode(err) == "42501" {
		err = booking.Errorf(booking.Unavailable, "this user may not make tables in %s", name).
			Because(err).WithHint("the role that owns the schema can, with evbook migrate up")
	}
	return from, max(from, schemaVersion), classify(name, err, postgresError)
}

// schemaOfAddress is [SchemaOf] for an address.
func schemaOfAddress(ctx context.Context, o Options) (schema int, err error) {
	name := Masked(o.Address)
	config, err := readAddress(o.Address, o.LockTimeout)
	if err != nil {
		return 0, err
	}
	err = withPostgres(config.ConnConfig, func(db *sql.DB) (err error) {
		schema, err = schemaOf(ctx, name, db)
		return err
	})
	return schema, classify(name, err, postgresError)
}

// schemaOf gives the number of the schema of a database, 0 for one that is not set up, or not
// completely. It refuses a schema in which another program has its tables, and one that is only for
// a newer evbook.
func schemaOf(ctx context.Context, name string, db *sql.DB) (schema int, err error) {
	ask := func(query string, into ...any) error {
		return db.QueryRowContext(ctx, query).Scan(into...)
	}
	if err := checkUnused(name, ask); err != nil {
		return 0, err
	}
	var id identity
	err = ask(`SELECT schema, oldest_writer FROM meta`, &id.version, &id.oldestWriter)
	if errors.Is(err, sql.ErrNoRows) || postgresCode(err) == "42P01" {
		return 0, nil
	}
	return id.version, cmp.Or(err, id.check(name))
}

// migratePostgres sets a database up, or brings its schema up to date. Those who come at the same
// time wait for each other, for no longer than lock_timeout. It gives the number of the schema that
// it has found.
func migratePostgres(
	ctx context.Context, name string, config *pgx.ConnConfig,
) (from int, err error) {
	err = withPostgres(config, func(db *sql.DB) error {
		// Of a session, so that closing the connection gives it back. Goose takes it later, and
		// looks only once a second whether it is free.
		lock, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer lock.Close()
		_, err = lock.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, migrationLock)
		if err == nil {
			from, err = schemaOf(ctx, name, db)
		}
		if err == nil {
			err = migrateLocked(ctx, db)
		}
		return err
	})
	return from, err
}

// migrateLocked applies the migrations that are missing and makes the key of the references.
func migrateLocked(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(postgresMigrations, "postgres")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, dir,
		goose.WithDisableGlobalRegistry(true), goose.WithTableName("migrations"))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	key := make([]byte, referenceKeyBytes)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	// Never a new key for bookings that have their references from another one.
	_, err = db.ExecContext(ctx, `INSERT INTO meta (one, schema, oldest_writer, reference_key)
		SELECT 1, $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM bookings)
		ON CONFLICT (one) DO NOTHING`, schemaVersion, oldestWriter, key)
	return err
}

// withPostgres opens a database for the time of one call, which may hold one connection and work on
// another. It is the one place where database/sql meets PostgreSQL: it may send a statement twice
// when an answer is lost, which does no harm to steps that are a transaction each, or an INSERT of
// what is there once.
func withPostgres(config *pgx.ConnConfig, use func(*sql.DB) error) error {
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(
		func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, insist)
			return err
		}))
	db.SetMaxOpenConns(2)
	return errors.Join(use(db), db.Close())
}

// checkUnused refuses a schema in which another program has its tables. It asks for one row.
func checkUnused(name string, ask func(query string, into ...any) error) error {
	var schema *string
	var ours, others bool
	err := ask(`SELECT current_schema(),
		EXISTS (SELECT 1 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = 'meta'
			AND a.attname = 'reference_key'),
		EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
			AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname <> 'migrations'
			AND NOT EXISTS (SELECT 1 FROM pg_depend d
				WHERE d.objid = c.oid AND d.deptype = 'e'))`, &schema, &ours, &others)
	switch {
	case err != nil:
		return err
	case schema == nil:
		return booking.Errorf(booking.Unavailable, "%s has no schema to make tables in", name).
			WithHint("create the schema that search_path names")
	case !ours && others:
		return booking.Errorf(booking.Unavailable,
			"%s is not an evbook database: it has tables of another program", name).
			WithHint("nothing was changed; make a database or a schema (search_path) for evbook")
	}
	return nil
}
