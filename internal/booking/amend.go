package booking

// Amendment asks to change what a customer gave; a nil field stays as it is.
type Amendment struct {
	Reference         Reference
	Email, Name, Note *string
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (a Amendment) Validate() error {
	var bad Fields
	validateCustomer(&bad, a.Email, a.Name, a.Note)
	bad.Add("idempotency_key", a.Key.validate())
	return bad.Err()
}

// Transfer asks to give a booking to another customer.
type Transfer struct {
	Reference Reference
	// Email is the new customer's; it must not be empty.
	Email string
	// Name and Note are the new customer's; those of the former are erased in any case.
	Name, Note string
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (t Transfer) Validate() error {
	var bad Fields
	if t.Email == "" {
		bad.Add("user_email", "is missing; write the new customer's address")
	}
	validateCustomer(&bad, &t.Email, &t.Name, &t.Note)
	bad.Add("idempotency_key", t.Key.validate())
	return bad.Err()
}

// Amended answers a command that changed a booking without freeing all of it.
type Amended struct {
	Booking Booking
	// Event is the event after the change and all that followed; on a replay, as it is now.
	Event Event
	// Left is the number of seats that were available right after that; on a replay, as it is now.
	Left int
	// Replayed is true when the key had been used with the same request before: nothing was
	// changed now, and the booking is shown as it is now.
	Replayed bool
	// Secret opens the booking for its new customer, after a transfer; none otherwise, nor in a dry
	// run.
	Secret Secret
}

// Amend changes what a customer gave. One that changes nothing succeeds and leaves no trace. It
// refuses with [Conflict] when the booking has ended, with [Limit] when the new e-mail address may
// not have so many seats, with [Invalid] when the address cannot be taken away, and with
// [KeyReused] when the key belongs to another request.
func (d *Draft) Amend(a Amendment) (Amended, error) {
	for _, text := range []**string{&a.Email, &a.Name, &a.Note} {
		if *text != nil {
			normal := nfc(**text)
			*text = &normal
		}
	}
	if err := a.Validate(); err != nil {
		return Amended{}, err
	}
	print := fingerprint(a.Key, "edit", a.Reference, a.Email, a.Name, a.Note)
	return d.amend(a.Reference, a.Key, print, ToEdit, func(b *Booking) {
		set(&b.Email, a.Email)
		set(&b.Name, a.Name)
		set(&b.Note, a.Note)
	})
}

// Transfer gives a booking to another customer: the former one's data is erased, and secrets made
// for them are void. It refuses as [Draft.Amend] does.
func (d *Draft) Transfer(t Transfer) (Amended, error) {
	t.Email, t.Name, t.Note = nfc(t.Email), nfc(t.Name), nfc(t.Note)
	if err := t.Validate(); err != nil {
		return Amended{}, err
	}
	print := fingerprint(t.Key, "transfer", t.Reference, t.Email, t.Name, t.Note)
	if used, ok := d.handedOn(t, print); ok {
		b, event, err := d.behind(used)
		if err != nil {
			return Amended{}, err
		}
		if b.Email != t.Email || b.Name != t.Name || b.Note != t.Note { // changed since
			b.Email, b.Name, b.Note, b.CancelReason = t.Email, t.Name, t.Note, ""
		}
		return d.replayAmended(used, b, event)
	}
	return d.amend(t.Reference, t.Key, print, ToTransfer, func(b *Booking) {
		b.Email, b.Name, b.Note, b.CancelReason = t.Email, t.Name, t.Note, ""
		b.Issue++
	})
}

// handedOn finds out whether a caller repeats a transfer that has made the caller's own secret
// void. The first answer may have been lost.
func (d *Draft) handedOn(t Transfer, print Fingerprint) (Used, bool) {
	own := d.caller.Scope
	used, ok := d.remembered(t.Key)
	var frozen frozenAmended
	return used, ok && own.Own == t.Reference && used.Fingerprint == print &&
		used.thaw(&frozen) == nil && frozen.Issue == own.Issue+1
}

// issued gives the booking as those may see it who asked when it had been transferred so many
// times: without what another customer gave.
func (b Booking) issued(issue int) Booking {
	if b.Issue != issue {
		b.Issue = issue
		b.Email, b.Name, b.Note, b.CancelReason = "", "", "", ""
	}
	return b
}

// frozenAmended is what has to be known of an answer that a replay gives as things are by then.
type frozenAmended struct {
	Issue int `json:"issue,omitzero"`
}

func (a Amended) freeze() any { return frozenAmended{a.Booking.Issue} }

// replayAmended answers a repeated change with the booking as it is now.
func (d *Draft) replayAmended(used Used, b Booking, event Event) (Amended, error) {
	var frozen frozenAmended
	if err := used.thaw(&frozen); err != nil {
		return Amended{}, err
	}
	return Amended{Booking: b.issued(frozen.Issue).At(d.now), Event: event, Replayed: true}, nil
}

// amend carries out a command that changes what a booking says of its customer.
func (d *Draft) amend(
	ref Reference, key Key, print Fingerprint, command Command, change func(*Booking),
) (Amended, error) {
	return onBooking(d, ref, key, print, d.replayAmended,
		func(b Booking, event Event) (Amended, error) {
			return d.rewrite(b, event, command, change)
		})
}

func (d *Draft) rewrite(
	b Booking, event Event, command Command, change func(*Booking),
) (Amended, error) {
	step, err := d.step(b, command)
	if err != nil {
		return Amended{}, err
	}
	before := b
	change(&b)
	if b.Email != before.Email || b.Name != before.Name || b.Note != before.Note ||
		b.Issue != before.Issue {
		if err := d.rename(event, before, b.Email, b.Quantity); err != nil {
			return Amended{}, err
		}
		if b.Status == Waiting && Fold(b.Email) != Fold(before.Email) {
			if err := d.waitsOnce(event, b.Email, b.parts()[0].Type); err != nil {
				return Amended{}, err
			}
		}
		d.move(step, &event, &b, nil)
		d.putEvent(event)
	}
	return Amended{Booking: b, Event: event}, nil
}
