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
}

// invariants recompute every seat from the bookings and from the journal. The words of the queries
// repeat no code of the rules: they are the second opinion.
var invariants = slices.Concat([]invariant{
	{check: "seats within capacity", lasting: true, query: `
		SELECT NULL, format('event %d: %d held and %d confirmed of %d seats', id, held, confirmed,
			capacity)
		FROM events WHERE held < 0 OR confirmed < 0 OR held + confirmed > capacity`},
	// SQLite drops CHECK constraints on read-only connections: its own check does not see these.
	{check: "values of events", query: `
		SELECT NULL, format('event %d: %s, price %d', id, status, price) FROM events
		WHERE price < 0 OR status NOT IN ('draft', 'open', 'closed', 'cancelled')
			OR ends_at <= starts_at`},
	{check: "values of bookings", query: `
		SELECT id, format('of event %d: %s, seats %d, price %d', event_id, status, quantity,
			unit_price)
		FROM bookings WHERE quantity < 1 OR unit_price < 0
			OR status NOT IN ('held', 'confirmed', 'cancelled', 'released', 'expired', 'waiting',
				'left')`},
	{check: "confirmed seats", lasting: true, query: `
		SELECT NULL, format('event %d: counter says %d, bookings say %d', e.id, e.confirmed,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'confirmed'
		GROUP BY e.id HAVING e.confirmed <> coalesce(sum(b.quantity), 0)`},
	{check: "held seats", lasting: true, query: `
		SELECT NULL, format('event %d: counter says %d, bookings say %d', e.id, e.held,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'held'
		GROUP BY e.id HAVING e.held <> coalesce(sum(b.quantity), 0)`},
	{check: "journal of the event", query: `
		SELECT NULL,
			format('event %d: has %d confirmed, %d held, %d seats; journal says %d, %d, %d', e.id,
			e.confirmed, e.held, e.capacity, coalesce(sum(j.confirmed), 0),
			coalesce(sum(j.held), 0), coalesce(sum(j.capacity), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.confirmed <> coalesce(sum(j.confirmed), 0) OR e.held <> coalesce(sum(j.held), 0)
			OR e.capacity <> coalesce(sum(j.capacity), 0)`},
	{check: "journal without gaps", query: `
		SELECT NULL, format('event %d: version %d, journal has %d entries from %d to %d', e.id,
			e.version, count(j.event_seq), coalesce(min(j.event_seq), 0),
			coalesce(max(j.event_seq), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.version <> count(j.event_seq) OR e.version <> coalesce(max(j.event_seq), 0)
			OR coalesce(min(j.event_seq), 0) <> 1`},
	{check: "status of the event", query: `
		WITH j AS MATERIALIZED (
			SELECT event_id, substr(kind, 7) AS status, max(event_seq) FROM journal
			WHERE kind IN ('event.opened', 'event.closed', 'event.cancelled') GROUP BY event_id)
		SELECT NULL, format('event %d: %s with %d seats taken; journal: %s', e.id, e.status,
			e.held + e.confirmed, coalesce(j.status, 'created'))
		FROM events e LEFT JOIN j ON j.event_id = e.id
		WHERE e.status = 'cancelled' AND e.held + e.confirmed > 0
			OR iif(e.status = 'open', 'opened', e.status) <> coalesce(j.status,
				iif(e.status = 'draft', 'draft', 'opened'))`},
	{check: "kinds of journal entries", query: `
		SELECT NULL, format('event %d: entry %d is a %s', event_id, event_seq, kind) FROM journal
		WHERE kind NOT IN ('event.created', 'event.edited', 'event.opened', 'event.closed',
			'event.cancelled', 'event.deleted', 'booking.confirmed', 'booking.reduced',
			'booking.cancelled', 'booking.forgotten', 'booking.held', 'booking.extended',
			'booking.released', 'booking.expired', 'booking.joined', 'booking.offered',
			'booking.left', 'booking.resized', 'booking.moved', 'booking.edited',
			'booking.transferred', 'ticket_type.added', 'ticket_type.edited', 'ticket_type.closed',
			'pool.added', 'pool.edited', 'code.added', 'code.disabled')`},
	{check: "journal of deleted events", query: `
		SELECT NULL,
			format('event %d is gone, but its journal does not end with its deletion', event_id)
		FROM journal WHERE event_id NOT IN (SELECT id FROM events) GROUP BY event_id
		HAVING sum(capacity) <> 0 OR sum(confirmed) <> 0 OR sum(held) <> 0
			OR sum(kind = 'event.deleted') <> 1 OR count(*) <> max(event_seq)`},
	{check: "journal of the booking", query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, sum(confirmed) AS seats, sum(held) AS held,
				sum(iif(kind = 'booking.cancelled', 0, confirmed)) AS booked,
				sum(iif(kind IN ('booking.released', 'booking.expired', 'booking.confirmed'), 0,
					held)) AS wanted
			FROM journal WHERE booking_id IS NOT NULL GROUP BY booking_id)
		SELECT b.id,
			format('of event %d: %s, seats %d; journal: seats %d, held %d', b.event_id, b.status,
				b.quantity, coalesce(j.seats, 0), coalesce(j.held, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE coalesce(j.seats, 0) <> iif(b.status = 'confirmed', b.quantity, 0)
			OR coalesce(j.held, 0) <> iif(b.status = 'held', b.quantity, 0)
			OR b.status NOT IN ('waiting', 'left')
				AND coalesce(iif(b.status IN ('confirmed', 'cancelled'), j.booked, j.wanted), 0)
					<> b.quantity`},
	{check: "steps of the booking", query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, sum(kind = 'booking.confirmed') AS confirmed,
				sum(kind = 'booking.cancelled') AS cancelled,
				sum(kind = 'booking.released') AS released,
				sum(kind = 'booking.expired') AS expired
			FROM journal WHERE booking_id IS NOT NULL GROUP BY booking_id)
		SELECT b.id,
			format('of event %d: %s; journal: confirmed %d, cancelled %d, released %d, expired %d',
				b.event_id, b.status, coalesce(j.confirmed, 0), coalesce(j.cancelled, 0),
				coalesce(j.released, 0), coalesce(j.expired, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE coalesce(j.confirmed, 0) <> (b.status IN ('confirmed', 'cancelled'))
			OR coalesce(j.cancelled, 0) <> (b.status = 'cancelled')
			OR coalesce(j.released, 0) <> (b.status = 'released')
			OR coalesce(j.expired, 0) <> (b.status = 'expired')`},
	{check: "deadline of the booking", since: lifeSchema, query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, sum(kind <> 'booking.extended') AS held,
				sum(kind = 'booking.extended') AS extended
			FROM journal WHERE kind IN ('booking.held', 'booking.offered', 'booking.extended')
			GROUP BY booking_id)
		SELECT b.id,
			format('of event %d: %s, %s, extended %d; journal: held %d, extended %d', b.event_id,
				b.status, iif(b.expires_at IS NULL, 'no deadline', 'deadline'), b.extensions,
				coalesce(j.held, 0), coalesce(j.extended, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE coalesce(j.held, 0) <> (b.expires_at IS NOT NULL)
			OR coalesce(j.extended, 0) <> b.extensions`},
	{check: "journal names the right event", query: `
		SELECT b.id, format('of event %d: entry %d of event %d is about it', b.event_id,
			min(j.event_seq), j.event_id)
		FROM journal j JOIN bookings b ON b.id = j.booking_id WHERE b.event_id <> j.event_id
		GROUP BY b.id, j.event_id
		HAVING sum(j.kind = 'booking.moved') = 0 OR sum(j.held) <> 0 OR sum(j.confirmed) <> 0`},
	{check: "answers of idempotency keys", query: `
		SELECT NULL, format('an answer of %s cannot be read', scope) FROM idempotency_keys
		WHERE NOT json_valid(answer)`},
	{check: "idempotency keys", query: `
		SELECT NULL,
			format('a key of %s names neither a booking nor an event that ever was', k.scope)
		FROM idempotency_keys k WHERE k.booking_id IS NULL
			AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.event_id = k.event_id)`},
}, lifeInvariants, tokenInvariants)
