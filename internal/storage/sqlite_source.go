package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
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

// sqliteSource is the source on an SQLite file: a read-only pool.
type sqliteSource struct {
	// name is how the caller names the file, for messages.
	name  string
	db    *sql.DB
	place *place
	// immutable is true for a file that nobody can write.
	immutable bool
	// timeout bounds the wait for the lock, where there is something to be wiped.
	timeout time.Duration
	// kept are statements that are asked again and again, by their text: preparing one costs more
	// than its answer.
	kept sync.Map
}

// newSQLiteSource makes a pool; connections are opened when they are needed. Of an immutable file,
// SQLite needs no files of its own beside it.
func newSQLiteSource(name string, p *place, immutable bool) *sqliteSource {
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
	return &sqliteSource{name: name, db: db, place: p, immutable: immutable}
}

// identifyToRead opens a file for reading and waits, for a while, until its set-up is finished.
func identifyToRead(ctx context.Context, name, file string) (*sqliteSource, identity, error) {
	at, err := newPlace(file)
	if err != nil {
		return nil, identity{}, err
	}
	s := newSQLiteSource(name, at, false)
	id, err := s.identify(ctx)
	if needsImmutable(file, err) {
		s.close()
		s = newSQLiteSource(name, at, true)
		id, err = s.identify(ctx)
	}
	for end := time.Now().Add(setUpPatience); err == nil && !id.finished(); {
		if time.Now().After(end) {
			err = id.unfinished(file)
			break
		}
		time.Sleep(10 * time.Millisecond)
		id, err = s.identify(ctx)
	}
	if err != nil {
		s.close()
		return nil, identity{}, err
	}
	return s, id, nil
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

func (s *sqliteSource) close() error { return s.db.Close() }

func (s *sqliteSource) check() error { return s.place.check() }

func (s *sqliteSource) classify(name string, err error) error {
	return classify(name, err, sqliteError)
}

func (s *sqliteSource) identify(ctx context.Context) (identity, error) {
	return identify(ctx, s.db)
}

func (s *sqliteSource) ready(ctx context.Context) (int, error) { return s.schema(ctx) }

func (s *sqliteSource) schema(ctx context.Context) (version int, err error) {
	stmt, err := s.keep(ctx, sqliteDialect().schema)
	if err == nil {
		err = stmt.QueryRowContext(ctx).Scan(&version)
	}
	return version, err
}

func (s *sqliteSource) ask(
	ctx context.Context, kept bool, read func(scanner) error, query string, args ...any,
) (int, error) {
	if !kept {
		return s.afterwards(ctx, eachRow(ctx, s.db, read, query, args...))
	}
	stmt, err := s.keep(ctx, query)
	if err != nil {
		return s.afterwards(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err == nil {
		err = readRows(rows, read)
	}
	return s.afterwards(ctx, err)
}

func (s *sqliteSource) moment(
	ctx context.Context, read func(view) error,
) (int, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() // nothing was written
	return s.afterwards(ctx, read(view{func(
		ctx context.Context, read func(scanner) error, query string, args ...any,
	) error {
		return eachRow(ctx, tx, read, query, args...)
	}}))
}

// afterwards adds to the error of what was read the number of the schema.
func (s *sqliteSource) afterwards(ctx context.Context, err error) (int, error) {
	if ctx.Err() != nil {
		return 0, err
	}
	schema, schemaErr := s.schema(ctx)
	return schema, cmp.Or(schemaErr, err)
}

// keep gives the prepared form of a statement.
func (s *sqliteSource) keep(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := s.kept.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.db.PrepareContext(ctx, unnamed(text))
	if err != nil {
		return nil, err
	}
	if first, ok := s.kept.LoadOrStore(text, stmt); ok { // somebody else was faster
		return first.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

// queryer is what answers: a pool, a connection or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// eachRow reads all rows of an answer.
func eachRow(
	ctx context.Context, from queryer, read func(scanner) error, query string, args ...any,
) error {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return readRows(rows, read)
}

// readRows reads all rows of an answer, and closes it.
func readRows(rows *sql.Rows, read func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sqliteWatcher is a source with a place that knows the log it has opened: when the file or its log
// is replaced, what others commit is not seen any more.
type sqliteWatcher struct {
	*sqliteSource
	// conn is the connection that is asked for the version of the file: only one and the same can
	// tell that something was committed since.
	conn    *sql.Conn
	version int64
}

func (s *sqliteSource) watch(ctx context.Context) (watcher, error) {
	if s.immutable {
		return nil, booking.Errorf(booking.Unavailable,
			"%s cannot be followed: its folder cannot be written to", s.name).
			WithHint("read what is there without following it")
	}
	at := &place{path: s.place.path, file: s.place.file}
	w := &sqliteWatcher{sqliteSource: newSQLiteSource(s.name, at, false)}
	var err error
	if w.conn, err = w.db.Conn(ctx); err != nil {
		return nil, errors.Join(err, w.sqliteSource.close())
	}
	if _, err = w.changed(ctx); err == nil {
		err = at.noteLog()
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *sqliteWatcher) changed(ctx context.Context) (bool, error) {
	before := w.version
	err := w.conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&w.version)
	return w.version != before, err
}

func (w *sqliteWatcher) close() error {
	return errors.Join(w.conn.Close(), w.sqliteSource.close())
}
