package storage

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"evbook/internal/booking"
)

// destination is the PostgreSQL database that something is moved to.
type destination struct {
	name   string
	engine *pgEngine
}

// openDestination connects to a database, and sets it up if nobody has.
func openDestination(ctx context.Context, o Options) (*destination, error) {
	name := Masked(o.Address)
	config, err := readAddress(o.Address, o.LockTimeout)
	if err != nil {
		return nil, err
	}
	for setting, value := range wholeTables() {
		config.ConnConfig.RuntimeParams[setting] = value
	}
	engine, err := newPostgresEngine(ctx, name, config)
	if code := postgresCode(err); code == "42P01" || err == nil && !engine.identity.finished() {
		if engine != nil {
			_ = engine.close() // it has changed nothing
		}
		if _, _, err = Migrate(ctx, o); err == nil {
			engine, err = newPostgresEngine(ctx, name, config)
		}
	}
	if err != nil {
		return nil, targetError(name, err)
	}
	if err := engine.identity.checkPostgres(name); err != nil {
		return nil, errors.Join(err, engine.close())
	}
	return &destination{name, engine}, nil
}

// wholeTables are the settings of a connection that reads tables from end to end, in place of those
// of one that finds each row by its key.
func wholeTables() map[string]string {
	return map[string]string{
		"plan_cache_mode": "auto", "enable_seqscan": "on", "enable_hashjoin": "on",
		"enable_mergejoin": "on",
		// The server may have nothing to do for as long as a large file takes to be read.
		"idle_in_transaction_session_timeout": "0",
	}
}

func (n *destination) close() error { return n.engine.close() }

// targetError is for a caller who can repeat everything: an error that may pass is no other.
func targetError(name string, err error) error {
	if retry, ok := err.(again); ok {
		err = retry.cause
	}
	return classify(name, err, postgresError)
}

// begin keeps everybody else out: all who read or write look into meta.
func (n *destination) begin(ctx context.Context) (transaction, error) {
	tx, err := n.engine.begin(ctx)
	if err != nil {
		return nil, targetError(n.name, err)
	}
	var b batch
	b.exec(`LOCK TABLE meta IN ACCESS EXCLUSIVE MODE`)
	if err := tx.run(ctx, &b); err != nil {
		tx.rollback()
		return nil, targetError(n.name, err)
	}
	return tx, nil
}

// occupied says whether there is anything in the database.
func (n *destination) occupied(ctx context.Context) (bool, error) {
	for _, t := range movedTables() {
		var any bool
		err := n.engine.conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.name+")").Scan(&any)
		if any || err != nil {
			return any, targetError(n.name, err)
		}
	}
	return false, nil
}

// fill copies rows into a table as they come.
func (n *destination) fill(ctx context.Context, t movedTable, rows *fileRows) error {
	_, err := n.engine.conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, rows)
	if rows.err != nil {
		return rows.err
	}
	return targetError(n.name, err)
}

// takeOver gives the database the key of the references, has numbers and keys counted on, and tells
// the server what its tables are like, so that it reads them well from the first question on.
func (n *destination) takeOver(ctx context.Context, key []byte) error {
	for _, do := range []struct {
		sql  string
		args []any
	}{
		{`UPDATE meta SET reference_key = $1`, []any{key}},
		{`SELECT setval('booking_numbers', coalesce(max(id), 1), max(id) IS NOT NULL)
			FROM bookings`, nil},
		{`SELECT setval(pg_get_serial_sequence('idempotency_keys', 'id'), coalesce(max(id), 1),
			max(id) IS NOT NULL) FROM idempotency_keys`, nil},
		{`ANALYZE events, pools, ticket_types, codes, bookings, journal, idempotency_keys`, nil},
	} {
		if _, err := n.engine.conn.Exec(ctx, do.sql, do.args...); err != nil {
			return targetError(n.name, err)
		}
	}
	return nil
}

// each reads all rows of a table in their order.
func (n *destination) each(
	ctx context.Context, t movedTable, row func(values []any) error,
) error {
	rows, err := n.engine.conn.Query(ctx, t.selection())
	if err != nil {
		return targetError(n.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err == nil {
			err = row(values)
		}
		if err != nil {
			return err
		}
	}
	return targetError(n.name, rows.Err())
}

// view is what the transaction under way sees.
func (n *destination) view() view {
	return view{each: func(
		ctx context.Context, read func(scanner) error, query string, args ...any,
	) error {
		return eachOf(ctx, n.engine.conn, read, query, args...)
	}}
}

// verify counts every seat once more, as evbook verify does, before anything is committed.
func (n *destination) verify(ctx context.Context, key []byte) error {
	from := &pgSource{}
	v := &verification{ctx: ctx, refs: newPermutation(key), view: n.view()}
	v.everything(from, postgresDialect(), true)
	if err := from.ended(v); err != nil {
		return targetError(n.name, err)
	}
	if len(v.report.Findings) > 0 {
		return unsoundMove(n.name, v.report.Findings[0])
	}
	return nil
}

// commit ends the transaction with some markers more, and settles what became of it if that is not
// clear.
func (n *destination) commit(tx transaction, marks ...[]byte) error {
	// From here on it is awaited, whoever has lost patience.
	ctx := context.Background()
	marker, err := newMarker(time.Now().Add(n.engine.identity.ahead))
	if err != nil {
		return err
	}
	var b batch
	for _, id := range append(marks, marker) {
		b.exec(`INSERT INTO markers (id) VALUES ($1)`, id)
	}
	sent, cause := tx.commit(ctx, &b)
	if cause == nil || !sent {
		return targetError(n.name, cause)
	}
	n.engine.identity.key = nil // it depends on what became of the COMMIT
	in, err := n.engine.settle(ctx, marker, cause)
	switch {
	case err != nil:
		return booking.Errorf(booking.Unknown, "%s failed at COMMIT: it is not known whether"+
			" everything was moved", n.name).
			WithHint("do not use it yet; repeat the move, which finds out").
			Because(errors.Join(cause, err))
	case in:
		return nil
	}
	return targetError(n.name, cause)
}

// hasMarker says whether a marker is in the database.
func (n *destination) hasMarker(ctx context.Context, marker []byte) (in bool, err error) {
	err = n.engine.conn.QueryRow(ctx,
		`SELECT EXISTS (SELECT 1 FROM markers WHERE id = $1 AND void = 0)`, marker).Scan(&in)
	return in, targetError(n.name, err)
}

// isHome refuses a database that is not the one a file was moved to.
func (n *destination) isHome(o *origin) error {
	if slices.Equal(n.engine.identity.key, o.id.key) {
		return nil
	}
	return o.id.check(o.name)
}

// count notes how much there is in the database.
func (n *destination) count(ctx context.Context, done *Relocated) error {
	err := n.engine.conn.QueryRow(ctx, `SELECT (SELECT count(*) FROM events),
		(SELECT count(*) FROM bookings), (SELECT count(*) FROM journal)`).
		Scan(&done.Events, &done.Bookings, &done.Entries)
	return targetError(n.name, err)
}
