package storage

import (
	"context"
	"time"

	"evbook/internal/booking"
)

// sweepGroup is how many lapsed holds are taken off the books in one transaction. Others book in
// between.
const sweepGroup = 200

type sweep struct {
	event int64
	swept int
}

func (c *sweep) needs(n *needs) {
	n.events[c.event] = true
	n.lapsedOf, n.lapsed = booking.Selector{ID: c.event}, sweepGroup
}

// decide counts what is taken off the books, be it for those who wait.
func (c *sweep) decide(sheet *booking.Sheet, by booking.Caller, now time.Time) error {
	err := sheet.Decide(by, now, func(d *booking.Draft) error {
		d.Sweep(c.event)
		return nil
	})
	c.swept = 0
	for _, e := range sheet.Journal() {
		if e.Kind == booking.BookingExpired {
			c.swept++
		}
	}
	return err
}

// Sweep takes the lapsed holds of all events off the books, some hundred in one transaction, and
// gives their number. Nobody has to wait for it: the seats of lapsed holds are free without. It
// keeps those who need them from having to take them off themselves, and tells in the journal.
// Errors: Forbidden.
func (s *Store) Sweep(ctx context.Context) (swept int, err error) {
	if err := s.ownerWrites(); err != nil {
		return 0, err
	}
	var events []int64
	err = s.read.each(ctx, func(scan scanner) error {
		var id int64
		err := scan(&id)
		events = append(events, id)
		return err
	}, `SELECT DISTINCT event_id FROM bookings WHERE status = 'held' AND expires_at <= $1`,
		micros(s.now()))
	if err != nil {
		return 0, s.classify(err)
	}
	for _, id := range events {
		for more := true; more; {
			c := &sweep{event: id}
			if err := s.alone(ctx, c); err != nil {
				return swept, err
			}
			swept += c.swept
			more = c.swept >= sweepGroup && !s.dryRun // which would find the same ones again
		}
	}
	return swept, nil
}
