package storage

import (
	"slices"

	"github.com/anishathalye/porcupine"

	"evbook/internal/booking"
)

// act is what a client does in a history.
type act string

const (
	toHold    act = "hold"
	toBook    act = "book"
	toConfirm act = "confirm"
	toRelease act = "release"
	toCancel  act = "cancel"
	toMove    act = "move"
	toLook    act = "look at the event"
	toRead    act = "read the booking"
	// toTick is not asked of the store: the clocks go on by one tick.
	toTick act = "tick"
)

// asked is one call of a history.
type asked struct {
	act   act
	event int64
	// key is the idempotency key: a repetition has the same.
	key int
	// of is the booking concerned, named by the key under which it was asked for.
	of int
	// seats are how many to hold, book or confirm; 0 confirms all.
	seats int
}

// told is the answer to a call, as far as it is compared.
type told struct {
	kind     booking.Kind
	replayed bool
	status   booking.Status
	quantity int
	// left is what the answer says of the event; held and confirmed are told to who looks at it.
	held, confirmed, left int
}

// claim is a booking of an event.
type claim struct {
	// key is that under which it was asked for, confirmed and ended those of what came after.
	key, confirmed, ended int
	quantity              int
	status                booking.Status
	// until is the tick at which a hold lapses.
	until int
}

// world is one event as it must appear to its clients, who come one after the other.
type world struct {
	capacity, tick int
	claims         []claim
}

// histories says which histories of one event can have happened one call at a time.
func histories(capacity int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return world{capacity: capacity} },
		Step: func(state, input, output any) (bool, any) {
			next, want := state.(world).serve(input.(asked))
			switch got := output.(told); got.kind {
			case booking.Unknown: // at the end of the history it is as if it never happened
				return true, next
			case booking.Internal: // says that nothing happened
				return true, state
			default:
				return got == want, next
			}
		},
		Equal: func(a, b any) bool {
			v, w := a.(world), b.(world)
			return v.tick == w.tick && slices.Equal(v.claims, w.claims)
		},
	}
}

// serve gives the world after a call, and the answer. The world before stays as it is.
func (w world) serve(in asked) (world, told) {
	switch in.act {
	case toTick:
		w.tick++
		return w, told{}
	case toLook:
		held, confirmed := w.taken()
		return w, told{held: held, confirmed: confirmed, left: w.left()}
	case toHold, toBook:
		return w.take(in)
	case toRead:
		c, _ := w.find(in.of)
		return w, told{status: w.status(c), quantity: c.quantity}
	}
	return w.end(in)
}

// find gives a booking and its place. The clients ask for none that is not there.
func (w world) find(key int) (claim, int) {
	for i, c := range slices.Backward(w.claims) {
		if c.key == key {
			return c, i
		}
	}
	return claim{}, -1
}

// status is that of a booking by now.
func (w world) status(c claim) booking.Status {
	if c.status == booking.Held && w.tick >= c.until {
		return booking.Expired
	}
	return c.status
}

func (w world) taken() (held, confirmed int) {
	for _, c := range w.claims {
		switch w.status(c) {
		case booking.Held:
			held += c.quantity
		case booking.Confirmed:
			confirmed += c.quantity
		}
	}
	return held, confirmed
}

func (w world) left() int {
	held, confirmed := w.taken()
	return w.capacity - held - confirmed
}

// take holds or books seats.
func (w world) take(in asked) (world, told) {
	if _, at := w.find(in.key); at >= 0 {
		return w, told{replayed: true}
	}
	if left := w.left(); in.seats > left {
		return w, told{kind: booking.SoldOut, left: left}
	}
	c := claim{key: in.key, quantity: in.seats, status: booking.Confirmed}
	if in.act == toHold {
		c.status, c.until = booking.Held, w.tick+ticksHeld
	}
	w.claims = append(slices.Clip(w.claims), c)
	return w, told{status: c.status, quantity: in.seats, left: w.left()}
}

// end confirms, releases or cancels a booking.
func (w world) end(in asked) (world, told) {
	c, at := w.find(in.of)
	if at < 0 { // asked by somebody who was answered: such a history cannot have happened
		return w, told{kind: booking.NotFound}
	}
	if c.confirmed == in.key || c.ended == in.key {
		return w, told{replayed: true}
	}
	from, to := booking.Held, booking.Confirmed
	switch in.act {
	case toRelease:
		to = booking.Released
	case toCancel:
		from, to = booking.Confirmed, booking.Cancelled
	}
	if w.status(c) != from || in.seats > c.quantity {
		return w, told{kind: booking.Conflict}
	}
	if in.act == toConfirm {
		c.confirmed = in.key
	} else {
		c.ended = in.key
	}
	if in.seats > 0 {
		c.quantity = in.seats
	}
	c.status = to
	w.claims = slices.Clone(w.claims)
	w.claims[at] = c
	return w, told{status: to, quantity: c.quantity, left: w.left()}
}
