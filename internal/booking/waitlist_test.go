package booking

import (
	"slices"
	"testing"
	"time"
)

const bob, cyn = "bob@example.com", "cyn@example.com"

// full is event 1 of ten seats, all of which are taken by the bookings.
func full(t testing.TB, seats ...string) (*group, []Booking) {
	t.Helper()
	g := newGroup()
	g.create(t, 10)
	var taken []Booking
	for _, n := range seats {
		taken = append(taken, g.take(t, n))
	}
	return g, taken
}

func TestFreedSeatsAreOfferedInTheSameCommand(t *testing.T) {
	g, taken := full(t, "10")
	first, second := g.join(t, 4, "", ann), g.join(t, 4, "", bob)
	g.is(t, first, Waiting)
	g = g.later(time.Hour)
	g.cancel(t, taken[0])
	for _, b := range []Booking{first, second} {
		now := g.find(b)
		if now.Status != Held || now.OfferedAt != g.now || now.Quantity != 4 ||
			now.ExpiresAt != g.now.Add(DefaultOfferTTL) {
			t.Errorf("got %+v", now)
		}
	}
	var kinds []EntryKind
	for _, e := range g.Journal() {
		if kinds = append(kinds, e.Kind); e.Kind == BookingOffered && e.Actor != Engine {
			t.Errorf("%s offers seats", e.Actor)
		}
	}
	want := []EntryKind{BookingCancelled, BookingOffered, BookingOffered}
	if !same(kinds, want) {
		t.Errorf("the journal says %v", kinds)
	}
	r := must[Returned](t)(ask(g, (*Draft).Confirm, Confirmation{Reference: first.Reference}))
	if r.Booking.Status != Confirmed || r.Booking.Reference != first.Reference || r.Left != 2 {
		t.Errorf("got %+v", r)
	}
}

func TestNobodyOvertakesWhereThatIsNotAllowed(t *testing.T) {
	for policy, want := range map[Policy]Status{Strict: Waiting, Skip: Held} {
		g, taken := full(t, "3", "7")
		must[Event](t)(g.edit(1, Edit{Waitlist: &policy}))
		large, small := g.join(t, 5, "", ann), g.join(t, 2, "", bob)
		r := g.cancel(t, taken[0])
		g.is(t, large, Waiting)
		g.is(t, small, want)
		if r.Left != 0 {
			t.Errorf("%s: %d seats are left for others", policy, r.Left)
		}
		if err := g.try(t, "1"); KindOf(err) != SoldOut || err.(*Error).Hint == "" {
			t.Errorf("%s: who does not wait hears %v", policy, err)
		}
		g.cancel(t, taken[1])
		g.is(t, large, Held)
		g.is(t, small, Held)
		g.take(t, "3")
	}
}

// Each seat that comes free in the pool brings a seat of the event with it.
func TestNoSeatOfTheEventIsKeptForWhomThePoolHasNoRoom(t *testing.T) {
	g := hall(t)
	g.take(t, "adult=8")
	g.take(t, "balcony=2")
	floor := g.join(t, 3, "child", ann)
	g.is(t, floor, Waiting)
	g.take(t, "balcony=1")
	g.take(t, "standing=1")
	g.is(t, floor, Waiting)
	refused(t, g.try(t, "standing=1"), SoldOut, "event 1 is sold out, asked for 1")
}

func TestNoSeatIsKeptForWhomNothingCanBeOffered(t *testing.T) {
	for name, end := range map[string]func(g *group) error{
		"closed": func(g *group) error {
			_, err := ask(g, (*Draft).EditType,
				TypeEdit{Event: Selector{ID: 1}, Type: "child", Closed: new(true)})
			return err
		},
		"by code only": func(g *group) error {
			_, err := ask(g, (*Draft).EditType,
				TypeEdit{Event: Selector{ID: 1}, Type: "child", CodeRequired: new(true)})
			return err
		},
	} {
		g := hall(t)
		b := g.take(t, "adult=8")
		g.take(t, "standing=4")
		place := g.join(t, 2, "child", ann)
		if err := end(g); err != nil {
			t.Fatal(name, err)
		}
		g.cancel(t, b)
		g.is(t, place, Waiting)
		g.take(t, "adult=8")
	}
}

func TestWhoWaitsForMoreThanThereIsLeavesTheWaitlist(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	g.book(t, 1, 4)
	large, small := g.join(t, 8, "", ann), g.join(t, 2, "", bob)
	g.is(t, small, Waiting)
	must[Event](t)(g.edit(1, Edit{Capacity: new(6)}))
	g.is(t, large, Left)
	g.is(t, small, Held)
}

func TestAClosedEventOffersNothingUntilItIsOpened(t *testing.T) {
	l := plainLife()
	g, b := l.in(t, Waiting)
	g = g.later(time.Hour)
	g.is(t, b, Waiting)
	must0(t, l.give(g, ToOffer, b))
	g.is(t, b, Held)
}

func TestAClosedTypeIsNotOfferedAndHoldsNobodyUp(t *testing.T) {
	g := hall(t)
	taken := g.take(t, "adult=8")
	child, adult := g.join(t, 3, "child", ann), g.join(t, 2, "adult", bob)
	must[TypeAnswer](t)(g.editType("child", TypeEdit{Closed: new(true)}))
	g.cancel(t, taken)
	g.is(t, child, Waiting)
	g.is(t, adult, Held)
	must[TypeAnswer](t)(g.editType("child", TypeEdit{Closed: new(false)}))
	g.is(t, child, Held)
}

func TestALapsedOfferGoesToTheNext(t *testing.T) {
	g, taken := full(t, "4", "6")
	first, then := g.join(t, 4, "", ann), g.join(t, 4, "", bob)
	g.cancel(t, taken[0])
	g.is(t, then, Waiting)
	g = g.later(DefaultOfferTTL) // before the first command of the next group
	g.is(t, first, Expired)
	g.is(t, then, Held)
	if got := g.expired(); len(got) != 1 || got[0] != first.Reference {
		t.Errorf("%v were taken off the books", got)
	}
	_, err := ask(g, (*Draft).Confirm, Confirmation{Reference: first.Reference})
	if KindOf(err) != Conflict {
		t.Errorf("what has lapsed is confirmed: %v", err)
	}
	must[Returned](t)(ask(g, (*Draft).Release, Release{Reference: then.Reference}))
	g = g.later(time.Second)
	g.is(t, first, Expired)
	g.is(t, then, Released)
	g.take(t, "4")
}

func TestWhatIsNotConfirmedGoesToTheNext(t *testing.T) {
	g, taken := full(t, "4", "6")
	first, then := g.join(t, 4, "", ann), g.join(t, 3, "", bob)
	g.cancel(t, taken[0])
	must[Returned](t)(ask(g, (*Draft).Confirm,
		Confirmation{Reference: first.Reference, Part: some(1)}))
	g.is(t, then, Held)
}

func TestMoreCapacityIsOfferedToWhoWaits(t *testing.T) {
	g, _ := full(t, "10")
	b := g.join(t, 4, "", ann)
	must[Event](t)(g.edit(1, Edit{Capacity: new(13)}))
	g.is(t, b, Waiting)
	e := must[Event](t)(g.edit(1, Edit{Capacity: new(14)}))
	g.is(t, b, Held)
	if e.Capacity != 14 || g.event(t, 1).Available() != 0 {
		t.Errorf("got %+v", g.event(t, 1))
	}
}

// An offer stands for hours, again and again; who books or holds decides now.
func TestNobodyWaitsForSeatsThatAnybodyCanBook(t *testing.T) {
	join := func(g *group, quantity int, typ, email string) error {
		return second(ask(g, (*Draft).Join,
			Joining{Event: Selector{ID: 1}, Quantity: quantity, Type: typ, Email: email}))
	}
	const free = "event 1 has room for 4, nobody has to wait"
	g, _ := full(t, "6")
	refused(t, join(g, 4, "", ann), Conflict, free)
	place := g.join(t, 5, "", ann)
	g.is(t, place, Waiting)
	g.is(t, g.join(t, 4, "", bob), Waiting) // the free seats are kept for the first

	g, _ = full(t, "6")
	g.lapsing(t, "4")
	g = g.later(MinTTL)
	refused(t, join(g, 4, "", ann), Conflict, free)

	g = hall(t)
	g.take(t, "adult=8")
	g.is(t, g.join(t, 1, "child", ann), Waiting)
	refused(t, join(g, 4, "balcony", bob), Conflict, free)

	g, _ = full(t, "6")
	must[Event](t)(g.edit(1, Edit{MaxPerBooking: new(3)}))
	if err := join(g, 4, "", ann); KindOf(err) != Limit {
		t.Errorf("what cannot be booked either: %v", err)
	}
}

// With the policy to skip, an entry may be the one for which the free seats are enough.
func TestWhoJoinsMayPassThoseBefore(t *testing.T) {
	g, _ := full(t, "6")
	must[Event](t)(g.edit(1, Edit{Waitlist: new(Skip)}))
	g.is(t, g.join(t, 5, "", ann), Waiting)
	g.is(t, g.join(t, 4, "", bob), Held)
}

func TestAnAddressWaitsOnce(t *testing.T) {
	g := hall(t)
	g.take(t, "adult=8")
	g.join(t, 1, "child", ann)
	g.join(t, 1, "adult", ann)
	again := Joining{Event: Selector{ID: 1}, Quantity: 2, Type: "CHILD", Email: "Ann@Example.com"}
	_, err := ask(g, (*Draft).Join, again)
	refused(t, err, Conflict,
		"Ann@Example.com waits for event 1 already, as EVB-00000-00002-7")
}

func TestAnAddressIsFreeAgainWhenItsEntryGoesToAnother(t *testing.T) {
	g, _ := full(t, "10")
	b := g.join(t, 2, "", ann)
	must[Amended](t)(ask(g, (*Draft).Amend, Amendment{Reference: b.Reference, Email: new(bob)}))
	g.is(t, g.join(t, 3, "", ann), Waiting)
	for _, email := range []string{ann, bob} {
		_, err := ask(g, (*Draft).Join, Joining{Event: Selector{ID: 1}, Quantity: 1, Email: email})
		if KindOf(err) != Conflict {
			t.Errorf("%s waits already: %v", email, err)
		}
	}
}

func TestNobodyWaitsInVain(t *testing.T) {
	g := hall(t)
	join := func(quantity int, typ, email string) error {
		return second(ask(g, (*Draft).Join,
			Joining{Event: Selector{ID: 1}, Quantity: quantity, Type: typ, Email: email}))
	}
	refused(t, join(9, "adult", ann), Conflict,
		`event 1 has 8 seats of pool "floor" in all, asked for 9`)
	refused(t, join(13, "standing", ann), Conflict, "event 1 has 12 seats in all, asked for 13")
	refused(t, join(1, "", ann), Invalid,
		"type: is missing; event 1 sells adult, child, balcony, standing")
	refused(t, join(1, "adult", ""), Invalid,
		"user_email: is missing; who waits has to be told")
}

func TestWhoHasLeftNeverComesBack(t *testing.T) {
	g, taken := full(t, "10")
	b := g.join(t, 4, "", ann)
	leave := Leave{Reference: b.Reference, Key: Key{Text: "k"}}
	first := must[Returned](t)(ask(g, (*Draft).Leave, leave))
	if first.Booking.Status != Left || first.Event.Waiting != 0 {
		t.Errorf("got %+v", first)
	}
	g.cancel(t, taken[0])
	g.is(t, b, Left)
	if again := must[Returned](t)(ask(g, (*Draft).Leave, leave)); !again.Replayed {
		t.Errorf("got %+v", again)
	}
	g.take(t, "10")
}

func TestARepeatedJoinShowsWhatBecameOfTheEntry(t *testing.T) {
	g, taken := full(t, "10")
	j := Joining{Event: Selector{ID: 1}, Quantity: 4, Email: ann, Key: Key{Text: "k"}}
	first := must[Receipt](t)(ask(g, (*Draft).Join, j))
	again := must[Receipt](t)(ask(g, (*Draft).Join, j))
	if !again.Replayed || again.Changed || !same(again.Booking, first.Booking) {
		t.Errorf("got %+v after %+v", again, first)
	}
	g.cancel(t, taken[0])
	again = must[Receipt](t)(ask(g, (*Draft).Join, j))
	if !again.Replayed || again.Changed || !same(again.Booking, g.find(first.Booking)) ||
		again.Booking.Status != Held {
		t.Errorf("got %+v after the offer", again)
	}
	must[Amended](t)(ask(g, (*Draft).Transfer,
		Transfer{Reference: first.Booking.Reference, Email: bob}))
	if again = must[Receipt](t)(ask(g, (*Draft).Join, j)); again.Booking.Email != "" {
		t.Errorf("who handed the offer on sees whose it is: %+v", again.Booking)
	}
	g = g.later(DefaultOfferTTL)
	again = must[Receipt](t)(ask(g, (*Draft).Join, j))
	if again.Booking.Status != Expired {
		t.Errorf("the offer has lapsed, the answer says %s", again.Booking.Status)
	}
	j.Quantity = 3
	if _, err := ask(g, (*Draft).Join, j); KindOf(err) != KeyReused {
		t.Errorf("another number of seats: %v", err)
	}
}

func TestACancelledEventSendsEverybodyHome(t *testing.T) {
	g, _ := full(t, "10")
	b := g.join(t, 4, "", ann)
	called := must[CalledOff](t)(g.callOff(true, "rain"))
	if called.Waiting != 1 || called.Bookings != 1 || called.Event.Waiting != 0 {
		t.Errorf("got %+v", called)
	}
	g.is(t, b, Left)
}

func TestAnEntryIsToldWhyItWaits(t *testing.T) {
	g, taken := full(t, "3", "7")
	large, small := g.join(t, 5, "", ann), g.join(t, 2, "", bob)
	explain := func(b Booking) Wait {
		return g.event(t, 1).Explain(g.find(b), slices.Collect(g.waitingOf(1)), g.now)
	}
	says := func(b Booking, position, ahead int, reason string) {
		t.Helper()
		if w := explain(b); w.Position != position || w.Ahead != ahead || w.Reason != reason {
			t.Errorf("got %d, %d, %s", w.Position, w.Ahead, w.Reason)
		}
	}
	says(large, 1, 0, "it asks for 5 and 0 seats are free")
	g.cancel(t, taken[0])
	says(large, 1, 0, "it asks for 5 and 3 seats are free")
	says(small, 2, 5, "it asks for 2; 3 seats are free, of which 3 are kept for entries before it")
	must[Event](t)(g.change(func(d *Draft) (Event, error) { return d.CloseEvent(Selector{ID: 1}) }))
	says(large, 1, 0, "event 1 is closed and takes no bookings")
	before := everything(g.Sheet)
	must[Event](t)(g.change(func(d *Draft) (Event, error) { return d.OpenEvent(Selector{ID: 1}) }))
	explain(small)
	if before == everything(g.Sheet) {
		t.Error("opening changes nothing")
	}
	g.cancel(t, taken[1])
	says(large, 0, 0, "it was offered its seats until 2026-11-22T16:00:00Z")
	must[Returned](t)(ask(g, (*Draft).Release, Release{Reference: large.Reference}))
	says(large, 0, 0, "it was offered its seats, and gave them back at 2026-11-22T12:00:00Z")
	must[Returned](t)(ask(g, (*Draft).Confirm, Confirmation{Reference: small.Reference}))
	says(small, 0, 0, "it was offered its seats and took them")
	says(g.take(t, "1"), 0, 0, "it is not on the waitlist")
}
