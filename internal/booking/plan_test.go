package booking

import (
	"strconv"
	"strings"
	"testing"
)

// asked are lines as people write them: "adult=2".
func asked(t testing.TB, words ...string) []LineRequest {
	t.Helper()
	lines := make([]LineRequest, len(words))
	for i, word := range words {
		name, number, _ := strings.Cut(word, "=")
		quantity, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = LineRequest{Type: name, Quantity: quantity}
	}
	return lines
}

// some are so many seats of a booking without ticket types, or with one.
func some(seats int) Part { return Part{Quantity: &seats} }

// addType adds a ticket type to event 1.
func (g *group) addType(t testing.TB, n NewType) TicketType {
	t.Helper()
	n.Event.ID = 1
	return must[TypeAnswer](t)(ask(g, (*Draft).AddType, n)).Type
}

// addPool adds a pool to event 1.
func (g *group) addPool(t testing.TB, name string, capacity int) {
	t.Helper()
	must[PoolAnswer](t)(ask(g, (*Draft).AddPool,
		NewPool{Event: Selector{ID: 1}, Name: name, Capacity: capacity}))
}

// addCode adds an access code to event 1.
func (g *group) addCode(t testing.TB, n NewCode) {
	t.Helper()
	n.Event.ID = 1
	must[CodeAnswer](t)(ask(g, (*Draft).AddCode, n))
}

// editType changes a ticket type of event 1.
func (g *group) editType(name string, e TypeEdit) (TypeAnswer, error) {
	e.Event.ID, e.Type = 1, name
	return ask(g, (*Draft).EditType, e)
}

// hall is event 1 of 12 seats: adults and children share the floor, which has 8, the balcony has 5,
// and who stands needs a seat of the event alone.
func hall(t testing.TB) *group {
	t.Helper()
	g := newGroup()
	g.create(t, 12)
	g.addPool(t, "floor", 8)
	g.addPool(t, "upstairs", 5)
	g.addType(t, NewType{Name: "adult", Price: "20", Pool: "floor"})
	g.addType(t, NewType{Name: "child", Price: "5", Pool: "floor"})
	g.addType(t, NewType{Name: "balcony", Price: "15", Pool: "upstairs"})
	g.addType(t, NewType{Name: "standing"})
	return g
}

// request asks for seats of event 1: of one ticket type or several, or of none.
func request(t testing.TB, words ...string) Request {
	t.Helper()
	r := Request{Event: Selector{ID: 1}}
	if len(words) == 1 && !strings.Contains(words[0], "=") {
		quantity, err := strconv.Atoi(words[0])
		if err != nil {
			t.Fatal(err)
		}
		r.Quantity = quantity
		return r
	}
	r.Lines = asked(t, words...)
	return r
}

// take books seats of event 1.
func (g *group) take(t testing.TB, words ...string) Booking {
	t.Helper()
	return must[Receipt](t)(ask(g, (*Draft).Book, request(t, words...))).Booking
}

// try asks for seats of event 1 and gives the refusal.
func (g *group) try(t testing.TB, words ...string) error {
	t.Helper()
	return second(ask(g, (*Draft).Book, request(t, words...)))
}

// lapsing holds seats of event 1 that lapse a minute later.
func (g *group) lapsing(t testing.TB, words ...string) Booking {
	t.Helper()
	r := request(t, words...)
	r.Hold, r.TTL = true, MinTTL
	return must[Receipt](t)(ask(g, (*Draft).Book, r)).Booking
}

// cancel gives all seats of a booking back.
func (g *group) cancel(t testing.TB, b Booking) Returned {
	t.Helper()
	return must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{Reference: b.Reference}))
}

// join lets somebody wait for seats of event 1, and gives the entry as it is after the command.
func (g *group) join(t testing.TB, quantity int, typ, email string) Booking {
	t.Helper()
	j := Joining{Event: Selector{ID: 1}, Quantity: quantity, Type: typ, Email: email}
	return g.find(must[Receipt](t)(ask(g, (*Draft).Join, j)).Booking)
}

// is fails the test unless a booking is in a state.
func (g *group) is(t testing.TB, b Booking, want Status) {
	t.Helper()
	if now := g.find(b); now.Status != want {
		t.Errorf("booking %s is %s, want %s", b.Reference, now.Status, want)
	}
}
