package booking

import (
	"testing"
	"time"
)

// limited is event 1 of twenty seats, of which each customer can have four.
func limited(t testing.TB) *group {
	t.Helper()
	g := newGroup()
	g.create(t, 20)
	must[Event](t)(g.edit(1, Edit{MaxPerCustomer: new(4)}))
	return g
}

// of asks for seats of event 1 for a customer.
func (g *group) of(email string, quantity int, hold bool) (Receipt, error) {
	r := Request{Event: Selector{ID: 1}, Quantity: quantity, Email: email, Hold: hold}
	return ask(g, (*Draft).Book, r)
}

const ann = "ann@example.com"

// has fails the test unless so many more seats and no more can be booked for Ann.
func (g *group) canHave(t testing.TB, more int) {
	t.Helper()
	try := g.later(0)
	if more > 0 {
		must[Receipt](t)(try.of(ann, more, false))
	}
	if _, err := try.of(ann, 1, false); KindOf(err) != Limit {
		t.Errorf("with %d seats more: %v", more+1, err)
	}
}

func TestAnEventIsSoldInItsWindow(t *testing.T) {
	g := newGroup()
	g.create(t, 20)
	must[Event](t)(g.edit(1, Edit{SalesOpen: new("+1d"), SalesClose: new("+2d")}))
	refused(t, g.try(t, "1"), Closed, "sales of event 1 begin at 2026-11-23T12:00:00Z")
	_, err := ask(g, (*Draft).Join, Joining{Event: Selector{ID: 1}, Quantity: 1, Email: ann})
	refused(t, err, Closed, "sales of event 1 begin at 2026-11-23T12:00:00Z")
	g.now = g.now.Add(24 * time.Hour)
	b := g.take(t, "1")
	g.now = g.now.Add(24*time.Hour - 1)
	g.take(t, "1")
	g.now = g.now.Add(1)
	refused(t, g.try(t, "1"), Closed, "sales of event 1 ended at 2026-11-24T12:00:00Z")
	_, err = ask(g, (*Draft).Resize, Resize{Reference: b.Reference, Quantity: new(2)})
	refused(t, err, Closed, "sales of event 1 ended at 2026-11-24T12:00:00Z")
	g.cancel(t, b)
}

func TestABookingHasAMost(t *testing.T) {
	g := newGroup()
	g.create(t, 20)
	must[Event](t)(g.edit(1, Edit{MaxPerBooking: new(4)}))
	refused(t, g.try(t, "5"), Limit, "event 1 allows 4 seats in a booking, asked for 5")
	b := g.take(t, "4")
	_, err := ask(g, (*Draft).Resize, Resize{Reference: b.Reference, Quantity: new(5)})
	refused(t, err, Limit,
		"event 1 allows 4 seats in a booking, asked for 5")
	must[Event](t)(g.edit(1, Edit{MaxPerBooking: new(2)}))
	must[Amended](t)(ask(g, (*Draft).Resize, Resize{Reference: b.Reference, Quantity: new(3)}))
	_, err = ask(g, (*Draft).Join, Joining{Event: Selector{ID: 1}, Quantity: 3, Email: ann})
	refused(t, err, Limit, "event 1 allows 2 seats in a booking, asked for 3")
}

func TestACustomerHasAMostOverAllBookings(t *testing.T) {
	g := limited(t)
	must[Receipt](t)(g.of("Ann@Example.com", 1, false))
	must[Receipt](t)(g.of(ann, 1, true))
	g.canHave(t, 2)
	_, err := g.of("ANN@example.com", 3, false)
	refused(t, err, Limit,
		"event 1 allows 4 seats to each customer; ANN@example.com has 2, asked for 3")
	_, err = g.of("", 1, false)
	refused(t, err, Invalid, "user_email: is missing; event 1 allows 4 seats to each customer")
	must[Receipt](t)(g.of("bob@example.com", 4, false))
	g = g.later(DefaultTTL)
	g.canHave(t, 3)
}

func TestSeatsForWhichSomebodyWaitsCountForTheCustomer(t *testing.T) {
	g := limited(t)
	for range 5 {
		must[Receipt](t)(g.of(time.Duration(len(g.bookings)).String()+"@example.com", 4, false))
	}
	b := g.join(t, 3, "", ann)
	refused(t, second(g.of("ANN@example.com", 2, false)), Limit,
		"event 1 allows 4 seats to each customer; ANN@example.com has 3, asked for 2")
	must[Returned](t)(ask(g, (*Draft).Leave, Leave{Reference: b.Reference}))
	if has := g.customers[CustomerOf(1, ann)]; has != 0 {
		t.Errorf("%d seats still count", has)
	}
}

func TestEveryWayOutGivesTheSeatsOfACustomerBack(t *testing.T) {
	for command, more := range map[Command]int{
		ToConfirm: 1, ToConfirmPart: 2, ToRelease: 4, ToExpire: 4, ToEdit: 1, ToTransfer: 4,
	} {
		g := limited(t)
		b := must[Receipt](t)(g.of(ann, 3, true)).Booking
		l := plainLife()
		must0(t, l.give(g, command, b))
		if command == ToExpire {
			g = g.later(0)
		}
		g.canHave(t, more)
	}
	g := limited(t)
	b := must[Receipt](t)(g.of(ann, 4, false)).Booking
	must[Amended](t)(ask(g, (*Draft).Resize, Resize{Reference: b.Reference, Quantity: new(3)}))
	g.canHave(t, 1)
	_, err := ask(g, (*Draft).Resize, Resize{Reference: b.Reference, Quantity: new(5)})
	refused(t, err, Limit,
		"event 1 allows 4 seats to each customer; ann@example.com has 3, asked for 2")
	must[Returned](t)(ask(g, (*Draft).Cancel,
		Cancellation{Reference: b.Reference, Part: some(1)}))
	g.canHave(t, 2)
	g.create(t, 5)
	must[Amended](t)(ask(g, (*Draft).Move,
		Move{Reference: b.Reference, Event: Selector{ID: 2}}))
	g.canHave(t, 4)
}

func TestWhoGetsABookingMustBeAllowedItsSeats(t *testing.T) {
	g := limited(t)
	must[Receipt](t)(g.of(ann, 3, false))
	b := must[Receipt](t)(g.of("bob@example.com", 2, true)).Booking
	ref := b.Reference
	for _, err := range []error{
		second(ask(g, (*Draft).Transfer, Transfer{Reference: ref, Email: ann})),
		second(ask(g, (*Draft).Amend, Amendment{Reference: ref, Email: new(ann)})),
		second(ask(g, (*Draft).Confirm, Confirmation{Reference: ref, Email: ann})),
	} {
		refused(t, err, Limit,
			"event 1 allows 4 seats to each customer; ann@example.com has 3, asked for 2")
	}
	must[Returned](t)(ask(g, (*Draft).Confirm,
		Confirmation{Reference: ref, Email: ann, Part: some(1)}))
	g.canHave(t, 0)
	if has := g.customers[CustomerOf(1, "bob@example.com")]; has != 0 {
		t.Errorf("Bob has %d seats still", has)
	}
}

// Else each booking could be made nameless, and its seats booked again.
func TestALimitNeedsTheAddressToStay(t *testing.T) {
	g := limited(t)
	b := must[Receipt](t)(g.of(ann, 4, false)).Booking
	_, err := ask(g, (*Draft).Amend, Amendment{Reference: b.Reference, Email: new("")})
	refused(t, err, Invalid, "user_email: is missing; event 1 allows 4 seats to each customer")
	must[Amended](t)(ask(g, (*Draft).Amend,
		Amendment{Reference: b.Reference, Email: new("ANN@example.com")}))
	g.canHave(t, 0)
}

func TestAMovedBookingKeepsToTheLimitsOfTheOtherEvent(t *testing.T) {
	g := limited(t)
	g.create(t, 10)
	b := must[Receipt](t)(ask(g, (*Draft).Book,
		Request{Event: Selector{ID: 2}, Quantity: 3, Email: ann})).Booking
	nobody := g.book(t, 2, 1)
	must[Receipt](t)(g.of(ann, 2, false))
	move := Move{Reference: b.Reference, Event: Selector{ID: 1}}
	_, err := ask(g, (*Draft).Move, move)
	refused(t, err, Limit,
		"event 1 allows 4 seats to each customer; ann@example.com has 2, asked for 3")
	move.Reference = nobody.Reference
	_, err = ask(g, (*Draft).Move, move)
	refused(t, err, Invalid, "user_email: is missing; event 1 allows 4 seats to each customer")
	g.canHave(t, 2)
}
