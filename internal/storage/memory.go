package storage

import "evbook/internal/booking"

const (
	// rememberedEvents bounds the events in a memory, and rememberedText the bytes of text that one
	// of them may have besides its name and venue: some 3 MB in all.
	rememberedEvents = 2048
	rememberedText   = 1024
)

// state tells databases apart that somebody has written to in between: two are the same only if
// nobody has. The zero value is that of a database that cannot tell.
type state struct {
	// opened counts how often the database was opened, and version how often its content was found
	// to have changed since.
	opened  int
	version uint32
}

// meta is what the database says of itself.
type meta struct {
	// oldestWriter is the lowest schema number that may still write, version the number of the
	// schema, 0 where it is not asked for: while we run, both may have changed.
	oldestWriter, version int
	// key is the key of the references.
	key []byte
}

// memory is what a writer knows from its former groups, so that the next one need not read it
// again. It counts for nothing as soon as somebody else has written, which each transaction finds
// out when it begins: so it is never stale. The zero value knows nothing.
type memory struct {
	state state
	meta  meta
	// nextNumber is the one for the next new booking, 0 if it is not known.
	nextNumber int64
	// events are those of which all that is kept stands in their own row.
	events map[int64]booking.Event
}

// at gives what is still true of a database in this state.
func (m *memory) at(s state) *memory {
	if s == (state{}) || s != m.state {
		*m = memory{}
	}
	return m
}

// learn takes over what a group has left behind that was committed, or had nothing to be, and the
// database in this state.
func (m *memory) learn(l *loader, s state) {
	if s == (state{}) {
		return
	}
	m.state, m.meta = s, l.meta
	if l.newBookings > 0 {
		m.nextNumber = l.firstNumber
	}
	for _, c := range l.sheet.ChangedBookings() {
		if c.Before == nil { // numbers of refused bookings are free
			m.nextNumber = max(m.nextNumber, l.row(c.After.Reference)+1)
		}
	}
	if m.events == nil || len(m.events)+len(l.eventIDs) > rememberedEvents {
		m.events = map[int64]booking.Event{}
	}
	for _, id := range l.eventIDs {
		delete(m.events, id)
	}
	for e := range l.sheetEvents() {
		if len(m.events) < rememberedEvents && stands(e) {
			m.events[e.ID] = e
		}
	}
	// What was told of an event may read otherwise once it is stored: sales that open with the year
	// 1970 have no opening then.
	for _, c := range l.sheet.ChangedEvents() {
		if c.After != nil && (c.Before == nil || !onlyCounted(*c.Before, *c.After)) {
			delete(m.events, c.After.ID)
		}
	}
}

// stands says that all that is kept of an event stands in its own row, and is not much.
func stands(e booking.Event) bool {
	return !e.Planned && e.OnBooks() == 0 && e.Waiting == 0 && len(e.Description) <= rememberedText
}
