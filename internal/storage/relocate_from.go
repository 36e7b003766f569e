package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"evbook/internal/booking"
)

// retired is the number of the schema of a file that was moved: newer than that of any evbook, so
// that none reads it as if it were still in use, nor sells from it.
const retired = 1_000_000

// selectMovedTo asks a file that was moved for where it went.
const selectMovedTo = `SELECT address FROM moved`

// movedAway is the cause of errors about a file that was moved.
type movedAway struct{ identity identity }

func (movedAway) Error() string { return "was moved" }

// findNewPlace notes where a file went that a group has found retired.
func (id *identity) findNewPlace(ctx context.Context, tx transaction) error {
	if id.oldestWriter != retired {
		return nil
	}
	var b batch
	b.query(func(scan scanner) error { return scan(&id.movedTo) }, selectMovedTo)
	return tx.run(ctx, &b)
}

// origin is the file that is moved. Nobody else can write to it.
type origin struct {
	name string
	// id says where it went if it was moved before; nothing else is set then.
	id     identity
	store  *Store
	engine *sqliteEngine
	tx     transaction
	// release lets the next writer go.
	release func()
}

// openOrigin opens a file and keeps all others from writing to it.
func openOrigin(ctx context.Context, o Options) (*origin, error) {
	if state, err := recognise(o.Path); err == nil && state == missing {
		return nil, noDatabase(o.Path).WithHint("--from names the file that is moved")
	}
	store, err := Open(ctx, o)
	if moved := (movedAway{}); errors.As(err, &moved) {
		return &origin{name: o.Path, id: moved.identity}, nil
	}
	if err != nil {
		return nil, err
	}
	old := &origin{name: o.Path, store: store}
	if err := old.seize(ctx, o); err != nil {
		return nil, errors.Join(sourceError(o.Path, err), old.close())
	}
	return old, nil
}

// seize takes the lock and begins the transaction that ends with the file's retirement.
func (o *origin) seize(ctx context.Context, options Options) error {
	file, err := realPath(options.Path)
	if err != nil {
		return err
	}
	if o.engine, err = newSQLiteEngine(file, options.LockTimeout); err != nil {
		return err
	}
	if o.release, err = o.engine.queue.acquireWithin(ctx, options.LockTimeout); err != nil {
		return err
	}
	if o.tx, err = o.engine.begin(ctx); err != nil {
		return err
	}
	// Another move may have ended while we waited.
	if o.id, err = o.engine.identify(ctx); err == nil {
		err = o.id.check(o.name)
	}
	return err
}

// close lets others have the file again. What was not committed is taken back.
func (o *origin) close() error {
	if o.store == nil {
		return nil
	}
	if o.tx != nil {
		o.tx.rollback()
	}
	var err error
	if o.engine != nil {
		err = o.engine.close()
	}
	if o.release != nil {
		o.release()
	}
	return errors.Join(err, o.store.Close())
}

func sourceError(name string, err error) error { return classify(name, err, sqliteError) }

// verify refuses a file that is not sound: what is wrong with it would be so for good.
func (o *origin) verify(ctx context.Context) error {
	report, err := o.store.Verify(ctx)
	if err == nil && len(report.Findings) > 0 {
		return unsoundMove(o.name, report.Findings[0])
	}
	return err
}

// rows counts all that is to be moved.
func (o *origin) rows(ctx context.Context) (n int, err error) {
	for _, t := range movedTables() {
		var rows int
		err := o.engine.conn.QueryRowContext(ctx, t.count()).Scan(&rows)
		if err != nil {
			return 0, sourceError(o.name, err)
		}
		n += rows
	}
	return n, nil
}

// read begins to read all rows of a table in their order.
func (o *origin) read(ctx context.Context, t movedTable, step func()) (*fileRows, error) {
	rows, err := o.engine.conn.QueryContext(ctx, t.selection())
	if err != nil {
		return nil, sourceError(o.name, err)
	}
	return &fileRows{
		rows: rows, name: o.name, step: step, seen: newTally(), values: make([]any, len(t.columns)),
	}, nil
}

// fileRows are the rows of a table as they come, in the form in which pgx takes them.
type fileRows struct {
	rows   *sql.Rows
	name   string
	step   func()
	seen   *tally
	values []any
	// err is the first that has ended it early.
	err error
}

// Next goes on to the next row.
func (r *fileRows) Next() bool {
	if r.err != nil || !r.rows.Next() {
		return false
	}
	targets := make([]any, len(r.values))
	for i := range r.values {
		targets[i] = &r.values[i]
	}
	if r.err = r.rows.Scan(targets...); r.err == nil {
		r.err = r.seen.add(r.values)
	}
	r.step()
	return r.err == nil
}

// Values gives the row.
func (r *fileRows) Values() ([]any, error) { return r.values, nil }

// Err tells why there are no more rows; nil when these were all.
func (r *fileRows) Err() error {
	if r.err == nil {
		r.err = r.rows.Err()
	}
	r.err = sourceError(r.name, r.err)
	return r.err
}

func (r *fileRows) close() { _ = r.rows.Close() } // what is wrong was told by Err

// retire marks the file, for every evbook there is, as one that was moved.
func (o *origin) retire(to string) error {
	var b batch
	b.exec(`CREATE TABLE moved (address TEXT NOT NULL) STRICT`)
	b.exec(`INSERT INTO moved (address) VALUES ($1)`, to)
	b.exec(fmt.Sprintf(`UPDATE meta SET oldest_writer = %d`, retired))
	b.exec(fmt.Sprintf(`PRAGMA user_version = %d`, retired))
	// Whatever interrupts us: everything is there by now.
	ctx := context.Background()
	if _, err := o.tx.commit(ctx, &b); err != nil {
		return booking.Errorf(booking.Unknown,
			"everything was moved to %s, but %s could not be marked as moved", to, o.name).
			WithHint("do not use the file; repeat the move, which will mark it").
			Because(sourceError(o.name, err))
	}
	o.tx = nil
	// Into the file itself, where the next start looks first; it finds it in the log, too.
	_ = o.engine.checkpointAll(ctx, "TRUNCATE")
	return nil
}
