package booking

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"
)

// Policy says what happens on a waitlist when the seats of an entry are not free, but those of a
// later one are.
type Policy string

// The policies.
const (
	// Strict lets nobody overtake: free seats are kept for the entry until all of its are free.
	Strict Policy = "strict"
	// Skip offers the seats to the first entry that they are enough for.
	Skip Policy = "skip"
)

// Policies lists the policies, the default first.
func Policies() []Policy { return []Policy{Strict, Skip} }

// DefaultOfferTTL is how long an offer stands unless the event says otherwise: people are asleep,
// at work, or on the train when seats come free.
const DefaultOfferTTL = 4 * time.Hour

// nobodyWaits is why an entry of the waitlist has an address.
const nobodyWaits = "is missing; who waits has to be told"

// Joining asks to wait for seats.
type Joining struct {
	Event    Selector
	Quantity int
	// Type is the name of a ticket type; empty where the event has none or one.
	Type string
	// Email is who waits; it must not be empty.
	Email, Name, Note string
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (j Joining) Validate() error {
	var bad Fields
	bad.Add("event_id", j.Event.validate())
	bad.Add("quantity", validateCount(j.Quantity, MaxCapacity))
	if j.Email == "" {
		bad.Add("user_email", nobodyWaits)
	}
	validateCustomer(&bad, &j.Email, &j.Name, &j.Note)
	bad.Add("idempotency_key", j.Key.validate())
	return bad.Err()
}

func (j Joining) lines() []LineRequest {
	if j.Type == "" {
		return nil
	}
	return []LineRequest{{Type: j.Type, Quantity: j.Quantity}}
}

// Join puts somebody at the end of the waitlist of an event. When the policy lets the entry pass
// those before it, the engine may offer its seats at once. It refuses with [NotFound] when there is
// no such event or type, with [Closed] when the event is not on sale or sold with a code only, with
// [Limit] when the customer may not have so many seats, with [Conflict] when more seats are asked
// for than there are, when anybody could book them, or when the same address waits already, and
// with [KeyReused] when the key belongs to another request.
func (d *Draft) Join(j Joining) (Receipt, error) {
	j.Email, j.Name, j.Note = nfc(j.Email), nfc(j.Name), nfc(j.Note)
	if err := j.Validate(); err != nil {
		return Receipt{}, err
	}
	event, err := d.eventOf(j.Event, j.Key)
	if err != nil {
		return Receipt{}, err
	}
	print := fingerprint(j.Key, "join", event.ID, j.Quantity, j.Type, j.Email, j.Name, j.Note)
	return once(d, j.Key, print, d.replayReceipt, func() (Receipt, error) {
		c, err := d.joinable(event, j)
		if err != nil {
			return Receipt{}, err
		}
		b := d.newBooking(&event, c, ToJoin, Booking{Email: j.Email, Name: j.Name, Note: j.Note})
		d.putEvent(event)
		receipt := Receipt{Booking: b, Event: event}
		d.rememberReceipt(j.Key, print, receipt, j.Event)
		return receipt, nil
	})
}

// joinable finds out what somebody waits for, unless waiting is in vain.
func (d *Draft) joinable(event Event, j Joining) (claim, error) {
	c := claim{email: j.Email}
	if err := event.OnSale(d.now); err != nil {
		return c, err
	}
	var err error
	if c.lines, err = event.choose(j.Quantity, j.lines(), d.now); err != nil {
		return c, err
	}
	// The waitlist is no way around an access code.
	if err := event.admit(c.lines, "", d.now); err != nil {
		return c, closed(event, "%v, and has no waitlist", err)
	}
	if err := d.withinLimits(event, c); err != nil {
		return c, err
	}
	rooms := event.rooms(c.lines, "")
	for _, r := range rooms {
		if r.seats > r.capacity {
			return c, Errorf(Conflict, "event %d has %s in all, asked for %d", event.ID,
				r.ofName(r.capacity), r.seats).WithHint("wait for fewer seats")
		}
	}
	// An offer would keep the seats for hours from those who can decide now.
	if event.fits(rooms, c.lines) == nil {
		err := Errorf(Conflict, "event %d has room for %d, nobody has to wait", event.ID,
			j.Quantity).WithHint(BookInstead)
		err.Event = event.ID
		return c, err
	}
	return c, d.waitsOnce(event, j.Email, c.lines[0].Type)
}

// waitsOnce refuses with [Conflict] when an address waits for seats of a type already.
func (d *Draft) waitsOnce(event Event, email string, typ int64) error {
	wanted := place{event.ID, Fold(email), typ}
	ref, known := d.places[wanted]
	if !known {
		return nil
	}
	// Since it was noted, the entry may have come to an end, or to another address.
	if b := d.Sheet.bookings[ref].After; b.Status != Waiting || b.place() != wanted {
		return nil
	}
	err := Errorf(Conflict, "%s waits for event %d already", email, event.ID)
	if d.caller.Scope.HasBooking(d.Sheet.bookings[ref].After) {
		err = Errorf(Conflict, "%v, as %s", err, ref)
		err.Booking = ref
	}
	err.Event = event.ID
	return err.WithHint(LeaveFirst)
}

// place is what one address can wait for once.
type place struct {
	event int64
	email string
	typ   int64
}

// place is what an entry of the waitlist waits for.
func (b Booking) place() place { return place{b.EventID, Fold(b.Email), b.parts()[0].Type} }

// notePlace remembers for what somebody waits.
func (s *Sheet) notePlace(b Booking) {
	if b.Status == Waiting {
		s.places[b.place()] = b.Reference
	}
}

// Leave asks to give a place in the waitlist up.
type Leave struct {
	Reference Reference
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (l Leave) Validate() error {
	var bad Fields
	bad.Add("idempotency_key", l.Key.validate())
	return bad.Err()
}

// Leave gives a place in the waitlist up, for good. It refuses with [Conflict] when the entry waits
// no more: what was offered is released or confirmed instead.
func (d *Draft) Leave(l Leave) (Returned, error) {
	if err := l.Validate(); err != nil {
		return Returned{}, err
	}
	return d.handBack(l.Reference, l.Key, "leave", ToLeave)
}

// LoadWaiting puts an entry of the waitlist on the sheet; those that came first are loaded first.
func (s *Sheet) LoadWaiting(b Booking) {
	if s.bookings[b.Reference] == nil {
		s.LoadBooking(b)
	}
	s.queue[b.EventID] = append(s.queue[b.EventID], b.Reference)
}

// waitingOf are the entries of an event that wait, as far as they are on the sheet, in their order.
func (s *Sheet) waitingOf(event int64) iter.Seq[Booking] {
	return func(yield func(Booking) bool) {
		for _, ref := range s.queue[event] {
			b := s.bookings[ref].After
			if b.Status == Waiting && b.EventID == event && !yield(b) {
				return
			}
		}
	}
}

// Promote offers the free seats of an event to those who wait for them, in their order. It is the
// engine's own act, and stays done when the command that gave rise to it is refused.
func (s *Sheet) Promote(id int64, now time.Time) {
	event, ok := s.Find(Selector{ID: id})
	if !ok || event.Counters.Waiting == 0 || event.running(now) != nil {
		return
	}
	due := dues{}
	for b := range s.waitingOf(id) {
		if due[roomKey{}] >= event.free(event.Capacity) {
			break
		}
		if due.blocks(event, b) != "" {
			due.keep(event, b)
			continue
		}
		event = s.makeRoom(event, b.parts(), "", now)
		d := Draft{Sheet: s, caller: engine(), now: now}
		b.OfferedAt, b.ExpiresAt = now, now.Add(event.OfferTTL)
		d.move(transition(Waiting, ToOffer), &event, &b, nil)
		d.applyEvent(event)
	}
}

// dues are the free seats of each room that are kept for entries that wait.
type dues map[roomKey]int

// blocks says why an entry cannot be offered its seats; "" when it can.
func (due dues) blocks(event Event, b Booking) string {
	switch t := event.typeByID(b.parts()[0].Type); {
	case t != nil && t.Closed:
		return event.what(t) + " is closed"
	case event.unsold(t):
		return event.what(t) + " is sold with an access code only"
	}
	for _, r := range event.rooms(b.parts(), "") {
		free, kept := r.free(), min(due[r.key], r.free())
		switch {
		case r.seats > free:
			return fmt.Sprintf("it asks for %d and %s free", r.seats, are(r.ofName(free), free))
		case r.seats > free-kept:
			return fmt.Sprintf("it asks for %d; %s free, of which %s kept for entries before it",
				r.seats, are(r.ofName(free), free), are(strconv.Itoa(kept), kept))
		}
	}
	return ""
}

// keep lets free seats stand empty for an entry, so that no later one gets them; not where the
// policy is to skip it. Of the event it keeps no more than what its pool has room for: see
// [Event.parked].
func (due dues) keep(event Event, b Booking) {
	if event.Waitlist == Skip || event.unsold(event.typeByID(b.parts()[0].Type)) {
		return
	}
	rooms := event.rooms(b.parts(), "")
	seats := b.Quantity
	for _, r := range rooms[1:] {
		seats = min(seats, max(0, r.free()-due[r.key]))
		due[r.key] += r.seats
	}
	due[roomKey{}] += seats
}

// dismiss takes those off the waitlist who wait for more seats than there are after a change.
func (d *Draft) dismiss(event *Event) {
	for _, b := range d.lively(event.ID) {
		tooBig := func(r room) bool { return r.seats > r.capacity }
		if b.Status == Waiting && slices.ContainsFunc(event.rooms(b.parts(), ""), tooBig) {
			d.move(transition(Waiting, ToLeave), event, &b, nil)
		}
	}
}

// are puts a verb behind a number of things.
func are(text string, n int) string {
	if n == 1 {
		return text + " is"
	}
	return text + " are"
}

// ofName writes a number of seats of a room: "2 seats", "1 seat of pool \"balcony\"".
func (r room) ofName(n int) string {
	if r.name == "" {
		return Seats(n)
	}
	return Seats(n) + " of " + r.name
}

// Wait tells how an entry of the waitlist stands.
type Wait struct {
	Booking Booking
	Event   Event
	// Position is the place of the entry, 1 for the first; 0 when it waits no more.
	Position int
	// Ahead are the seats for which those before it wait.
	Ahead int
	// Reason is why it waits still, or what became of it.
	Reason string
}

// Explain tells how an entry stands among all that wait for the event, in their order.
func (e Event) Explain(b Booking, queue []Booking, now time.Time) Wait {
	w := Wait{Booking: b.At(now), Event: e}
	if b.Status != Waiting {
		w.Reason = w.Booking.story()
		return w
	}
	due := dues{}
	for i, other := range queue {
		if other.Reference == b.Reference {
			w.Position = i + 1
			break
		}
		w.Ahead += other.Quantity
		if blocked := due.blocks(e, other); blocked != "" {
			due.keep(e, other)
			continue
		}
		for _, l := range other.parts() { // it is as good as offered
			e.count(l.Type, "", Counters{Held: l.Quantity, Waiting: -l.Quantity})
		}
	}
	if err := e.running(now); err != nil {
		w.Reason = err.Error()
		return w
	}
	if w.Reason = due.blocks(e, b); w.Reason == "" {
		w.Reason = "its seats are free: the next change of the event offers them"
	}
	return w
}

// story tells what became of an entry that waits no more.
func (b Booking) story() string {
	switch {
	case b.Status == Left:
		return "it left the waitlist at " + b.UpdatedAt.Format(time.RFC3339)
	case b.OfferedAt.IsZero():
		return "it is not on the waitlist"
	case b.Status == Held:
		return "it was offered its seats until " + b.ExpiresAt.Format(time.RFC3339)
	case b.Status == Expired:
		return "it was offered its seats, and the offer lapsed at " +
			b.UpdatedAt.Format(time.RFC3339)
	case b.Status == Released:
		return "it was offered its seats, and gave them back at " +
			b.UpdatedAt.Format(time.RFC3339)
	}
	return "it was offered its seats and took them"
}
