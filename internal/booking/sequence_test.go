package booking

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sequence is what came of commands so far.
type sequence struct {
	*group
	tb testing.TB
	// noted are the sums of the journals of former groups, by event, and seqs the last numbers.
	noted map[int64]map[string]Counters
	seqs  map[int64]int64
	done  map[EntryKind]int
}

// newSequence makes three events: a hall with limits and codes, and two plain ones, of which one
// lets people on its waitlist overtake.
func newSequence(t testing.TB) *sequence {
	s := &sequence{
		group: hall(t), tb: t, noted: map[int64]map[string]Counters{}, seqs: map[int64]int64{},
		done: map[EntryKind]int{},
	}
	s.addCode(t, NewCode{Text: "club", Uses: 6})
	s.addCode(t, NewCode{Text: "kids", Uses: 4, Types: []string{"child"}})
	must[Event](t)(s.edit(1, Edit{MaxPerCustomer: new(9), MaxPerBooking: new(7)}))
	s.create(t, 6)
	s.create(t, 8)
	must[Event](t)(s.edit(3, Edit{Waitlist: new(Skip), MaxPerCustomer: new(12)}))
	return s
}

func (s *sequence) step(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "group") == 0 {
		s.next(rapid.SampledFrom([]time.Duration{
			0, time.Second, time.Minute, DefaultTTL, DefaultOfferTTL,
		}).Draw(t, "later"))
		return
	}
	commands := anyCommands()
	names := slices.Sorted(maps.Keys(commands))
	names = append(names, "book", "join", "join", "leave", "leave", "open or close")
	command := commands[rapid.SampledFrom(names).Draw(t, "command")]
	before, lines := maps.Clone(s.bookings), len(s.Journal())
	for ref, c := range before {
		kept := *c
		before[ref] = &kept
	}
	events := map[int64]Event{}
	for id := range s.events {
		events[id] = s.event(s.tb, id)
	}
	if err := command(s.group, t); err != nil {
		s.isUntouched(t, before, events, lines, err)
	}
}

// isUntouched looks whether a refused command has left no trace but what the engine does by itself.
func (s *sequence) isUntouched(
	t *rapid.T, before map[Reference]*BookingChange, events map[int64]Event, lines int, err error,
) {
	if KindOf(err) == Internal {
		t.Fatalf("not a refusal: %v", err)
	}
	own := map[Reference]bool{}
	for _, e := range s.Journal()[lines:] {
		own[e.Booking] = true
		if e.Actor != Engine || e.Kind != BookingExpired && e.Kind != BookingOffered {
			t.Fatalf("%v, and yet %+v", err, e)
		}
	}
	for ref, c := range s.bookings {
		if was := before[ref]; was == nil || !own[ref] && !same(c.After, was.After) {
			t.Fatalf("%v, and yet a booking is %+v", err, c.After)
		}
	}
	for id, was := range events {
		now := s.event(s.tb, id)
		if now.EventDetails != was.EventDetails || now.Status != was.Status ||
			len(now.Types) != len(was.Types) || len(own) == 0 && !same(now, was) {
			t.Fatalf("%v, and yet %+v is %+v", err, was, now)
		}
	}
}

// next begins the next group, which finds what this one has stored.
func (s *sequence) next(wait time.Duration) {
	for _, e := range s.Journal() {
		s.done[e.Kind]++
		s.seqs[e.EventID] = e.Seq
		if s.noted[e.EventID] == nil {
			s.noted[e.EventID] = map[string]Counters{}
		}
		e.addTo(s.noted[e.EventID])
	}
	s.group = s.later(wait)
}

// check looks at all that must hold after each command.
func (s *sequence) check(t *rapid.T) {
	for id := range s.events {
		e := s.event(s.tb, id)
		var nothing Event
		counted := s.counted(t, e, &nothing)
		if got := tracks(nothing, e); !same(got, tracks(nothing, counted)) {
			t.Fatalf("event %d has %+v, its bookings %+v", id, got, tracks(nothing, counted))
		}
		for _, l := range e.limits() {
			if c := l.Counters; c.OnBooks()+c.Confirmed > l.capacity || min(c.Held, c.Confirmed,
				c.Lapsed, c.Waiting) < 0 {
				t.Fatalf("event %d: of %d there are %+v", id, l.capacity, c)
			}
		}
		s.checkJournal(t, e, nothing)
		s.checkQueue(t, e)
	}
	s.checkCustomers(t)
}

// counted gives an event with the counters that its bookings add up to. It makes the event that
// has the same plan and no bookings.
func (s *sequence) counted(t *rapid.T, e Event, nothing *Event) Event {
	*nothing = e
	nothing.Counters = Counters{}
	nothing.Types, nothing.Pools = slices.Clone(e.Types), slices.Clone(e.Pools)
	for i := range e.Types {
		nothing.Types[i].Counters = Counters{}
	}
	for i := range e.Pools {
		nothing.Pools[i].Counters = Counters{}
	}
	for c := range e.Codes.All() {
		c.Counters = Counters{}
		nothing.Codes = nothing.Codes.With(c)
	}
	sum := *nothing
	for _, b := range s.stored() {
		seen := map[int64]bool{}
		for _, l := range b.parts() {
			if l.Quantity < 1 || seen[l.Type] {
				t.Fatalf("booking %s has the lines %+v", b.Reference, b.Lines)
			}
			seen[l.Type] = true
			if b.EventID == e.ID {
				sum.count(l.Type, b.Code, b.counters(l.Quantity, s.now))
			}
		}
		if seatsOf(b.parts()) != b.Quantity {
			t.Fatalf("booking %s has %d seats and the lines %+v", b.Reference, b.Quantity, b.Lines)
		}
	}
	return sum
}

// counters are what seats of the booking count as.
func (b Booking) counters(seats int, now time.Time) Counters {
	switch {
	case b.Status == Waiting:
		return Counters{Waiting: seats}
	case b.Status == Confirmed:
		return Counters{Confirmed: seats}
	case b.Status == Held && now.Before(b.ExpiresAt):
		return Counters{Held: seats}
	case b.Status == Held:
		return Counters{Lapsed: seats}
	}
	return Counters{}
}

// limits are all that limits the seats of an event.
func (e Event) limits() []room {
	all := []room{{capacity: e.Capacity, Counters: e.Counters}}
	for _, p := range e.Pools {
		all = append(all, room{capacity: p.Capacity, Counters: p.Counters})
	}
	for c := range e.Codes.All() {
		all = append(all, room{capacity: c.Uses, Counters: c.Counters})
	}
	return all
}

// checkJournal looks whether the entries are numbered without gaps and add up to the counters.
func (s *sequence) checkJournal(t *rapid.T, e, nothing Event) {
	sums := map[string]Counters{}
	maps.Copy(sums, s.noted[e.ID])
	last := s.seqs[e.ID]
	for _, entry := range s.Journal() {
		if entry.EventID == e.ID {
			if last++; entry.Seq != last {
				t.Fatalf("event %d: entry %d is %+v", e.ID, last, entry)
			}
			entry.addTo(sums)
		}
	}
	want := tracks(nothing, e.stored())
	maps.DeleteFunc(want, func(what string, _ Counters) bool { return what[:5] == "pool " })
	if !same(sums, want) || e.Version != last {
		t.Fatalf("event %d: the journal adds up to %+v, want %+v", e.ID, sums, want)
	}
}

// checkQueue looks whether somebody waits for seats that are theirs.
func (s *sequence) checkQueue(t *rapid.T, e Event) {
	if e.Status != OpenEvent {
		return
	}
	left, pools := e.Capacity-e.Taken(), map[string]int{}
	for _, p := range e.Pools {
		pools[p.Name] = p.Capacity - p.Taken()
	}
	for _, b := range s.stored() {
		if b.EventID != e.ID || b.Status != Waiting {
			continue
		}
		pool := e.poolOf(b.parts()[0].Type)
		if typ := e.typeByID(b.parts()[0].Type); typ != nil && typ.Closed {
			continue
		}
		if b.Quantity <= left && (pool == nil || b.Quantity <= pools[pool.Name]) {
			t.Fatalf("%+v waits, and %d seats are free, in pools %v", b, left, pools)
		}
		if e.Waitlist == Strict { // what is free is kept for it
			left -= b.Quantity
			if pool != nil {
				pools[pool.Name] -= b.Quantity
			}
		}
	}
}

// checkCustomers looks whether each customer is counted with the seats that they have.
func (s *sequence) checkCustomers(t *rapid.T) {
	has := map[Customer]int{}
	for _, b := range s.stored() {
		c := b.counters(b.Quantity, s.now)
		if s.event(s.tb, b.EventID).MaxPerCustomer > 0 {
			has[b.customer()] += c.Held + c.Confirmed + c.Waiting
		}
	}
	for who, seats := range has {
		most := s.event(s.tb, who.Event.ID).MaxPerCustomer
		if s.customers[who] != seats || seats > most {
			t.Fatalf("%+v has %d seats of %d, counted as %d", who, seats, most, s.customers[who])
		}
	}
}

// Whatever is asked, in whatever order: all counters are what the bookings add up to, nothing is
// sold twice, and nobody waits for what is free.
func TestCountersAreWhatTheBookingsAddUpTo(t *testing.T) {
	done := map[EntryKind]int{}
	rapid.Check(t, func(rt *rapid.T) {
		s := newSequence(t)
		for range 100 {
			s.step(rt)
			s.check(rt)
		}
		s.next(0)
		for kind, n := range s.done {
			done[kind] += n
		}
	})
	for _, kind := range []EntryKind{
		BookingHeld, BookingExtended, BookingReleased, BookingExpired, BookingConfirmed,
		BookingReduced, BookingCancelled, BookingJoined, BookingOffered, BookingLeft,
		BookingResized, BookingMoved, BookingEdited, BookingTransferred, EventEdited, EventClosed,
		EventOpened, TypeEdited, TypeClosed, PoolEdited, CodeDisabled,
	} {
		if done[kind] == 0 {
			t.Errorf("%s never happened, so nothing is proven of it", kind)
		}
	}
}
