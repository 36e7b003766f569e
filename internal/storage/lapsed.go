package storage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
	// plannedCounted is the same where there are ticket types, pools or codes: there every hold has
	// to be read, since it counts elsewhere.
	plannedCounted = 30
)

// lapsedHolds finds the holds of an event that have lapsed and meet a condition, in the order of
// the index over holds. The CAST keeps SQLite from planning anew for each limit.
func lapsedHolds(columns, condition string) string {
	return columns + ` FROM bookings WHERE event_id = $1 AND status = 'held' AND expires_at <= $2` +
		condition + ` ORDER BY expires_at, id LIMIT CAST($3 AS BIGINT)`
}

// loadLapsed counts the seats of an event's lapsed holds, and loads as many of the holds as may
// have to be taken off the books: each gives back one seat or more, so no more than there are
// seats missing.
func (l *loader) loadLapsed(b *batch, e booking.Event) {
	switch {
	case e.Held == 0:
	case e.Planned:
		l.loadPlannedLapsed(b, e, l.wantedLapsed(e))
	default:
		l.loadPlainLapsed(b, e.ID, l.wantedLapsed(e))
	}
}

// loadPlainLapsed counts the seats in one go, and reads only the holds that may have to go.
func (l *loader) loadPlainLapsed(b *batch, event int64, wanted int) {
	b.query(func(scan scanner) error {
		var seats int
		err := scan(&seats)
		if seats > 0 {
			l.lapsedHolds = append(l.lapsedHolds, booking.Booking{EventID: event, Quantity: seats})
		}
		return err
	}, `SELECT CAST(coalesce(sum(quantity), 0) AS BIGINT)
		FROM (`+lapsedHolds("SELECT quantity", "")+`) AS h`,
		event, micros(l.now), max(wanted, l.counted))
	if wanted > 0 {
		b.query(func(scan scanner) error {
			hold, err := l.scanBooking(scan)
			if err == nil {
				l.sheet.LoadLapsedHold(hold)
			}
			return err
		}, lapsedHolds(bookingColumns, ""), event, micros(l.now), wanted)
	}
}

// loadPlannedLapsed reads the lapsed holds themselves, since each counts elsewhere: besides those
// for the event as a whole, as many as may have to go for each pool and each access code.
func (l *loader) loadPlannedLapsed(b *batch, e booking.Event, wanted int) {
	keep := func(scan scanner) error {
		hold, err := l.scanBooking(scan)
		l.plannedLapsed = append(l.plannedLapsed, hold)
		return err
	}
	read := func(most int, condition string) {
		if most > 0 {
			b.query(keep, lapsedHolds(bookingColumns, condition), e.ID, micros(l.now), most)
		}
	}
	read(max(wanted, min(l.counted, plannedCounted)), "")
	asked := l.seatsAsked(e.ID)
	for _, p := range e.Pools {
		free := p.Capacity - p.Held - p.Confirmed
		read(min(asked+p.Waiting-free, p.Held), inPool(l.dialect, e, p))
	}
	// How often each code can still be used is not known yet.
	if codes := l.codesOf(e.ID); len(codes) > 0 && asked > 0 {
		b.lookUp(keep, lapsedOfCodes, anyKeys(codes), e.ID, micros(l.now), asked)
	}
}

// lapsedOfCodes finds the lapsed holds of an event with any of a list of access codes, of each so
// many.
const lapsedOfCodes = bookingColumns + ` FROM (
	SELECT *, row_number() OVER (PARTITION BY code ORDER BY expires_at, id) AS place
	FROM bookings WHERE event_id = $1 AND status = 'held' AND expires_at <= $2) AS h
	WHERE place <= $3 AND code IN ()`

// anyKeys gives a set as the values of a look-up.
func anyKeys[K comparable](set map[K]bool) []any {
	values := make([]any, 0, len(set))
	for key := range set {
		values = append(values, key)
	}
	return values
}

// inPool is the condition that a booking has seats of a pool. It looks for the number of a ticket
// type in the text of [linesText], where no name looks like one since its quotes are escaped:
// to read it as JSON takes four times as long.
func inPool(d dialect, e booking.Event, p booking.Pool) string {
	found := []string{"1 = 0"} // of no type, so that there is one
	for _, t := range e.Types {
		if t.Pool == p.ID {
			found = append(found, d.contains("lines", fmt.Sprintf(`'"type":%d,'`, t.ID)))
		}
	}
	return " AND (" + strings.Join(found, " OR ") + ")"
}

// putPlannedLapsed puts lapsed holds that were read for several reasons on the sheet, each once
// and the oldest first.
func (l *loader) putPlannedLapsed() {
	slices.SortFunc(l.plannedLapsed, func(a, b booking.Booking) int {
		return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt),
			cmp.Compare(l.row(a.Reference), l.row(b.Reference)))
	})
	holds := slices.CompactFunc(l.plannedLapsed, func(a, b booking.Booking) bool {
		return a.Reference == b.Reference
	})
	for _, hold := range holds {
		l.sheet.LoadLapsedHold(hold)
	}
	l.lapsedHolds = append(l.lapsedHolds, holds...)
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

// selectEvents reads events as they are at a time: the seats of lapsed holds are free.
func (s *Store) selectEvents(now sqlTime) string {
	if s.schema < lifeSchema {
		return eventColumns + unsoldColumns + "0, 0 FROM events"
	}
	return eventColumns + saleColumns + s.parkedSeats(now) + ", " + s.lapsedSeats(now) +
		" FROM events"
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
