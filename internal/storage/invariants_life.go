package storage

// lifeInvariants are about what there is since [lifeSchema]: the waitlist, ticket types, pools and
// access codes.
var lifeInvariants = []invariant{
	{check: "values of the sale", since: lifeSchema, query: `
		SELECT NULL, format('event %d: %d waiting, waitlist %s, limits %d and %d', id, waiting,
			waitlist, max_per_booking, max_per_customer)
		FROM events WHERE waiting < 0 OR waitlist NOT IN ('strict', 'skip') OR offer_ttl <= 0
			OR max_per_booking < 0 OR max_per_customer < 0 OR sales_close <= sales_open`},
	{check: "seats for which people wait", since: lifeSchema, query: `
		SELECT NULL, format('event %d: counter says %d, waitlist says %d', e.id, e.waiting,
			coalesce(sum(b.quantity), 0))
		FROM events e LEFT JOIN bookings b ON b.event_id = e.id AND b.status = 'waiting'
		GROUP BY e.id HAVING e.waiting <> coalesce(sum(b.quantity), 0)`},
	{check: "journal of the waitlist", since: lifeSchema, query: `
		SELECT NULL, format('event %d: %d waiting, journal says %d', e.id, e.waiting,
			coalesce(sum(j.waiting), 0))
		FROM events e LEFT JOIN journal j ON j.event_id = e.id GROUP BY e.id
		HAVING e.waiting <> coalesce(sum(j.waiting), 0)`},
	// In another event than that of its waitlist, a booking is like any other.
	{check: "steps of the entry", since: lifeSchema, query: `
		WITH j AS MATERIALIZED (
			SELECT booking_id, sum(kind = 'booking.joined') AS joined,
				sum(kind = 'booking.offered') AS offered, sum(kind = 'booking.left') AS left,
				sum(kind = 'booking.transferred') AS issue, sum(waiting) AS waiting,
				sum(max(waiting, 0)) AS asked,
				sum(iif(kind = 'booking.moved', json_extract(detail, '$.event') <> event_id, 0))
					AS moved
			FROM journal WHERE kind IN ('booking.joined', 'booking.offered', 'booking.left',
				'booking.transferred', 'booking.moved')
			GROUP BY booking_id)
		SELECT b.id,
			format('of event %d: %s, seats %d, %s, transferred %d; journal: joined %d, offered %d, '
				|| 'left %d, transferred %d, waiting for %d of %d', b.event_id, b.status,
				b.quantity, iif(b.offered_at IS NULL, 'never offered', 'offered'), b.issue,
				coalesce(j.joined, 0), coalesce(j.offered, 0), coalesce(j.left, 0),
				coalesce(j.issue, 0), coalesce(j.waiting, 0), coalesce(j.asked, 0))
		FROM bookings b LEFT JOIN j ON j.booking_id = b.id
		WHERE iif(j.moved > 0, 0, coalesce(j.joined, 0))
				<> (b.status IN ('waiting', 'left') OR b.offered_at IS NOT NULL)
			OR iif(j.moved > 0, 0, coalesce(j.offered, 0)) <> (b.offered_at IS NOT NULL)
			OR coalesce(j.left, 0) <> (b.status = 'left')
			OR coalesce(j.issue, 0) <> b.issue
			OR coalesce(j.waiting, 0) <> iif(b.status = 'waiting', b.quantity, 0)
			OR b.status IN ('waiting', 'left') AND coalesce(j.asked, 0) <> b.quantity`},
	// Seats that were booked before the event had types are of type 0.
	{check: "lines of the booking", since: lifeSchema, query: `
		SELECT b.id, format('of event %d: seats %d, lines %s', b.event_id, b.quantity, b.lines)
		FROM bookings b WHERE b.lines IS NOT NULL AND (NOT json_valid(b.lines)
			OR b.quantity <> (SELECT sum(json_extract(l.value, '$.quantity'))
				FROM json_each(b.lines) l)
			OR EXISTS (SELECT 1 FROM json_each(b.lines) l
				WHERE json_extract(l.value, '$.type') <> 0 AND NOT EXISTS (
				SELECT 1 FROM ticket_types t WHERE t.event_id = b.event_id
					AND t.id = json_extract(l.value, '$.type'))))`},
	{check: "seats of ticket types", since: lifeSchema, query: `
		WITH s AS MATERIALIZED (
			SELECT b.event_id, json_extract(l.value, '$.type') AS number,
				sum(iif(b.status = 'held', json_extract(l.value, '$.quantity'), 0)) AS held,
				sum(iif(b.status = 'confirmed', json_extract(l.value, '$.quantity'), 0))
					AS confirmed,
				sum(iif(b.status = 'waiting', json_extract(l.value, '$.quantity'), 0)) AS waiting
			FROM bookings b, json_each(b.lines) l WHERE b.lines IS NOT NULL
			GROUP BY b.event_id, json_extract(l.value, '$.type'))
		SELECT NULL, format('type %s of event %d: counters say %d held, %d confirmed, %d waiting; '
				|| 'bookings say %d, %d, %d', t.name, t.event_id, t.held, t.confirmed, t.waiting,
				coalesce(s.held, 0), coalesce(s.confirmed, 0), coalesce(s.waiting, 0))
		FROM ticket_types t LEFT JOIN s ON s.event_id = t.event_id AND s.number = t.id
		WHERE t.held <> coalesce(s.held, 0) OR t.confirmed <> coalesce(s.confirmed, 0)
			OR t.waiting <> coalesce(s.waiting, 0)`},
	{check: "journal of ticket types", since: lifeSchema, query: `
		WITH s AS MATERIALIZED (
			SELECT j.event_id, json_extract(d.value, '$.type') AS number,
				sum(coalesce(json_extract(d.value, '$.held'), 0)) AS held,
				sum(coalesce(json_extract(d.value, '$.confirmed'), 0)) AS confirmed,
				sum(coalesce(json_extract(d.value, '$.waiting'), 0)) AS waiting
			FROM journal j, json_each(j.detail, '$.types') d WHERE j.detail <> ''
			GROUP BY j.event_id, json_extract(d.value, '$.type'))
		SELECT NULL, format('type %s of event %d: counters say %d held, %d confirmed, %d waiting; '
				|| 'journal says %d, %d, %d', t.name, t.event_id, t.held, t.confirmed, t.waiting,
				coalesce(s.held, 0), coalesce(s.confirmed, 0), coalesce(s.waiting, 0))
		FROM ticket_types t LEFT JOIN s ON s.event_id = t.event_id AND s.number = t.id
		WHERE t.held <> coalesce(s.held, 0) OR t.confirmed <> coalesce(s.confirmed, 0)
			OR t.waiting <> coalesce(s.waiting, 0)`},
	{check: "seats of pools", since: lifeSchema, query: `
		SELECT NULL, format('pool %s of event %d: %d held, %d confirmed of %d, %d waiting; its '
				|| 'ticket types say %d, %d, %d', p.name, p.event_id, p.held, p.confirmed,
				p.capacity, p.waiting, coalesce(sum(t.held), 0), coalesce(sum(t.confirmed), 0),
				coalesce(sum(t.waiting), 0))
		FROM pools p LEFT JOIN ticket_types t ON t.event_id = p.event_id AND t.pool_id = p.id
		GROUP BY p.event_id, p.id
		HAVING p.held <> coalesce(sum(t.held), 0) OR p.confirmed <> coalesce(sum(t.confirmed), 0)
			OR p.waiting <> coalesce(sum(t.waiting), 0)
			OR p.held < 0 OR p.confirmed < 0 OR p.held + p.confirmed > p.capacity`},
	{check: "uses of access codes", since: lifeSchema, query: `
		WITH b AS MATERIALIZED (
			SELECT event_id, code, sum(iif(status = 'held', quantity, 0)) AS held,
				sum(iif(status = 'confirmed', quantity, 0)) AS confirmed
			FROM bookings WHERE code IS NOT NULL GROUP BY event_id, code),
		j AS MATERIALIZED (
			SELECT event_id, json_extract(detail, '$.code') AS code, sum(held) AS held,
				sum(confirmed) AS confirmed
			FROM journal WHERE detail <> '' GROUP BY event_id, code)
		SELECT NULL, format('code %s of event %d: counters say %d held, %d confirmed of %d; '
				|| 'bookings say %d, %d; journal says %d, %d', c.code, c.event_id, c.held,
				c.confirmed, c.uses, coalesce(b.held, 0), coalesce(b.confirmed, 0),
				coalesce(j.held, 0), coalesce(j.confirmed, 0))
		FROM codes c LEFT JOIN b ON b.event_id = c.event_id AND b.code = c.code
			LEFT JOIN j ON j.event_id = c.event_id AND j.code = c.code
		WHERE c.held <> coalesce(b.held, 0) OR c.confirmed <> coalesce(b.confirmed, 0)
			OR c.held <> coalesce(j.held, 0) OR c.confirmed <> coalesce(j.confirmed, 0)
			OR c.held < 0 OR c.confirmed < 0 OR c.held + c.confirmed > c.uses`},
	{check: "codes of bookings", since: lifeSchema, query: `
		SELECT b.id, format('of event %d: there is no code %s', b.event_id, b.code)
		FROM bookings b WHERE b.code IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM codes c WHERE c.event_id = b.event_id AND c.code = b.code)`},
	{check: "events with ticket types, pools or codes", since: lifeSchema, query: `
		SELECT NULL, format('event %d: has some, but is not marked so', id) FROM events
		WHERE planned = 0 AND (EXISTS (SELECT 1 FROM ticket_types t WHERE t.event_id = events.id)
			OR EXISTS (SELECT 1 FROM pools p WHERE p.event_id = events.id)
			OR EXISTS (SELECT 1 FROM codes c WHERE c.event_id = events.id))`},
	{check: "customers that are counted", since: lifeSchema, query: `
		SELECT b.id, format('of event %d: does not count for its customer', b.event_id)
		FROM events e JOIN bookings b ON b.event_id = e.id
		WHERE b.limited = 0 AND (b.status = 'waiting'
			OR e.max_per_customer > 0 AND b.status IN ('held', 'confirmed'))`},
}
