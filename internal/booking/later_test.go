package booking

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"
)

// same says whether two values are the same in all that they hold.
func same[T any](a, b T) bool { return reflect.DeepEqual(a, b) }

// later is the next transaction after some time: what the sheet has is stored, and loaded again
// with the holds that have lapsed by then and those who wait, as storage does it.
func (g *group) later(d time.Duration) *group {
	next := &group{Sheet: NewSheet(g.mint), now: g.now.Add(d)}
	for _, c := range g.events {
		if c.After != nil {
			next.LoadEvent(c.After.stored())
		}
	}
	maps.Copy(next.keys, g.keys)
	var lapsed []Booking
	for _, b := range g.stored() {
		next.LoadBooking(b)
		switch b.At(next.now).Status {
		case Expired:
			if b.Status == Held {
				lapsed = append(lapsed, b)
			}
		case Waiting:
			next.LoadWaiting(b)
			next.customers[b.customer()] += b.Quantity
		case Held, Confirmed:
			next.customers[b.customer()] += b.Quantity
		}
	}
	slices.SortFunc(lapsed, func(a, b Booking) int {
		return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.Reference, b.Reference))
	})
	for _, b := range lapsed {
		next.CountLapsed(b)
		next.LoadLapsedHold(b)
	}
	for id := range next.events {
		next.Promote(id, next.now)
	}
	return next
}

// stored are the bookings of the sheet, in the order in which they were made.
func (g *group) stored() []Booking {
	var list []Booking
	for _, ref := range slices.Sorted(maps.Keys(g.bookings)) {
		list = append(list, g.bookings[ref].After)
	}
	return list
}

// customer is whose seats those of the booking are.
func (b Booking) customer() Customer { return CustomerOf(b.EventID, b.Email) }

// stored is the event as it is kept: nothing there knows which holds have lapsed.
func (e Event) stored() Event {
	e.Counters = e.Counters.stored()
	e.Types, e.Pools = slices.Clone(e.Types), slices.Clone(e.Pools)
	for i := range e.Types {
		e.Types[i].Counters = e.Types[i].Counters.stored()
	}
	for i := range e.Pools {
		e.Pools[i].Counters = e.Pools[i].Counters.stored()
	}
	for c := range e.Codes.All() {
		c.Counters = c.Counters.stored()
		e.Codes = e.Codes.With(c)
	}
	return e
}

func (c Counters) stored() Counters {
	return Counters{Held: c.OnBooks(), Confirmed: c.Confirmed, Waiting: c.Waiting}
}

// tracks gives the changes of all counters of an event from one version to another, by what they
// are of; what did not change is left out.
func tracks(before, after Event) map[string]Counters {
	changes := map[string]Counters{}
	note := func(what string, b, a Counters) {
		if b != a {
			changes[what] = a.minus(b)
		}
	}
	note("event", before.Counters, after.Counters)
	for i, t := range before.Types {
		note("type "+t.Name, t.Counters, after.Types[i].Counters)
	}
	for i, p := range before.Pools {
		note("pool "+p.Name, p.Counters, after.Pools[i].Counters)
	}
	for c := range before.Codes.All() {
		note("code "+c.Text, c.Counters, after.code(c.Text).Counters)
	}
	return changes
}

// event finds an event of the sheet.
func (g *group) event(t testing.TB, id int64) Event {
	t.Helper()
	e, ok := g.Find(Selector{ID: id})
	if !ok {
		t.Fatalf("no event %d", id)
	}
	return e
}

// find looks a booking of the sheet up of the sheet as it is at the time of the group.
func (g *group) find(b Booking) Booking {
	c := g.bookings[b.Reference]
	if c == nil {
		return b
	}
	return c.After.At(g.now)
}
