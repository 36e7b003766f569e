package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// oldestServer is the oldest PostgreSQL that evbook works with, as server_version_num.
	oldestServer = 130_000
	// clockTolerance is how far the clocks of the two machines may be apart.
	clockTolerance = time.Second
)

// server looks at a PostgreSQL database.
func (x *examination) server(ctx context.Context, o Options) {
	name := Masked(o.Address)
	config, err := readAddress(o.Address, o.LockTimeout)
	if x.failed("server", err) {
		return
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if x.failed("server", classify(name, err, postgresError)) {
		return
	}
	defer func() { _ = hangUp(conn) }() // whatever it says: all was asked
	v := &visit{examination: x, conn: conn, name: name}
	standby := v.version(ctx)
	v.clock(ctx)
	v.connections(ctx, config)
	v.disk(ctx)
	if !standby { // what it has of its primary cannot be mended here
		v.checksums(ctx)
		v.standbys(ctx)
	}
	o.ReadOnly = true
	s, err := Open(ctx, o)
	if x.failed("schema", err) {
		return
	}
	defer s.Close()
	x.schema(s.database.schema, "evbook migrate up")
	v.rights(ctx)
	x.seats(ctx, s)
}

// visit is an examination of a server, over a connection of its own.
type visit struct {
	*examination
	conn *pgx.Conn
	name string
}

// ask reads one row, and notes when that fails.
func (v *visit) ask(ctx context.Context, check, query string, into ...any) (ok bool) {
	err := v.conn.QueryRow(ctx, query).Scan(into...)
	return !v.failed(check, classify(v.name, err, postgresError))
}

// version tells which server it is, and gives whether that is a standby.
func (v *visit) version(ctx context.Context) (standby bool) {
	const check = "server"
	at, err := serverOf(ctx, v.conn)
	if v.failed(check, classify(v.name, err, postgresError)) {
		return false
	}
	what := "PostgreSQL " + at.Version
	where := fmt.Sprintf("reached at %s: %s", v.name, at)
	switch {
	case at.number < oldestServer:
		v.note(Diagnosis{check, Bad, what + " is older than 13", "upgrade the server"})
	case at.Standby:
		v.note(Diagnosis{check, Bad, what + ", a standby: nothing can be booked, " + where,
			"name the primary, or all servers of the cluster, in the address"})
	default:
		v.good(check, "%s, %s", what, where)
	}
	return at.Standby
}

// clock compares the clock of the server with that of this machine, in the middle of the question.
func (v *visit) clock(ctx context.Context) {
	const check = "clock"
	var server time.Time
	asked := time.Now()
	if !v.ask(ctx, check, `SELECT clock_timestamp()`, &server) {
		return
	}
	offset, took := aheadOf(server, asked).Round(time.Millisecond), time.Since(asked)
	if offset.Abs()-took > clockTolerance {
		v.note(Diagnosis{check, Doubtful,
			fmt.Sprintf("the server's clock is %s from that of this machine", offset),
			"keep both right (chrony, systemd-timesyncd): holds and sales go by the server's"})
		return
	}
	v.good(check, "%s from that of this machine", offset)
}

// connections tells whether one more server would find room.
func (v *visit) connections(ctx context.Context, config *pgxpool.Config) {
	const check = "connections"
	var most, used int
	if !v.ask(ctx, check, `SELECT current_setting('max_connections')::int
			- current_setting('superuser_reserved_connections')::int,
		(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') - 1`,
		&most, &used) {
		return
	}
	needed := connectionsOf(config)
	detail := fmt.Sprintf("%d of %d are taken, a server of evbook needs %d", used, most, needed)
	if used+needed <= most {
		v.good(check, "%s", detail)
		return
	}
	v.note(Diagnosis{check, Doubtful, detail,
		"raise max_connections, or lower pool_max_conns in the addresses"})
}

// disk tells whether what is acknowledged outlives a power cut.
func (v *visit) disk(ctx context.Context) {
	const check = "disk"
	var fsync, pages, commit string
	if !v.ask(ctx, check, `SELECT current_setting('fsync'), current_setting('full_page_writes'),
		current_setting('synchronous_commit')`, &fsync, &pages, &commit) {
		return
	}
	switch {
	case fsync == "off":
		v.note(Diagnosis{check, Bad,
			"fsync is off: acknowledged bookings, and all others, can be lost in a power cut",
			"fsync = on"})
	case pages == "off":
		v.note(Diagnosis{check, Bad,
			"full_page_writes is off: pages can be damaged in a power cut",
			"full_page_writes = on"})
	case commit == "on", commit == "remote_apply":
		v.good(check, "what is acknowledged outlives a power cut")
	default:
		v.good(check, "what is acknowledged outlives a power cut: synchronous_commit is %s,"+
			" which evbook raises to on for itself", commit)
	}
}

func (v *visit) checksums(ctx context.Context) {
	const check = "checksums"
	var on string
	switch {
	case !v.ask(ctx, check, `SELECT current_setting('data_checksums')`, &on):
	case on == "on":
		v.good(check, "on: a page that is damaged is found when it is read")
	default:
		v.note(Diagnosis{check, Doubtful,
			"off: a page that the disk has damaged is taken for a good one",
			"stop the server, pg_checksums --enable, start it again"})
	}
}

func (v *visit) standbys(ctx context.Context) {
	r, err := replicationOf(ctx, v.conn.PgConn())
	if !v.failed("replication", classify(v.name, err, postgresError)) {
		v.note(r.diagnose())
	}
}

// rights tells whether the role may do what evbook does, and no more.
func (v *visit) rights(ctx context.Context) {
	const check = "rights"
	var role, lacking string
	var changes bool
	if !v.ask(ctx, check, `SELECT current_user, concat_ws(', ',
		(SELECT string_agg(name, ', ')
			FROM unnest('{`+strings.Join(writtenTables(), ",")+`}'::text[]) AS name
			WHERE NOT (has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'INSERT')
				AND has_table_privilege(name, 'UPDATE') AND has_table_privilege(name, 'DELETE'))),
		CASE WHEN NOT has_sequence_privilege('booking_numbers', 'USAGE')
			THEN 'booking_numbers' END),
		has_schema_privilege(current_schema(), 'CREATE')`, &role, &lacking, &changes) {
		return
	}
	role = pgx.Identifier{role}.Sanitize()
	switch {
	case lacking != "":
		v.note(Diagnosis{check, Bad,
			"the role " + role + " may not do all it has to with " + lacking,
			"GRANT it SELECT, INSERT, UPDATE, DELETE on tables, and USAGE on booking_numbers"})
	case changes:
		v.note(Diagnosis{check, Doubtful, "the role " + role + " may change the schema, too",
			"serve with a role that may only read and write rows, and migrate with another one"})
	default:
		v.good(check, "the role %s may read and write rows, and no more", role)
	}
}
