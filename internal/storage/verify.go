package storage

import (
	"context"
	"database/sql"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"
)

// maxFindings bounds a report; one broken page can break thousands of rows.
const maxFindings = 100

// Report is what a verification found.
type Report struct {
	// Events, Bookings and Entries (of the journal) say how much was looked at.
	Events, Bookings, Entries int
	// Findings is empty when all is sound. It holds at most a hundred.
	Findings []Finding
}

// Finding is one thing that must not be.
type Finding struct {
	// Check names the rule that is broken.
	Check string
	// Detail names the event or booking, with the numbers that differ.
	Detail string
}

// invariant is a rule that must hold at any moment. Its query finds what breaks it: the row of the
// booking concerned, NULL for none, and what is wrong.
type invariant struct {
	check string
	query string
}

// invariants recompute every seat from the bookings and from the journal. The words of the queries
// repeat no code of the rules: they are the second opinion.
var invariants = []invariant{
	{"seats within capacity", `
		SELECT NULL, format('event %d: %d held and %d confirmed of %d seats', id, held, confirmed,
			capacity)
		FROM events WHERE held < 0 OR confirmed < 0 OR held + confirmed > capacity`},
	// SQLite drops CHECK constraints on read-only connections: its own check does not see these.
	{"values of events", `
		SELECT NULL, format('event %d: %s, price %d', id, status, price) FROM events
		WHERE price < 0 OR status NOT IN ('draft', 'open', 'closed', 'cancelled')`},
	{"values of bookings", `
		SELECT id, format('of event %d: %s, seats %d, price %d', event_id, status, quantity,
			unit_price)
		FROM bookings WHERE quantity < 1 OR unit_price < 0
			OR status NOT IN ('held', 'confirmed', 'cancelled', 'released', 'expired')`},
	{"confirmed seats", `
		SELECT NULL, format('event %d: counter says %d, bookings say %d', e.id, e.confirmed,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'confirmed'
		GROUP BY e.id HAVING e.confirmed <> coalesce(sum(b.quantity), 0)`},
	{"held seats", `
		SELECT NULL, format('event %d: counter says %d, bookings say %d', e.id, e.held,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'held'
		GROUP BY e.id HAVING e.held <> coalesce(sum(b.quantity), 0)`},
	{"journal of the event", `
		SELECT NULL,
			format('event %d: has %d confirmed, %d held, %d seats; journal says %d, %d, %d', e.id,
			e.confirmed, e.held, e.capacity, coalesce(sum(j.confirmed), 0),
			coalesce(sum(j.held), 0), coalesce(sum(j.capacity), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.confirmed <> coalesce(sum(j.confirmed), 0) OR e.held <> coalesce(sum(j.held), 0)
			OR e.capacity <> coalesce(sum(j.capacity), 0)`},
	{"journal without gaps", `
		SELECT NULL, format('event %d: version %d, journal has %d entries up to %d', e.id,
			e.version, count(j.event_seq), coalesce(max(j.event_seq), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.version <> count(j.event_seq) OR e.version <> coalesce(max(j.event_seq), 0)`},
	{"journal of deleted events", `
		SELECT NULL,
			format('event %d is gone, but its journal does not end with its deletion', event_id)
		FROM journal WHERE event_id NOT IN (SELECT id FROM events) GROUP BY event_id
		HAVING sum(capacity) <> 0 OR sum(confirmed) <> 0 OR sum(held) <> 0
			OR sum(kind = 'event.deleted') <> 1`},
	{"journal of the booking", `
		WITH j AS MATERIALIZED (
			SELECT booking_id, sum(confirmed) AS seats, sum(kind = 'booking.confirmed') AS made,
				sum(kind = 'booking.cancelled') AS ended
			FROM journal WHERE booking_id IS NOT NULL GROUP BY booking_id)
		SELECT b.id,
			format('of event %d: %s, seats %d; journal: seats %d, made %d, cancelled %d',
				b.event_id, b.status, b.quantity, coalesce(j.seats, 0), coalesce(j.made, 0),
			coalesce(j.ended, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE coalesce(j.seats, 0) <> iif(b.status = 'confirmed', b.quantity, 0)
			OR coalesce(j.made, 0) <> 1 OR coalesce(j.ended, 0) <> (b.status = 'cancelled')`},
	{"journal names the right event", `
		SELECT b.id, format('of event %d: entry %d of event %d is about it', b.event_id,
			j.event_seq, j.event_id)
		FROM journal j JOIN bookings b ON b.id = j.booking_id WHERE b.event_id <> j.event_id`},
	{"idempotency keys", `
		SELECT NULL,
			format('a key of %s names neither a booking nor an event that ever was', k.scope)
		FROM idempotency_keys k WHERE k.booking_id IS NULL
			AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.event_id = k.event_id)`},
}

// Verify checks the database from the outside: SQLite's own integrity check, the foreign keys, and
// every seat, recomputed from the bookings and from the journal. It looks at one moment, while
// others go on booking. What it finds is in the report; an error means that it could not look.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	report, err := s.verify(ctx)
	return report, classify(s.path, err)
}

func (s *Store) verify(ctx context.Context) (Report, error) {
	conn, err := s.read.db.Conn(ctx)
	if err != nil {
		return Report{}, err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Report{}, err
	}
	defer tx.Rollback()
	v := verification{ctx: ctx, tx: tx, refs: s.refs}
	v.integrity()
	v.foreignKeys()
	for _, i := range invariants {
		v.collect(i.check, i.query)
	}
	v.count(&v.report.Events, `SELECT count(*) FROM events`)
	v.count(&v.report.Bookings, `SELECT count(*) FROM bookings`)
	v.count(&v.report.Entries, `SELECT count(*) FROM journal`)
	if sqliteCode(v.err) == sqlite3.SQLITE_CORRUPT { // a find, and the end of looking
		v.note("integrity of the file", v.err.Error())
		v.err = nil
	}
	return v.report, v.err
}

// verification is a verification under way. The first error ends it.
type verification struct {
	ctx    context.Context // of the one call that this value lives for
	tx     *sql.Tx
	refs   *permutation
	report Report
	err    error
}

// each calls found for every row of a query.
func (v *verification) each(query string, found func(scanner) error) {
	if v.err != nil {
		return
	}
	rows, err := v.tx.QueryContext(v.ctx, query)
	if err != nil {
		v.err = err
		return
	}
	defer rows.Close()
	for rows.Next() && v.err == nil {
		v.err = found(rows.Scan)
	}
	if v.err == nil {
		v.err = rows.Err()
	}
}

// collect notes what breaks an invariant. Bookings are named by their references: row numbers stay
// in here.
func (v *verification) collect(check, query string) {
	v.each(query, func(scan scanner) error {
		var row sql.NullInt64
		var detail string
		if err := scan(&row, &detail); err != nil {
			return err
		}
		if row.Valid {
			detail = fmt.Sprintf("booking %s %s", v.refs.reference(row.Int64), detail)
		}
		v.note(check, detail)
		return nil
	})
}

func (v *verification) note(check, detail string) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, Finding{check, detail})
	}
}

func (v *verification) integrity() {
	v.each(`PRAGMA integrity_check`, func(scan scanner) error {
		var line string
		err := scan(&line)
		if line != "ok" {
			v.note("integrity of the file", line)
		}
		return err
	})
}

func (v *verification) foreignKeys() {
	v.each(`PRAGMA foreign_key_check`, func(scan scanner) error {
		var table, parent string
		var row, index sql.NullInt64
		err := scan(&table, &row, &parent, &index)
		v.note("foreign keys", fmt.Sprintf("row %d of %s points to nothing in %s", row.Int64,
			table, parent))
		return err
	})
}

func (v *verification) count(into *int, query string) {
	v.each(query, func(scan scanner) error { return scan(into) })
}
