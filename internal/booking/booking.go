// Package booking holds the rules of evbook: what an event and a booking are, which limits apply,
// and what each command may change. It decides and never acts: no file, no database, no network
// and no clock is touched here, and nothing else of evbook is imported. Storage loads a [Sheet],
// the rules change it, storage writes the difference down. Both doors (the command line and HTTP)
// and every database engine therefore share one copy of every rule.
package booking

import "time"

// Status says where a booking is in its life. Every status but Waiting, Held and Confirmed is
// final. [Transitions] tells how one leads to another.
type Status string

// The states of a booking.
const (
	// Waiting bookings are entries of the waitlist. They have no seats yet. An entry is a booking
	// from the beginning, so that its reference stays the same when it is offered seats, which
	// makes it a hold, and when these are confirmed.
	Waiting Status = "waiting"
	// Held bookings keep their seats until they are confirmed or released, or until they lapse.
	Held Status = "held"
	// Confirmed bookings count towards the event's confirmed seats.
	Confirmed Status = "confirmed"
	// Cancelled bookings have given all their seats back; they are kept for the record.
	Cancelled Status = "cancelled"
	// Released bookings were held, and gave their seats back before they lapsed.
	Released Status = "released"
	// Expired bookings were held, and lapsed: nobody confirmed them in time.
	Expired Status = "expired"
	// Left bookings were waiting, and gave their place up or had to.
	Left Status = "left"
)

// Statuses lists the states of a booking.
func Statuses() []Status {
	return []Status{Waiting, Held, Confirmed, Cancelled, Released, Expired, Left}
}

// Final says whether a booking in the state stays in it for good.
func (s Status) Final() bool { return s != Waiting && s != Held && s != Confirmed }

// Booking is one customer's claim on a number of seats of one event.
type Booking struct {
	Reference Reference
	EventID   int64
	// Quantity is the number of seats, 1 to [MaxCapacity]. Confirming or cancelling a part lowers
	// it; a booking that gave all its seats back keeps the number it had at the end.
	Quantity int
	Status   Status
	// UnitPrice is what one seat cost when the booking was made; later price changes of the event
	// do not touch it. With several lines only its currency means something.
	UnitPrice Money
	// Lines are the seats of each ticket type; empty for seats of no type.
	Lines []Line
	// Code is the access code that was given; empty for none.
	Code string
	// Email, Name and Note are what the customer gave; each may be empty.
	Email, Name, Note string
	// CancelReason is why seats of the booking were given back, if somebody said so.
	CancelReason string
	// ExpiresAt is when a hold lapses; zero for what never was a hold.
	ExpiresAt time.Time
	// Extensions is how often the hold was extended, at most [MaxExtensions].
	Extensions int
	// OfferedAt is when the waitlist offered the seats; zero for what never waited or still does.
	OfferedAt time.Time
	// Issue counts the transfers to another customer. Secrets made before one are void after it.
	Issue int
	// Limited says that the event limits the seats of each customer, so that they are counted.
	Limited   bool
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Total is the price of all seats of the booking.
func (b Booking) Total() Money {
	total := Money{Currency: b.UnitPrice.Currency}
	for _, l := range b.parts() {
		total.Minor += l.UnitPrice.Minor * int64(l.Quantity)
	}
	return total
}

// Request asks for seats.
type Request struct {
	Event    Selector
	Quantity int
	// Lines asks for seats of ticket types; the quantity is 0 then, or their sum.
	Lines []LineRequest
	// Code is an access code; empty for none.
	Code  string
	Email string
	Name  string
	Note  string
	// Hold asks for seats that are only held: they come back unless they are confirmed in time.
	Hold bool
	// TTL is how long they are held, [MinTTL] to [MaxTTL], or [MaxPublicTTL] for who has no token;
	// 0 means [DefaultTTL].
	TTL time.Duration
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Receipt answers a [Request].
type Receipt struct {
	Booking Booking
	// Event is the event after the booking was made and all that followed is done; on a replay, as
	// it is now.
	Event Event
	// Left is the number of seats that were available right after that.
	Left int
	// Replayed is true when the request's key had been used with the same request before: nothing
	// was booked, and the booking is shown as it was answered then. An entry of the waitlist is
	// shown as it is now.
	Replayed bool
	// Changed is true on a replay when the booking is not any more as it is shown.
	Changed bool
	// Secret opens the booking, unless it was transferred since; none in a dry run.
	Secret Secret
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (r Request) Validate() error {
	var bad Fields
	bad.Add("event_id", r.Event.validate())
	validateSeats(&bad, r.Quantity, r.Lines)
	validateCustomer(&bad, &r.Email, &r.Name, &r.Note)
	bad.Add("ttl_seconds", r.validateTTL())
	bad.Add("idempotency_key", r.Key.validate())
	return bad.Err()
}

// fingerprint identifies what is asked for, so that a key cannot be used for anything else. Number
// and slug of an event are the same request.
func (r Request) fingerprint(event Event) Fingerprint {
	if r.Key.Text == "" {
		return Fingerprint{}
	}
	asked := []any{"book", event.ID, r.Seats(), r.Email, r.Name, r.Note}
	if r.Hold {
		asked[0] = "hold"
		asked = append(asked, r.TTL)
	}
	if len(r.Lines) > 0 || r.Code != "" {
		asked = append(asked, r.Lines, NormalCode(r.Code))
	}
	return fingerprint(r.Key, asked...)
}

// Seats is the number of seats asked for, by lines or without.
func (r Request) Seats() int { return totalSeats(r.Quantity, r.Lines) }

// frozenReceipt is the part of a booking's answer that a replay must repeat although the booking
// may have changed since. Personal data stays out of it, so that people can be forgotten.
type frozenReceipt struct {
	Quantity int `json:"quantity"`
	Left     int `json:"left"`
	// Event is how the request named the event.
	Event string `json:"event"`
	// ExpiresAt is when a hold was to lapse; zero for a booking that was confirmed at once.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Status is what the booking became; empty for one that was confirmed or held.
	Status Status `json:"status,omitzero"`
	Lines  []Line `json:"lines,omitempty"`
}

// rememberReceipt keeps the answer to a request for seats of an event, that was named so.
func (d *Draft) rememberReceipt(key Key, print Fingerprint, r Receipt, named Selector) {
	b := r.Booking
	d.remember(key, print, Used{Booking: b.Reference}, func(s *Sheet) any {
		f := frozenReceipt{
			Quantity: b.Quantity, Left: r.followed(s).Left, Event: named.String(),
			ExpiresAt: b.ExpiresAt, Lines: b.Lines,
		}
		if b.Status == Waiting {
			f.Status = Waiting
		}
		return f
	})
}

// Book takes seats for a customer: it confirms them in one step, or holds them if that is asked
// for. It refuses with [SoldOut] when fewer seats are left than asked for, [Closed] when what is
// asked for is not on sale, [Limit] when it is more than the event allows, [NotFound] when there is
// no such event, ticket type or code, [Invalid] when the event needs to know more, and [KeyReused]
// when the key belongs to another request.
func (d *Draft) Book(r Request) (Receipt, error) {
	r.Email, r.Name, r.Note = nfc(r.Email), nfc(r.Name), nfc(r.Note)
	if err := r.Validate(); err != nil {
		return Receipt{}, err
	}
	if err := d.withinTTL(r.TTL); err != nil {
		return Receipt{}, err
	}
	event, err := d.eventOf(r.Event, r.Key)
	if err != nil {
		return Receipt{}, err
	}
	print := r.fingerprint(event)
	return once(d, r.Key, print, d.replayReceipt, func() (Receipt, error) {
		receipt, err := d.book(r, event)
		if err == nil {
			d.rememberReceipt(r.Key, print, receipt, r.Event)
		}
		return receipt, err
	})
}

func (d *Draft) book(r Request, event Event) (Receipt, error) {
	c, err := event.claim(r, d.now)
	if err != nil {
		return Receipt{}, d.settleFor(event, c, err)
	}
	if event, err = d.place(event, c); err != nil {
		return Receipt{}, err
	}
	command, b := ToBook, Booking{Email: r.Email, Name: r.Name, Note: r.Note}
	if r.Hold {
		command, b.ExpiresAt = ToHold, deadline(d.now, r.TTL)
	}
	b = d.newBooking(&event, c, command, b)
	d.putEvent(event)
	return Receipt{Booking: b, Event: event}, nil
}

// claim is what a request asks for, as the event sells it.
func (e Event) claim(r Request, now time.Time) (claim, error) {
	c := claim{code: NormalCode(r.Code), email: r.Email}
	err := e.OnSale(now)
	if err == nil {
		c.lines, err = e.choose(r.Quantity, r.Lines, now)
	}
	if err == nil {
		err = e.admit(c.lines, c.code, now)
	}
	return c, err
}

// newBooking makes the booking of a claim by a command, with what its customer gave.
func (d *Draft) newBooking(event *Event, c claim, by Command, b Booking) Booking {
	b.Reference = d.mint.Reference()
	b.EventID, b.Code, b.CreatedAt = event.ID, c.code, d.now
	b.Limited = event.MaxPerCustomer > 0
	b.UnitPrice.Currency = event.Price.Currency
	b.setLines(c.lines)
	d.move(transition("", by), event, &b, nil)
	return b
}

// eventOf finds the event of a request. When its slug leads nowhere any more, because the event got
// another one, the same request under the same key still finds the event that it booked.
func (d *Draft) eventOf(sel Selector, key Key) (Event, error) {
	event, err := d.Event(sel)
	used, repeated := d.remembered(key)
	if err == nil || !repeated || used.Booking == 0 {
		return event, err
	}
	var frozen frozenReceipt
	if used.thaw(&frozen) != nil || frozen.Event != sel.String() {
		return event, err
	}
	_, event, err = d.behind(used)
	return event, err
}

// bookingOf finds a booking and its event for the command.
func (d *Draft) bookingOf(ref Reference) (Booking, Event, error) {
	b, err := d.Booking(ref)
	if err != nil {
		return Booking{}, Event{}, err
	}
	event, _ := d.Find(Selector{ID: b.EventID})
	return b, event, nil
}

// behind finds the booking that was made under a key, and its event. Who has the key may see them,
// as when they were made; not where the booking has gone to an event beyond the caller's scope.
func (d *Draft) behind(used Used) (Booking, Event, error) {
	c := d.Sheet.bookings[used.Booking]
	if c == nil || !d.caller.Scope.hasEventOf(c.After) {
		return Booking{}, Event{}, NoBooking(used.Booking)
	}
	event, _ := d.Find(Selector{ID: c.After.EventID})
	return c.After, event, nil
}

// replayReceipt answers a repeated request as it was answered the first time; who asked to wait
// sees what has become of that.
func (d *Draft) replayReceipt(used Used) (Receipt, error) {
	now, event, err := d.behind(used)
	if err != nil {
		return Receipt{}, err
	}
	var frozen frozenReceipt
	if err := used.thaw(&frozen); err != nil {
		return Receipt{}, err
	}
	then := now.issued(0)
	if frozen.Status == Waiting {
		return Receipt{
			Booking: then.At(d.now), Event: event, Left: frozen.Left, Replayed: true,
		}, nil
	}
	then.Status, then.Quantity, then.CancelReason = Confirmed, frozen.Quantity, ""
	then.Lines, then.ExpiresAt, then.Extensions = frozen.Lines, frozen.ExpiresAt, 0
	then.OfferedAt = time.Time{}
	if !frozen.ExpiresAt.IsZero() {
		then.Status = Held
	}
	then.UpdatedAt = then.CreatedAt
	return Receipt{
		Booking: then, Event: event, Left: frozen.Left, Replayed: true,
		Changed: now.At(d.now).Status != then.Status || now.Quantity != then.Quantity ||
			!now.UpdatedAt.Equal(then.UpdatedAt),
	}, nil
}
