package storage

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// sqlTime is a time in SQL: a number, or the argument that will say it. With an argument the text
// of a statement is always the same, so that it can be kept.
type sqlTime string

// at is a time as a number.
func at(t time.Time) sqlTime { return sqlTime(strconv.FormatInt(micros(t), 10)) }

// lapsedSeats is how many of an event's held seats are those of lapsed holds, in SQL.
func (s *Store) lapsedSeats(now sqlTime) string {
	if s.schema < lifeSchema {
		return "0"
	}
	return fmt.Sprintf(`CASE held WHEN 0 THEN 0 ELSE 
		(SELECT CAST(coalesce(sum(h.quantity), 0) AS BIGINT) FROM bookings h
			WHERE h.event_id = events.id AND h.status = 'held' AND h.expires_at <= %s) END`, now)
}

// availableSeats is [booking.Event.Available] in SQL.
func (s *Store) availableSeats(now sqlTime) string {
	if s.schema < lifeSchema {
		return "(capacity - held - confirmed)"
	}
	return s.dialect.greatest + "(0, capacity - held - confirmed + " + s.lapsedSeats(now) +
		" - CASE code_required WHEN 1 THEN 0 ELSE waiting - " + s.parkedSeats(now) + " END)"
}

// parkedSeats is [booking.Event.parked] in SQL, of events that can be booked without a code.
func (s *Store) parkedSeats(now sqlTime) string {
	return `CASE WHEN planned = 0 OR waiting = 0 THEN 0 ELSE
		(SELECT CAST(coalesce(sum(t.waiting), 0) AS BIGINT) FROM ticket_types t
			WHERE t.event_id = events.id AND (t.closed = 1 OR t.code_required = 1))
		+ (SELECT CAST(coalesce(sum(` + s.dialect.greatest + `(0, ` + dueInPool + ` - ` +
		s.freeInPool(now) + `)), 0) AS BIGINT) FROM pools p WHERE p.event_id = events.id) END`
}

// dueInPool is how many seats of the pool p people on the waitlist are due, in SQL, where the event
// can be booked without a code.
const dueInPool = `(SELECT CAST(coalesce(sum(d.waiting), 0) AS BIGINT) FROM ticket_types d
	WHERE d.event_id = p.event_id AND d.pool_id = p.id AND d.closed = 0 AND d.code_required = 0)`

// freeInPool is how many seats of the pool p nobody has, in SQL: those of lapsed holds are free.
func (s *Store) freeInPool(now sqlTime) string {
	return fmt.Sprintf(`(p.capacity - p.held - p.confirmed + CASE p.held WHEN 0 THEN 0 ELSE
		(SELECT CAST(coalesce(sum(CAST(l.value ->> 'quantity' AS BIGINT)), 0) AS BIGINT)
		FROM bookings h, %s AS l
		WHERE h.event_id = p.event_id AND h.status = 'held' AND h.expires_at <= %s
			AND CAST(l.value ->> 'type' AS BIGINT) IN (SELECT d.id FROM ticket_types d
				WHERE d.event_id = p.event_id AND d.pool_id = p.id)) END)`,
		s.dialect.elementsOf("h.lines"), now)
}

// bookable is [booking.Event.Bookable] in SQL: the condition that so many seats can be booked at a
// time. The first argument is what availableSeats has given.
func (s *Store) bookable(f *filter, available string, seats int, now time.Time) {
	f.where("status = 'open' AND (ends_at IS NULL OR ends_at > ?) AND "+available+" >= ?",
		micros(now), seats)
	if s.schema < lifeSchema {
		return
	}
	inWindow := fmt.Sprintf(`coalesce(sales_open, %d) <= %d AND coalesce(sales_close, %d) > %[2]d`,
		math.MinInt64, micros(now), math.MaxInt64)
	f.where(`code_required = 0 AND max_per_booking NOT BETWEEN 1 AND ? AND `+inWindow, seats-1)
	f.where(`(planned = 0
		OR NOT EXISTS (SELECT 1 FROM ticket_types t WHERE t.event_id = events.id)
		OR EXISTS (SELECT 1 FROM ticket_types t WHERE t.event_id = events.id
			AND closed = 0 AND code_required = 0 AND `+inWindow+`
			AND min_per_booking <= ? AND max_per_booking NOT BETWEEN 1 AND ?
			AND (pool_id IS NULL OR ? <= (SELECT `+s.freeInPool(at(now))+` - `+dueInPool+`
				FROM pools p WHERE p.event_id = t.event_id AND p.id = t.pool_id))))`,
		seats, seats-1, seats)
}
