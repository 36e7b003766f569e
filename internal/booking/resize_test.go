package booking

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// resize gives a booking another number of seats.
func (g *group) resize(b Booking, r Resize) (Amended, error) {
	r.Reference = b.Reference
	return ask(g, (*Draft).Resize, r)
}

func TestABookingGetsMoreSeatsOrFewer(t *testing.T) {
	for _, hold := range []bool{false, true} {
		g := newGroup()
		g.create(t, 10)
		r := request(t, "5")
		r.Hold = hold
		b := must[Receipt](t)(ask(g, (*Draft).Book, r)).Booking
		must[Event](t)(g.edit(1, Edit{Price: new("99")}))
		for _, n := range []int{8, 10, 1, 1, 3} {
			a := must[Amended](t)(g.resize(b, Resize{Quantity: &n}))
			if a.Booking.Quantity != n || a.Event.Taken() != n || a.Left != 10-n ||
				a.Booking.UnitPrice != b.UnitPrice || a.Booking.Status != b.Status ||
				a.Booking.ExpiresAt != b.ExpiresAt {
				t.Errorf("%d: got %+v", n, a)
			}
		}
		if got := len(g.Journal()); got != 7 {
			t.Errorf("the same number again is noted too: %d entries", got)
		}
	}
}

func TestAChangeThatDoesNotFitLeavesTheBookingAsItWas(t *testing.T) {
	g := hall(t)
	b := g.take(t, "adult=3", "balcony=2")
	g.take(t, "adult=4", "standing=1")
	before := everything(g.Sheet)
	const one = "booking EVB-00000-00001-H"
	for words, want := range map[string]string{
		"adult=5 balcony=1":    `only 1 seat of pool "floor" left for event 1, asked for 2`,
		"balcony=4 standing=1": "only 2 seats left for event 1, asked for 3",
		"adult=0 balcony=0":    one + " would have no seats left",
		"senior=1":             `event 1 has no ticket type "senior"`,
		"adult=-1":             `lines: "adult": must be a whole number from 1 to 10000000, got -1`,
		"adult=1 Adult=2":      `lines: "Adult" is named twice; add its seats up`,
	} {
		_, err := g.resize(b, Resize{Lines: asked(t, strings.Fields(words)...)})
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", words, err, want)
		}
	}
	_, err := g.resize(b, Resize{Quantity: new(4)})
	refused(t, err, Invalid,
		"quantity: is of several ticket types; say how many of each: adult, balcony")
	if everything(g.Sheet) != before {
		t.Error("a refused change left something behind")
	}
}

func TestTypesAreExchangedInAFullEvent(t *testing.T) {
	g := hall(t)
	b := g.take(t, "adult=4", "balcony=2")
	g.take(t, "child=4", "standing=2")
	must[TypeAnswer](t)(g.editType("adult", TypeEdit{Price: new("99"), Closed: new(true)}))
	a := must[Amended](t)(g.resize(b, Resize{Lines: asked(t, "adult=1", "child=3")}))
	want := []Line{
		{Type: 1, Name: "adult", Quantity: 1, UnitPrice: Money{2000, "EUR"}},
		{Type: 3, Name: "balcony", Quantity: 2, UnitPrice: Money{1500, "EUR"}},
		{Type: 2, Name: "child", Quantity: 3, UnitPrice: Money{500, "EUR"}},
	}
	if !same(a.Booking.Lines, want) || a.Booking.Quantity != 6 || a.Left != 0 {
		t.Errorf("got %+v", a)
	}
	g.counts(t, "floor", Counters{Confirmed: 8})
	_, err := g.resize(b, Resize{Lines: asked(t, "adult=2", "child=2")})
	refused(t, err, Closed, `ticket type "adult" of event 1 is closed`)
	must[Amended](t)(g.resize(b, Resize{Lines: asked(t, "balcony=0", "child=0")}))
}

func TestWhoWaitsComesBeforeWhoWantsMore(t *testing.T) {
	g, taken := full(t, "4", "6")
	b := g.join(t, 3, "", ann)
	must[Amended](t)(g.resize(taken[0], Resize{Quantity: new(2)}))
	g.is(t, b, Waiting)
	_, err := g.resize(taken[1], Resize{Quantity: new(7)})
	refused(t, err, SoldOut, "event 1 is sold out, asked for 1")
	must[Amended](t)(g.resize(taken[0], Resize{Quantity: new(1)}))
	g.is(t, b, Held)
}

func TestAChangeRepeatedUnderItsKeyIsMadeOnce(t *testing.T) {
	for name, change := range map[string]func(g *group, ref Reference, key Key) (Amended, error){
		"change": func(g *group, ref Reference, key Key) (Amended, error) {
			return ask(g, (*Draft).Resize, Resize{Reference: ref, Quantity: new(4), Key: key})
		},
		"move": func(g *group, ref Reference, key Key) (Amended, error) {
			return ask(g, (*Draft).Move,
				Move{Reference: ref, Event: Selector{ID: 2}, Key: key})
		},
		"edit": func(g *group, ref Reference, key Key) (Amended, error) {
			return ask(g, (*Draft).Amend, Amendment{Reference: ref, Note: new("x"), Key: key})
		},
		"transfer": func(g *group, ref Reference, key Key) (Amended, error) {
			return ask(g, (*Draft).Transfer, Transfer{Reference: ref, Email: bob, Key: key})
		},
	} {
		g, taken := full(t, "3", "2")
		g.create(t, 10)
		key := Key{Text: "k"}
		first := must[Amended](t)(change(g, taken[0].Reference, key))
		g = g.later(time.Second)
		before := everything(g.Sheet)
		again := must[Amended](t)(change(g, taken[0].Reference, key))
		if !again.Replayed || !same(again.Booking, first.Booking) || again.Left != first.Left {
			t.Errorf("%s: got %+v after %+v", name, again, first)
		}
		if _, err := change(g, taken[1].Reference, key); KindOf(err) != KeyReused {
			t.Errorf("%s of another booking: %v", name, err)
		}
		if everything(g.Sheet) != before {
			t.Errorf("%s: repeating changed something", name)
		}
	}
}

// What was answered under a key stays the answer, whatever becomes of the booking's seats.
func TestAnswersStandAfterAChangeOfTheBooking(t *testing.T) {
	g := hall(t)
	r := request(t, "adult=2", "child=1")
	r.Hold, r.Key = true, Key{Text: "hold"}
	first := must[Receipt](t)(ask(g, (*Draft).Book, r))
	longer := Extension{Reference: first.Booking.Reference, TTL: time.Hour, Key: Key{Text: "ext"}}
	extended := must[Extended](t)(ask(g, (*Draft).Extend, longer))
	g = g.later(time.Second)
	must[Amended](t)(g.resize(first.Booking, Resize{Lines: asked(t, "adult=1", "child=2")}))
	again := must[Receipt](t)(ask(g, (*Draft).Book, r))
	if !again.Changed || !same(again.Booking, first.Booking) {
		t.Errorf("got %+v, first was %+v", again, first)
	}
	if e := must[Extended](t)(ask(g, (*Draft).Extend, longer)); !same(e.Booking, extended.Booking) {
		t.Errorf("got %+v, first was %+v", e.Booking, extended.Booking)
	}
}

func TestABookingHasSoManyTypes(t *testing.T) {
	g := newGroup()
	g.create(t, 100)
	var names []string
	for i := range MaxLines + 1 {
		name := "t" + strconv.Itoa(i)
		g.addType(t, NewType{Name: name})
		names = append(names, name+"=1")
	}
	b := g.take(t, names[:MaxLines]...)
	_, err := g.resize(b, Resize{Lines: asked(t, names[MaxLines])})
	refused(t, err, Limit,
		"booking EVB-00000-00001-H would have 21 ticket types, the most is 20")
	must[Amended](t)(g.resize(b, Resize{Lines: asked(t, names[MaxLines], "t0=0")}))
}

func TestAGroupTicketStaysOne(t *testing.T) {
	g := newGroup()
	g.create(t, 20)
	g.addType(t, NewType{Name: "group", MinPerBooking: 4})
	b := g.take(t, "group=5")
	_, err := g.resize(b, Resize{Quantity: new(1)})
	refused(t, err, Limit, `ticket type "group" is sold from 4 seats on, asked for 1`)
	held := g.lapsing(t, "group=5")
	_, err = ask(g, (*Draft).Confirm, Confirmation{
		Reference: held.Reference, Part: Part{Quantity: new(1)},
	})
	refused(t, err, Limit, `ticket type "group" is sold from 4 seats on, asked for 1`)
	must[Amended](t)(g.resize(b, Resize{Quantity: new(4)}))
}

func TestSeatsWithoutATypeDoNotGrowWhereTypesAreSold(t *testing.T) {
	g := newGroup()
	g.create(t, 20)
	b := g.book(t, 1, 2)
	g.addType(t, NewType{Name: "adult", MaxPerBooking: 2})
	_, err := g.resize(b, Resize{Quantity: new(9)})
	refused(t, err, Invalid, "quantity: is of seats without a ticket type, which event 1 sells "+
		"no more; book further ones of adult")
	must[Amended](t)(g.resize(b, Resize{Quantity: new(1)}))
}
