package storage

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// closePatience bounds taking leave of a server, which may not be there any more.
	closePatience = time.Second
	// workPatience is how long a server may work, beside waiting for a lock, on what it is asked
	// before COMMIT. One that is frozen takes connections and acknowledges what it is sent.
	workPatience = 10 * time.Second
)

// pgEngine is the engine on a PostgreSQL database. It has one connection of its own. No lock is
// taken before a transaction: the rows of events, locked by their first reader, play that part.
type pgEngine struct {
	// name is the masked address, for messages.
	name   string
	config *pgxpool.Config
	// identity is what the database said of itself when it was opened. It has no key when that may
	// have become another one since.
	identity identity
	// patience is how long an answer before COMMIT is awaited, 0 for as long as it takes.
	patience time.Duration
	// conn is nil when the engine has to connect anew.
	conn *pgx.Conn
	// away is why the server was not there, and when it may be looked for again.
	away away
	// warning is the last that the server has warned of, nil after it was heard.
	warning *pgconn.Notice
}

// newPostgresEngine connects to a database and reads what it says of itself.
func newPostgresEngine(
	ctx context.Context, name string, config *pgxpool.Config,
) (*pgEngine, error) {
	e := (&pgEngine{name: name, config: config}).another()
	primaryOnly(e.config)
	conn, id, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	e.conn, e.identity = conn, id
	return e, nil
}

// another gives an engine on the same database that connects when it is first needed.
func (e *pgEngine) another() *pgEngine {
	other := &pgEngine{name: e.name, config: e.config.Copy(), identity: e.identity}
	other.config.ConnConfig.OnNotice = other.notice
	settings(other.config.ConnConfig, plannerSettings())
	return other
}

// plannerSettings are those of connections that write. What a group reads it finds by keys, so each
// statement is planned once, and that way, whatever statistics say of tables that are still small:
// the server would spend a quarter of its time on plans, and read all events to change a few.
func plannerSettings() map[string]string {
	return map[string]string{
		"plan_cache_mode":  "force_generic_plan",
		"enable_seqscan":   "off",
		"enable_hashjoin":  "off",
		"enable_mergejoin": "off",
	}
}

// notice keeps a warning. The driver calls it while an answer is read, so in the same goroutine.
func (e *pgEngine) notice(_ *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		e.warning = n
	}
}

// insist makes COMMIT wait for the disk, and for the standby if there is a synchronous one, in
// databases that were told to be faster than that: remote_apply, which waits for more, stays. It
// has the server warn when it has not waited, and keep the connection however long nobody books.
// The first column is how many seconds a statement may wait for a lock, 0 for any time.
const insist = `SELECT
	CAST(extract(epoch FROM CAST(current_setting('lock_timeout') AS interval)) AS float8),
	CASE WHEN current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')
		THEN set_config('synchronous_commit', 'on', false) END,
	CASE WHEN current_setting('client_min_messages') = 'error'
		THEN set_config('client_min_messages', 'warning', false) END,
	CASE WHEN current_setting('idle_session_timeout', true) IS NOT NULL
		THEN set_config('idle_session_timeout', '0', false) END`

// connect makes a connection that writes durably.
func (e *pgEngine) connect(ctx context.Context) (*pgx.Conn, identity, error) {
	c := e.config.ConnConfig
	most := time.Duration(1+len(c.Fallbacks))*c.ConnectTimeout + workPatience
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	conn, err := connectTo(ctx, e.config)
	if err != nil {
		return nil, identity{}, err
	}
	var seconds float64
	if err := conn.QueryRow(ctx, insist).Scan(&seconds, nil, nil, nil); err != nil {
		return nil, identity{}, errors.Join(err, hangUp(conn))
	}
	if e.patience = 0; seconds > 0 {
		e.patience = time.Duration(seconds*float64(time.Second)) + workPatience
	}
	id, err := identifyPostgres(ctx, e.name, conn)
	if err != nil {
		return nil, identity{}, errors.Join(err, hangUp(conn))
	}
	return conn, id, nil
}

// open makes the connection, unless it is there, or was looked for in vain a moment ago. Other
// servers of the same address may have another database: it is not written to.
func (e *pgEngine) open(ctx context.Context) error {
	if e.conn != nil && !e.conn.IsClosed() {
		return nil
	}
	if err := e.away.still(); err != nil {
		return err
	}
	conn, id, err := e.connect(ctx)
	if err != nil && ctx.Err() != nil { // that says nothing of the server
		return err
	}
	if e.away.note(err); err != nil {
		return err
	}
	if e.identity.key != nil && string(id.key) != string(e.identity.key) {
		return errors.Join(hangUp(conn), anotherDatabase(e.name))
	}
	e.conn = conn
	return nil
}

// drop closes the connection; the next use makes another one.
func (e *pgEngine) drop() error {
	conn := e.conn
	e.conn = nil
	if conn == nil {
		return nil
	}
	return hangUp(conn)
}

func hangUp(conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	return conn.Close(ctx)
}

func (e *pgEngine) close() error { return e.drop() }

// lock gives the right to write at once.
func (e *pgEngine) lock() (func(), error) { return func() {}, nil }

func (e *pgEngine) quit() {}

// begin sends nothing: BEGIN goes with the first statements.
func (e *pgEngine) begin(ctx context.Context) (transaction, error) {
	if err := e.open(ctx); err != nil {
		return nil, err
	}
	return &pgTx{engine: e}, nil
}

// between does nothing: the server looks after its own log.
func (e *pgEngine) between(context.Context) {}
