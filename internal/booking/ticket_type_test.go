package booking

import (
	"slices"
	"testing"
	"time"
)

func TestATypeHasToBeNamedWhenThereAreSeveral(t *testing.T) {
	g := hall(t)
	err := g.try(t, "2")
	refused(t, err, Invalid,
		"type: is missing; event 1 sells adult, child, balcony, standing")
	refused(t, g.try(t, "senior=2"), NotFound, `event 1 has no ticket type "senior"`)
	g = newGroup()
	g.create(t, 10)
	refused(t, g.try(t, "adult=2"), NotFound, `event 1 has no ticket type "adult"`)
}

func TestTheOnlyTypeOnSaleNeedsNoName(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	g.addType(t, NewType{Name: "adult", Price: "20"})
	g.addType(t, NewType{Name: "child"})
	must[TypeAnswer](t)(g.editType("CHILD", TypeEdit{Closed: new(true)}))
	b := g.take(t, "2")
	want := []Line{{Type: 1, Name: "adult", Quantity: 2, UnitPrice: Money{2000, "EUR"}}}
	if !same(b.Lines, want) || b.UnitPrice.Minor != 2000 || b.Quantity != 2 {
		t.Errorf("got %+v", b)
	}
	refused(t, g.try(t, "child=1"), Closed, `ticket type "child" of event 1 is closed`)
	must[TypeAnswer](t)(g.editType("adult", TypeEdit{Closed: new(true)}))
	refused(t, g.try(t, "1"), Closed, "all ticket types of event 1 are closed")
	must[TypeAnswer](t)(g.editType("adult", TypeEdit{Closed: new(false)}))
	g.take(t, "1")
}

func TestSeveralTypesAreBookedTogetherOrNotAtAll(t *testing.T) {
	g := hall(t)
	before := everything(g.Sheet)
	refused(t, g.try(t, "adult=2", "balcony=6"), SoldOut,
		`only 5 seats of pool "upstairs" left for event 1, asked for 6`)
	if everything(g.Sheet) != before {
		t.Error("a part of it was booked")
	}
	b := g.take(t, "Adult=2", "CHILD=1", "standing=1")
	if got := b.Total(); b.Quantity != 4 || got != (Money{5750, "EUR"}) {
		t.Errorf("%d seats cost %s", b.Quantity, got)
	}
	if names := b.typeNames(); !same(names, []string{"adult", "child", "standing"}) {
		t.Errorf("the types are %s", names)
	}
}

func TestLinesThatCannotBeAreNamed(t *testing.T) {
	many := make([]LineRequest, MaxLines+1)
	for i := range many {
		many[i] = LineRequest{Type: string(rune('a' + i)), Quantity: 1}
	}
	for reason, r := range map[string]Request{
		`lines: "Adult" is named twice; add its seats up`: request(t,
			"adult=1", "Adult=1"),
		`lines: names no ticket type`: request(t,
			"adult=1", "=1"),
		`lines: "adult": must be a whole number from 1 to 10000000, got 0`: request(t, "adult=0"),
		`lines: has more than 20 ticket types; make two bookings`: {
			Event: Selector{ID: 1}, Lines: many},
		`quantity: is 3, but the lines have 2; leave it out`: {
			Event: Selector{ID: 1}, Quantity: 3, Lines: asked(t, "adult=2")},
		`lines: must be a whole number from 1 to 10000000, got 20000000`: request(t,
			"adult=10000000", "child=10000000"),
	} {
		refused(t, r.Validate(), Invalid, reason)
	}
	sum := request(t, "adult=1", "child=1")
	sum.Quantity = 2
	must0(t, sum.Validate())
}

func TestATypeIsSoldInItsOwnWindow(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	g.addType(t, NewType{Name: "early", SalesClose: "+2d"})
	g.addType(t, NewType{Name: "late", SalesOpen: "+2d"})
	late := request(t, "late=1")
	refused(t, second(ask(g, (*Draft).Book, late)), Closed,
		`sales of ticket type "late" of event 1 begin at 2026-11-24T12:00:00Z`)
	g.take(t, "early=1")
	g.now = g.now.Add(48*time.Hour - 1)
	g.take(t, "early=1")
	g.now = g.now.Add(1)
	g.take(t, "late=1")
	refused(t, g.try(t, "early=1"), Closed,
		`sales of ticket type "early" of event 1 ended at 2026-11-24T12:00:00Z`)
}

func TestATypeLimitsItsSeatsInABooking(t *testing.T) {
	g := newGroup()
	g.create(t, 20)
	g.addType(t, NewType{Name: "group", MinPerBooking: 3, MaxPerBooking: 5})
	refused(t, g.try(t, "group=2"), Limit,
		`ticket type "group" is sold from 3 seats on, asked for 2`)
	refused(t, g.try(t, "group=6"), Limit,
		`ticket type "group" allows 5 seats in a booking, asked for 6`)
	g.take(t, "group=3")
	g.take(t, "group=5")
}

func TestARefusedCheckStillTellsWhatIsFreeOfThatKind(t *testing.T) {
	e := Event{
		ID: 1, Status: OpenEvent, EventDetails: EventDetails{Capacity: 20},
		Pools: []Pool{{ID: 1, Name: "deck", Capacity: 3}},
		Types: []TicketType{{ID: 1, TypeDetails: TypeDetails{Name: "child", MaxPerBooking: 2},
			Pool: 1}},
	}
	a, err := e.Check(AvailabilityRequest{Quantity: 5}, time.Time{})
	if err != nil || KindOf(a.Refusal) != Limit || a.Available != 3 {
		t.Errorf("%d seats are available, %v, %v", a.Available, a.Refusal, err)
	}
}

func TestSeatsCostWhatTheyCostWhenTheyWereTaken(t *testing.T) {
	g := hall(t)
	b := g.lapsing(t, "adult=2", "child=1")
	must[TypeAnswer](t)(g.editType("adult", TypeEdit{Price: new("99"), Name: new("grown-up")}))
	r := must[Returned](t)(ask(g, (*Draft).Confirm, Confirmation{
		Reference: b.Reference, Part: Part{Lines: asked(t, "adult=1", "child=1")},
	}))
	if r.Booking.Total().Minor != 2500 || r.Booking.Lines[0].Name != "adult" || r.Seats != 1 {
		t.Errorf("got %+v", r)
	}
	if b := g.take(t, "grown-up=1"); b.UnitPrice.Minor != 9900 {
		t.Errorf("got %+v", b)
	}
}

func TestNamesOfTypesArePlain(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	g.addType(t, NewType{Name: "Zoe\u0308"})
	for name, reason := range map[string]string{
		"a=b": `"a=b" has a = or a comma, which separate names in commands`,
		"a,b": `"a,b" has a = or a comma, which separate names in commands`,
		"":    "is empty; give it a name such as adult",
		" a":  `" a" begins or ends with a space`,
	} {
		_, err := ask(g, (*Draft).AddType, NewType{Event: Selector{ID: 1}, Name: name})
		refused(t, err, Invalid, "name: "+reason)
	}
	_, err := ask(g, (*Draft).AddType, NewType{Event: Selector{ID: 1}, Name: "ZOË"})
	refused(t, err, Conflict, `event 1 has a ticket type "Zoë" already`)
	_, err = g.editType("zoë", TypeEdit{Name: new("ZOË")})
	must0(t, err)
}

func TestEveryBadDetailOfATypeIsNamedOnce(t *testing.T) {
	g := hall(t)
	_, err := g.editType("adult", TypeEdit{
		Name: new(""), Price: new("dear"), SalesOpen: new("soon"), MinPerBooking: new(3),
		MaxPerBooking: new(2),
	})
	want := []string{"price", "sales_open", "name", "min_per_booking"}
	if got := badFields(t, err); !slices.Equal(got, want) {
		t.Errorf("got %v: %v", got, err)
	}
	_, err = g.editType("adult", TypeEdit{Pool: new("cellar")})
	refused(t, err, NotFound, `event 1 has no pool "cellar"`)
}

func TestAnEditOfATypeThatChangesNothingLeavesNoTrace(t *testing.T) {
	g := hall(t)
	before := everything(g.Sheet)
	_, err := g.editType("adult", TypeEdit{
		Name: new("adult"), Price: new("20.00"), Pool: new("FLOOR"), Closed: new(false),
	})
	must0(t, err)
	_, err = ask(g, (*Draft).EditPool, PoolEdit{
		Event: Selector{ID: 1}, Pool: "Floor", Name: new("floor"), Capacity: new(8),
	})
	must0(t, err)
	if everything(g.Sheet) != before {
		t.Error("something changed")
	}
}

func TestAnEventHasSoManyTypesAndPools(t *testing.T) {
	g := newGroup()
	e := Event{ID: 1, EventDetails: details(10), Status: OpenEvent}
	e.Types, e.Pools = make([]TicketType, MaxTypes), make([]Pool, MaxPools)
	g.LoadEvent(e)
	_, err := ask(g, (*Draft).AddType, NewType{Event: Selector{ID: 1}, Name: "one more"})
	refused(t, err, Conflict, "event 1 has 100 ticket types, which is the most")
	_, err = ask(g, (*Draft).AddPool, NewPool{Event: Selector{ID: 1}, Name: "one more"})
	refused(t, err, Conflict, "event 1 has 100 pools, which is the most")
}

func TestACancelledEventIsPlannedNoMore(t *testing.T) {
	g := hall(t)
	must[CalledOff](t)(g.callOff(true, ""))
	sel := Selector{ID: 1}
	for _, err := range []error{
		second(ask(g, (*Draft).AddType, NewType{Event: sel, Name: "x"})),
		second(g.editType("adult", TypeEdit{Name: new("x")})),
		second(ask(g, (*Draft).AddPool, NewPool{Event: sel, Name: "x", Capacity: 1})),
		second(ask(g, (*Draft).EditPool, PoolEdit{Event: sel, Pool: "floor", Name: new("x")})),
		second(ask(g, (*Draft).AddCode, NewCode{Event: sel, Text: "CODE", Uses: 1})),
	} {
		refused(t, err, Conflict, "event 1 is cancelled and cannot change any more")
	}
}

// A type that was renamed is the same type, and no second line of it.
func TestABookingHasOneLineOfATypeThatWasRenamed(t *testing.T) {
	g := hall(t)
	b := g.take(t, "adult=2", "child=1")
	must[TypeAnswer](t)(g.editType("adult", TypeEdit{Name: new("grown-up")}))
	r := must[Amended](t)(ask(g, (*Draft).Resize,
		Resize{Reference: b.Reference, Lines: asked(t, "grown-up=3")}))
	if len(r.Booking.Lines) != 2 || r.Booking.Lines[0].Quantity != 3 || r.Booking.Quantity != 4 {
		t.Errorf("got %+v", r.Booking.Lines)
	}
}
