package booking

import (
	"cmp"
	"slices"
	"time"
)

// Move asks to make the seats of a booking those of another event or ticket type.
type Move struct {
	Reference Reference
	// Event is where the booking goes; the zero selector for the event that it has.
	Event Selector
	// Type is the name of the ticket type that all its seats get; empty to keep the names of the
	// types that they have, or to have none where the other event has none.
	Type string
	// Code is an access code of the event where the booking goes; empty for none, or within an
	// event to keep the one that was given.
	Code string
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (m Move) Validate() error {
	var bad Fields
	if m.Event == (Selector{}) && m.Type == "" {
		bad.Add("event_id", "is missing; say to which event or ticket type the booking goes")
	}
	if m.Event != (Selector{}) {
		bad.Add("event_id", m.Event.validate())
	}
	bad.Add("idempotency_key", m.Key.validate())
	return bad.Err()
}

// Move makes the seats of a booking those of another event or ticket type, at the price that they
// have there now. The reference, the customer and the time at which a hold lapses stay. It refuses
// as [Draft.Book] does when the seats do not fit there, and with [Conflict] when the booking is
// neither held nor confirmed; the booking stays as it was then.
func (d *Draft) Move(m Move) (Amended, error) {
	if err := m.Validate(); err != nil {
		return Amended{}, err
	}
	print := fingerprint(m.Key, "move", m.Reference, m.Event.String(), m.Type, NormalCode(m.Code))
	return onBooking(d, m.Reference, m.Key, print, d.replayAmended,
		func(b Booking, from Event) (Amended, error) { return d.relocate(m, b, from) })
}

func (d *Draft) relocate(m Move, b Booking, from Event) (Amended, error) {
	if _, err := d.step(b, ToMove); err != nil {
		return Amended{}, err
	}
	to := from
	var err error
	if m.Event != (Selector{}) {
		if to, err = d.Event(m.Event); err != nil {
			return Amended{}, err
		}
	}
	if to.ID == from.ID {
		b, to, err = d.moveWithin(b, from, m)
	} else {
		b, to, err = d.moveBetween(b, from, to, m)
	}
	if err != nil {
		return Amended{}, err
	}
	return Amended{Booking: b, Event: to}, nil
}

// target is what a booking asks for where it goes.
func (m Move) target(b Booking, to Event, code string, now time.Time) (claim, error) {
	c := claim{code: code, email: b.Email}
	if err := to.OnSale(now); err != nil {
		return c, err
	}
	var asked []LineRequest
	switch {
	case m.Type != "":
		asked = []LineRequest{{Type: m.Type, Quantity: b.Quantity}}
	case len(to.Types) > 0:
		for _, l := range b.Lines {
			asked = append(asked, LineRequest{Type: l.Name, Quantity: l.Quantity})
		}
	}
	var err error
	if c.lines, err = to.choose(b.Quantity, asked, now); err != nil {
		return c, err
	}
	return c, to.admit(c.lines, c.code, now)
}

// moveBetween moves a booking to another event.
func (d *Draft) moveBetween(b Booking, from, to Event, m Move) (Booking, Event, error) {
	c, err := m.target(b, to, NormalCode(m.Code), d.now)
	if err != nil {
		return b, to, err
	}
	if to, err = d.place(to, c); err != nil {
		return b, to, err
	}
	d.shift(&from, b, -1, to.ID)
	d.putEvent(from)
	b.EventID, b.Limited = to.ID, to.MaxPerCustomer > 0
	b.OfferedAt = time.Time{} // it was the other event's waitlist
	b.become(c, to)
	b.UpdatedAt = d.now
	d.shift(&to, b, 1, from.ID)
	d.putEvent(to)
	d.putBooking(b)
	return b, to, nil
}

// become gives a booking the seats of a claim on an event instead of its own.
func (b *Booking) become(c claim, event Event) {
	b.Code, b.Lines = c.code, nil
	b.UnitPrice.Currency = event.Price.Currency
	b.setLines(c.lines)
}

// sameSeats says whether two lines are as many seats of one type.
func sameSeats(a, b Line) bool { return a.Type == b.Type && a.Quantity == b.Quantity }

// shift takes the seats of a booking out of an event (sign -1) or into it (+1), for a move from or
// to the other event.
func (d *Draft) shift(event *Event, b Booking, sign int, other int64) {
	var total Counters
	var types []TypeSeats
	for _, l := range b.parts() {
		change := b.taking(sign * l.Quantity)
		total = total.plus(change)
		if l.Type != 0 {
			types = append(types, typeSeats(l, change))
		}
		event.count(l.Type, b.Code, change)
	}
	d.countCustomer(*event, b.Email, sign*b.Quantity)
	d.log(event, Entry{
		Kind: BookingMoved, Booking: b.Reference, Held: total.Held, Confirmed: total.Confirmed,
		Detail: Detail{Types: types, Code: b.Code, Event: other},
	})
}

// taking is the change of the counters when the booking has so many seats more.
func (b Booking) taking(seats int) Counters {
	if b.Status == Held {
		return Counters{Held: seats}
	}
	return Counters{Confirmed: seats}
}

// moveWithin makes the seats of a booking those of another ticket type of the same event. Only the
// difference has to fit: who holds seats of a full event may change their type.
func (d *Draft) moveWithin(b Booking, event Event, m Move) (Booking, Event, error) {
	code := cmp.Or(NormalCode(m.Code), b.Code)
	c, err := m.target(b, event, code, d.now)
	if err != nil {
		return b, event, err
	}
	if code == b.Code && slices.EqualFunc(c.lines, b.parts(), sameSeats) {
		return b, event, nil
	}
	net := slices.Clone(c.lines)
	for _, l := range b.parts() {
		l.Quantity = -l.Quantity
		net = append(net, l)
	}
	event = d.makeRoom(event, net, "", d.now)
	rooms := event.rooms(net, "")
	if code != b.Code {
		event = d.makeRoom(event, c.lines, code, d.now)
		all := event.rooms(c.lines, code)
		rooms = append(event.rooms(net, ""), all[len(all)-1])
	}
	if err := event.fits(rooms, c.lines); err != nil {
		return b, event, err
	}
	d.shift(&event, b, -1, event.ID)
	b.become(c, event)
	b.UpdatedAt = d.now
	d.shift(&event, b, 1, event.ID)
	d.putEvent(event)
	d.putBooking(b)
	return b, event, nil
}
