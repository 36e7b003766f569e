// Package booking holds the rules of evbook: what an event and a booking are, which limits apply,
// and what each command may change. It decides and never acts: no file, no database, no network
// and no clock is touched here, and nothing else of evbook is imported. Storage loads a [Sheet],
// the rules change it, storage writes the difference down. Both doors (the command line and HTTP)
// and every database engine therefore share one copy of every rule.
package booking

import "time"

// Status says where a booking is in its life. Every status but Confirmed is final.
type Status string

// The states of a booking.
const (
	// Confirmed bookings count towards the event's confirmed seats.
	Confirmed Status = "confirmed"
	// Cancelled bookings have given all their seats back; they are kept for the record.
	Cancelled Status = "cancelled"
)

// Booking is one customer's claim on a number of seats of one event.
type Booking struct {
	Reference Reference
	EventID   int64
	// Quantity is the number of seats, 1 to [MaxCapacity]. A partial cancellation lowers it; a
	// cancelled booking keeps the number it had at the end.
	Quantity int
	Status   Status
	// UnitPrice is what one seat cost when the booking was made; later price changes of the event
	// do not touch it.
	UnitPrice Money
	// Email, Name and Note are what the customer gave; each may be empty.
	Email, Name, Note string
	// CancelReason is why the booking was cancelled, if somebody said so.
	CancelReason string
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Total is the price of all seats of the booking.
func (b Booking) Total() Money {
	return Money{Minor: b.UnitPrice.Minor * int64(b.Quantity), Currency: b.UnitPrice.Currency}
}

// Request asks for seats.
type Request struct {
	Event    Selector
	Quantity int
	Email    string
	Name     string
	Note     string
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Receipt answers a [Request].
type Receipt struct {
	Booking Booking
	// Event is the event after the booking was made; on a replay, as it is now.
	Event Event
	// Left is the number of seats that were available right after the booking.
	Left int
	// Replayed is true when the request's key had been used with the same request before: nothing
	// was booked, and the booking is shown as it was answered then.
	Replayed bool
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (r Request) Validate() error {
	var bad Fields
	bad.Add("event_id", r.Event.validate())
	bad.Add("quantity", validateCount(r.Quantity, MaxCapacity))
	bad.Add("user_email", validateEmail(r.Email))
	bad.Add("name", validateText(r.Name, MaxName, false))
	bad.Add("note", validateText(r.Note, MaxNote, true))
	bad.Add("idempotency_key", r.Key.validate())
	return bad.Err()
}

// fingerprint identifies what it asks for, so that a key cannot be used for anything else.
func (r Request) fingerprint() Fingerprint {
	return fingerprint(r.Key, "book", r.Event, r.Quantity, r.Email, r.Name, r.Note)
}

// frozenReceipt is the part of a booking's answer that a replay must repeat although the booking
// may have changed since. Personal data stays out of it, so that people can be forgotten.
type frozenReceipt struct {
	Quantity int `json:"quantity"`
	Left     int `json:"left"`
}

// Book takes seats for a customer and confirms them in one step. It refuses with [SoldOut] when
// fewer seats are left than asked for, [Closed] when the event is not on sale, [NotFound] when
// there is no such event and [KeyReused] when the key belongs to another request.
func (d *Draft) Book(r Request) (Receipt, error) {
	r.Email, r.Name, r.Note = nfc(r.Email), nfc(r.Name), nfc(r.Note)
	if err := r.Validate(); err != nil {
		return Receipt{}, err
	}
	print := r.fingerprint()
	if used, ok, err := d.used(r.Key, print); err != nil || ok {
		if err != nil {
			return Receipt{}, err
		}
		return d.replayBooking(used)
	}
	event, err := d.Event(r.Event)
	if err != nil {
		return Receipt{}, err
	}
	if err := event.onSale(d.now); err != nil {
		return Receipt{}, err
	}
	if left := event.Available(); r.Quantity > left {
		return Receipt{}, soldOut(event, r.Quantity)
	}
	b := Booking{
		Reference: d.mint.Reference(),
		EventID:   event.ID,
		Quantity:  r.Quantity,
		Status:    Confirmed,
		UnitPrice: event.Price,
		Email:     r.Email,
		Name:      r.Name,
		Note:      r.Note,
		CreatedAt: d.now,
		UpdatedAt: d.now,
	}
	event.Confirmed += b.Quantity
	d.log(&event, Entry{Kind: BookingConfirmed, Booking: b.Reference, Confirmed: b.Quantity})
	d.putEvent(event)
	d.putBooking(b)
	d.remember(r.Key, print, b.Reference, 0, frozenReceipt{b.Quantity, event.Available()})
	return Receipt{Booking: b, Event: event, Left: event.Available()}, nil
}

// replayBooking answers a repeated request as it was answered the first time.
func (d *Draft) replayBooking(used Used) (Receipt, error) {
	b, err := d.Booking(used.Booking)
	if err != nil {
		return Receipt{}, err
	}
	event, err := d.Event(Selector{ID: b.EventID})
	if err != nil {
		return Receipt{}, err
	}
	var frozen frozenReceipt
	if err := used.thaw(&frozen); err != nil {
		return Receipt{}, err
	}
	b.Quantity, b.Status, b.CancelReason = frozen.Quantity, Confirmed, ""
	b.UpdatedAt = b.CreatedAt
	return Receipt{Booking: b, Event: event, Left: frozen.Left, Replayed: true}, nil
}

// Cancellation asks to give seats of one booking back.
type Cancellation struct {
	Reference Reference
	// Quantity is how many seats to give back; 0 means all of them.
	Quantity int
	Reason   string
}

// Release answers a [Cancellation].
type Release struct {
	Booking Booking
	// Event is the event after the seats came back.
	Event Event
	// Seats is the number of seats given back.
	Seats int
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (c Cancellation) Validate() error {
	var bad Fields
	if c.Quantity != 0 {
		bad.Add("quantity", validateCount(c.Quantity, MaxCapacity))
	}
	bad.Add("reason", validateText(c.Reason, MaxReason, true))
	return bad.Err()
}

// Cancel gives all or some seats of a booking back, exactly once. It refuses with [Conflict] when
// the booking is cancelled already or has fewer seats than are to be given back.
func (d *Draft) Cancel(c Cancellation) (Release, error) {
	if err := c.Validate(); err != nil {
		return Release{}, err
	}
	b, err := d.Booking(c.Reference)
	if err != nil {
		return Release{}, err
	}
	if b.Status != Confirmed {
		return Release{}, alreadyCancelled(b)
	}
	event, err := d.Event(Selector{ID: b.EventID})
	if err != nil {
		return Release{}, err
	}
	seats := c.Quantity
	if seats == 0 {
		seats = b.Quantity
	}
	if seats > b.Quantity {
		return Release{}, tooManyToCancel(b, seats)
	}
	d.release(&event, &b, seats, c.Reason)
	d.putEvent(event)
	return Release{Booking: b, Event: event, Seats: seats}, nil
}

// release is the one place where confirmed seats come back to an event.
func (d *Draft) release(event *Event, b *Booking, seats int, reason string) {
	kind := BookingReduced
	if seats == b.Quantity {
		kind = BookingCancelled
		b.Status = Cancelled
		b.CancelReason = nfc(reason)
	} else {
		b.Quantity -= seats
	}
	b.UpdatedAt = d.now
	event.Confirmed -= seats
	d.log(event, Entry{Kind: kind, Booking: b.Reference, Confirmed: -seats})
	d.putBooking(*b)
}
