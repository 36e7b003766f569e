package booking

// Confirmation asks to make a hold final.
type Confirmation struct {
	Reference Reference
	// Quantity is how many of the seats to confirm, the others go back; nil means all of them.
	Quantity *int
	// Email, Name and Note are what the customer gives now; empty keeps what is there.
	Email, Name, Note string
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (c Confirmation) Validate() error {
	var bad Fields
	if c.Quantity != nil {
		bad.Add("quantity", validateCount(*c.Quantity, MaxCapacity))
	}
	bad.Add("user_email", validateEmail(c.Email))
	bad.Add("name", validateText(c.Name, MaxName, false))
	bad.Add("note", validateText(c.Note, MaxNote, true))
	bad.Add("idempotency_key", c.Key.validate())
	return bad.Err()
}

// fingerprint identifies what is asked for.
func (c Confirmation) fingerprint() Fingerprint {
	return fingerprint(c.Key, "confirm", c.Reference, c.Quantity, c.Email, c.Name, c.Note)
}

// Confirm makes a hold final, exactly once and only before it lapses. Whether the event is still on
// sale does not matter: the seats were promised when they were held. It refuses with [Conflict]
// when the booking is not held any more or has fewer seats than are to be confirmed, and with
// [KeyReused] when the key belongs to another request.
func (d *Draft) Confirm(c Confirmation) (Returned, error) {
	c.Email, c.Name, c.Note = nfc(c.Email), nfc(c.Name), nfc(c.Note)
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
		b.CancelReason = "" // of a later cancellation
		return replayReturn(used, b, event)
	}
	command, seats := partOf(b, c.Quantity, ToConfirm, ToConfirmPart)
	step, err := d.step(b, command)
	if err != nil {
		return Returned{}, err
	}
	if seats > b.Quantity {
		return Returned{}, tooMany(b, "confirm", seats)
	}
	for _, given := range []struct {
		text string
		into *string
	}{{c.Email, &b.Email}, {c.Name, &b.Name}, {c.Note, &b.Note}} {
		if given.text != "" {
			*given.into = given.text
		}
	}
	back := b.Quantity - seats
	d.move(step, &event, &b, seats)
	d.putEvent(event)
	r := Returned{Booking: b, Event: event, Left: event.Available(), Seats: back}
	d.remember(c.Key, print, b.Reference, 0, r.freeze())
	return r, nil
}
