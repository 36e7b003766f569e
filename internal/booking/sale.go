package booking

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Hints of refusals that each door words in its own way.
const (
	// OpenFirst is the hint where an event is a draft or closed.
	OpenFirst = "open it first"
	// GiveCode is the hint where an access code is missing.
	GiveCode = "give the code"
	// JoinWaitlist is the end of the hint where all seats are taken or waited for.
	JoinWaitlist = "join the waitlist"
	// BookInstead is the hint where somebody would wait for seats that anybody can have.
	BookInstead = "book or hold them"
)

// claim is the seats that somebody asks for, as an event sells them.
type claim struct {
	lines []Line
	code  string
	email string
	// had are seats that the customer has already and that are not asked for anew.
	had int
}

// OnSale refuses with [Closed] unless the event takes bookings at the time.
func (e Event) OnSale(now time.Time) error {
	if err := e.running(now); err != nil {
		return err
	}
	return e.inWindow("event", now, e.SalesOpen, e.SalesClose)
}

// running refuses with [Closed] unless the event is open and not over.
func (e Event) running(now time.Time) error {
	switch {
	case e.Status == DraftEvent:
		return closed(e, "event %d is a draft and not on sale yet", e.ID).WithHint(OpenFirst)
	case e.Status == ClosedEvent:
		return closed(e, "event %d is closed and takes no bookings", e.ID).
			WithHint(OpenFirst)
	case e.Status == CancelledEvent:
		return closed(e, "event %d is cancelled and takes no bookings", e.ID)
	case e.Over(now):
		return closed(e, "event %d ended at %s and takes no bookings", e.ID,
			e.EndsAt.Format(time.RFC3339))
	}
	return nil
}

// inWindow refuses with [Closed] outside a sales window of something of the event.
func (e Event) inWindow(what string, now, open, end time.Time) error {
	switch {
	case now.Before(open):
		return closed(e, "sales of %s %d begin at %s", what, e.ID, open.Format(time.RFC3339)).
			WithHint("come back then")
	case !end.IsZero() && !now.Before(end):
		return closed(e, "sales of %s %d ended at %s", what, e.ID, end.Format(time.RFC3339))
	}
	return nil
}

// closed makes the refusal of something of an event that is not on sale.
func closed(e Event, format string, args ...any) *Error {
	err := Errorf(Closed, format, args...)
	err.Event = e.ID
	return err
}

// choose finds what the lines of a request are of. Without lines it is the event's only ticket type
// on sale, or seats of no type when the event has no types. It refuses with [NotFound] when there
// is no such type, with [Invalid] when one has to be named, and with [Closed] or [Limit] what the
// type does not allow; the lines are told with that too.
func (e Event) choose(seats int, asked []LineRequest, now time.Time) ([]Line, error) {
	if len(asked) == 0 {
		if len(e.Types) == 0 {
			return []Line{{Quantity: seats, UnitPrice: e.Price}}, nil
		}
		only, err := e.onlyType()
		if err != nil {
			return nil, err
		}
		asked = []LineRequest{{Type: only.Name, Quantity: seats}}
	}
	lines := make([]Line, len(asked))
	var refusal error
	for i, ask := range asked {
		t, err := e.ticketType(ask.Type)
		if err != nil {
			return nil, err
		}
		lines[i] = Line{Type: t.ID, Name: t.Name, Quantity: ask.Quantity, UnitPrice: t.Price}
		refusal = cmp.Or(refusal, t.sells(e, ask.Quantity, now))
	}
	return lines, refusal
}

// onlyType is the one ticket type that is not closed. It refuses with [Invalid] when there are
// several, and with [Closed] when there is none.
func (e Event) onlyType() (only TicketType, err error) {
	open := 0
	for _, t := range e.Types {
		if !t.Closed {
			only = t
			open++
		}
	}
	switch open {
	case 0:
		return only, closed(e, "all ticket types of event %d are closed", e.ID)
	case 1:
		return only, nil
	}
	var bad Fields
	bad.Add("type", fmt.Sprintf("is missing; event %d sells %s", e.ID, e.typeNames()))
	return only, bad.Err()
}

// sells refuses with [Closed] or [Limit] what a ticket type does not allow.
func (t TicketType) sells(e Event, seats int, now time.Time) error {
	if t.Closed {
		return closed(e, "%s is closed", e.what(&t))
	}
	if err := e.inWindow("ticket type "+quoted(t.Name)+" of event", now, t.SalesOpen,
		t.SalesClose); err != nil {
		return err
	}
	switch {
	case e.enough(&t, seats) != nil:
		return e.enough(&t, seats)
	case t.MaxPerBooking > 0 && seats > t.MaxPerBooking:
		return overLimit(e, "ticket type %s allows %s in a booking, asked for %d", quoted(t.Name),
			Seats(t.MaxPerBooking), seats).WithHint("ask for fewer seats")
	}
	return nil
}

// enough refuses with [Limit] fewer seats of a ticket type, nil for none, than it is sold from on;
// none at all are enough.
func (e Event) enough(t *TicketType, seats int) error {
	if t == nil || seats == 0 || seats >= t.MinPerBooking {
		return nil
	}
	return overLimit(e, "ticket type %s is sold from %s on, asked for %d", quoted(t.Name),
		Seats(t.MinPerBooking), seats)
}

func overLimit(e Event, format string, args ...any) *Error {
	err := Errorf(Limit, format, args...)
	err.Event = e.ID
	return err
}

// place finds room for a claim, and gives the event as it is then. It refuses with [Limit] and
// [SoldOut], and with [Invalid] when the event has to know its customers.
func (d *Draft) place(event Event, c claim) (Event, error) {
	err := d.withinLimits(event, c)
	if err == nil {
		event = d.makeRoom(event, c.lines, c.code, d.now)
		err = event.fits(event.rooms(c.lines, c.code), c.lines)
	}
	return event, d.settleFor(event, c, err)
}

// fits refuses with [SoldOut] when the seats asked for, by lines, are more than what is left of a
// room.
func (e Event) fits(rooms []room, asked []Line) error {
	for _, r := range rooms {
		if r.seats > r.available() {
			return soldOut(e, r, e.queues(asked))
		}
	}
	return nil
}

// withinLimits refuses with [Limit] what the event does not allow in one booking or to one
// customer.
func (d *Draft) withinLimits(event Event, c claim) error {
	seats := seatsOf(c.lines)
	if seats <= 0 { // fewer than before are never too many
		return nil
	}
	if err := event.withinBooking(c.had + seats); err != nil {
		return err
	}
	return d.withinCustomer(event, c.email, seats)
}

// withinBooking refuses with [Limit] more seats than the event allows in one booking.
func (e Event) withinBooking(seats int) error {
	if most := e.MaxPerBooking; most > 0 && seats > most {
		return overLimit(e, "event %d allows %s in a booking, asked for %d", e.ID, Seats(most),
			seats).WithHint("ask for fewer seats")
	}
	return nil
}

// AvailabilityRequest asks whether seats can be booked.
type AvailabilityRequest struct {
	Event    Selector
	Quantity int
	// Lines asks for seats of ticket types; the quantity is 0 then.
	Lines []LineRequest
	// Code is the access code that would be given.
	Code string
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (r AvailabilityRequest) Validate() error {
	var bad Fields
	bad.Add("event_id", r.Event.validate())
	validateSeats(&bad, r.Quantity, r.Lines)
	return bad.Err()
}

// Availability answers an [AvailabilityRequest].
type Availability struct {
	Event Event
	// Quantity is the number of seats asked for.
	Quantity int
	// Available is how many seats of that kind can be booked.
	Available int
	// Refusal is why the seats cannot be booked now, such as [SoldOut] or [Closed]; nil when they
	// can.
	Refusal error
}

// Sufficient says whether the seats can be booked.
func (a Availability) Sufficient() bool { return a.Refusal == nil }

// Check says whether seats of the event could be booked at the time, by the rules that Book uses;
// limits per customer apart. It refuses with [NotFound] when there is no such ticket type, and with
// [Invalid] when one has to be named.
func (e Event) Check(r AvailabilityRequest, now time.Time) (Availability, error) {
	a := Availability{Event: e, Quantity: r.seats(), Available: e.Available()}
	lines, err := e.choose(r.Quantity, r.Lines, now)
	if kind := KindOf(err); kind == NotFound || kind == Invalid {
		return a, err
	}
	code := NormalCode(r.Code)
	a.Refusal = cmp.Or(e.OnSale(now), err, e.admit(lines, code, now))
	if a.Refusal != nil {
		code = "" // what is left of it would tell who guesses that there is such a code
	}
	rooms := e.rooms(lines, code)
	for _, room := range rooms {
		a.Available = min(a.Available, room.available())
	}
	a.Refusal = cmp.Or(a.Refusal, e.withinBooking(a.Quantity), e.fits(rooms, lines))
	return a, nil
}

// Bookable says whether so many seats of the event, of no ticket type or all of one, can be booked
// at the time by people without an access code; limits per customer apart.
func (e Event) Bookable(seats int, now time.Time) bool {
	can := func(r AvailabilityRequest) bool {
		a, err := e.Check(r, now)
		return err == nil && a.Sufficient()
	}
	if len(e.Types) == 0 {
		return can(AvailabilityRequest{Quantity: seats})
	}
	return slices.ContainsFunc(e.Types, func(t TicketType) bool {
		return can(AvailabilityRequest{Lines: []LineRequest{{Type: t.Name, Quantity: seats}}})
	})
}

func (r AvailabilityRequest) seats() int { return totalSeats(r.Quantity, r.Lines) }

// totalSeats is the number of seats asked for, by lines or without.
func totalSeats(quantity int, lines []LineRequest) int {
	if len(lines) == 0 {
		return quantity
	}
	total := 0
	for _, l := range lines {
		total += l.Quantity
	}
	return total
}

// validateSeats notes what is wrong with the seats that are asked for.
func validateSeats(bad *Fields, quantity int, lines []LineRequest) {
	if len(lines) == 0 || quantity != 0 && quantity != totalSeats(0, lines) {
		bad.Add("quantity", seatsReason(quantity, lines))
	}
	bad.Add("lines", validateLines(lines, 1))
	if total := totalSeats(0, lines); len(lines) > 0 && total > MaxCapacity {
		bad.Add("lines", validateCount(total, MaxCapacity))
	}
}

func seatsReason(quantity int, lines []LineRequest) string {
	if len(lines) == 0 {
		return validateCount(quantity, MaxCapacity)
	}
	return fmt.Sprintf("is %d, but the lines have %d; leave it out", quantity,
		totalSeats(0, lines))
}
