package storage

import "slices"

// invariant is a rule that must hold at any moment. Its query finds what breaks it: the row of the
// booking concerned, NULL for none, and what is wrong.
type invariant struct {
	check string
	query string
	// lasting rules hold in every schema to come.
	lasting bool
	// since is the number of the first schema that has what the query looks at; 0 for any.
	since int
	// elements is the list in JSON whose elements are {elements} in the query. It is for those who
	// have seen that all JSON can be read, as is what else looks into it.
	elements string
	json     bool
}

// invariants recompute every seat from the bookings and from the journal. The words of the queries
// repeat no code of the rules: they are the second opinion.
var invariants = slices.Concat([]invariant{
	{check: "seats within capacity", lasting: true, query: `
		SELECT NULL, format('event %s: %s held and %s confirmed of %s seats', id, held, confirmed,
			capacity)
		FROM events WHERE held < 0 OR confirmed < 0 OR held + confirmed > capacity`},
	// SQLite drops CHECK constraints on read-only connections: its own check does not see these.
	{check: "values of events", query: `
		SELECT NULL, format('event %s: %s, price %s', id, status, price) FROM events
		WHERE price < 0 OR status NOT IN ('draft', 'open', 'closed', 'cancelled')
			OR ends_at <= starts_at`},
	{check: "values of bookings", query: `
		SELECT id, format('of event %s: %s, seats %s, price %s', event_id, status, quantity,
			unit_price)
		FROM bookings WHERE quantity < 1 OR unit_price < 0
			OR status NOT IN ('held', 'confirmed', 'cancelled', 'released', 'expired', 'waiting',
				'left')`},
	{check: "confirmed seats", lasting: true, query: `
		SELECT NULL, format('event %s: counter says %s, bookings say %s', e.id, e.confirmed,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'confirmed'
		GROUP BY e.id HAVING e.confirmed <> coalesce(sum(b.quantity), 0)`},
	{check: "held seats", lasting: true, query: `
		SELECT NULL, format('event %s: counter says %s, bookings say %s', e.id, e.held,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'held'
		GROUP BY e.id HAVING e.held <> coalesce(sum(b.quantity), 0)`},
	{check: "journal of the event", query: `
		SELECT NULL,
			format('event %s: has %s confirmed, %s held, %s seats; journal says %s, %s, %s', e.id,
			e.confirmed, e.held, e.capacity, coalesce(sum(j.confirmed), 0),
			coalesce(sum(j.held), 0), coalesce(sum(j.capacity), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.confirmed <> coalesce(sum(j.confirmed), 0) OR e.held <> coalesce(sum(j.held), 0)
			OR e.capacity <> coalesce(sum(j.capacity), 0)`},
	{check: "journal without gaps", query: `
		SELECT NULL, format('event %s: version %s, journal has %s entries from %s to %s', e.id,
			e.version, count(j.event_seq), coalesce(min(j.event_seq), 0),
			coalesce(max(j.event_seq), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.version <> count(j.event_seq) OR e.version <> coalesce(max(j.event_seq), 0)
			OR coalesce(min(j.event_seq), 0) <> 1`},
	{check: "status of the event", query: `
		WITH j AS MATERIALIZED (
			SELECT event_id, substr(kind, 7) AS status FROM journal
			WHERE (event_id, event_seq) IN (SELECT event_id, max(event_seq) FROM journal
				WHERE kind IN ('event.opened', 'event.closed', 'event.cancelled')
				GROUP BY event_id))
		SELECT NULL, format('event %s: %s with %s seats taken; journal: %s', e.id, e.status,
			e.held + e.confirmed, coalesce(j.status, 'created'))
		FROM events e LEFT JOIN j ON j.event_id = e.id
		WHERE e.status = 'cancelled' AND e.held + e.confirmed > 0
			OR CASE WHEN e.status = 'open' THEN 'opened' ELSE e.status END <> coalesce(j.status,
				CASE WHEN e.status = 'draft' THEN 'draft' ELSE 'opened' END)`},
	{check: "kinds of journal entries", query: `
		SELECT NULL, format('event %s: entry %s is a %s', event_id, event_seq, kind) FROM journal
		WHERE kind NOT IN ('event.created', 'event.edited', 'event.opened', 'event.closed',
			'event.cancelled', 'event.deleted', 'booking.confirmed', 'booking.reduced',
			'booking.cancelled', 'booking.forgotten', 'booking.held', 'booking.extended',
			'booking.released', 'booking.expired', 'booking.joined', 'booking.offered',
			'booking.left', 'booking.resized', 'booking.moved', 'booking.edited',
			'booking.transferred', 'ticket_type.added', 'ticket_type.edited', 'ticket_type.closed',
			'pool.added', 'pool.edited', 'code.added', 'code.disabled')`},
	{check: "journal of deleted events", query: `
		SELECT NULL,
			format('event %s is gone, but its journal does not end with its deletion', event_id)
		FROM journal WHERE event_id NOT IN (SELECT id FROM events) GROUP BY event_id
		HAVING sum(capacity) <> 0 OR sum(confirmed) <> 0 OR sum(held) <> 0
			OR count(*) FILTER (WHERE kind = 'event.deleted') <> 1 OR count(*) <> max(event_seq)`},
	{check: "journal of the booking", query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, sum(confirmed) AS seats, sum(held) AS held,
				sum(CASE WHEN kind = 'booking.cancelled' THEN 0 ELSE confirmed END) AS booked,
				sum(CASE WHEN kind IN ('booking.released', 'booking.expired', 'booking.confirmed')
					THEN 0 ELSE held END) AS wanted
			FROM journal WHERE booking_id IS NOT NULL GROUP BY booking_id)
		SELECT b.id,
			format('of event %s: %s, seats %s; journal: seats %s, held %s', b.event_id, b.status,
				b.quantity, coalesce(j.seats, 0), coalesce(j.held, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE coalesce(j.seats, 0) <> CASE WHEN b.status = 'confirmed' THEN b.quantity ELSE 0 END
			OR coalesce(j.held, 0) <> CASE WHEN b.status = 'held' THEN b.quantity ELSE 0 END
			OR b.status NOT IN ('waiting', 'left')
				AND coalesce(CASE WHEN b.status IN ('confirmed', 'cancelled') THEN j.booked
					ELSE j.wanted END, 0) <> b.quantity`},
	{check: "steps of the booking", query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, count(*) FILTER (WHERE kind = 'booking.confirmed') AS confirmed,
				count(*) FILTER (WHERE kind = 'booking.cancelled') AS cancelled,
				count(*) FILTER (WHERE kind = 'booking.released') AS released,
				count(*) FILTER (WHERE kind = 'booking.expired') AS expired
			FROM journal WHERE booking_id IS NOT NULL GROUP BY booking_id)
		SELECT b.id,
			format('of event %s: %s; journal: confirmed %s, cancelled %s, released %s, expired %s',
				b.event_id, b.status, coalesce(j.confirmed, 0), coalesce(j.cancelled, 0),
				coalesce(j.released, 0), coalesce(j.expired, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE coalesce(j.confirmed, 0)
				<> CASE WHEN b.status IN ('confirmed', 'cancelled') THEN 1 ELSE 0 END
			OR coalesce(j.cancelled, 0) <> CASE WHEN b.status = 'cancelled' THEN 1 ELSE 0 END
			OR coalesce(j.released, 0) <> CASE WHEN b.status = 'released' THEN 1 ELSE 0 END
			OR coalesce(j.expired, 0) <> CASE WHEN b.status = 'expired' THEN 1 ELSE 0 END`},
	{check: "deadline of the booking", since: lifeSchema, query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, count(*) FILTER (WHERE kind <> 'booking.extended') AS held,
				count(*) FILTER (WHERE kind = 'booking.extended') AS extended
			FROM journal WHERE kind IN ('booking.held', 'booking.offered', 'booking.extended')
			GROUP BY booking_id)
		SELECT b.id,
			format('of event %s: %s, %s, extended %s; journal: held %s, extended %s', b.event_id,
				b.status, CASE WHEN b.expires_at IS NULL THEN 'no deadline' ELSE 'deadline' END,
				b.extensions, coalesce(j.held, 0), coalesce(j.extended, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE coalesce(j.held, 0) <> CASE WHEN b.expires_at IS NOT NULL THEN 1 ELSE 0 END
			OR coalesce(j.extended, 0) <> b.extensions`},
	{check: "journal names the right event", query: `
		SELECT b.id, format('of event %s: entry %s of event %s is about it', b.event_id,
			min(j.event_seq), j.event_id)
		FROM journal j JOIN bookings b ON b.id = j.booking_id WHERE b.event_id <> j.event_id
		GROUP BY b.id, j.event_id
		HAVING count(*) FILTER (WHERE j.kind = 'booking.moved') = 0 OR sum(j.held) <> 0
			OR sum(j.confirmed) <> 0`},
	{check: "idempotency keys", query: `
		SELECT NULL,
			format('a key of %s names neither a booking nor an event that ever was', k.scope)
		FROM idempotency_keys k WHERE k.booking_id IS NULL
			AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.event_id = k.event_id)`},
}, lifeInvariants, tokenInvariants)
