package booking

import "testing"

// moved makes the seats of a booking those of another event or type.
func (g *group) moved(b Booking, m Move) (Amended, error) {
	m.Reference = b.Reference
	return ask(g, (*Draft).Move, m)
}

func TestAMovedBookingCostsWhatItCostsThere(t *testing.T) {
	g := hall(t)
	g.create(t, 10)
	must[Event](t)(g.edit(2, Edit{Price: new("900"), Currency: new("JPY")}))
	b := g.take(t, "adult=2", "child=1")
	a := must[Amended](t)(g.moved(b, Move{Event: Selector{ID: 2}}))
	want := b
	want.EventID, want.Lines, want.UnitPrice = 2, nil, Money{900, "JPY"}
	if !same(a.Booking, want) || a.Event.Confirmed != 3 || a.Left != 7 {
		t.Errorf("got %+v, want %+v", a.Booking, want)
	}
	back := must[Amended](t)(g.moved(b, Move{Event: Selector{ID: 1}, Type: "balcony"}))
	if back.Booking.Total() != (Money{4500, "EUR"}) || back.Booking.Lines[0].Name != "balcony" {
		t.Errorf("got %+v", back.Booking)
	}
	if e := g.event(t, 2); e.Confirmed != 0 {
		t.Errorf("the seats are in both events: %+v", e.Counters)
	}
}

func TestTypesKeepTheirNamesWhenABookingIsMoved(t *testing.T) {
	g := hall(t)
	g.create(t, 10)
	for _, name := range []string{"Child", "adult"} {
		_, err := ask(g, (*Draft).AddType, NewType{Event: Selector{ID: 2}, Name: name})
		must0(t, err)
	}
	b := g.take(t, "adult=2", "child=1")
	a := must[Amended](t)(g.moved(b, Move{Event: Selector{ID: 2}}))
	want := []Line{
		{Type: 2, Name: "adult", Quantity: 2, UnitPrice: Money{1250, "EUR"}},
		{Type: 1, Name: "Child", Quantity: 1, UnitPrice: Money{1250, "EUR"}},
	}
	if !same(a.Booking.Lines, want) {
		t.Errorf("got %+v", a.Booking.Lines)
	}
	other := g.take(t, "balcony=1")
	_, err := g.moved(other, Move{Event: Selector{ID: 2}})
	refused(t, err, NotFound, `event 2 has no ticket type "balcony"`)
}

func TestAMoveThatDoesNotFitLeavesTheBookingAsItWas(t *testing.T) {
	g := hall(t)
	g.create(t, 2)
	g.create(t, 10)
	b := g.take(t, "adult=3")
	g.take(t, "balcony=3")
	must[Event](t)(g.edit(3, Edit{MaxPerBooking: new(2)}))
	before := everything(g.Sheet)
	for want, m := range map[string]Move{
		"only 2 seats left for event 2, asked for 3":       {Event: Selector{ID: 2}},
		"event 3 allows 2 seats in a booking, asked for 3": {Event: Selector{ID: 3}},
		"no event 9": {Event: Selector{ID: 9}},
		`only 2 seats of pool "upstairs" left for event 1, asked for 3`: {Type: "balcony"},
		`event 1 has no access code "CLUB" that can be used`: {
			Type: "child", Code: "club"},
	} {
		if _, err := g.moved(b, m); err == nil || err.Error() != want {
			t.Errorf("%+v: got %v, want %s", m, err, want)
		}
	}
	if everything(g.Sheet) != before {
		t.Error("a refused move left something behind")
	}
}

func TestTheTypeOfSeatsCanChangeInAFullEvent(t *testing.T) {
	g := hall(t)
	b := g.take(t, "adult=5")
	g.take(t, "child=3", "standing=4")
	a := must[Amended](t)(g.moved(b, Move{Type: "balcony"}))
	if a.Left != 0 || a.Booking.Quantity != 5 || a.Booking.Total().Minor != 7500 {
		t.Errorf("got %+v", a)
	}
	g.counts(t, "floor", Counters{Confirmed: 3})
	g.counts(t, "upstairs", Counters{Confirmed: 5})
	before := everything(g.Sheet)
	must[Amended](t)(g.moved(b, Move{Type: "Balcony"}))
	if everything(g.Sheet) != before {
		t.Error("the same type again leaves a trace")
	}
}

func TestACodeIsKeptWithinAnEventAndLeftBehindElsewhere(t *testing.T) {
	g := hall(t)
	g.addCode(t, NewCode{Text: "club", Uses: 4})
	g.addCode(t, NewCode{Text: "vips", Uses: 1})
	g.create(t, 10)
	b := must[Receipt](t)(g.with(t, "club", "adult=3")).Booking
	g.take(t, "standing=9")
	must[Amended](t)(g.moved(b, Move{Type: "child", Code: " "}))
	g.uses(t, 1)
	_, err := g.moved(b, Move{Type: "adult", Code: "vips"})
	refused(t, err, SoldOut, "only 1 seat of code VIPS left for event 1, asked for 3")
	must[Amended](t)(g.resize(b, Resize{Quantity: new(1)}))
	a := must[Amended](t)(g.moved(b, Move{Type: "adult", Code: "vips"}))
	if a.Booking.Code != "VIPS" {
		t.Errorf("got %+v", a.Booking)
	}
	g.uses(t, 4)
	a = must[Amended](t)(g.moved(b, Move{Event: Selector{ID: 2}}))
	if a.Booking.Code != "" || g.event(t, 1).code("VIPS").Left() != 1 {
		t.Errorf("got %+v", a.Booking)
	}
}

func TestSeatsThatAMoveFreesGoToWhoWaitsAndNobodyMovesPastThem(t *testing.T) {
	g, taken := full(t, "4", "6")
	g.create(t, 10)
	b := g.join(t, 4, "", ann)
	other := g.book(t, 2, 2)
	must[Amended](t)(g.moved(taken[0], Move{Event: Selector{ID: 2}}))
	g.is(t, b, Held)
	must[Amended](t)(g.resize(taken[1], Resize{Quantity: new(4)}))
	g.join(t, 3, "", bob)
	_, err := g.moved(other, Move{Event: Selector{ID: 1}})
	refused(t, err, SoldOut, "event 1 is sold out, asked for 2")
}
