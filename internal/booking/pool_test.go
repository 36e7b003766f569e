package booking

import (
	"slices"
	"testing"
	"time"
)

func (g *group) editPool(name string, capacity int) error {
	return second(ask(g, (*Draft).EditPool,
		PoolEdit{Event: Selector{ID: 1}, Pool: name, Capacity: &capacity}))
}

// counts fails the test unless the counters of a pool of event 1 are so.
func (g *group) counts(t testing.TB, pool string, want Counters) {
	t.Helper()
	p, err := g.event(t, 1).pool(pool)
	if err != nil || p.Counters != want {
		t.Errorf("pool %s has %+v, want %+v", pool, p, want)
	}
}

func TestTypesShareTheSeatsOfTheirPool(t *testing.T) {
	g := hall(t)
	g.take(t, "adult=5")
	refused(t, g.try(t, "child=4"), SoldOut,
		`only 3 seats of pool "floor" left for event 1, asked for 4`)
	refused(t, g.try(t, "adult=2", "child=2"), SoldOut,
		`only 3 seats of pool "floor" left for event 1, asked for 4`)
	g.take(t, "child=3")
	refused(t, g.try(t, "adult=1"), SoldOut, `pool "floor" of event 1 is sold out, asked for 1`)
	g.take(t, "standing=4")
	refused(t, g.try(t, "balcony=1"), SoldOut, "event 1 is sold out, asked for 1")
	g.counts(t, "floor", Counters{Confirmed: 8})
	g.counts(t, "upstairs", Counters{})
}

func TestPoolsMayBeLargerThanTheEvent(t *testing.T) {
	g := newGroup()
	g.create(t, 2)
	g.addPool(t, "large", 100)
	g.addType(t, NewType{Name: "adult", Pool: "large"})
	refused(t, g.try(t, "3"), SoldOut, "only 2 seats left for event 1, asked for 3")
	g.take(t, "2")
}

// Only lapsed holds that stand in the way are taken off the books, however old others are.
func TestALapsedHoldIsTakenOffTheBooksForItsPool(t *testing.T) {
	g := hall(t)
	must[Event](t)(g.edit(1, Edit{Capacity: new(100)}))
	older := g.lapsing(t, "balcony=4")
	first := g.lapsing(t, "adult=3", "standing=1")
	then := g.lapsing(t, "child=4")
	g = g.later(time.Hour)
	b := g.take(t, "adult=4")
	if got := g.expired(); !slices.Equal(got, []Reference{first.Reference}) {
		t.Errorf("%v were taken off the books", got)
	}
	g.counts(t, "floor", Counters{Confirmed: 4, Lapsed: 4})
	g.counts(t, "upstairs", Counters{Lapsed: 4})
	must[Amended](t)(ask(g, (*Draft).Resize,
		Resize{Reference: b.Reference, Lines: asked(t, "adult=5")}))
	if got := g.expired(); !slices.Equal(got, []Reference{first.Reference, then.Reference}) {
		t.Errorf("%v were taken off the books", got)
	}
	g.is(t, older, Expired)
	if e := g.event(t, 1); e.Lapsed != 4 || e.Available() != 95 {
		t.Errorf("got %+v", e.Counters)
	}
}

func TestThePoolOfATypeTakesItsSeatsOver(t *testing.T) {
	g := hall(t)
	g.take(t, "adult=3")
	g.lapsing(t, "adult=1")
	g.take(t, "balcony=3")
	_, err := g.editType("adult", TypeEdit{Pool: new("upstairs")})
	refused(t, err, Conflict, `pool "upstairs" has 2 seats free, ticket type "adult" has 4 taken`)
	g.counts(t, "floor", Counters{Held: 1, Confirmed: 3})
	g = g.later(MinTTL)
	before := everything(g.Sheet)
	_, err = g.editType("balcony", TypeEdit{Pool: new("cellar")})
	refused(t, err, NotFound, `event 1 has no pool "cellar"`)
	if everything(g.Sheet) != before {
		t.Error("a refused edit changed something")
	}
	must0(t, g.editPool("upstairs", 6))
	answer := must[TypeAnswer](t)(g.editType("adult", TypeEdit{Pool: new("upstairs")}))
	g.counts(t, "floor", Counters{})
	g.counts(t, "upstairs", Counters{Confirmed: 6})
	if answer.Type.Counters != (Counters{Confirmed: 3}) || len(g.expired()) != 1 {
		t.Errorf("got %+v, expired %v", answer.Type, g.expired())
	}
	must[TypeAnswer](t)(g.editType("adult", TypeEdit{Pool: new("")}))
	g.counts(t, "upstairs", Counters{Confirmed: 3})
}

func TestThePoolOfATypeTakesOverWhoWaits(t *testing.T) {
	g := hall(t)
	g.take(t, "adult=8")
	g.join(t, 2, "adult", "ann@example.com")
	must[TypeAnswer](t)(g.editType("adult", TypeEdit{Pool: new("")}))
	g.counts(t, "floor", Counters{})
	if got := g.event(t, 1).Types[0].Counters; got != (Counters{Held: 2, Confirmed: 8}) {
		t.Errorf("nothing stands in the way of who waits, but: %+v", got)
	}
}

func TestAPoolNeverFallsBelowTheSeatsTaken(t *testing.T) {
	g := hall(t)
	g.take(t, "adult=3")
	g.lapsing(t, "child=2")
	refused(t, g.editPool("floor", 4), Conflict,
		`pool "floor" has 5 seats taken, capacity cannot be lowered to 4`)
	g = g.later(MinTTL)
	must0(t, g.editPool("floor", 3))
	g.counts(t, "floor", Counters{Confirmed: 3})
	refused(t, g.editPool("cellar", 3), NotFound, `event 1 has no pool "cellar"`)
	_, err := ask(g, (*Draft).AddPool, NewPool{Event: Selector{ID: 1}, Name: "FLOOR", Capacity: 1})
	refused(t, err, Conflict, `event 1 has a pool "floor" already`)
	if got := badFields(t, g.editPool("floor", 0)); !slices.Equal(got, []string{"capacity"}) {
		t.Errorf("got %v", got)
	}
}

func TestALargerPoolIsOfferedToWhoWaits(t *testing.T) {
	g := hall(t)
	g.take(t, "adult=8")
	b := g.join(t, 2, "child", "ann@example.com")
	must0(t, g.editPool("floor", 9))
	g.is(t, b, Waiting)
	must0(t, g.editPool("floor", 10))
	g.is(t, b, Held)
}
