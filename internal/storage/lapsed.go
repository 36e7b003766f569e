package storage

import (
	"fmt"
	"slices"
	"time"

	"evbook/internal/booking"
)

const (
	// lifeSchema is the schema number from which on there are holds, ticket types and the waitlist.
	lifeSchema = 3
	// lapsedCounted is how many lapsed holds of an event a group counts, the oldest first, if it
	// does not need more: nobody waits while ten thousand are counted. What lapsed beyond that is
	// missing from the seats left in the answers of the group, until they are taken off the books.
	// Whether seats can be booked does not depend on it, and what is read counts all of them.
	lapsedCounted = 100
)

// lapsedHolds finds the holds of an event that have lapsed, in the order of the index over holds.
const lapsedHolds = ` FROM bookings WHERE event_id = $1 AND status = 'held' AND expires_at <= $2
	ORDER BY expires_at, id LIMIT $3`

// loadLapsed counts the seats of an event's lapsed holds, and loads as many of the holds as may have
// to be taken off the books: each gives back one seat or more, so no more than there are seats
// missing. Where a pool or an access code may be short, any hold may be the one that helps.
func (l *loader) loadLapsed(b *batch, e booking.Event) {
	if e.Held == 0 {
		return
	}
	wanted := l.wantedLapsed(e)
	if e.Planned {
		l.loadPlannedLapsed(b, e, wanted)
		return
	}
	b.query(func(scan scanner) error {
		var seats int
		err := scan(&seats)
		if seats > 0 {
			l.lapsedHolds = append(l.lapsedHolds, booking.Booking{EventID: e.ID, Quantity: seats})
		}
		return err
	}, `SELECT coalesce(sum(quantity), 0) FROM (SELECT quantity`+lapsedHolds+`) AS h`,
		e.ID, micros(l.now), max(wanted, l.counted))
	if wanted > 0 {
		b.query(l.putLapsed, bookingColumns+lapsedHolds, e.ID, micros(l.now), wanted)
	}
}

// loadPlannedLapsed loads the lapsed holds themselves, since each counts elsewhere.
func (l *loader) loadPlannedLapsed(b *batch, e booking.Event, wanted int) {
	limit := max(wanted, l.counted)
	if l.asksCode(e.ID) || e.Crowded(l.seatsAsked(e.ID)+e.Waiting) {
		limit = e.Held
	}
	b.query(func(scan scanner) error {
		hold, err := l.scanBooking(scan)
		if err == nil {
			l.lapsedHolds = append(l.lapsedHolds, hold)
			l.sheet.LoadLapsedHold(hold)
		}
		return err
	}, bookingColumns+lapsedHolds, e.ID, micros(l.now), limit)
}

func (l *loader) putLapsed(scan scanner) error {
	hold, err := l.scanBooking(scan)
	if err == nil {
		l.sheet.LoadLapsedHold(hold)
	}
	return err
}

// seatsAsked is how many seats of an event the commands ask for.
func (l *loader) seatsAsked(event int64) (seats int) {
	for sel, asked := range l.seats {
		if l.eventID(sel) == event {
			seats += asked
		}
	}
	for b, c := range l.asked(event) {
		seats += c.seats
		if c.moves {
			seats += b.Quantity
		}
	}
	return seats
}

// asksCode says whether a command gives an access code of an event.
func (l *loader) asksCode(event int64) bool {
	return len(l.codesOf(event)) > 0
}

// wantedLapsed is how many lapsed holds of an event the commands, and those who wait, may need.
func (l *loader) wantedLapsed(e booking.Event) int {
	capacity := e.Capacity
	if l.capacity > 0 {
		capacity = min(capacity, l.capacity)
	}
	wanted := l.seatsAsked(e.ID) + e.Waiting - (capacity - e.Held - e.Confirmed)
	if l.eventID(l.lapsedOf) == e.ID {
		wanted = max(wanted, l.lapsed)
	}
	return wanted
}

// lapsedSeats is how many of an event's held seats are those of lapsed holds, in SQL.
func (s *Store) lapsedSeats(now time.Time) string {
	if s.schema < lifeSchema {
		return "0"
	}
	return fmt.Sprintf(`CASE held WHEN 0 THEN 0 ELSE (SELECT coalesce(sum(h.quantity), 0)
		FROM bookings h WHERE h.event_id = events.id AND h.status = 'held' AND h.expires_at <= %d)
		END`, micros(now))
}

// availableSeats is [booking.Event.Available] in SQL.
func (s *Store) availableSeats(now time.Time) string {
	if s.schema < lifeSchema {
		return "(capacity - held - confirmed)"
	}
	return "max(0, capacity - held - confirmed - waiting + " + s.lapsedSeats(now) + ")"
}

// selectEvents reads events as they are at a time: the seats of lapsed holds are free.
func (s *Store) selectEvents(now time.Time) string {
	if s.schema < lifeSchema {
		return eventColumns + unsoldColumns + "0 FROM events"
	}
	return eventColumns + saleColumns + s.lapsedSeats(now) + " FROM events"
}

// selectBookings reads bookings; [booking.Booking.At] says which have lapsed.
func (s *Store) selectBookings() string {
	if s.schema < lifeSchema {
		return bookingColumnsBefore + " FROM bookings"
	}
	return selectBooking
}

// shownStatus is the state of a booking at a time, in SQL: [booking.Booking.At].
func (s *Store) shownStatus(now time.Time) string {
	if s.schema < lifeSchema {
		return "status"
	}
	return fmt.Sprintf(
		"CASE WHEN status = 'held' AND expires_at <= %d THEN 'expired' ELSE status END",
		micros(now))
}

// withStatus adds the condition that a booking has one of some states; none at all take every row.
func (s *Store) withStatus(f *filter, states []booking.Status, now time.Time) {
	switch {
	case s.schema >= lifeSchema && slices.Equal(states, []booking.Status{booking.Held}):
		f.where("status = 'held' AND expires_at > ?", micros(now)) // served by the index over holds
	case slices.Contains(states, booking.Held) || slices.Contains(states, booking.Expired):
		oneOf(f, s.shownStatus(now), states)
	default:
		oneOf(f, "status", states)
	}
}
