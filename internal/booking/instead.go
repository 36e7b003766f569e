package booking

import (
	"errors"
	"slices"
	"time"
)

// Instead is what would be accepted in the place of what was refused, as far as it is known. The
// doors make it a command or a request that can be repeated as it stands.
type Instead struct {
	// Seats is the most seats of the same kind that can be had now; 0 when there are none, or when
	// it cannot be told of which ticket types they would be.
	Seats int
	// Types are the ticket types of which seats have to be named one by one.
	Types []string
	// TTL is the longest time for which a hold can be extended from now on; 0 when it cannot.
	TTL time.Duration
}

// settleFor tells in a refusal of seats what can be had instead: fewer seats, or else a place on
// the waitlist.
func (d *Draft) settleFor(event Event, c claim, refusal error) error {
	err, ok := errors.AsType[*Error](refusal)
	if !ok || len(c.lines) != 1 || c.had > 0 ||
		err.Kind != Limit && err.Kind != SoldOut {
		return refusal
	}
	err.Instead.Seats = d.fewer(event, c)
	switch none := err.Instead.Seats == 0; {
	case none && err.Kind == Limit:
		err.Hint = "" // however few they were, they would be refused
	case none && err.Kind == SoldOut && err.Hint == "" && event.queues(c.lines):
		err.Hint = JoinWaitlist
	}
	return err
}

// fewer is the most seats of a claim of one kind that would not be refused, 0 for none.
func (d *Draft) fewer(event Event, c claim) int {
	most := c.lines[0].Quantity
	for _, r := range event.rooms(c.lines, c.code) {
		most = min(most, r.available())
	}
	t := event.typeByID(c.lines[0].Type)
	limits := []int{event.MaxPerBooking}
	if t != nil {
		limits = append(limits, t.MaxPerBooking)
	}
	for _, limit := range limits {
		if limit > 0 {
			most = min(most, limit)
		}
	}
	if event.MaxPerCustomer > 0 {
		most = min(most, event.MaxPerCustomer-d.seatsOfCustomer(event.ID, c.email))
	}
	most = max(0, most)
	nameless := event.MaxPerCustomer > 0 && c.email == ""
	if nameless || event.enough(t, most) != nil || event.admit(c.lines, c.code, d.now) != nil {
		return 0
	}
	return most
}

// queues says whether waiting helps who asks for seats: there are so many in all, they are not free
// now, and nobody needs a code for them.
func (e Event) queues(lines []Line) bool {
	rooms := e.rooms(lines, "")
	return !slices.ContainsFunc(lines, func(l Line) bool { return e.unsold(e.typeByID(l.Type)) }) &&
		!slices.ContainsFunc(rooms, func(r room) bool { return r.seats > r.capacity }) &&
		slices.ContainsFunc(rooms, func(r room) bool { return r.seats > r.available() })
}
