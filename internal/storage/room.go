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
	return fmt.Sprintf(`CASE held WHEN 0 THEN 0 ELSE (SELECT coalesce(sum(h.quantity), 0)
		FROM bookings h WHERE h.event_id = events.id AND h.status = 'held' AND h.expires_at <= %s)
		END`, now)
}

// availableSeats is [booking.Event.Available] in SQL.
func (s *Store) availableSeats(now sqlTime) string {
	if s.schema < lifeSchema {
		return "(capacity - held - confirmed)"
	}
	return "max(0, capacity - held - confirmed + " + s.lapsedSeats(now) +
		" - iif(code_required, 0, waiting - " + parkedSeats(now) + "))"
}

// parkedSeats is [booking.Event.parked] in SQL, of events that can be booked without a code.
func parkedSeats(now sqlTime) string {
	return `CASE WHEN planned = 0 OR waiting = 0 THEN 0 ELSE
		(SELECT coalesce(sum(t.waiting), 0) FROM ticket_types t
			WHERE t.event_id = events.id AND (t.closed OR t.code_required))
		+ (SELECT coalesce(sum(max(0, ` + dueInPool + ` - ` + freeInPool(now) + `)), 0)
			FROM pools p WHERE p.event_id = events.id) END`
}

// dueInPool is how many seats of the pool p people on the waitlist are due, in SQL, where the event
// can be booked without a code.
const dueInPool = `(SELECT coalesce(sum(d.waiting), 0) FROM ticket_types d
	WHERE d.event_id = p.event_id AND d.pool_id = p.id AND NOT d.closed AND NOT d.code_required)`

// freeInPool is how many seats of the pool p nobody has, in SQL: those of lapsed holds are free.
func freeInPool(now sqlTime) string {
	return fmt.Sprintf(`(p.capacity - p.held - p.confirmed + CASE p.held WHEN 0 THEN 0 ELSE
		(SELECT coalesce(sum(json_extract(l.value, '$.quantity')), 0)
		FROM bookings h, json_each(h.lines) l
		WHERE h.event_id = p.event_id AND h.status = 'held' AND h.expires_at <= %s
			AND json_extract(l.value, '$.type') IN (SELECT d.id FROM ticket_types d
				WHERE d.event_id = p.event_id AND d.pool_id = p.id)) END)`, now)
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
			AND NOT closed AND NOT code_required AND `+inWindow+`
			AND min_per_booking <= ? AND max_per_booking NOT BETWEEN 1 AND ?
			AND (pool_id IS NULL OR ? <= (SELECT `+freeInPool(at(now))+` - `+dueInPool+`
				FROM pools p WHERE p.event_id = t.event_id AND p.id = t.pool_id))))`,
		seats, seats-1, seats)
}
