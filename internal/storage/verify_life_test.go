package storage

import (
	"context"
	"testing"

	"evbook/internal/booking"
)

// plannedSeason makes event 5, in which everything has happened to ticket types, pools, codes and
// the waitlist: the booking in row 9 (2 adults, 1 child, with a code) was transferred once, that in
// row 10 holds 2 adults, so that the pool is full; that in row 11 waits for an adult's seat, that
// in row 12 has left the waitlist, and that in row 13 was offered a child's.
func plannedSeason(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	c, err := s.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
		Name: "Revue", Capacity: 5, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
		MaxPerCustomer: 10, Waitlist: booking.Skip,
	}})
	must(t, err)
	sel := booking.Selector{ID: c.Event.ID}
	_, err = s.AddPool(ctx, booking.NewPool{Event: sel, Name: "hall", Capacity: 4})
	must(t, err)
	_, err = s.AddType(ctx, booking.NewType{Event: sel, Name: "adult", Pool: "hall"})
	must(t, err)
	_, err = s.AddType(ctx, booking.NewType{Event: sel, Name: "child"})
	must(t, err)
	_, err = s.AddCode(ctx, booking.NewCode{Event: sel, Text: "CODE-1", Uses: 5})
	must(t, err)
	adults := booking.LineRequest{Type: "adult", Quantity: 2}
	first, err := s.Book(ctx, booking.Request{
		Event: sel, Lines: []booking.LineRequest{adults, {Type: "child", Quantity: 1}},
		Code: "CODE-1", Email: "ann@example.com",
	})
	must(t, err)
	_, err = s.Book(ctx, booking.Request{
		Event: sel, Lines: []booking.LineRequest{adults}, Email: "bob@example.com", Hold: true,
	})
	must(t, err)
	for _, entry := range []booking.Joining{
		{Event: sel, Quantity: 1, Type: "adult", Email: "cat@example.com"},
		{Event: sel, Quantity: 1, Type: "adult", Email: "dan@example.com"},
		{Event: sel, Quantity: 1, Type: "child", Email: "eve@example.com"},
	} {
		r, err := s.Join(ctx, entry)
		must(t, err)
		if entry.Email == "dan@example.com" {
			_, err = s.Leave(ctx, booking.Leave{Reference: r.Booking.Reference})
			must(t, err)
		}
	}
	_, err = s.EditEvent(ctx, sel, booking.Edit{Capacity: new(6)}) // eve is offered a seat
	must(t, err)
	_, err = s.Transfer(ctx, booking.Transfer{
		Reference: first.Booking.Reference, Email: "fay@example.com",
	})
	must(t, err)
}

func tamperingsWithTheWaitlist() []tampering {
	const of9, of12 = "booking in row 9 of event 5: ", "booking in row 12 of event 5: "
	steps := "steps of the entry"
	return []tampering{
		{check: "values of the sale",
			detail: "event 5: 1 waiting, waitlist skip, limits 0 and 10",
			sql:    `UPDATE events SET sales_open = 2, sales_close = 1 WHERE id = 5`},
		{check: "values of the sale",
			detail: "event 5: 1 waiting, waitlist raffle, limits 0 and 10",
			sql:    `UPDATE events SET waitlist = 'raffle' WHERE id = 5`},
		{check: "seats for which people wait",
			detail: "event 5: counter says 2, waitlist says 1",
			sql: `UPDATE events SET waiting = 2 WHERE id = 5;
				UPDATE journal SET waiting = 1 WHERE event_id = 5 AND kind = 'event.created'`},
		{check: "journal of the waitlist", detail: "event 5: 1 waiting, journal says 2",
			sql: `UPDATE journal SET waiting = 1 WHERE event_id = 5 AND kind = 'event.created'`},
		{check: steps,
			detail: of9 + "confirmed, seats 3, never offered, transferred 2; journal: joined 0, " +
				"offered 0, left 0, transferred 1, waiting for 0 of 0",
			sql: `UPDATE bookings SET issue = 2 WHERE id = 9`},
		{check: steps,
			detail: "booking in row 13 of event 5: held, seats 1, never offered, transferred 0; " +
				"journal: joined 1, offered 1, left 0, transferred 0, waiting for 0 of 1",
			sql: `UPDATE bookings SET offered_at = NULL WHERE id = 13`},
		{check: steps,
			detail: of12 + "left, seats 1, never offered, transferred 0; journal: joined 1, " +
				"offered 0, left 2, transferred 0, waiting for 0 of 1",
			sql: `UPDATE journal SET kind = 'booking.left', booking_id = 12
				WHERE event_id = 5 AND kind = 'event.created'`},
		{check: "customers that are counted", detail: of9 + "does not count for its customer",
			sql: `UPDATE bookings SET limited = 0 WHERE id = 9`},
		{check: "deadline of the booking",
			detail: "booking in row 13 of event 5: held, no deadline, extended 0; " +
				"journal: held 1, extended 0",
			sql: `UPDATE bookings SET expires_at = NULL WHERE id = 13`},
	}
}

func tamperingsWithThePlan() []tampering {
	const of12 = "booking in row 12 of event 5: "
	journal := "journal of ticket types"
	child := "type child of event 5: counters say 1 held, "
	return []tampering{
		{check: "lines of the booking",
			detail: of12 + `seats 1, lines [{"type":1,"name":"adult","quantity":5,"unit_price":0}]`,
			sql: `UPDATE bookings SET lines = replace(lines, '"quantity":1', '"quantity":5')
				WHERE id = 12`},
		{check: "lines of the booking",
			detail: of12 + `seats 1, lines [{"type":9,"name":"adult","quantity":1,"unit_price":0}]`,
			sql: `UPDATE bookings SET lines = replace(lines, '"type":1', '"type":9')
				WHERE id = 12`},
		{check: "seats of ticket types",
			detail: child + "3 confirmed, 0 waiting; bookings say 1, 1, 0",
			sql:    `UPDATE ticket_types SET confirmed = 3 WHERE event_id = 5 AND id = 2`,
			others: []string{journal}},
		{check: journal,
			detail: child + "1 confirmed, 0 waiting; journal says 2, 1, 0",
			sql: `UPDATE journal SET detail = replace(detail, '"held":1', '"held":2')
				WHERE kind = 'booking.offered'`},
		{check: "seats of pools",
			detail: "pool hall of event 5: 2 held, 1 confirmed of 4, 1 waiting; " +
				"its ticket types say 2, 2, 1",
			sql: `UPDATE pools SET confirmed = 1`},
		{check: "seats of pools",
			detail: "pool hall of event 5: 2 held, 2 confirmed of 3, 1 waiting; " +
				"its ticket types say 2, 2, 1",
			sql: `UPDATE pools SET capacity = 3`},
		{check: "uses of access codes",
			detail: "code CODE-1 of event 5: counters say 0 held, 3 confirmed of 2; " +
				"bookings say 0, 3; journal says 0, 3",
			sql: `UPDATE codes SET uses = 2`},
		{check: "uses of access codes",
			detail: "code CODE-1 of event 5: counters say 1 held, 3 confirmed of 5; " +
				"bookings say 0, 3; journal says 0, 3",
			sql: `UPDATE codes SET held = 1`},
		{check: "uses of access codes",
			detail: "code CODE-1 of event 5: counters say 0 held, 3 confirmed of 5; " +
				"bookings say 0, 3; journal says 0, 0",
			sql: `UPDATE journal SET detail = replace(detail, '"code":', '"other":')
				WHERE kind = 'booking.confirmed' AND event_id = 5`},
		{check: "codes of bookings", detail: of12 + "there is no code GONE",
			sql: `UPDATE bookings SET code = 'GONE' WHERE id = 12`},
		{check: "events with ticket types, pools or codes",
			detail: "event 5: has some, but is not marked so",
			sql:    `UPDATE events SET planned = 0 WHERE id = 5`},
	}
}
