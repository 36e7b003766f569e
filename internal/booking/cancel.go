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

// Returned answers a [Cancellation].
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

// frozenReturn is the part of a cancellation's answer that a replay must repeat.
type frozenReturn struct {
	Seats     int       `json:"seats"`
	Quantity  int       `json:"quantity"`
	Status    Status    `json:"status"`
	Left      int       `json:"left"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Cancel gives all or some seats of a booking back, exactly once. It refuses with [Conflict] when
// the booking is cancelled already or has fewer seats than are to be given back, and with
// [KeyReused] when the key belongs to another request.
func (d *Draft) Cancel(c Cancellation) (Returned, error) {
	c.Reason = nfc(c.Reason)
	if err := c.Validate(); err != nil {
		return Returned{}, err
	}
	b, err := d.Booking(c.Reference)
	if err != nil {
		return Returned{}, err
	}
	event, err := d.Event(Selector{ID: b.EventID})
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
	if b.Status != Confirmed {
		return Returned{}, alreadyCancelled(b)
	}
	seats := b.Quantity
	set(&seats, c.Quantity)
	if seats > b.Quantity {
		return Returned{}, tooManyToCancel(b, seats)
	}
	d.giveBack(&event, &b, seats, c.Reason)
	d.putEvent(event)
	left := event.Available()
	d.remember(c.Key, print, b.Reference, 0,
		frozenReturn{seats, b.Quantity, b.Status, left, b.UpdatedAt})
	return Returned{Booking: b, Event: event, Left: left, Seats: seats}, nil
}

// replay answers a repeated cancellation as it was answered the first time.
func (c Cancellation) replay(used Used, b Booking, event Event) (Returned, error) {
	var frozen frozenReturn
	if err := used.thaw(&frozen); err != nil {
		return Returned{}, err
	}
	b.Quantity, b.Status, b.UpdatedAt = frozen.Quantity, frozen.Status, frozen.UpdatedAt
	// A reason that is gone was erased with all personal data of the booking.
	if c.Reason != "" && b.CancelReason != "" {
		b.CancelReason = c.Reason
	}
	return Returned{
		Booking: b, Event: event, Left: frozen.Left, Seats: frozen.Seats, Replayed: true,
	}, nil
}

// giveBack is the one place where confirmed seats come back to an event.
func (d *Draft) giveBack(event *Event, b *Booking, seats int, reason string) {
	kind := BookingReduced
	if seats == b.Quantity {
		kind = BookingCancelled
		b.Status = Cancelled
	} else {
		b.Quantity -= seats
	}
	if reason != "" {
		b.CancelReason = reason
	}
	b.UpdatedAt = d.now
	event.Confirmed -= seats
	d.log(event, Entry{Kind: kind, Booking: b.Reference, Confirmed: -seats})
	d.putBooking(*b)
}
