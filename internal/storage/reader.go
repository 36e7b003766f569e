package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"evbook/internal/booking"
)

// readConnections is the size of the read-only pool.
const readConnections = 4

const (
	// readTimeout bounds the wait for a file whose log is being recovered.
	readTimeout = 3 * time.Second
	// setUpPatience is how long a reader waits for another process to finish the set-up.
	setUpPatience = 2 * time.Second
)

// reader is the read-only pool of a database. It sees what is committed, and never waits for a
// writer.
type reader struct {
	db        *sql.DB
	refs      *permutation
	place     *place
	immutable bool
	// schema is the number of the schema that questions are asked for.
	schema int
	// kept are statements that are asked again and again, by their text: preparing one costs more
	// than its answer.
	kept sync.Map
}

// newReader makes a pool; connections are opened when they are needed. An immutable file is one
// that nobody can write: SQLite then needs no files of its own beside it.
func newReader(p *place, refs *permutation, immutable bool) *reader {
	settings := url.Values{
		"mode":          {"ro"},
		"_busy_timeout": {strconv.FormatInt(readTimeout.Milliseconds(), 10)},
		"_query_only":   {"on"},
		"_dqs":          {"0"},
	}
	if immutable {
		settings.Set("immutable", "1")
	}
	db, err := sql.Open("sqlite", dsn(p.path, settings))
	if err != nil {
		panic(err) // only an unknown driver fails here
	}
	db.SetMaxOpenConns(readConnections)
	db.SetMaxIdleConns(readConnections)
	return &reader{db: db, refs: refs, place: p, immutable: immutable}
}

// identifyToRead opens a file for reading and waits, for a while, until its set-up is finished.
func identifyToRead(ctx context.Context, file string) (*reader, identity, error) {
	at, err := newPlace(file)
	if err != nil {
		return nil, identity{}, err
	}
	r := newReader(at, nil, false)
	id, err := identify(ctx, r.db)
	if needsImmutable(file, err) {
		r.close()
		r = newReader(at, nil, true)
		id, err = identify(ctx, r.db)
	}
	for end := time.Now().Add(setUpPatience); err == nil && !id.finished(); {
		if time.Now().After(end) {
			err = id.unfinished(file)
			break
		}
		time.Sleep(10 * time.Millisecond)
		id, err = identify(ctx, r.db)
	}
	if err != nil {
		r.close()
		return nil, identity{}, err
	}
	r.schema = id.version
	return r, id, nil
}

// needsImmutable says whether an error comes from a folder in which SQLite cannot make the log
// files it wants even for reading, and there is no log that would have to be read.
func needsImmutable(file string, err error) bool {
	code := sqliteCode(err)
	if code != sqlite3.SQLITE_CANTOPEN && code != sqlite3.SQLITE_READONLY {
		return false
	}
	log, statErr := os.Stat(file + "-wal")
	return errors.Is(statErr, os.ErrNotExist) || statErr == nil && log.Size() == 0
}

func (r *reader) close() error { return r.db.Close() }

// copyTo has SQLite write a copy of the database as it is at one moment. The pool cannot do it: its
// connections refuse every statement that writes, even one that writes elsewhere.
func (r *reader) copyTo(ctx context.Context, out string) error {
	settings := url.Values{"mode": {"ro"}}
	if r.immutable {
		settings.Set("immutable", "1")
	}
	// SQLite takes a name that begins with "file:" for an address; an absolute path never does.
	abs, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	return withDB(r.place.path, settings, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, `VACUUM INTO $1`, abs)
		return err
	})
}

// settle gives the error of a question that was asked: another one when the schema has changed
// since the file was opened, so that the answer may not be what it seems. Looking afterwards is
// certain, since the number of the schema only rises.
func (r *reader) settle(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return cmp.Or(r.checkSchema(ctx), err)
}

// checkSchema refuses with Unavailable when another evbook has changed the schema since the file
// was opened. A newer schema that lets this evbook write lets it read, too.
func (r *reader) checkSchema(ctx context.Context) error {
	var version int
	stmt, err := r.keep(ctx, "PRAGMA user_version")
	if err == nil {
		err = stmt.QueryRowContext(ctx).Scan(&version)
	}
	if err != nil || version == r.schema {
		return err
	}
	if r.schema < schemaVersion {
		return booking.Errorf(booking.Unavailable,
			"%s was brought up to date by another evbook while it was open", r.place.path).
			WithHint("start again: then all that is in it is seen")
	}
	id, err := identify(ctx, r.db)
	return cmp.Or(err, id.check(r.place.path))
}

// one reads a single row; found is false when there is none.
func (r *reader) one(ctx context.Context, read func(scanner) error, query string, args ...any) (
	found bool, err error,
) {
	if err := r.place.check(); err != nil {
		return false, err
	}
	return r.found(ctx, read(r.db.QueryRowContext(ctx, query, args...).Scan))
}

// often does the same with a question whose text is the same each time, or one of a few.
func (r *reader) often(ctx context.Context, read func(scanner) error, query string, args ...any) (
	found bool, err error,
) {
	if err := r.place.check(); err != nil {
		return false, err
	}
	stmt, err := r.keep(ctx, query)
	if err == nil {
		err = read(stmt.QueryRowContext(ctx, args...).Scan)
	}
	return r.found(ctx, err)
}

// found takes the error of reading a row apart.
func (r *reader) found(ctx context.Context, err error) (found bool, _ error) {
	found = err == nil
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return found, r.settle(ctx, err)
}

// keep gives the prepared form of a statement.
func (r *reader) keep(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := r.kept.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := r.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if first, ok := r.kept.LoadOrStore(text, stmt); ok { // somebody else was faster
		return first.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

// each reads all rows of an answer.
func (r *reader) each(
	ctx context.Context, read func(scanner) error, query string, args ...any,
) error {
	if err := r.place.check(); err != nil {
		return err
	}
	return r.settle(ctx, view{r.db}.each(ctx, read, query, args...))
}

// moment reads several answers as they are at one moment.
func (r *reader) moment(ctx context.Context, read func(view) error) error {
	if err := r.place.check(); err != nil {
		return err
	}
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return r.settle(ctx, read(view{tx}))
}

// view is what answers are read from: the database, or one moment of it.
type view struct {
	source interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
}

// each reads all rows of an answer.
func (v view) each(
	ctx context.Context, read func(scanner) error, query string, args ...any,
) error {
	rows, err := v.source.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
