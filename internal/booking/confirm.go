package booking

// Confirmation asks to make a hold final.
type Confirmation struct {
	Reference Reference
	// Part is the seats to confirm; the others go back.
	Part
	// Email, Name and Note are what the customer gives now; empty keeps what is there.
	Email, Name, Note string
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (c Confirmation) Validate() error {
	var bad Fields
	c.Part.validate(&bad)
	validateCustomer(&bad, &c.Email, &c.Name, &c.Note)
	bad.Add("idempotency_key", c.Key.validate())
	return bad.Err()
}

// fingerprint identifies what is asked for.
func (c Confirmation) fingerprint() Fingerprint {
	return c.Part.fingerprint(c.Key, "confirm", c.Reference, c.Quantity, c.Email, c.Name, c.Note)
}

// Confirm makes a hold final, exactly once and only before it lapses. Whether the event is still on
// sale does not matter: the seats were promised when they were held. It refuses with [Conflict]
// when the booking is not held any more or has fewer seats than are to be confirmed, with [Limit]
// when the e-mail address now given may not have so many, and with [KeyReused] when the key belongs
// to another request.
func (d *Draft) Confirm(c Confirmation) (Returned, error) {
	c.Email, c.Name, c.Note = nfc(c.Email), nfc(c.Name), nfc(c.Note)
	if err := c.Validate(); err != nil {
		return Returned{}, err
	}
	replay := func(used Used, b Booking, event Event) (Returned, error) {
		b.CancelReason = "" // of a later cancellation
		return replayReturn(used, b, event)
	}
	return onBooking(d, c.Reference, c.Key, c.fingerprint(), replay,
		func(b Booking, event Event) (Returned, error) { return d.confirm(c, b, event) })
}

func (d *Draft) confirm(c Confirmation, b Booking, event Event) (Returned, error) {
	step, part, err := d.partStep(b, c.Part, "confirm", ToConfirm, ToConfirmPart)
	if err != nil {
		return Returned{}, err
	}
	for i, l := range b.parts() {
		if err := event.enough(event.typeByID(l.Type), part[i]); err != nil && !c.Part.All() {
			return Returned{}, err
		}
	}
	if c.Email != "" {
		if err := d.rename(event, b, c.Email, sum(part)); err != nil {
			return Returned{}, err
		}
	}
	for _, given := range []struct {
		text string
		into *string
	}{{c.Email, &b.Email}, {c.Name, &b.Name}, {c.Note, &b.Note}} {
		if given.text != "" {
			*given.into = given.text
		}
	}
	back := b.Quantity - sum(part)
	d.move(step, &event, &b, part)
	d.putEvent(event)
	return Returned{Booking: b, Event: event, Seats: back}, nil
}
