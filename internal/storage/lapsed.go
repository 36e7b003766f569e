package storage

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"evbook/internal/booking"
)

const (
	// holdsSchema is the schema number from which on there are holds.
	holdsSchema = 3
	// lapsedCounted is how many lapsed holds of an event a group counts, the oldest first, if it
	// does not need more: nobody waits while ten thousand are counted. What lapsed beyond that is
	// missing from the seats left in the answers of the group, until they are taken off the books.
	// Whether seats can be booked does not depend on it, and what is read counts all of them.
	lapsedCounted = 100
)

// lapsedHolds finds the holds of an event that have lapsed, in the order of the index over holds.
const lapsedHolds = ` FROM bookings WHERE event_id = $1 AND status = 'held' AND expires_at <= $2
	ORDER BY expires_at, id LIMIT $3`

// loadLapsed counts the seats of lapsed holds, of events that have any, and loads as many of the
// holds as may have to be taken off the books: each gives back one seat or more, so no more than
// there are seats missing.
func (l *loader) loadLapsed(b *batch) {
	for _, id := range slices.Sorted(maps.Keys(l.events)) {
		e, ok := l.sheet.Find(booking.Selector{ID: id})
		if !ok || e.Held == 0 {
			continue
		}
		wanted := l.wantedLapsed(e)
		b.query(func(scan scanner) error {
			var seats int
			err := scan(&seats)
			if err == nil {
				l.sheet.LoadLapsed(id, seats)
			}
			return err
		}, `SELECT coalesce(sum(quantity), 0) FROM (SELECT quantity`+lapsedHolds+`) AS h`,
			id, micros(l.now), max(wanted, lapsedCounted))
		if wanted > 0 {
			b.query(func(scan scanner) error {
				hold, err := l.scanBooking(scan)
				if err == nil {
					l.sheet.LoadLapsedHold(hold)
				}
				return err
			}, bookingColumns+`expires_at, extensions`+lapsedHolds, id, micros(l.now), wanted)
		}
	}
}

// wantedLapsed is how many lapsed holds of an event the commands may need.
func (l *loader) wantedLapsed(e booking.Event) int {
	wanted := -e.Available()
	for sel, seats := range l.seats {
		if l.eventID(sel) == e.ID {
			wanted += seats
		}
	}
	if l.lapsed != nil && l.eventID(l.lapsedOf) == e.ID {
		wanted = max(wanted, l.lapsed(e))
	}
	return wanted
}

// lapsedSeats is how many of an event's held seats are those of lapsed holds, in SQL.
func (s *Store) lapsedSeats(now time.Time) string {
	if s.schema < holdsSchema {
		return "0"
	}
	return fmt.Sprintf(`CASE held WHEN 0 THEN 0 ELSE (SELECT coalesce(sum(h.quantity), 0)
		FROM bookings h WHERE h.event_id = events.id AND h.status = 'held' AND h.expires_at <= %d)
		END`, micros(now))
}

// availableSeats is [booking.Event.Available] in SQL.
func (s *Store) availableSeats(now time.Time) string {
	return "(capacity - held - confirmed + " + s.lapsedSeats(now) + ")"
}

// selectEvents reads events as they are at a time: the seats of lapsed holds are free.
func (s *Store) selectEvents(now time.Time) string {
	return eventColumns + s.lapsedSeats(now) + " FROM events"
}

// selectBookings reads bookings; [booking.Booking.At] says which have lapsed.
func (s *Store) selectBookings() string {
	if s.schema < holdsSchema {
		return selectUnheld
	}
	return selectBooking
}

// shownStatus is the state of a booking at a time, in SQL: [booking.Booking.At].
func (s *Store) shownStatus(now time.Time) string {
	if s.schema < holdsSchema {
		return "status"
	}
	return fmt.Sprintf(
		"CASE WHEN status = 'held' AND expires_at <= %d THEN 'expired' ELSE status END",
		micros(now))
}

// withStatus adds the condition that a booking has one of some states; none at all take every row.
func (s *Store) withStatus(f *filter, states []booking.Status, now time.Time) {
	switch {
	case s.schema >= holdsSchema && slices.Equal(states, []booking.Status{booking.Held}):
		f.where("status = 'held' AND expires_at > ?", micros(now)) // served by the index over holds
	case slices.Contains(states, booking.Held) || slices.Contains(states, booking.Expired):
		oneOf(f, s.shownStatus(now), states)
	default:
		oneOf(f, "status", states)
	}
}
