package storage

import "evbook/internal/booking"

// loadCustomers counts the seats of the customers who may get more, at the events that limit them.
// Each is counted once, along the index over such bookings.
func (l *loader) loadCustomers(b *batch) {
	if l.bookingsOf != (booking.Selector{}) {
		return // all of them lose what they have
	}
	counted := map[booking.Customer]bool{}
	count := func(event int64, email string) {
		e, ok := l.sheet.Find(booking.Selector{ID: event})
		if !ok || e.MaxPerCustomer == 0 || email == "" {
			return
		}
		who := booking.CustomerOf(event, email)
		if counted[who] {
			return
		}
		counted[who] = true
		b.query(func(scan scanner) error {
			var seats int
			err := scan(&seats)
			if err == nil {
				l.sheet.LoadCustomer(who, seats)
			}
			return err
		}, `SELECT CAST(coalesce(sum(quantity), 0) AS BIGINT) FROM bookings
			WHERE event_id = $1 AND email_folded = $2 AND limited = 1
				AND (status IN ('waiting', 'confirmed') OR status = 'held' AND expires_at > $3)`,
			who.Event.ID, who.Email, micros(l.now))
	}
	for _, c := range l.customers {
		count(l.eventID(c.Event), c.Email)
	}
	for _, booked := range l.loaded {
		count(booked.EventID, booked.Email)
		for _, a := range l.amends[booked.Reference] {
			count(booked.EventID, a.email)
			count(l.eventID(a.event), booked.Email)
		}
	}
}

// limitOld marks the bookings that an event had before it limited the seats of each customer, so
// that they are counted too.
func limitOld(b *batch, before, after booking.Event) {
	if before.MaxPerCustomer == 0 && after.MaxPerCustomer > 0 {
		b.exec(`UPDATE bookings SET limited = 1 WHERE event_id = $1 AND limited = 0`, after.ID)
	}
}
