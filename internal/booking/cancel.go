package booking

import "time"

// Cancellation asks to give seats of one booking back.
type Cancellation struct {
	Reference Reference
	// Part is the seats to give back.
	Part
	// Reason is kept with the booking; empty keeps what is there.
	Reason string
	// Key is the caller's idempotency key; empty for none. Giving back part of a booking cannot
	// be repeated safely without.
	Key Key
}

// Returned answers a command after which seats may be free again: a [Cancellation], a
// [Confirmation] or a [Release].
type Returned struct {
	Booking Booking
	// Event is the event after the seats came back and are offered to those who wait for them; on
	// a replay, as it is now.
	Event Event
	// Left is the number of seats that were available right after that.
	Left int
	// Seats is the number of seats given back.
	Seats int
	// Replayed is true when the key had been used with the same request before: nothing was given
	// back now, and the booking is shown as it was answered then.
	Replayed bool
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (c Cancellation) Validate() error {
	var bad Fields
	c.Part.validate(&bad)
	bad.Add("reason", validateText(c.Reason, MaxReason, true))
	bad.Add("idempotency_key", c.Key.validate())
	return bad.Err()
}

// fingerprint identifies what is asked for.
func (c Cancellation) fingerprint() Fingerprint {
	return c.Part.fingerprint(c.Key, "cancel", c.Reference, c.Quantity, c.Reason)
}

// frozenReturn is the part of the answer that a replay must repeat.
type frozenReturn struct {
	Seats     int       `json:"seats"`
	Quantity  int       `json:"quantity"`
	Status    Status    `json:"status"`
	Left      int       `json:"left"`
	UpdatedAt time.Time `json:"updated_at"`
	Lines     []Line    `json:"lines,omitempty"`
	Issue     int       `json:"issue,omitzero"`
}

// freeze gives the part of the answer that a replay must repeat.
func (r Returned) freeze() any {
	return frozenReturn{
		r.Seats, r.Booking.Quantity, r.Booking.Status, r.Left, r.Booking.UpdatedAt, r.Booking.Lines,
		r.Booking.Issue,
	}
}

// replayReturn answers a repeated command as it was answered the first time.
func replayReturn(used Used, b Booking, event Event) (Returned, error) {
	var frozen frozenReturn
	if err := used.thaw(&frozen); err != nil {
		return Returned{}, err
	}
	b = b.issued(frozen.Issue)
	b.Quantity, b.Lines = frozen.Quantity, frozen.Lines
	b.Status, b.UpdatedAt = frozen.Status, frozen.UpdatedAt
	return Returned{
		Booking: b, Event: event, Left: frozen.Left, Seats: frozen.Seats, Replayed: true,
	}, nil
}

// Cancel gives all or some seats of a confirmed booking back, exactly once. It refuses with
// [Conflict] when the booking is cancelled already or has fewer seats than are to be given back,
// or when it is not confirmed: a hold is released, so that nobody takes seats back unseen that
// were never confirmed. It refuses with [KeyReused] when the key belongs to another request.
func (d *Draft) Cancel(c Cancellation) (Returned, error) {
	c.Reason = nfc(c.Reason)
	if err := c.Validate(); err != nil {
		return Returned{}, err
	}
	return onBooking(d, c.Reference, c.Key, c.fingerprint(), c.replay,
		func(b Booking, event Event) (Returned, error) { return d.cancel(c, b, event) })
}

func (d *Draft) cancel(c Cancellation, b Booking, event Event) (Returned, error) {
	step, part, err := d.partStep(b, c.Part, "give back", ToCancel, ToCancelPart)
	if err != nil {
		return Returned{}, err
	}
	if c.Reason != "" {
		b.CancelReason = c.Reason
	}
	d.move(step, &event, &b, part)
	d.putEvent(event)
	return Returned{Booking: b, Event: event, Seats: sum(part)}, nil
}

// replay answers a repeated cancellation as it was answered the first time.
func (c Cancellation) replay(used Used, b Booking, event Event) (Returned, error) {
	// A reason that is gone was erased with all personal data of the booking.
	if c.Reason != "" && b.CancelReason != "" {
		b.CancelReason = c.Reason
	}
	return replayReturn(used, b, event)
}

// partStep finds out which seats of a booking are meant, and which of two commands that is: the one
// for all of them or the one for a part.
func (d *Draft) partStep(
	b Booking, p Part, verb string, all, some Command,
) (Transition, []int, error) {
	if _, err := d.step(b, all); err != nil { // what became of it comes before what it has
		return Transition{}, nil, err
	}
	part, err := p.of(b, verb)
	if err != nil {
		return Transition{}, nil, err
	}
	command := some
	if sum(part) == b.Quantity {
		command = all
	}
	return transition(b.Status, command), part, nil
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}

// handBack carries out a command that gives all seats of a booking back, or its place in the
// waitlist.
func (d *Draft) handBack(ref Reference, key Key, name string, command Command) (Returned, error) {
	return onBooking(d, ref, key, fingerprint(key, name, ref), replayReturn,
		func(b Booking, event Event) (Returned, error) {
			step, err := d.step(b, command)
			if err != nil {
				return Returned{}, err
			}
			d.move(step, &event, &b, nil)
			d.putEvent(event)
			return Returned{Booking: b, Event: event, Seats: b.Quantity}, nil
		})
}
