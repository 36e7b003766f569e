package booking

import (
	"testing"
	"time"
)

const (
	all  = 5 // seats of the bookings below
	part = 2
)

// seatsIn are seats by what they count in, as [tracks] names it.
type seatsIn map[string]int

// life is a booking of one kind, and what the commands are that are given to it.
type life struct {
	name string
	// plan makes the group with event 1.
	plan    func(testing.TB) *group
	request Request
	// waits is the ticket type for which an entry of the waitlist waits.
	waits  string
	part   Part
	resize Resize
	move   Move
	// has are the seats of the booking, named those of the part and waiting those of an entry.
	has, named, waiting seatsIn
	// moved and arrived are the differences after a move in event 1 and in the other event.
	moved, arrived seatsIn
}

func plainLife() life {
	return life{
		name: "plain",
		plan: func(t testing.TB) *group {
			g := newGroup()
			g.create(t, 2*all)
			return g
		},
		request: Request{Event: Selector{ID: 1}, Quantity: all},
		part:    some(part),
		resize:  Resize{Quantity: new(all + part)},
		move:    Move{Event: Selector{ID: 2}},
		has:     seatsIn{"event": all}, named: seatsIn{"event": part},
		waiting: seatsIn{"event": all},
		moved:   seatsIn{"event": -all}, arrived: seatsIn{"event": all},
	}
}

func typedLife(t testing.TB) life {
	return life{
		name: "with ticket types", plan: hall, waits: "adult",
		request: request(t, "adult=3", "balcony=2"),
		part:    Part{Lines: asked(t, "adult=1", "balcony=1")},
		resize:  Resize{Lines: asked(t, "adult=4", "balcony=3")},
		move:    Move{Type: "child"},
		has: seatsIn{"event": all, "type adult": 3, "pool floor": 3, "type balcony": 2,
			"pool upstairs": 2},
		named: seatsIn{"event": part, "type adult": 1, "pool floor": 1, "type balcony": 1,
			"pool upstairs": 1},
		waiting: seatsIn{"event": all, "type adult": all, "pool floor": all},
		moved: seatsIn{"type adult": -3, "type balcony": -2, "type child": all,
			"pool floor": 2, "pool upstairs": -2},
	}
}

func codedLife() life {
	l := plainLife()
	l.name = "with a code"
	l.plan = func(t testing.TB) *group {
		g := plainLife().plan(t)
		g.addCode(t, NewCode{Text: "club", Uses: 2 * all})
		return g
	}
	l.request.Code = "Club"
	l.has = seatsIn{"event": all, "code CLUB": all}
	l.named = seatsIn{"event": part, "code CLUB": part}
	l.moved = seatsIn{"event": -all, "code CLUB": -all}
	return l
}

// in makes a booking in a state, with its journal behind it, and gives the transaction after. A
// hold is expired when it has lapsed and is still on the books. The seats for which an entry waits
// are free, and the event is closed, so that it waits still.
func (l life) in(t testing.TB, state Status) (*group, Booking) {
	t.Helper()
	g := l.plan(t)
	g.create(t, 2*all)
	var b Booking
	switch state {
	case Waiting, Left:
		b = l.entry(t, g)
	case Confirmed, Cancelled:
		b = must[Receipt](t)(ask(g, (*Draft).Book, l.request)).Booking
	default:
		hold := l.request
		hold.Hold = true
		b = must[Receipt](t)(ask(g, (*Draft).Book, hold)).Booking
	}
	wait := time.Second
	switch state {
	case Cancelled:
		must0(t, l.give(g, ToCancel, b))
	case Released:
		must0(t, l.give(g, ToRelease, b))
	case Left:
		must0(t, l.give(g, ToLeave, b))
	case Expired:
		wait = DefaultTTL
	}
	g = g.later(wait)
	return g, g.find(b)
}

// entry puts somebody on the waitlist.
func (l life) entry(t testing.TB, g *group) Booking {
	t.Helper()
	var blocker Booking
	if l.waits == "" {
		blocker = g.take(t, "10")
	} else {
		blocker = g.take(t, l.waits+"=8")
	}
	b := g.join(t, all, l.waits, "ann@example.com")
	must[Event](t)(g.change(func(d *Draft) (Event, error) {
		return d.CloseEvent(Selector{ID: 1})
	}))
	g.cancel(t, blocker)
	return b
}

// give gives a command to a booking.
func (l life) give(g *group, command Command, b Booking) error {
	ref := b.Reference
	switch command {
	case ToOffer:
		return second(g.change(func(d *Draft) (Event, error) {
			return d.OpenEvent(Selector{ID: b.EventID})
		}))
	case ToLeave:
		return second(ask(g, (*Draft).Leave, Leave{Reference: ref}))
	case ToConfirm:
		return second(ask(g, (*Draft).Confirm, Confirmation{Reference: ref}))
	case ToConfirmPart:
		return second(ask(g, (*Draft).Confirm, Confirmation{Reference: ref, Part: l.part}))
	case ToExtend:
		return second(ask(g, (*Draft).Extend, Extension{Reference: ref}))
	case ToRelease:
		return second(ask(g, (*Draft).Release, Release{Reference: ref}))
	case ToCancel:
		return second(ask(g, (*Draft).Cancel, Cancellation{Reference: ref}))
	case ToCancelPart:
		return second(ask(g, (*Draft).Cancel, Cancellation{Reference: ref, Part: l.part}))
	case ToCallOff:
		return g.do(func(d *Draft) error {
			return second(d.CancelEvent(Selector{ID: b.EventID}, true, ""))
		})
	case ToExpire:
		*g = *g.later(DefaultTTL)
		return g.do(func(d *Draft) error {
			d.Sweep(b.EventID)
			return nil
		})
	}
	return l.change(g, command, b)
}

// change gives a booking a command that leaves it in its state.
func (l life) change(g *group, command Command, b Booking) error {
	resize, move := l.resize, l.move
	resize.Reference, move.Reference = b.Reference, b.Reference
	switch command {
	case ToResize:
		return second(ask(g, (*Draft).Resize, resize))
	case ToMove:
		return second(ask(g, (*Draft).Move, move))
	case ToEdit:
		return second(ask(g, (*Draft).Amend, Amendment{Reference: b.Reference, Name: new("Zoë")}))
	case ToTransfer:
		return second(ask(g, (*Draft).Transfer,
			Transfer{Reference: b.Reference, Email: "zoe@example.com"}))
	}
	panic("no such command: " + command)
}

// in makes a plain booking in a state.
func in(t testing.TB, state Status) (*group, Booking) { return plainLife().in(t, state) }

// give gives a command to a plain booking.
func (g *group) give(command Command, b Booking) error { return plainLife().give(g, command, b) }

// becomes gives the changes of the counters that a transition has, by what they are of.
func (l life) becomes(tr Transition, event int64) map[string]Counters {
	has := l.has
	if tr.From == Waiting {
		has = l.waiting
	}
	changes := map[string]Counters{}
	for what, n := range has {
		changes[what] = tr.change(n, []int{l.named[what]}, 0)
	}
	if tr.Command == ToMove && tr.Refusal == "" {
		changes = map[string]Counters{}
		for what, n := range map[int64]seatsIn{1: l.moved, 2: l.arrived}[event] {
			changes[what] = Booking{Status: tr.From}.taking(n)
		}
	} else if event == 2 {
		return map[string]Counters{}
	}
	for what, c := range changes {
		if c == (Counters{}) {
			delete(changes, what)
		}
	}
	return changes
}
