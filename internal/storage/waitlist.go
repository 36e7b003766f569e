package storage

import (
	"context"
	"math"

	"evbook/internal/booking"
)

// loadPlaces reads the entries with which those wait already who are to wait for seats of an event.
func (l *loader) loadPlaces(b *batch, e booking.Event) {
	read := func(email string) {
		b.query(l.eachBooking(l.putBooking), selectBooking+` WHERE event_id = $1
			AND email_folded = $2 AND limited = 1 AND status = 'waiting'`, e.ID,
			booking.Fold(email))
	}
	for _, q := range l.queuers {
		if l.eventID(q.Event) == e.ID {
			read(q.Email)
		}
	}
	for _, booked := range l.loaded {
		for _, a := range l.amends[booked.Reference] {
			if booked.EventID == e.ID && booked.Status == booking.Waiting && a.email != "" {
				read(a.email)
			}
		}
	}
}

// loadQueue reads those who wait for seats of an event, the first first, as many as may be offered
// some in this group: each gets one seat or more, or keeps it from those behind. Where entries can
// be passed over, because of the policy or of their ticket types, any may be the one that fits.
func (l *loader) loadQueue(b *batch, e booking.Event) {
	most := l.mayComeFree(e)
	if e.Waiting == 0 || most <= 0 {
		return
	}
	limit := most
	if e.Waitlist == booking.Skip || len(e.Types) > 0 {
		limit = e.Waiting
	}
	if l.wholeQueue {
		most, limit = e.Waiting, e.Waiting
	}
	query := selectBooking + ` WHERE event_id = $1 AND status = 'waiting' ORDER BY id LIMIT $2`
	args := []any{e.ID, limit}
	if e.Waitlist == booking.Skip {
		query = selectBooking + ` WHERE event_id = $1 AND status = 'waiting' AND quantity <= $3
			ORDER BY id LIMIT $2`
		args = append(args, most)
	}
	b.query(func(scan scanner) error {
		entry, err := l.scanBooking(scan)
		if err == nil {
			l.sheet.LoadWaiting(entry)
		}
		return err
	}, query, args...)
}

// mayComeFree is the most seats of an event that can come free in this group, however its commands
// end: those that are, those of lapsed holds, and those of the bookings concerned; who waits among
// these may leave, which lets others come closer.
func (l *loader) mayComeFree(e booking.Event) int {
	if l.wholeQueue {
		return math.MaxInt32
	}
	most := e.Capacity - e.Held - e.Confirmed
	for _, b := range l.loaded {
		if b.EventID == e.ID && !b.Status.Final() {
			most += b.Quantity
		}
	}
	for _, hold := range l.lapsedHolds {
		if hold.EventID == e.ID {
			most += hold.Quantity
		}
	}
	return most
}

func join(ask booking.Joining) *errand[booking.Joining, booking.Receipt] {
	return newErrand(ask, ask.Key, (*booking.Draft).Join, func(n *needs) {
		n.newBookings++
		n.event(ask.Event)
		n.ask(ask.Event, ask.Quantity) // an offer may follow at once
		n.customer(ask.Event, ask.Email)
		n.queuers = append(n.queuers, booking.Customer{Event: ask.Event, Email: ask.Email})
	})
}

// Join puts somebody on the waitlist of an event; the receipt shows an offer when one followed at
// once, and for a repeated request the entry as it is now. Errors: Invalid, NotFound, Closed,
// Limit, Conflict, KeyReused.
func (s *Store) Join(ctx context.Context, ask booking.Joining) (booking.Receipt, error) {
	receipt, err := join(ask).together(ctx, s)
	return s.received(receipt), err
}

func leave(ask booking.Leave) *errand[booking.Leave, booking.Returned] {
	return newErrand(ask, ask.Key, (*booking.Draft).Leave, only(ask.Reference))
}

// Leave gives a place in the waitlist up. Errors: Invalid, NotFound, Conflict, KeyReused.
func (s *Store) Leave(ctx context.Context, ask booking.Leave) (booking.Returned, error) {
	return leave(ask).together(ctx, s)
}

// onWaitlist adds the condition that a booking is or was an entry of the waitlist.
func (s *Store) onWaitlist(f *filter) {
	if s.schema < lifeSchema {
		f.where("0 = 1") // there was no waitlist
		return
	}
	f.where("(status IN ('waiting', 'left') OR offered_at IS NOT NULL)")
}
