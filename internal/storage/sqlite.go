package storage

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"modernc.org/sqlite" // also the driver "sqlite"

	"evbook/internal/booking"
)

const manualCheckpoints = "PRAGMA wal_autocheckpoint = 0"

// sqliteEngine is the engine on an SQLite file.
type sqliteEngine struct {
	place   *place
	queue   *fileLock
	timeout time.Duration
	// adopted is true once the lock files have been given to the owner of the database.
	adopted bool
	// conn is the one writing connection, nil when the engine has to be opened anew.
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	// several are those for several rows of a table.
	several map[several]*sql.Stmt
	// opened is how often it has been opened.
	opened int
	// lost is why this process must not touch the file any more, nor close it in order: SQLite
	// would copy our log over what others have written since.
	lost error
	// unsettled is true from an error at COMMIT until the file is certain again.
	unsettled bool
	// checkpoints copies the write-ahead log in the background; nil for short-lived processes.
	checkpoints *checkpointer
}

// sqliteDialect is the dialect of SQLite, whose transactions lock the whole file, not rows.
func sqliteDialect() dialect {
	return dialect{
		greatest: "max",
		position: "instr",
		elements: "json_each(%s)",
		numbers:  `SELECT coalesce(max(id), 0) + 1, CAST($1 AS BIGINT) FROM bookings`,
		clock:    `0`,
		schema:   `PRAGMA user_version`,
		version:  `0`,
	}
}

// dsn builds the driver's address of a database file. Short keys are validated by the driver, and
// the path is escaped, so nothing in it can be taken for a setting.
func dsn(path string, settings url.Values) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: settings.Encode()}
	return u.String()
}

// writeSettings are the settings of a connection that writes. FULL, because with NORMAL the newest
// bookings can be lost at a power cut; immediate, because a transaction that reads first and writes
// later fails as soon as two meet; fullfsync, because macOS keeps data in the disk's cache without.
// secure_delete, because what is erased has to be gone from the file, and former versions of a row
// cannot be found any more when its booking is forgotten. The timeout bounds the wait for programs
// that write without evbook's lock. temp_store, because a statement that inserts several rows notes
// how to take them back, in a file as soon as that is more than some pages.
func writeSettings(timeout time.Duration) url.Values {
	return url.Values{
		"mode":          {"rw"},
		"_txlock":       {"immediate"},
		"_busy_timeout": {strconv.FormatInt(timeout.Milliseconds(), 10)},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"on"},
		"_dqs":          {"0"},
		"_defensive":    {"1"},
		"_pragma":       append(fullSync(), "secure_delete(1)", "temp_store(memory)"),
	}
}

// fullSync is what it takes to get data through the disk's own cache.
func fullSync() []string {
	if runtime.GOOS != "darwin" {
		return nil
	}
	return []string{"fullfsync(1)", "checkpoint_fullfsync(1)"}
}

func newSQLiteEngine(path string, timeout time.Duration) (*sqliteEngine, error) {
	place, err := newPlace(path)
	return &sqliteEngine{place: place, queue: newFileLock(path), timeout: timeout}, err
}

// open makes the writing connection, unless it is there, and refuses when the file is not.
func (e *sqliteEngine) open(ctx context.Context) error {
	if err := e.place.check(); err != nil || e.conn != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(e.place.path, writeSettings(e.timeout)))
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return err
	}
	if e.checkpoints != nil {
		if _, err := conn.ExecContext(ctx, manualCheckpoints); err != nil {
			return errors.Join(err, conn.Close(), db.Close())
		}
	}
	var version int // the first read makes sure that there is a log
	err = conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	if err == nil {
		err = e.place.noteLog()
	}
	if err != nil {
		return errors.Join(err, conn.Close(), db.Close())
	}
	e.db, e.conn = db, conn
	e.opened++
	e.stmts, e.several = map[string]*sql.Stmt{}, map[several]*sql.Stmt{}
	return nil
}

// drop closes the writing connection; the next use opens it anew. A connection whose log was
// replaced is forgotten instead, and left to the end of the process.
func (e *sqliteEngine) drop() error {
	if e.conn == nil {
		return nil
	}
	if e.lost == nil {
		e.lost = e.place.checkLog()
	}
	stmts, conn, db := e.stmts, e.conn, e.db
	e.db, e.conn, e.stmts, e.several = nil, nil, nil, nil
	if e.lost != nil {
		return e.lost
	}
	e.place.log.Store(nil)
	for _, stmt := range stmts {
		stmt.Close()
	}
	conn.Close()
	return db.Close()
}

// identify reads what the database says of itself.
func (e *sqliteEngine) identify(ctx context.Context) (identity, error) {
	if err := e.open(ctx); err != nil {
		return identity{}, err
	}
	return identify(ctx, e.conn)
}

// checkpointInBackground takes the copying of the log off the commit path.
func (e *sqliteEngine) checkpointInBackground(ctx context.Context) (err error) {
	if e.checkpoints, err = startCheckpointer(e.place.path, e.timeout); err != nil {
		return err
	}
	return e.exec(ctx, manualCheckpoints)
}

func (e *sqliteEngine) close() error {
	err := e.drop()
	if e.checkpoints != nil {
		e.checkpoints.stop(e.lost == nil)
		e.checkpoints = nil
	}
	if e.lost != nil {
		return nil // every caller since has heard of it
	}
	return err
}

func (e *sqliteEngine) classify(name string, err error) error {
	return classify(name, err, sqliteError)
}

func (e *sqliteEngine) lock() (func(), error) {
	release, err := e.queue.acquire()
	if err == nil && !e.adopted {
		giveToOwner(e.place.file, e.queue.turn.path, e.queue.lock.path)
		e.adopted = true
	}
	return release, err
}

func (e *sqliteEngine) quit() { e.queue.close() }

func (e *sqliteEngine) begin(ctx context.Context) (transaction, error) {
	if e.lost != nil {
		return nil, e.lost
	}
	if e.unsettled {
		if err := e.makeCertain(ctx); err != nil {
			return nil, booking.Errorf(booking.Unavailable,
				"%s is not certain yet after an error at COMMIT", e.place.path).
				WithHint("nothing was changed; try again").Because(err)
		}
	}
	if err := e.open(ctx); err != nil {
		if e.lost = e.place.checkLog(); e.lost != nil && e.place.logRemoved() {
			// Nobody has made another log yet: what is in ours can be saved.
			_ = e.checkpointAll(ctx, "FULL")
		}
		return nil, err
	}
	return e.beginHere(ctx)
}

// beginHere begins on the connection as it is.
func (e *sqliteEngine) beginHere(ctx context.Context) (transaction, error) {
	if err := e.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	return sqliteTx{e}, nil
}

// state is that of the file as the connection last saw it, which looks for what others have
// committed whenever a transaction begins.
func (e *sqliteEngine) state() (s state) {
	if e.conn == nil {
		return state{}
	}
	err := e.conn.Raw(func(conn any) (err error) {
		s.version, err = conn.(sqlite.FileControl).FileControlDataVersion("main")
		return err
	})
	if err != nil {
		return state{}
	}
	s.opened = e.opened
	return s
}

// between moves the rest of a copied log out of the way, so that the log starts over.
func (e *sqliteEngine) between(ctx context.Context) {
	if e.checkpoints == nil || e.conn == nil || e.lost != nil {
		return
	}
	e.checkpoints.nudge()
	if e.checkpoints.restDue.CompareAndSwap(true, false) {
		// A failure only leaves the log longer; the next one tries again.
		_ = e.exec(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	}
}

// stmt gives the prepared form of a statement.
func (e *sqliteEngine) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := e.stmts[text]; ok {
		return stmt, nil
	}
	stmt, err := e.conn.PrepareContext(ctx, unnamed(text))
	if err != nil {
		return nil, err
	}
	e.stmts[text] = stmt
	return stmt, nil
}

func (e *sqliteEngine) exec(ctx context.Context, text string, args ...any) error {
	stmt, err := e.stmt(ctx, text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx, args...)
	return err
}
