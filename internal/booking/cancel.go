package booking

import "time"

// Cancellation asks to give seats of one booking back.
type Cancellation struct {
	Reference Reference
	// Quantity is how many seats to give back; nil means all of them.
	Quantity *int
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
	// Event is the event after the seats came back; on a replay, as it is now.
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
	if c.Quantity != nil {
		bad.Add("quantity", validateCount(*c.Quantity, MaxCapacity))
	}
	bad.Add("reason", validateText(c.Reason, MaxReason, true))
	bad.Add("idempotency_key", c.Key.validate())
	return bad.Err()
}

// fingerprint identifies what is asked for.
func (c Cancellation) fingerprint() Fingerprint {
	return fingerprint(c.Key, "cancel", c.Reference, c.Quantity, c.Reason)
}

// frozenReturn is the part of the answer that a replay must repeat.
type frozenReturn struct {
	Seats     int       `json:"seats"`
	Quantity  int       `json:"quantity"`
	Status    Status    `json:"status"`
	Left      int       `json:"left"`
	UpdatedAt time.Time `json:"updated_at"`
}

// freeze gives the part of the answer that a replay must repeat.
func (r Returned) freeze() frozenReturn {
	return frozenReturn{r.Seats, r.Booking.Quantity, r.Booking.Status, r.Left, r.Booking.UpdatedAt}
}

// replayReturn answers a repeated command as it was answered the first time.
func replayReturn(used Used, b Booking, event Event) (Returned, error) {
	var frozen frozenReturn
	if err := used.thaw(&frozen); err != nil {
		return Returned{}, err
	}
	b.Quantity, b.Status, b.UpdatedAt = frozen.Quantity, frozen.Status, frozen.UpdatedAt
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
	b, event, err := d.bookingOf(c.Reference)
	if err != nil {
		return Returned{}, err
	}
	print := c.fingerprint()
	if used, ok, err := d.used(c.Key, print); err != nil || ok {
		if err != nil {
			return Returned{}, err
		}
		return c.replay(used, b, event)
	}
	command, seats := partOf(b, c.Quantity, ToCancel, ToCancelPart)
	step, err := d.step(b, command)
	if err != nil {
		return Returned{}, err
	}
	if seats > b.Quantity {
		return Returned{}, tooMany(b, "give back", seats)
	}
	d.giveBack(step, &event, &b, seats, c.Reason)
	d.putEvent(event)
	r := Returned{Booking: b, Event: event, Left: event.Available(), Seats: seats}
	d.remember(c.Key, print, b.Reference, 0, r.freeze())
	return r, nil
}

// replay answers a repeated cancellation as it was answered the first time.
func (c Cancellation) replay(used Used, b Booking, event Event) (Returned, error) {
	// A reason that is gone was erased with all personal data of the booking.
	if c.Reason != "" && b.CancelReason != "" {
		b.CancelReason = c.Reason
	}
	return replayReturn(used, b, event)
}

// giveBack takes a booking to where seats of it come back, and keeps the reason.
func (d *Draft) giveBack(t Transition, event *Event, b *Booking, seats int, reason string) {
	if reason != "" {
		b.CancelReason = reason
	}
	d.move(t, event, b, seats)
}

// partOf says which of two commands is meant by a number of seats of a booking, and the number; nil
// means all of them.
func partOf(b Booking, quantity *int, all, part Command) (Command, int) {
	seats := b.Quantity
	set(&seats, quantity)
	if seats < b.Quantity {
		return part, seats
	}
	return all, seats
}
