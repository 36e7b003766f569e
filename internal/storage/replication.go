package storage

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"evbook/internal/booking"
)

// replication is how a PostgreSQL server keeps its standbys up to date.
type replication struct {
	// wanted is synchronous_standby_names, role who asks.
	wanted, role string
	// standbys counts those that are connected, hidden those of which the role may not see more,
	// sync those that stream and have what is acknowledged.
	standbys, hidden, sync int
}

const selectReplication = `SELECT current_setting('synchronous_standby_names'), current_user,
	count(pid), count(pid) FILTER (WHERE state IS NULL),
	count(pid) FILTER (WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum'))
	FROM pg_stat_replication`

// replicationOf asks the server of a connection.
func replicationOf(ctx context.Context, conn *pgconn.PgConn) (r replication, err error) {
	result := conn.ExecParams(ctx, selectReplication, nil, nil, nil, nil).Read()
	if result.Err != nil {
		return r, result.Err
	}
	row := result.Rows[0]
	r.wanted, r.role = string(row[0]), string(row[1])
	for i, into := range []*int{&r.standbys, &r.hidden, &r.sync} {
		if *into, err = strconv.Atoi(string(row[2+i])); err != nil {
			return r, err
		}
	}
	return r, nil
}

// thenInsist ends a fix for who does not insist on a synchronous standby yet.
const thenInsist = "; evbook serve --require-sync then insists on it"

// diagnose says what becomes of acknowledged bookings when the server is lost.
func (r replication) diagnose() Diagnosis {
	const check = "replication"
	const atFailover = "an acknowledged booking can be lost at failover"
	choose := "synchronous_standby_names = 'ANY 1 (*)', or synchronous_mode of Patroni" + thenInsist
	switch {
	case r.hidden > 0:
		return Diagnosis{check, Doubtful,
			"this role may not see whether a standby is synchronous: it may be that " + atFailover,
			"GRANT pg_read_all_stats TO " + pgx.Identifier{r.role}.Sanitize()}
	case r.wanted == "" && r.standbys == 0:
		return Diagnosis{check, Doubtful,
			"there is no standby: what is acknowledged can be lost with the disk of this server",
			"have a standby with " + choose}
	case r.wanted == "":
		return Diagnosis{check, Doubtful, fmt.Sprintf(
			"none of %d standbys is synchronous: %s", r.standbys, atFailover), "set " + choose}
	case r.sync == 0:
		return Diagnosis{check, Bad, fmt.Sprintf(
			"no synchronous standby streams (wanted is %s): every change waits for one", r.wanted),
			"start the standby again, or take it out of synchronous_standby_names"}
	}
	return Diagnosis{Check: check, State: Good, Detail: fmt.Sprintf("synchronous standbys: %d;"+
		" an acknowledged booking outlives the loss of this server", r.sync)}
}

// requireSync refuses a connection to a server without a synchronous standby that streams.
func requireSync(name string) func(context.Context, *pgconn.PgConn) error {
	return func(ctx context.Context, conn *pgconn.PgConn) error {
		r, err := replicationOf(ctx, conn)
		if err != nil {
			return err
		}
		if d := r.diagnose(); d.State != Good {
			return keptOnce(name, d)
		}
		return nil
	}
}

// keptOnce refuses a server that acknowledges what only it has.
func keptOnce(name string, d Diagnosis) error {
	return booking.Errorf(booking.Unavailable,
		"%s does not keep what is acknowledged on a second server: %s", name, d.Detail).
		WithHint("%s", strings.TrimSuffix(d.Fix, thenInsist))
}

// findStandbys asks, if a group insists on a standby, whether COMMIT is still to wait for one: that
// can be changed while connections are open.
func (l *loader) findStandbys(b *batch) {
	if l.requireSync {
		b.query(func(scan scanner) error { return scan(&l.standbys) },
			`SELECT current_setting('synchronous_standby_names')`)
	}
}

func (s *pgSource) replication(ctx context.Context) (d Diagnosis, err error) {
	err = s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		r, err := replicationOf(ctx, conn.Conn().PgConn())
		d = r.diagnose()
		return err
	})
	return d, err
}

// Replication says whether what is acknowledged outlives the loss of the database's server.
// Errors: Forbidden.
func (s *Store) Replication(ctx context.Context) (Diagnosis, error) {
	if err := s.caller.Scope.OwnerOnly(); err != nil {
		return Diagnosis{}, err
	}
	d, err := s.read.source.replication(ctx)
	return d, s.classify(err)
}
