package storage

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"evbook/internal/booking"
)

const (
	selectSchema = `SELECT schema FROM meta`
	// selectMeta asks whether the database is what it was.
	selectMeta = `SELECT schema, reference_key FROM meta`
)

// pgSource is a PostgreSQL database as reading sees it.
type pgSource struct {
	name string
	pool *pgxpool.Pool
	// key is the key of the references when the store was opened, nil until then.
	key []byte
	// writes says that the store writes too, so that a standby is not enough.
	writes bool
	// demand is what else a server must be to be ready, nil for nothing.
	demand func(context.Context, *pgconn.PgConn) error
	// health has the connection of who asks whether the database is ready, nil for none. It is
	// empty while one is asked, or made.
	health chan *pgx.Conn
	// life ends when the source is closed.
	life context.Context
	end  context.CancelFunc
}

// newPostgresSource makes a pool; connections are opened when they are needed.
func newPostgresSource(
	ctx context.Context, name string, config *pgxpool.Config,
) (*pgSource, error) {
	pool, err := pgxpool.NewWithConfig(ctx, config)
	s := &pgSource{name: name, pool: pool, health: make(chan *pgx.Conn, 1)}
	s.life, s.end = context.WithCancel(context.Background())
	s.health <- nil
	return s, err
}

// check has nothing to look for: who asks an address gets the database that is there.
func (s *pgSource) check() error { return nil }

func (s *pgSource) close() error {
	s.end()
	s.pool.Close()
	conn := <-s.health
	s.health <- nil
	if conn == nil {
		return nil
	}
	return hangUp(conn)
}

func (s *pgSource) classify(name string, err error) error {
	return classify(name, err, postgresError)
}

func (s *pgSource) identify(ctx context.Context) (identity, error) {
	return identifyPostgres(ctx, s.name, s.pool)
}

func (s *pgSource) schema(ctx context.Context) (schema int, err error) {
	return s.scanMeta(s.pool.QueryRow(ctx, selectMeta))
}

// scanMeta gives the number of the schema, or an error if the database has become another one: at
// the address there is another server now, or a database was moved there.
func (s *pgSource) scanMeta(row pgx.Row) (schema int, err error) {
	var key []byte
	err = row.Scan(&schema, &key)
	if err == nil && s.key != nil && !bytes.Equal(key, s.key) {
		err = anotherDatabase(s.name)
	}
	return schema, err
}

func anotherDatabase(name string) error {
	return booking.Errorf(booking.Unavailable, "%s is another database than a moment ago", name).
		WithHint("start again, when all servers of the address have the same one")
}

func (s *pgSource) ask(
	ctx context.Context, kept bool, read func(scanner) error, query string, args ...any,
) (schema int, err error) {
	begun := false
	note := func(scan scanner) error {
		begun = true
		return read(scan)
	}
	schema, err = s.askOnce(ctx, kept, note, query, args...)
	if !begun && s.anew(err) {
		schema, err = s.askOnce(ctx, kept, note, query, args...)
	}
	return schema, err
}

// anew says whether an error means that a connection was there no more, as it is with all that the
// pool has kept when a server was started again or another one has taken over. Then it lets them
// go, and what was asked over one of them may be asked over a new one.
func (s *pgSource) anew(err error) bool {
	var unreachable *pgconn.ConnectError
	var lost bool
	switch postgresCode(err) {
	case "57P01", "57P05":
		lost = true
	case "":
		lost = isLost(err) && !errors.As(err, &unreachable)
	}
	if lost {
		s.pool.Reset()
	}
	return lost
}

// askOnce asks both in one go if the question is kept. Others are not prepared, as the server would
// have to remember each of their many texts.
func (s *pgSource) askOnce(
	ctx context.Context, kept bool, read func(scanner) error, query string, args ...any,
) (schema int, err error) {
	if !kept {
		if err := eachOf(ctx, s.pool, read, query, args...); err != nil {
			return 0, err
		}
		return s.schema(ctx)
	}
	var both pgx.Batch
	both.Queue(query, storable(args)...)
	both.Queue(selectMeta)
	answers := s.pool.SendBatch(ctx, &both)
	_, err = readAnswer(answers, read)
	if err == nil {
		schema, err = s.scanMeta(answers.QueryRow())
	}
	return schema, errors.Join(err, answers.Close())
}

// asker is what answers questions: a pool, or one moment.
type asker interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// eachOf reads all rows of an answer as they come. When somebody has enough of them, the rest is
// not waited for: the connection is closed.
func eachOf(
	ctx context.Context, from asker, read func(scanner) error, query string, args ...any,
) error {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	rows, err := from.Query(ctx, query, append([]any{pgx.QueryExecModeExec}, storable(args)...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			enough()
			return err
		}
	}
	return rows.Err()
}

func (s *pgSource) moment(ctx context.Context, read func(view) error) (schema int, err error) {
	oneMoment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	tx, err := s.pool.BeginTx(ctx, oneMoment)
	if s.anew(err) {
		tx, err = s.pool.BeginTx(ctx, oneMoment)
	}
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(ctx) // nothing was written
	err = read(view{each: func(
		ctx context.Context, read func(scanner) error, query string, args ...any,
	) error {
		return eachOf(ctx, tx, read, query, args...)
	}})
	if err == nil {
		schema, err = s.scanMeta(tx.QueryRow(ctx, selectMeta))
	}
	return schema, err
}

// backup refuses: PostgreSQL has programs of its own for that.
func (s *pgSource) backup(context.Context, string, *permutation) (Backup, error) {
	return Backup{}, booking.Errorf(booking.Invalid, "evbook backup saves SQLite files").
		WithHint("pg_dump saves a PostgreSQL database")
}

// scrub has the rows removed that what was forgotten has left behind, unless another program may
// still see them. That is the owner's business: for others, for whom VACUUM would do nothing and
// say so in a warning, the server does it by itself, later.
func (s *pgSource) scrub(ctx context.Context) (later bool, err error) {
	var own bool
	err = s.pool.QueryRow(ctx, `SELECT pg_has_role(relowner, 'USAGE') FROM pg_class
		WHERE oid = 'bookings'::regclass`).Scan(&own)
	if err == nil && own {
		_, err = s.pool.Exec(ctx, `VACUUM bookings`)
	}
	return !own, err
}

func (s *pgSource) watch(ctx context.Context) (watcher, error) {
	w := &pgWatcher{pgSource: s}
	_, err := w.changed(ctx)
	return w, err
}

// pgWatcher tells by the server's list of transactions whether one has ended.
type pgWatcher struct {
	*pgSource
	seen string
}

// changed compares what can be seen now with what could be seen then. The number of the newest
// transaction alone would pass over an older one that commits late.
func (w *pgWatcher) changed(ctx context.Context) (bool, error) {
	var now string
	err := w.pool.QueryRow(ctx, `SELECT CAST(pg_current_snapshot() AS text)`).Scan(&now)
	if err != nil {
		return false, err
	}
	changed := now != w.seen
	w.seen = now
	return changed, nil
}

// close leaves the pool to the source that it watches.
func (w *pgWatcher) close() error { return nil }
