package storage

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// life is a store beside an oracle. The oracle decides by the very rules that the store decides by,
// but on a sheet on which everything is that there is. So whatever differs is something that the
// store did not load, or did not save.
type life struct {
	path  string
	store *Store
	// now is what the clocks of the store say.
	now time.Time
	// sparing stores count as few lapsed holds as they can, so what they tell of seats that are
	// left is not compared.
	sparing bool
	// events are as the books have them: the seats of lapsed holds are held.
	events map[int64]booking.Event
	// bookings are in the order in which they were made.
	bookings []booking.Booking
	keys     map[booking.Key]booking.Used
	// left are the seats that were left when a key was used.
	left    map[booking.Key]int
	journal []booking.Entry
	// nextEvent and nextRow are the numbers that new events and bookings get.
	nextEvent, nextRow int64
}

// EventID hands out the number of a new event.
func (m *life) EventID() int64 {
	m.nextEvent++
	return m.nextEvent - 1
}

// Reference hands out the reference of a new booking, which is the one that the store hands out.
func (m *life) Reference() booking.Reference {
	m.nextRow++
	return m.store.refs.reference(m.nextRow - 1)
}

// deed is one command, to be carried out by the store and by the oracle.
type deed struct {
	ask any
	// events, refs and keys are what it is about: who waits for seats of these events comes before
	// it.
	events []booking.Selector
	refs   []booking.Reference
	keys   []booking.Key
	do     func(*Store) (any, error)
	rule   func(*booking.Draft) (any, error)
	// call makes the command for a group, and gives what it answered; nil for those that are alone.
	call func() (command, func() any)
}

// outcome is what became of a deed.
type outcome struct {
	answer any
	err    error
}

// sheet is one with everything on it.
func (m *life) sheet() *booking.Sheet {
	s := booking.NewSheet(m)
	for _, e := range m.events {
		types, pools, codes := e.Types, e.Pools, e.Codes
		e.Types, e.Pools, e.Codes = nil, nil, booking.Codes{}
		s.LoadEvent(e)
		s.LoadPlan(e.ID, types, pools)
		s.LoadCodes(e.ID, codes)
	}
	for _, b := range m.bookings {
		s.LoadBooking(b)
		if b.Status == booking.Waiting {
			s.LoadWaiting(b)
		}
	}
	for _, hold := range m.lapsed() {
		s.CountLapsed(hold)
		s.LoadLapsedHold(hold)
	}
	for _, u := range m.keys {
		s.LoadKey(u)
	}
	m.loadCustomers(s)
	return s
}

// lapsed are the holds on the books that have lapsed, the oldest first.
func (m *life) lapsed() (holds []booking.Booking) {
	for _, b := range m.bookings {
		if b.Status == booking.Held && b.At(m.now).Status == booking.Expired {
			holds = append(holds, b)
		}
	}
	slices.SortStableFunc(holds, func(a, b booking.Booking) int {
		return a.ExpiresAt.Compare(b.ExpiresAt)
	})
	return holds
}

func (m *life) loadCustomers(s *booking.Sheet) {
	seats := map[booking.Customer]int{}
	for _, b := range m.bookings {
		if m.events[b.EventID].MaxPerCustomer > 0 && !b.At(m.now).Status.Final() && b.Email != "" {
			seats[booking.CustomerOf(b.EventID, b.Email)] += b.Quantity
		}
	}
	for who, n := range seats {
		s.LoadCustomer(who, n)
	}
}

// concerned are the numbers of the events that some deeds are about, in order.
func (m *life) concerned(deeds []deed) []int64 {
	found := map[int64]bool{}
	for _, a := range deeds {
		for _, sel := range a.events {
			found[m.find(sel).ID] = true
		}
		refs := slices.Clone(a.refs)
		for _, key := range a.keys {
			refs = append(refs, m.keys[key].Booking)
		}
		for _, ref := range refs {
			found[m.booking(ref).EventID] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// find gives the event of a selector, the zero event for none.
func (m *life) find(sel booking.Selector) booking.Event {
	for _, e := range m.events {
		if sel.Slug != "" && e.Slug == sel.Slug {
			return e
		}
	}
	return m.events[sel.ID]
}

// booking gives a booking, the zero booking for none.
func (m *life) booking(ref booking.Reference) (b booking.Booking) {
	if i := m.index(ref); i >= 0 {
		b = m.bookings[i]
	}
	return b
}

func (m *life) index(ref booking.Reference) int {
	return slices.IndexFunc(m.bookings, func(b booking.Booking) bool { return b.Reference == ref })
}

// decide is the oracle: it carries out deeds as one group.
func (m *life) decide(deeds ...deed) []outcome {
	m.nextEvent, m.nextRow = 1, 1
	for _, entry := range m.journal {
		m.nextEvent = max(m.nextEvent, entry.EventID+1)
	}
	if n := len(m.bookings); n > 0 {
		m.nextRow = m.store.refs.row(m.bookings[n-1].Reference) + 1
	}
	sheet := m.sheet()
	for _, id := range m.concerned(deeds) {
		sheet.Promote(id, m.now)
	}
	all := make([]outcome, len(deeds))
	for i, a := range deeds {
		v := &all[i]
		v.err = sheet.Decide(m.store.caller, m.now, func(d *booking.Draft) (err error) {
			v.answer, err = a.rule(d)
			return err
		})
		if v.err == nil {
			v.answer = m.followed(sheet, a, v.answer)
		}
	}
	m.keep(sheet)
	return all
}

// keep takes over what a group has changed.
func (m *life) keep(sheet *booking.Sheet) {
	for _, c := range sheet.ChangedEvents() {
		switch {
		case c.After != nil:
			m.events[c.After.ID] = onBooks(*c.After)
		case c.Before != nil:
			delete(m.events, c.Before.ID)
		}
	}
	for _, c := range sheet.ChangedBookings() {
		if i := m.index(c.After.Reference); i >= 0 {
			m.bookings[i] = c.After
		} else {
			m.bookings = append(m.bookings, c.After)
		}
	}
	slices.SortFunc(m.bookings, func(a, b booking.Booking) int {
		return cmp.Compare(m.store.refs.row(a.Reference), m.store.refs.row(b.Reference))
	})
	m.journal = append(m.journal, sheet.Journal()...)
	for _, u := range sheet.NewKeys() {
		m.keys[u.Key] = u
	}
	if len(sheet.NewKeys()) > 0 { // a clock that is set back does not bring them back
		maps.DeleteFunc(m.keys, func(_ booking.Key, u booking.Used) bool {
			return u.At.Before(m.now.Add(-booking.KeyLife))
		})
	}
}

// onBooks gives an event as it is stored.
func onBooks(e booking.Event) booking.Event {
	stored := func(c *booking.Counters) { c.Held, c.Lapsed = c.OnBooks(), 0 }
	e.Types, e.Pools = slices.Clone(e.Types), slices.Clone(e.Pools)
	stored(&e.Counters)
	for i := range e.Types {
		stored(&e.Types[i].Counters)
	}
	for i := range e.Pools {
		stored(&e.Pools[i].Counters)
	}
	for c := range e.Codes.All() {
		stored(&c.Counters)
		e.Codes = e.Codes.With(c)
	}
	return e
}

// reopen closes the store and opens it again.
func (m *life) reopen(t *rapid.T) {
	m.store = openAgain(t, m.store, m.path, func() time.Time { return m.now })
	// PostgreSQL's own leave gaps, where the sheet counts without.
	writerOf(m.store).group.dialect.numbers = sqliteDialect().numbers
	if m.sparing {
		writerOf(m.store).group.counted = 1
	}
}

func TestTheStoreDoesWhatTheRulesDoOnACompleteSheet(t *testing.T) {
	strive(t, trials(100, 1000), depth())
	blank, path := empty(t), somewhere(t)
	done := map[booking.EntryKind]int{}
	rapid.Check(t, func(t *rapid.T) {
		expect(t, "blank", restore(blank, path), "")
		m := &life{
			path: path, now: time.Now().UTC().Truncate(time.Microsecond),
			sparing: rapid.Bool().Draw(t, "sparing"), events: map[int64]booking.Event{},
			keys: map[booking.Key]booking.Used{}, left: map[booking.Key]int{},
		}
		m.reopen(t)
		defer func() { m.store.Close() }()
		m.prepare(t)
		t.Repeat(m.steps())
		m.checkJournal(t)
		for _, entry := range m.journal {
			done[entry.Kind]++
		}
	})
	t.Log(done)
	for _, kind := range entryKinds() {
		if done[kind] == 0 && long() { // in the short form, some may not come up
			t.Errorf("nothing was %s: the test is blind", kind)
		}
	}
}
