package booking

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// lapsedHolds makes an event of ten seats that are all held, by holds of 1, 2, 3 and 4 seats that
// have lapsed in this order, and gives the transaction after.
func lapsedHolds(t testing.TB) (*group, []Booking) {
	t.Helper()
	g := newGroup()
	event := g.create(t, 10)
	var holds []Booking
	for seats := range 4 {
		g.now = g.now.Add(time.Second)
		holds = append(holds, g.hold(t, event.ID, seats+1))
	}
	return g.later(time.Hour), holds
}

// callOff cancels an event.
func (g *group) callOff(withBookings bool, reason string) (CalledOff, error) {
	return Decide(g.Sheet, Caller{Actor: "test"}, g.now, func(d *Draft) (CalledOff, error) {
		return d.CancelEvent(Selector{ID: 1}, withBookings, reason)
	})
}

// expired are the bookings that were taken off the books, in order.
func (g *group) expired() (refs []Reference) {
	for _, e := range g.Journal() {
		if e.Kind == BookingExpired {
			refs = append(refs, e.Booking)
		}
	}
	return refs
}

func TestSeatsOfLapsedHoldsAreFreeAtOnce(t *testing.T) {
	g, _ := lapsedHolds(t)
	event := g.event(t, 1)
	a := must[Availability](t)(event.Check(AvailabilityRequest{Quantity: 10}, g.now))
	if !a.Sufficient() || a.Available != 10 {
		t.Errorf("%d of %+v", a.Available, event)
	}
	r := must[Receipt](t)(ask(g, (*Draft).Book, seats(10, "")))
	if r.Left != 0 || r.Event.Confirmed != 10 || r.Event.Held+r.Event.Lapsed != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestOnlyAsManyLapsedHoldsAsNeededAreTakenOffTheBooks(t *testing.T) {
	for asked, taken := range []int{0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4} {
		if asked == 0 {
			continue
		}
		g, holds := lapsedHolds(t)
		r := must[Receipt](t)(ask(g, (*Draft).Book, seats(asked, "")))
		if got := g.expired(); len(got) != taken || got[0] != holds[0].Reference {
			t.Errorf("%d seats take %v", asked, got)
		}
		if r.Left != 10-asked {
			t.Errorf("%d seats leave %d", asked, r.Left)
		}
		for _, e := range g.Journal() {
			if (e.Actor == Engine) != (e.Kind == BookingExpired) {
				t.Errorf("%s did %s", e.Actor, e.Kind)
			}
		}
	}
}

func TestNobodyTakesLapsedHoldsOffTheBooksWithoutNeed(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := g.hold(t, event.ID, 4)
	g = g.later(time.Hour)
	if r := must[Receipt](t)(ask(g, (*Draft).Book, seats(6, ""))); r.Left != 4 {
		t.Errorf("got %+v", r)
	}
	_, err := ask(g, (*Draft).Confirm, Confirmation{Reference: b.Reference})
	refused(t, err, Conflict, "hold EVB-00000-00001-H expired at 2026-11-22T12:10:00Z")
	if got := g.expired(); len(got) > 0 {
		t.Errorf("%v were taken off", got)
	}
}

func TestWhatIsRefusedKeepsLapsedHoldsOffTheBooks(t *testing.T) {
	hold := seats(11, "")
	hold.Hold = true
	for name, command := range map[string]func(d *Draft) error{
		"book": func(d *Draft) error { return second(d.Book(seats(11, ""))) },
		"hold": func(d *Draft) error { return second(d.Book(hold)) },
		"all rows": func(d *Draft) error {
			return second(d.BookMany([]Request{seats(9, ""), seats(2, "")}, true))
		},
		"an error at the end": func(d *Draft) error {
			return errors.Join(second(d.Book(seats(10, ""))), errors.New("the last step failed"))
		},
	} {
		g, holds := lapsedHolds(t)
		before := g.event(t, 1)
		if err := g.do(command); err == nil {
			t.Errorf("%s is not refused", name)
		}
		after := g.event(t, 1)
		if got := g.expired(); len(got) != len(holds) || len(g.Journal()) != len(holds) {
			t.Errorf("%s: the journal says %+v", name, g.Journal())
		}
		if after.Lapsed != 0 || after.Available() != 10 || after.Held+after.Confirmed != 0 ||
			after.Version != before.Version+int64(len(holds)) {
			t.Errorf("%s: %+v is now %+v", name, before, after)
		}
		for _, b := range holds {
			if now := g.bookings[b.Reference].After; now.Status != Expired {
				t.Errorf("%s: %+v", name, now)
			}
		}
	}
}

// A request that is wrong in itself, repeated, or about an event off sale needs no seats.
func TestARequestThatNeedsNoSeatsLeavesLapsedHoldsAlone(t *testing.T) {
	g, _ := lapsedHolds(t)
	must[Receipt](t)(ask(g, (*Draft).Book, seats(1, "k")))
	g = g.later(time.Second)
	again := must[Receipt](t)(ask(g, (*Draft).Book, seats(1, "k")))
	_, invalid := ask(g, (*Draft).Book, seats(-1, ""))
	must0(t, g.do(func(d *Draft) error { return second(d.CloseEvent(Selector{ID: 1})) }))
	_, closed := ask(g, (*Draft).Book, seats(5, ""))
	if !again.Replayed || KindOf(invalid) != Invalid || KindOf(closed) != Closed {
		t.Errorf("got %+v, %v, %v", again, invalid, closed)
	}
	if got := g.expired(); len(got) > 0 {
		t.Errorf("%v were taken off", got)
	}
}

func TestCapacityCanBeLoweredOntoLapsedHolds(t *testing.T) {
	g, holds := lapsedHolds(t)
	must[Receipt](t)(ask(g, (*Draft).Book, seats(1, "")))
	g = g.later(time.Second)
	_, err := g.edit(1, Edit{Capacity: new(0)})
	if KindOf(err) != Invalid || len(g.expired()) > 0 {
		t.Errorf("got %v", err)
	}
	e := must[Event](t)(g.edit(1, Edit{Capacity: new(5)}))
	if got := g.expired(); !slices.Equal(got, []Reference{holds[1].Reference, holds[2].Reference}) {
		t.Errorf("%v were taken off", got)
	}
	if e.Capacity != 5 || e.Available() != 4 || e.Lapsed != 4 || e.Confirmed != 1 {
		t.Errorf("got %+v", e)
	}
	last := g.Journal()[len(g.Journal())-1]
	if last.Kind != EventEdited || last.Seq != e.Version || last.Capacity != -5 {
		t.Errorf("the journal ends with %+v", last)
	}
}

func TestCapacityCannotBeLoweredOntoHolds(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	g.hold(t, event.ID, 3)
	g.book(t, event.ID, 4)
	_, err := g.edit(event.ID, Edit{Capacity: new(6)})
	refused(t, err, Conflict, "event 1 has 7 seats taken, capacity cannot be lowered to 6")
	if e := must[Event](t)(g.edit(event.ID, Edit{Capacity: new(7)})); e.Available() != 0 {
		t.Errorf("got %+v", e)
	}
}

func TestACancelledEventHoldsNothing(t *testing.T) {
	g, lapsed := lapsedHolds(t)
	must[Receipt](t)(ask(g, (*Draft).Book, seats(1, "")))
	live := g.hold(t, 1, 3)
	g = g.later(time.Second)
	called := must[CalledOff](t)(g.callOff(true, "rain"))
	if called.Bookings != 2 || called.Seats != 4 || called.Event.Held != 0 ||
		called.Event.Lapsed != 0 || called.Event.Confirmed != 0 || called.Event.Available() != 10 {
		t.Errorf("got %+v", called)
	}
	now := g.bookings[live.Reference].After
	if now.Status != Released || now.CancelReason != "rain" {
		t.Errorf("the hold is %+v", now)
	}
	for _, b := range lapsed {
		if now := g.bookings[b.Reference].After; now.Status != Expired || now.CancelReason != "" {
			t.Errorf("a lapsed hold is %+v", now)
		}
	}
	if _, err := ask(g, (*Draft).Confirm, Confirmation{Reference: live.Reference}); err == nil {
		t.Error("it can be confirmed")
	}
}

func TestHoldsAreAskedAboutBeforeTheEventIsCancelled(t *testing.T) {
	g := newGroup()
	g.hold(t, g.create(t, 10).ID, 3)
	_, err := g.callOff(false, "")
	refused(t, err, Conflict, "event 1 has 3 seats booked")
	g = g.later(time.Hour)
	if called := must[CalledOff](t)(g.callOff(false, "")); called.Bookings != 0 {
		t.Errorf("got %+v", called)
	}
}

func TestASweepTakesWhatItFindsOffTheBooks(t *testing.T) {
	g, holds := lapsedHolds(t)
	g.create(t, 5)
	other := g.hold(t, 2, 2)
	must0(t, g.do(func(d *Draft) error {
		for _, event := range []int64{1, 1, 2, 9} {
			d.Sweep(event)
		}
		return nil
	}))
	if swept := g.expired(); len(swept) != len(holds) {
		t.Errorf("got %v", swept)
	}
	if e := g.event(t, 1); e.Lapsed != 0 || e.Held != 0 || e.Available() != 10 {
		t.Errorf("got %+v", e)
	}
	if now := g.bookings[other.Reference].After; !same(now, other) {
		t.Errorf("a hold that has not lapsed is %+v", now)
	}
}

// Later rows see the room that was made for all of them.
func TestManyRowsShareTheSeatsOfLapsedHolds(t *testing.T) {
	g, holds := lapsedHolds(t)
	results, err := g.many([]Request{seats(2, ""), seats(9, ""), seats(8, "")}, false)
	must0(t, err)
	if results[0].Refusal != nil || results[2].Refusal != nil || results[2].Receipt.Left != 0 ||
		KindOf(results[1].Refusal) != SoldOut || results[1].Refusal.Available != 8 {
		t.Errorf("got %+v", results)
	}
	if got := g.expired(); len(got) != len(holds) {
		t.Errorf("%v were taken off", got)
	}
}
