package storage

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/pressly/goose/v3"

	"evbook/internal/booking"
)

// schemaVersion is the newest schema that this evbook knows: the number of its last migration.
const schemaVersion = 4

// oldestWriter is the lowest schema number whose evbook may write to a new database: what has come
// since does no harm where it is not known.
const oldestWriter = lifeSchema

//go:embed migrations/*.sql
var migrations embed.FS

// identity is what a database says of itself.
type identity struct {
	// version is the number of its newest migration, 0 while it is being set up.
	version int
	// oldestWriter is the lowest schema number whose evbook may still write.
	oldestWriter int
	// key is the key of the booking references.
	key []byte
	// ahead is by how much the clock of the database is ahead of ours, where it has one.
	ahead time.Duration
	// movedTo is the masked address of the database that has taken the place of this one, "" for
	// none.
	movedTo string
}

// identify reads what the database says of itself.
func identify(ctx context.Context, q querier) (identity, error) {
	var id identity
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&id.version); err != nil {
		return identity{}, err
	}
	if id.version == 0 {
		return id, nil
	}
	err := q.QueryRowContext(ctx, "SELECT reference_key, oldest_writer FROM meta").
		Scan(&id.key, &id.oldestWriter)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil // the set-up was cut off between schema and key, or the row was lost
	}
	if err == nil && id.oldestWriter == retired {
		err = q.QueryRowContext(ctx, selectMovedTo).Scan(&id.movedTo)
	}
	return id, err
}

// finished says whether the set-up is complete.
func (id identity) finished() bool { return id.version != 0 && id.key != nil }

// unfinished says what is wrong with a database whose set-up is not complete.
func (id identity) unfinished(path string) error {
	if id.version == 0 {
		return booking.Errorf(booking.Unavailable, "%s is not set up completely", path).
			WithHint("evbook event create completes it")
	}
	return booking.Errorf(booking.Unavailable,
		"%s has no key for its references: it was not set up completely, or it is damaged", path).
		WithHint("evbook event create completes it; if it says the same, %s", restoreHint)
}

// check refuses a database that only a newer evbook may use, and one that was moved.
func (id identity) check(path string) error {
	if id.movedTo != "" {
		return booking.Errorf(booking.Unavailable, "%s was moved to %s", path, id.movedTo).
			WithHint("name that address with --db or EVBOOK_DB; the file is as it was then").
			Because(movedAway{id})
	}
	if id.version > schemaVersion && id.oldestWriter > schemaVersion {
		return booking.Errorf(booking.Unavailable,
			"%s was made by a newer evbook (schema %d, this one knows %d)", path, id.version,
			schemaVersion).WithHint("use the newer evbook; this file was left as it is")
	}
	return nil
}

// querier is what reads one row: a pool or a connection.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// prepare creates the database or brings its schema up to date, under the lock: many processes
// may start at once, and goose has no lock for SQLite. It gives up when the lock is not free in
// time. It gives the number of the schema that it has found, 0 for a database that was not there or
// not set up.
func prepare(ctx context.Context, path string, timeout time.Duration) (from int, err error) {
	release, err := newFileLock(path).acquireWithin(ctx, timeout)
	if err != nil {
		return 0, err
	}
	defer release()
	// Somebody may have been faster, or have put something else here, while we waited.
	state, err := recognise(path)
	if err != nil {
		return 0, err
	}
	if state < ours {
		if err := createFile(ctx, path, timeout); err != nil {
			return 0, err
		}
	}
	settings := writeSettings(timeout)
	settings.Del("_defensive") // refuses to replace a CHECK
	err = withDB(path, settings, func(db *sql.DB) error {
		id, err := identify(ctx, db)
		if err != nil {
			return err
		}
		from = id.version
		return migrate(ctx, db)
	})
	return from, err
}

// createFile makes the file with its own permissions, so that the log files, which inherit them,
// are as private as the database: they hold names and e-mail addresses. Then it marks the file,
// while there is no log yet: whoever looks at the header from now on sees whose it is, and by the
// schema version 0 that it is not finished. On a file that is not finished it does it once more: a
// set-up that was killed in its first commit is rolled back to nothing when it is opened.
func createFile(ctx context.Context, path string, timeout time.Duration) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Close())
	}
	if err != nil {
		return booking.Errorf(booking.Unavailable, "cannot create %s: %w", path, reason(err)).
			WithHint("check the permissions of its folder, or name another file with --db")
	}
	settings := writeSettings(timeout)
	settings.Del("_journal_mode")
	return withDB(path, settings, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
		return err
	})
}

// withDB opens a database on a single connection for the time of one call.
func withDB(path string, settings map[string][]string, use func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", dsn(path, settings))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(use(db), db.Close())
}

// newMigrations are those of this evbook, and which of them a database has.
func newMigrations(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, dir,
		goose.WithDisableGlobalRegistry(true), goose.WithTableName("migrations"),
		goose.WithGoMigrations(addFolded()))
}

// migrate applies the migrations that are missing and makes the key of the references.
func migrate(ctx context.Context, db *sql.DB) error {
	provider, err := newMigrations(db)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	key := make([]byte, referenceKeyBytes)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	// Never a new key for bookings that have their references from another one.
	_, err = db.ExecContext(ctx, `INSERT INTO meta (one, reference_key, oldest_writer)
		SELECT 1, $1, $2 WHERE NOT EXISTS (SELECT 1 FROM bookings)
		ON CONFLICT (one) DO NOTHING`, key, oldestWriter)
	if err != nil {
		return err
	}
	// Into the file itself, where the next start looks first.
	_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
