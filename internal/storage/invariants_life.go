package storage

// lifeInvariants are about what there is since [lifeSchema]: the waitlist, ticket types, pools and
// access codes.
var lifeInvariants = []invariant{
	{check: "values of the sale", since: lifeSchema, query: `
		SELECT NULL, format('event %s: %s waiting, waitlist %s, limits %s and %s', id, waiting,
			waitlist, max_per_booking, max_per_customer)
		FROM events WHERE waiting < 0 OR waitlist NOT IN ('strict', 'skip') OR offer_ttl <= 0
			OR max_per_booking < 0 OR max_per_customer < 0 OR sales_close <= sales_open`},
	{check: "seats for which people wait", since: lifeSchema, query: `
		SELECT NULL, format('event %s: counter says %s, waitlist says %s', e.id, e.waiting,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'waiting'
		GROUP BY e.id HAVING e.waiting <> coalesce(sum(b.quantity), 0)`},
	{check: "journal of the waitlist", since: lifeSchema, query: `
		SELECT NULL, format('event %s: %s waiting, journal says %s', e.id, e.waiting,
			coalesce(sum(j.waiting), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.waiting <> coalesce(sum(j.waiting), 0)`},
	// In another event than that of its waitlist, a booking is like any other.
	{check: "steps of the entry", since: lifeSchema, json: true, query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, count(*) FILTER (WHERE kind = 'booking.joined') AS joined,
				count(*) FILTER (WHERE kind = 'booking.offered') AS offered,
				count(*) FILTER (WHERE kind = 'booking.left') AS gone,
				count(*) FILTER (WHERE kind = 'booking.transferred') AS issue,
				sum(waiting) AS waiting,
				sum(CASE WHEN waiting > 0 THEN waiting ELSE 0 END) AS asked,
				count(*) FILTER (WHERE kind = 'booking.moved' AND event_id
					<> CAST(json(nullif(detail, '')) ->> 'event' AS BIGINT)) AS moved
			FROM journal WHERE kind IN ('booking.joined', 'booking.offered', 'booking.left',
				'booking.transferred', 'booking.moved')
			GROUP BY booking_id)
		SELECT b.id,
			format('of event %s: %s, seats %s, %s, transferred %s; journal: joined %s, offered %s, '
				|| 'left %s, transferred %s, waiting for %s of %s', b.event_id, b.status,
				b.quantity,
				CASE WHEN b.offered_at IS NULL THEN 'never offered' ELSE 'offered' END, b.issue,
				coalesce(j.joined, 0), coalesce(j.offered, 0), coalesce(j.gone, 0),
				coalesce(j.issue, 0), coalesce(j.waiting, 0), coalesce(j.asked, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE CASE WHEN j.moved > 0 THEN 0 ELSE coalesce(j.joined, 0) END
				<> CASE WHEN b.status IN ('waiting', 'left') OR b.offered_at IS NOT NULL
					THEN 1 ELSE 0 END
			OR CASE WHEN j.moved > 0 THEN 0 ELSE coalesce(j.offered, 0) END
				<> CASE WHEN b.offered_at IS NOT NULL THEN 1 ELSE 0 END
			OR coalesce(j.gone, 0) <> CASE WHEN b.status = 'left' THEN 1 ELSE 0 END
			OR coalesce(j.issue, 0) <> b.issue
			OR coalesce(j.waiting, 0) <> CASE WHEN b.status = 'waiting' THEN b.quantity ELSE 0 END
			OR b.status IN ('waiting', 'left') AND coalesce(j.asked, 0) <> b.quantity`},
	// Seats that were booked before the event had types are of type 0.
	{check: "lines of the booking", since: lifeSchema, elements: "b.lines", query: `
		SELECT b.id, format('of event %s: seats %s, lines %s', b.event_id, b.quantity, b.lines)
		FROM bookings b WHERE b.lines IS NOT NULL AND (b.quantity <>
				(SELECT sum(CAST(l.value ->> 'quantity' AS BIGINT)) FROM {elements} l)
			OR EXISTS (SELECT 1 FROM {elements} l
				WHERE CAST(l.value ->> 'type' AS BIGINT) <> 0 AND NOT EXISTS (
				SELECT 1 FROM ticket_types t WHERE t.event_id = b.event_id
					AND t.id = CAST(l.value ->> 'type' AS BIGINT))))`},
	{check: "seats of ticket types", since: lifeSchema, elements: "b.lines", query: `
		WITH n AS (
			SELECT b.event_id, b.status, CAST(l.value ->> 'type' AS BIGINT) AS number,
				CAST(l.value ->> 'quantity' AS BIGINT) AS seats
			FROM bookings b, {elements} l WHERE b.lines IS NOT NULL),
		s AS MATERIALIZED (
			SELECT event_id, number, sum(CASE WHEN status = 'held' THEN seats ELSE 0 END) AS held,
				sum(CASE WHEN status = 'confirmed' THEN seats ELSE 0 END) AS confirmed,
				sum(CASE WHEN status = 'waiting' THEN seats ELSE 0 END) AS waiting
			FROM n GROUP BY event_id, number)
		SELECT NULL, format('type %s of event %s: counters say %s held, %s confirmed, %s waiting; '
				|| 'bookings say %s, %s, %s', t.name, t.event_id, t.held, t.confirmed, t.waiting,
				coalesce(s.held, 0), coalesce(s.confirmed, 0), coalesce(s.waiting, 0))
		FROM ticket_types t LEFT JOIN s ON s.event_id = t.event_id AND s.number = t.id
		WHERE t.held <> coalesce(s.held, 0) OR t.confirmed <> coalesce(s.confirmed, 0)
			OR t.waiting <> coalesce(s.waiting, 0)`},
	{check: "journal of ticket types", since: lifeSchema,
		elements: "(json(nullif(j.detail, '')) -> 'types')", query: `
		WITH s AS MATERIALIZED (
			SELECT j.event_id, CAST(d.value ->> 'type' AS BIGINT) AS number,
				sum(coalesce(CAST(d.value ->> 'held' AS BIGINT), 0)) AS held,
				sum(coalesce(CAST(d.value ->> 'confirmed' AS BIGINT), 0)) AS confirmed,
				sum(coalesce(CAST(d.value ->> 'waiting' AS BIGINT), 0)) AS waiting
			FROM journal j, {elements} d WHERE j.detail <> ''
			GROUP BY j.event_id, CAST(d.value ->> 'type' AS BIGINT))
		SELECT NULL, format('type %s of event %s: counters say %s held, %s confirmed, %s waiting; '
				|| 'journal says %s, %s, %s', t.name, t.event_id, t.held, t.confirmed, t.waiting,
				coalesce(s.held, 0), coalesce(s.confirmed, 0), coalesce(s.waiting, 0))
		FROM ticket_types t LEFT JOIN s ON s.event_id = t.event_id AND s.number = t.id
		WHERE t.held <> coalesce(s.held, 0) OR t.confirmed <> coalesce(s.confirmed, 0)
			OR t.waiting <> coalesce(s.waiting, 0)`},
	{check: "seats of pools", since: lifeSchema, query: `
		SELECT NULL, format('pool %s of event %s: %s held, %s confirmed of %s, %s waiting; its '
				|| 'ticket types say %s, %s, %s', p.name, p.event_id, p.held, p.confirmed,
				p.capacity, p.waiting, coalesce(sum(t.held), 0), coalesce(sum(t.confirmed), 0),
				coalesce(sum(t.waiting), 0))
		FROM pools p LEFT JOIN ticket_types t ON t.event_id = p.event_id AND t.pool_id = p.id
		GROUP BY p.event_id, p.id
		HAVING p.held <> coalesce(sum(t.held), 0) OR p.confirmed <> coalesce(sum(t.confirmed), 0)
			OR p.waiting <> coalesce(sum(t.waiting), 0)
			OR p.held < 0 OR p.confirmed < 0 OR p.held + p.confirmed > p.capacity`},
	{check: "uses of access codes", since: lifeSchema, json: true, query: `
		WITH b AS MATERIALIZED (
			SELECT event_id, code, sum(CASE WHEN status = 'held' THEN quantity ELSE 0 END) AS held,
				sum(CASE WHEN status = 'confirmed' THEN quantity ELSE 0 END) AS confirmed
			FROM bookings WHERE code IS NOT NULL GROUP BY event_id, code),
		j AS MATERIALIZED (
			SELECT event_id, json(nullif(detail, '')) ->> 'code' AS code, sum(held) AS held,
				sum(confirmed) AS confirmed
			FROM journal WHERE detail <> '' GROUP BY event_id, code)
		SELECT NULL, format('code %s of event %s: counters say %s held, %s confirmed of %s; '
				|| 'bookings say %s, %s; journal says %s, %s', c.code, c.event_id, c.held,
				c.confirmed, c.uses, coalesce(b.held, 0), coalesce(b.confirmed, 0),
				coalesce(j.held, 0), coalesce(j.confirmed, 0))
		FROM codes c LEFT JOIN b ON b.event_id = c.event_id AND b.code = c.code
			LEFT JOIN j ON j.event_id = c.event_id AND j.code = c.code
		WHERE c.held <> coalesce(b.held, 0) OR c.confirmed <> coalesce(b.confirmed, 0)
			OR c.held <> coalesce(j.held, 0) OR c.confirmed <> coalesce(j.confirmed, 0)
			OR c.held < 0 OR c.confirmed < 0 OR c.held + c.confirmed > c.uses`},
	{check: "codes of bookings", since: lifeSchema, query: `
		SELECT b.id, format('of event %s: there is no code %s', b.event_id, b.code)
		FROM bookings b WHERE b.code IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM codes c WHERE c.event_id = b.event_id AND c.code = b.code)`},
	{check: "events with ticket types, pools or codes", since: lifeSchema, query: `
		SELECT NULL, format('event %s: has some, but is not marked so', id) FROM events
		WHERE planned = 0 AND (EXISTS (SELECT 1 FROM ticket_types t WHERE t.event_id = events.id)
			OR EXISTS (SELECT 1 FROM pools p WHERE p.event_id = events.id)
			OR EXISTS (SELECT 1 FROM codes c WHERE c.event_id = events.id))`},
	{check: "customers that are counted", since: lifeSchema, query: `
		SELECT b.id, format('of event %s: does not count for its customer', b.event_id)
		FROM events e JOIN bookings b ON b.event_id = e.id
		WHERE b.limited = 0 AND (b.status = 'waiting'
			OR e.max_per_customer > 0 AND b.status IN ('held', 'confirmed'))`},
}
