package booking

import (
	"slices"
	"strconv"
	"time"
)

// Resize asks for another number of seats in a booking.
type Resize struct {
	Reference Reference
	// Quantity is the number of seats to have, of a booking with one ticket type or none: 1 or
	// more.
	Quantity *int
	// Lines are the numbers to have of ticket types, 0 for none any more; types that are not named
	// keep what they have.
	Lines []LineRequest
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (r Resize) Validate() error {
	var bad Fields
	switch {
	case r.Quantity == nil && len(r.Lines) == 0:
		bad.Add("quantity", "is missing; say how many seats the booking is to have")
	case r.Quantity != nil && len(r.Lines) > 0:
		bad.Add("quantity", "is given beside lines; the lines have the numbers already")
	case r.Quantity != nil:
		bad.Add("quantity", validateCount(*r.Quantity, MaxCapacity))
	}
	bad.Add("lines", validateLines(r.Lines, 0))
	bad.Add("idempotency_key", r.Key.validate())
	return bad.Err()
}

// Seats is the most seats that can be meant, over all lines that are named.
func (r Resize) Seats() int {
	if r.Quantity != nil {
		return *r.Quantity
	}
	return totalSeats(0, r.Lines)
}

// Resize changes the number of seats of a booking, up or down. Seats of a ticket type that the
// booking has cost what they cost when it was made; those of another type cost what they cost now.
// It refuses as [Draft.Book] does when more seats do not fit, and with [Conflict] when the booking
// is neither held nor confirmed or no seat would be left; the booking stays as it was then.
func (d *Draft) Resize(r Resize) (Amended, error) {
	if err := r.Validate(); err != nil {
		return Amended{}, err
	}
	print := fingerprint(r.Key, "change", r.Reference, r.Quantity, r.Lines)
	return onBooking(d, r.Reference, r.Key, print, d.replayAmended,
		func(b Booking, event Event) (Amended, error) { return d.resize(r, b, event) })
}

func (d *Draft) resize(r Resize, b Booking, event Event) (Amended, error) {
	step, err := d.step(b, ToResize)
	if err != nil {
		return Amended{}, err
	}
	lines, part, err := r.differences(b, event, d.now)
	if err != nil {
		return Amended{}, err
	}
	if part != nil {
		net := make([]Line, len(lines))
		for i, l := range lines {
			l.Quantity = part[i]
			net[i] = l
		}
		event, err = d.place(event, claim{net, b.Code, b.Email, b.Quantity})
		if err != nil {
			return Amended{}, err
		}
		b.Lines = lines
		d.move(step, &event, &b, part)
		d.putEvent(event)
	}
	return Amended{Booking: b, Event: event}, nil
}

// differences gives the lines of a booking, with empty ones for ticket types that it has not yet,
// and how many seats each is to have more; nil when there is nothing to change. More seats of a
// type take that it is on sale.
func (r Resize) differences(b Booking, event Event, now time.Time) ([]Line, []int, error) {
	lines := slices.Clone(b.parts())
	part := make([]int, len(lines))
	if r.Quantity != nil {
		if len(lines) > 1 {
			return nil, nil, b.ambiguous()
		}
		part[0] = *r.Quantity - lines[0].Quantity
	}
	for _, ask := range r.Lines {
		i, err := b.lineOf(ask.Type)
		if err != nil {
			t, err := event.ticketType(ask.Type)
			if err != nil {
				return nil, nil, err
			}
			// The booking may have the type by a name that it had before.
			i = slices.IndexFunc(lines, func(l Line) bool { return l.Type == t.ID })
			if i < 0 {
				i = len(lines)
				lines = append(lines, Line{Type: t.ID, Name: t.Name, UnitPrice: t.Price})
				part = append(part, 0)
			}
		}
		part[i] = ask.Quantity - lines[i].Quantity
	}
	switch {
	case !slices.ContainsFunc(part, func(n int) bool { return n != 0 }):
		return nil, nil, nil
	case sum(part) == -b.Quantity:
		return nil, nil, conflict(b, "booking %s would have no seats left", b.Reference).
			WithHint("%s", giveUp(b))
	}
	types := 0
	for i, l := range lines {
		types += min(1, l.Quantity+part[i])
	}
	if types > MaxLines {
		return nil, nil, Errorf(Limit, "booking %s would have %d ticket types, the most is %d",
			b.Reference, types, MaxLines).WithHint("make another booking")
	}
	return lines, part, event.growing(b, lines, part, now)
}

// growing refuses with [Closed] or [Limit] seats that come in addition and are not on sale, and
// fewer seats than a ticket type is sold from on.
func (e Event) growing(b Booking, lines []Line, part []int, now time.Time) error {
	for i, l := range lines {
		t := e.typeByID(l.Type)
		if err := e.enough(t, l.Quantity+part[i]); err != nil && part[i] != 0 {
			return err
		}
		if part[i] <= 0 {
			continue
		}
		if t == nil && len(e.Types) > 0 {
			var bad Fields
			bad.Add("quantity", "is of seats without a ticket type, which event "+
				strconv.FormatInt(e.ID, 10)+" sells no more; book further ones of "+e.typeNames())
			return bad.Err()
		}
		if err := e.OnSale(now); err != nil {
			return err
		}
		if t != nil {
			if err := t.sells(e, l.Quantity+part[i], now); err != nil {
				return err
			}
		}
		if err := e.admit(lines[i:i+1], b.Code, now); err != nil {
			return closed(e, "%v", err).WithHint("book these seats by themselves")
		}
	}
	return nil
}
