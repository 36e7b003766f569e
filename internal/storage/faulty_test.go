package storage

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/jackc/pgx/v5/pgconn"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// faulty is an engine on which transactions fail as they are told to.
type faulty struct {
	engine
	mu sync.Mutex
	// commit stands in for the next COMMIT, lost for the next look for a marker.
	commit func(context.Context, transaction, *batch) (sent bool, err error)
	lost   error
	// silent engines do not tell in which state the database is.
	silent bool
	// begun counts the transactions, settled the looks for a marker.
	begun, settled int
}

// faultyStore is a store on a faulty engine, with an event of 40 seats.
func faultyStore(t testing.TB) (*Store, *faulty, booking.Selector) {
	t.Helper()
	s := open(t)
	f := &faulty{engine: writerOf(s).engine}
	writerOf(s).engine = f
	return s, f, event(t, s, 40)
}

// fail makes the next COMMIT go wrong, and nothing else from then on.
func (f *faulty) fail(
	commit func(context.Context, transaction, *batch) (bool, error), settle error,
) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commit, f.lost, f.begun, f.settled = commit, settle, 0, 0
}

// silence lets the engine not tell any more in which state the database is.
func (f *faulty) silence() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.silent = true
}

func (f *faulty) counts() (begun, settled int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.begun, f.settled
}

func (f *faulty) begin(ctx context.Context) (transaction, error) {
	tx, err := f.engine.begin(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun++
	return faultyTx{tx, f}, err
}

func (f *faulty) settle(ctx context.Context, marker []byte, cause error) (bool, error) {
	f.mu.Lock()
	lost := f.lost
	f.lost = nil
	f.settled++
	f.mu.Unlock()
	if lost != nil {
		return false, lost
	}
	return f.engine.settle(ctx, marker, cause)
}

type faultyTx struct {
	transaction
	of *faulty
}

func (tx faultyTx) state() state {
	tx.of.mu.Lock()
	defer tx.of.mu.Unlock()
	if tx.of.silent {
		return state{}
	}
	return tx.transaction.state()
}

func (tx faultyTx) commit(ctx context.Context, b *batch) (bool, error) {
	tx.of.mu.Lock()
	commit := tx.of.commit
	tx.of.commit = nil
	tx.of.mu.Unlock()
	if commit != nil {
		return commit(ctx, tx.transaction, b)
	}
	return tx.transaction.commit(ctx, b)
}

// errLost is what the caller of a COMMIT gets to see in these tests.
var errLost = errors.New("the answer was lost")

// kept COMMITs and says that it failed.
func kept(cause error) func(context.Context, transaction, *batch) (bool, error) {
	return func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		if _, err := tx.commit(ctx, b); err != nil {
			return true, err
		}
		return true, cause
	}
}

// undone takes everything back where COMMIT should have been.
func undone(cause error) func(context.Context, transaction, *batch) (bool, error) {
	return func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		if err := tx.run(ctx, b); err != nil {
			return false, err
		}
		tx.rollback()
		return true, cause
	}
}

// before fails with the transaction open and COMMIT not sent.
func before(cause error) func(context.Context, transaction, *batch) (bool, error) {
	return func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		return false, cause
	}
}

// provoked provokes a real error of SQLite: its type cannot be made by hand.
func provoked(t testing.TB, code int, statements ...string) error {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "provoked.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err = db.Exec(statement); err != nil {
			break
		}
	}
	var e *sqlite.Error
	if !errors.As(err, &e) || e.Code()&0xff != code {
		t.Fatalf("provoked %v, want code %d", err, code)
	}
	return err
}

func fullError(t testing.TB) error {
	t.Helper()
	if pgcluster.OnPostgres() {
		return &pgconn.PgError{Severity: "ERROR", Code: "53100", Message: "disk full"}
	}
	return provoked(t, sqlite3.SQLITE_FULL, "CREATE TABLE t (x)", "PRAGMA max_page_count = 2",
		"INSERT INTO t VALUES (zeroblob(100000))")
}
