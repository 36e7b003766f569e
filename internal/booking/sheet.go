package booking

import (
	"cmp"
	"slices"
	"time"
)

// Mint hands out identities for new things. Storage backs it with numbers that were never used.
type Mint interface {
	EventID() int64
	Reference() Reference
}

// Sheet is the working copy of one transaction: what was loaded, and what the commands of a group
// have made of it so far. It lives as long as the transaction and no longer, since another process
// may write in between.
type Sheet struct {
	mint     Mint
	events   map[int64]*EventChange
	slugs    map[string]int64
	bookings map[Reference]*BookingChange
	keys     map[Key]Used
	tokens   map[int64]Token
	// lapsed are holds of each event that have lapsed and can be taken off the books, the oldest
	// first; 0 stands for one that was. lapsedIn are the places in this list of those that have
	// seats in a room.
	lapsed   map[int64][]Reference
	lapsedIn map[lapsedRoom][]int
	// queue are the entries of the waitlist of each event, the first first. Those that have been
	// offered seats or have left stay in it.
	queue map[int64][]Reference
	// places tells who waits for what.
	places map[place]Reference
	// customers are how many seats each has at events that limit them.
	customers map[Customer]int

	changedEvents   []*EventChange
	changedBookings []*BookingChange
	journal         []Entry
	newKeys         []Used
	changedTokens   []Token
}

// EventChange is an event before and after a group of commands. Before is nil for a new event,
// After for a deleted one.
type EventChange struct {
	Before, After *Event
	listed        bool
}

// BookingChange is a booking before and after a group of commands. Before is nil for a new one.
type BookingChange struct {
	Before *Booking
	After  Booking
	listed bool
}

// NewSheet makes an empty sheet.
func NewSheet(mint Mint) *Sheet {
	return &Sheet{
		mint:      mint,
		events:    map[int64]*EventChange{},
		slugs:     map[string]int64{},
		bookings:  map[Reference]*BookingChange{},
		keys:      map[Key]Used{},
		tokens:    map[int64]Token{},
		lapsed:    map[int64][]Reference{},
		lapsedIn:  map[lapsedRoom][]int{},
		queue:     map[int64][]Reference{},
		customers: map[Customer]int{},
		places:    map[place]Reference{},
	}
}

// LoadEvent puts a stored event on the sheet.
func (s *Sheet) LoadEvent(e Event) {
	after := e
	s.events[e.ID] = &EventChange{Before: &e, After: &after}
	if e.Slug != "" {
		s.slugs[e.Slug] = e.ID
	}
}

// LoadBooking puts a stored booking on the sheet.
func (s *Sheet) LoadBooking(b Booking) {
	before := b
	s.bookings[b.Reference] = &BookingChange{Before: &before, After: b}
	s.notePlace(b)
}

// LoadKey puts a stored idempotency key on the sheet.
func (s *Sheet) LoadKey(u Used) { s.keys[u.Key] = u }

// Decide runs one command on a draft of the sheet. The draft replaces the sheet only when the
// command succeeds, so a refused command leaves no trace and the next one sees all that was
// decided before it, and what followed from it. What is beyond the scope of the caller is missing.
func (s *Sheet) Decide(by Caller, now time.Time, command func(*Draft) error) error {
	d := Draft{Sheet: s, caller: by, now: now}
	if err := command(&d); err != nil {
		return err
	}
	d.apply()
	for i := range d.events { // who waits comes before the next command
		s.Promote(d.events[i].ID, now)
	}
	s.keep(d.newKeys)
	return nil
}

// ChangedEvents are the events that were made, changed or deleted, in the order of their first
// change.
func (s *Sheet) ChangedEvents() []*EventChange { return s.changedEvents }

// ChangedBookings are the bookings that were made or changed, in the order of their first change.
func (s *Sheet) ChangedBookings() []*BookingChange { return s.changedBookings }

// Journal is what the commands have noted, in order.
func (s *Sheet) Journal() []Entry { return s.journal }

// NewKeys are the idempotency keys used for the first time.
func (s *Sheet) NewKeys() []Used { return s.newKeys }

// Draft is the copy of a sheet on which one command works.
type Draft struct {
	*Sheet
	caller   Caller
	now      time.Time
	events   []Event
	deleted  []int64
	bookings []Booking
	journal  []Entry
	newKeys  []keyUse
	tokens   []Token
	// customers are the changes of how many seats each has.
	customers map[Customer]int
}

// Find looks an event up as the commands so far have left it.
func (s *Sheet) Find(sel Selector) (Event, bool) {
	id := sel.ID
	if sel.Slug != "" {
		id = s.slugs[sel.Slug]
	}
	if c := s.events[id]; c != nil && c.After != nil {
		return *c.After, true
	}
	return Event{}, false
}

// Event finds an event for the command. A command reads an event before it changes it. It refuses
// with [Stale] an event that is not as the caller has seen it.
func (d *Draft) Event(sel Selector) (Event, error) {
	if e, ok := d.Find(sel); ok && d.caller.Scope.HasEvent(e) {
		return e, d.caller.Condition.meetsEvent(e)
	}
	return Event{}, NoEvent(sel)
}

// Booking finds a booking for the command. A command reads a booking before it changes it.
func (d *Draft) Booking(ref Reference) (Booking, error) {
	if c := d.Sheet.bookings[ref]; c != nil && d.caller.Scope.HasBooking(c.After) {
		return c.After, nil
	}
	return Booking{}, NoBooking(ref)
}

func (d *Draft) putEvent(e Event) { d.events = append(d.events, e) }

func (d *Draft) putBooking(b Booking) { d.bookings = append(d.bookings, b) }

func (d *Draft) deleteEvent(id int64) { d.deleted = append(d.deleted, id) }

// apply makes the draft part of the sheet.
func (d *Draft) apply() {
	s := d.Sheet
	for i := range d.events {
		s.changeEvent(d.events[i].ID, &d.events[i])
	}
	for _, id := range d.deleted {
		s.changeEvent(id, nil)
	}
	for _, b := range d.bookings {
		s.changeBooking(b)
	}
	s.journal = append(s.journal, d.journal...)
	for _, t := range d.tokens {
		s.tokens[t.ID] = t
		s.changedTokens = append(s.changedTokens, t)
	}
	for who, seats := range d.customers {
		s.customers[who] += seats
	}
}

// changeEvent replaces an event, or removes it when after is nil.
func (s *Sheet) changeEvent(id int64, after *Event) {
	c := s.events[id]
	if c == nil {
		c = &EventChange{}
		s.events[id] = c
	}
	if c.After != nil {
		delete(s.slugs, c.After.Slug)
	}
	if c.After = after; after != nil && after.Slug != "" {
		s.slugs[after.Slug] = id
	}
	if !c.listed {
		c.listed = true
		s.changedEvents = append(s.changedEvents, c)
	}
}

func (s *Sheet) changeBooking(after Booking) {
	c := s.bookings[after.Reference]
	if c == nil {
		c = &BookingChange{}
		s.bookings[after.Reference] = c
		if after.Status == Waiting {
			s.queue[after.EventID] = append(s.queue[after.EventID], after.Reference)
		}
	}
	c.After = after
	s.notePlace(after)
	if !c.listed {
		c.listed = true
		s.changedBookings = append(s.changedBookings, c)
	}
}

// lively are the bookings of an event that wait, are held or confirmed, in a stable order.
func (s *Sheet) lively(event int64) []Booking {
	var list []Booking
	for _, c := range s.bookings {
		if c.After.EventID == event && !c.After.Status.Final() {
			list = append(list, c.After)
		}
	}
	slices.SortFunc(list, func(a, b Booking) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Reference, b.Reference))
	})
	return list
}
