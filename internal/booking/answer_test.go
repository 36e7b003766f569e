package booking

import "testing"

// shown is what an answer says of its event, and of the seats that are left; -1 where it has no
// such number.
type shown struct {
	event    Event
	left     int
	replayed bool
}

func ofReturned(r Returned, err error) (shown, error) {
	return shown{r.Event, r.Left, r.Replayed}, err
}

func ofReceipt(r Receipt, err error) (shown, error) {
	return shown{r.Event, r.Left, r.Replayed}, err
}

func ofAmended(a Amended, err error) (shown, error) {
	return shown{a.Event, a.Left, a.Replayed}, err
}

func ofEvent(e Event, err error) (shown, error) { return shown{e, -1, false}, err }

func ofType(a TypeAnswer, err error) (shown, error) { return shown{a.Event, -1, false}, err }

func ofPool(a PoolAnswer, err error) (shown, error) { return shown{a.Event, -1, false}, err }

// queue is an event of which one seat of the floor is free: too few for the first of the two who
// wait, and kept from the second.
type queue struct {
	*group
	booked, held, first, second Booking
}

func newQueue(t testing.TB) queue {
	g := hall(t)
	q := queue{group: g, booked: g.take(t, "adult=3")}
	r := request(t, "adult=4")
	r.Hold = true
	q.held = must[Receipt](t)(ask(g, (*Draft).Book, r)).Booking
	g.take(t, "standing=2")
	q.first, q.second = g.join(t, 2, "adult", ann), g.join(t, 1, "adult", bob)
	return q
}

// skip changes the policy behind the back of the rules, so that the next command is what offers.
func (q queue) skip() { q.Sheet.events[1].After.Waitlist = Skip }

// offering are commands after which somebody who waits is offered seats, by name.
func offering() map[string]func(queue) (shown, error) {
	key := Key{Text: "k"}
	return map[string]func(queue) (shown, error){
		"cancel": func(q queue) (shown, error) {
			return ofReturned(ask(q.group, (*Draft).Cancel,
				Cancellation{Reference: q.booked.Reference, Part: some(1), Key: key}))
		},
		"confirm a part": func(q queue) (shown, error) {
			return ofReturned(ask(q.group, (*Draft).Confirm,
				Confirmation{Reference: q.held.Reference, Part: some(1), Key: key}))
		},
		"release": func(q queue) (shown, error) {
			return ofReturned(ask(q.group, (*Draft).Release,
				Release{Reference: q.held.Reference, Key: key}))
		},
		"leave": func(q queue) (shown, error) {
			return ofReturned(ask(q.group, (*Draft).Leave,
				Leave{Reference: q.first.Reference, Key: key}))
		},
		"join": func(q queue) (shown, error) {
			q.skip()
			return ofReceipt(ask(q.group, (*Draft).Join, Joining{
				Event: Selector{ID: 1}, Quantity: 2, Type: "adult", Email: cyn, Key: key,
			}))
		},
		"change": func(q queue) (shown, error) {
			return ofAmended(ask(q.group, (*Draft).Resize,
				Resize{Reference: q.booked.Reference, Quantity: new(1), Key: key}))
		},
		"move": func(q queue) (shown, error) {
			return ofAmended(ask(q.group, (*Draft).Move,
				Move{Reference: q.booked.Reference, Type: "balcony", Key: key}))
		},
		"edit the event": func(q queue) (shown, error) {
			return ofEvent(q.edit(1, Edit{Waitlist: new(Skip)}))
		},
		"open the event": func(q queue) (shown, error) {
			sel := Selector{ID: 1}
			if err := q.do(func(d *Draft) error { return second(d.CloseEvent(sel)) }); err != nil {
				return shown{}, err
			}
			q.skip()
			return ofEvent(q.change(func(d *Draft) (Event, error) { return d.OpenEvent(sel) }))
		},
		"edit a ticket type": func(q queue) (shown, error) {
			return ofType(q.editType("adult", TypeEdit{Pool: new("")}))
		},
		"edit a pool": func(q queue) (shown, error) {
			return ofPool(ask(q.group, (*Draft).EditPool,
				PoolEdit{Event: Selector{ID: 1}, Pool: "floor", Capacity: new(9)}))
		},
	}
}

func TestAnswersShowTheEventAfterAllThatFollowed(t *testing.T) {
	for name, command := range offering() {
		q := newQueue(t)
		before := q.event(t, 1)
		got, err := command(q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		journal := q.Journal()
		if last := journal[len(journal)-1]; last.Kind != BookingOffered {
			t.Errorf("%s: nothing was offered: the test is blind", name)
		}
		now := q.event(t, 1)
		if !same(got.event, now) || got.event.Version < before.Version+2 {
			t.Errorf("%s answers with version %d and %+v, the event has %d and %+v", name,
				got.event.Version, got.event.Counters, now.Version, now.Counters)
		}
		if got.left >= 0 && got.left != now.Available() {
			t.Errorf("%s: %d seats left, there are %d", name, got.left, now.Available())
		}
	}
}

func TestARepeatedKeyAnswersWithTheSeatsThatWereLeft(t *testing.T) {
	for name, command := range offering() {
		q := newQueue(t)
		first, err := command(q)
		if err != nil || first.left < 0 {
			continue // it has no key
		}
		again, err := command(q)
		if err != nil || !again.replayed || again.left != first.left {
			t.Errorf("%s: %d seats left, repeated %+v, %v", name, first.left, again, err)
		}
	}
}
