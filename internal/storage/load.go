package storage

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"time"

	"evbook/internal/booking"
)

// loader fills the sheet of a group and writes its changes back.
type loader struct {
	needs
	// located says that the events behind all slugs and references were looked for beforehand.
	located bool
	// memory is what need not be read.
	memory *memory
	meta   meta
	// requireSync says that a database is refused that waits for no standby; standbys are those
	// that it waits for.
	requireSync bool
	standbys    string
	// counted is how many lapsed holds of an event are counted at least.
	counted int
	dialect dialect
	refs    *permutation
	sheet   *booking.Sheet
	// clock is read once, after the events are locked, nil for that of the database; now is what it
	// said.
	clock func() time.Time
	now   time.Time
	// heard is told of the clock of the database; nil for nobody.
	heard func(time.Time)
	// eventIDs are the numbers of the events concerned, in order.
	eventIDs []int64
	// rows are the row numbers of references, and references those of rows, as far as they have
	// come up: working one out is slow.
	rows       map[booking.Reference]int64
	references map[int64]booking.Reference
	// scanRow reads a booking and its row number.
	scanRow func(scanner) (int64, booking.Booking, error)
	// storedKeys are the keys that were found, alive or not.
	storedKeys map[booking.Key]bool
	nextEvent  int64
	// numbers are those for new bookings, and firstNumber was the first of them.
	numbers     []int64
	firstNumber int64
	// onSheet are the bookings that have been put on the sheet, behindKeys those behind keys that
	// have not.
	onSheet, behindKeys map[booking.Reference]bool
	// loaded are the bookings that were found, lapsedHolds the holds that have lapsed and whose
	// seats are to be counted. plannedLapsed are such holds as they were found, some more than
	// once.
	loaded, lapsedHolds, plannedLapsed []booking.Booking
	plans                              map[int64]*plan
	// foundCodes are the access codes of each event that were found.
	foundCodes map[int64][]booking.Code
}

func newLoader(
	refs *permutation, d dialect, clock func() time.Time, m *memory, calls []*call,
) *loader {
	l := &loader{
		memory:     m,
		dialect:    d,
		refs:       refs,
		clock:      clock,
		rows:       map[booking.Reference]int64{},
		references: map[int64]booking.Reference{},
		scanRow:    newBookingScan(),
		storedKeys: map[booking.Key]bool{},
		onSheet:    map[booking.Reference]bool{},
		behindKeys: map[booking.Reference]bool{},
		needs:      newNeeds(),
		plans:      map[int64]*plan{},
		foundCodes: map[int64][]booking.Code{},
		located:    true,
	}
	l.sheet = booking.NewSheet(l)
	for _, c := range calls {
		c.needs(&l.needs)
		for _, id := range c.events {
			l.events[id] = true
		}
		l.located = l.located && c.located
	}
	return l
}

// EventID hands out the number of a new event.
func (l *loader) EventID() int64 {
	l.nextEvent++
	return l.nextEvent - 1
}

// Reference hands out the reference of a new booking.
func (l *loader) Reference() booking.Reference {
	row := l.numbers[0]
	l.numbers = l.numbers[1:]
	return l.reference(row)
}

// row gives the row number of a booking.
func (l *loader) row(ref booking.Reference) int64 {
	row, ok := l.rows[ref]
	if !ok {
		row = l.refs.row(ref)
		l.rows[ref], l.references[row] = row, ref
	}
	return row
}

// reference gives the reference of the booking in a row.
func (l *loader) reference(row int64) booking.Reference {
	ref, ok := l.references[row]
	if !ok {
		ref = l.refs.reference(row)
		l.rows[ref], l.references[row] = row, ref
	}
	return ref
}

// load reads in a few batches, whatever the number of commands: which events are concerned; those
// events, in the order of their numbers and locked where rows are, with all that can be read
// without knowing them; and then, for events that have such things, what they are divided into,
// their lapsed holds, and their waitlist and access codes. What needs nothing of an earlier batch
// costs nothing.
//
// It ends in [again] when the second batch needs events or bookings that the first has not found.
// found then has them, for the next try.
func (l *loader) load(ctx context.Context, tx transaction, found *needed) error {
	l.expect(found)
	if err := l.look(ctx, tx); err != nil {
		return err
	}
	if err := runBatch(ctx, tx, l.first); err != nil {
		return err
	}
	if l.missing(found) {
		return again{errMissing}
	}
	for _, read := range []func(*batch){l.divided, l.dependent, l.last} {
		if err := runBatch(ctx, tx, read); err != nil {
			return err
		}
	}
	for id, codes := range l.foundCodes {
		l.sheet.LoadCodes(id, booking.NewCodes(codes...))
	}
	for _, hold := range l.lapsedHolds {
		l.sheet.CountLapsed(hold)
	}
	for e := range l.sheetEvents() { // who waits comes before the first command
		l.sheet.Promote(e.ID, l.now)
	}
	return nil
}

// runBatch runs a batch unless there is nothing in it.
func runBatch(ctx context.Context, tx transaction, fill func(*batch)) error {
	var b batch
	if fill(&b); len(b.steps) == 0 {
		return nil
	}
	return tx.run(ctx, &b)
}

// sheetEvents are the events on the sheet, in the order of their numbers.
func (l *loader) sheetEvents() iter.Seq[booking.Event] {
	return func(yield func(booking.Event) bool) {
		for _, id := range l.eventIDs {
			if e, ok := l.sheet.Find(booking.Selector{ID: id}); ok && !yield(e) {
				return
			}
		}
	}
}

// look finds the events behind slugs and references. The bookings are read whole: unless somebody
// can change them before their events are locked, they need not be read again.
func (l *loader) look(ctx context.Context, tx transaction) error {
	if l.located {
		return nil
	}
	var b batch
	var seen []booking.Booking
	l.findSlugs(&b)
	l.findBookings(&b, func(found booking.Booking) { seen = append(seen, found) })
	if len(b.steps) == 0 {
		return nil
	}
	lasting, err := tx.look(ctx, &b)
	for _, found := range seen {
		l.events[found.EventID] = true
		if lasting {
			l.putBooking(found)
		}
	}
	if lasting {
		clear(l.slugs)
	}
	return err
}

// first locks the events, and reads what needs nothing but their locks.
func (l *loader) first(b *batch) {
	l.loadEvents(b)
	l.findSlugs(b)
	l.loadMeta(b)
	l.findStandbys(b)
	l.findBookings(b, l.putBooking)
	for scope, texts := range l.keysByScope() { // after the bookings: these may be theirs
		b.lookUp(l.putKey, selectKey+` WHERE scope = $1 AND key IN ()`, texts, scope)
	}
	l.loadTokens(b)
	l.loadNumbers(b)
	if l.newEvents {
		// The journal remembers deleted events: their numbers must not come back.
		b.query(func(scan scanner) error { return scan(&l.nextEvent) },
			`SELECT coalesce(max(id), 0) + 1 FROM (SELECT max(id) AS id FROM events
				UNION ALL SELECT max(event_id) FROM journal) AS n`)
	}
}

// loadMeta finds out who may write, and what time it is now that the events are locked.
func (l *loader) loadMeta(b *batch) {
	if l.memory.meta.key != nil {
		l.meta = l.memory.meta
		l.tellTime(0)
		return
	}
	b.query(func(scan scanner) error {
		var now int64
		err := scan(&l.meta.oldestWriter, &l.meta.key, &l.meta.version, &now)
		if err == nil {
			l.tellTime(now)
		}
		return err
	}, `SELECT oldest_writer, reference_key, `+l.dialect.version+`, `+l.dialect.clock+` FROM meta`)
}

// tellTime takes the time from the clock, or from the database that has one of its own.
func (l *loader) tellTime(database int64) {
	if l.clock != nil {
		l.now = l.clock().UTC().Truncate(time.Microsecond)
		return
	}
	l.now = fromMicros(database)
	if l.heard != nil {
		l.heard(l.now)
	}
}

// mayWrite refuses a database that has become another one while we run, or whose schema has become
// that of a newer evbook, or an older one.
func (l *loader) mayWrite(ctx context.Context, tx transaction, name string) error {
	m := l.meta
	id := identity{version: max(m.version, m.oldestWriter), oldestWriter: m.oldestWriter}
	switch {
	case m.oldestWriter > schemaVersion:
		if err := id.findNewPlace(ctx, tx); err != nil {
			return err
		}
	case m.version != 0 && m.version < schemaVersion:
		return id.tooOld(name)
	case !bytes.Equal(m.key, l.refs.key):
		return anotherDatabase(name)
	case l.requireSync && l.standbys == "":
		return keptOnce(name, replication{standbys: 1}.diagnose())
	}
	return id.check(name)
}

// divided reads what needs the events of the batch before: what they are divided into, and their
// bookings.
func (l *loader) divided(b *batch) {
	l.loadPlans(b)
	if l.bookingsOf != (booking.Selector{}) {
		b.query(l.eachBooking(l.putBooking), selectBooking+` WHERE event_id = $1
			AND status IN ('waiting', 'held', 'confirmed') ORDER BY id`, l.eventID(l.bookingsOf))
	}
	if l.everBooked != nil {
		b.query(func(scan scanner) error { return scan(l.everBooked) },
			`SELECT EXISTS (SELECT 1 FROM bookings WHERE event_id = $1)`, l.eventID(l.everOf))
	}
}

// loadNumbers finds numbers for new bookings.
func (l *loader) loadNumbers(b *batch) {
	switch next := l.memory.nextNumber; {
	case l.newBookings == 0:
	case next > 0:
		l.takeNumbers(next, int64(l.newBookings))
	default:
		b.query(func(scan scanner) error {
			var first, count int64
			err := scan(&first, &count)
			l.takeNumbers(first, count)
			return err
		}, l.dialect.numbers, l.newBookings)
	}
}

// takeNumbers takes some numbers that follow each other.
func (l *loader) takeNumbers(first, count int64) {
	l.numbers = slices.Grow(l.numbers, int(count))
	for i := range count {
		l.numbers = append(l.numbers, first+i)
	}
	l.firstNumber = l.numbers[0]
}

// asked are the changes of stored bookings that concern an event: those of its own, and of those
// that are to come to it.
func (l *loader) asked(event int64) iter.Seq2[booking.Booking, amendment] {
	return func(yield func(booking.Booking, amendment) bool) {
		for _, b := range l.loaded {
			for _, a := range l.amends[b.Reference] {
				of := b.EventID
				if a.event != (booking.Selector{}) {
					of = l.eventID(a.event)
				}
				if of == event && !yield(b, a) {
					return
				}
			}
		}
	}
}

// eventID gives the number of an event on the sheet, 0 for none.
func (l *loader) eventID(sel booking.Selector) int64 {
	if e, ok := l.sheet.Find(sel); ok {
		return e.ID
	}
	return 0
}

// dependent reads what depends on the bookings, ticket types and pools of the batches before.
func (l *loader) dependent(b *batch) {
	for id, p := range l.plans {
		l.sheet.LoadPlan(id, p.types, p.pools)
	}
	for e := range l.sheetEvents() {
		l.loadLapsed(b, e)
		l.loadPlaces(b, e)
	}
	l.loadCustomers(b)
}

// last reads what depends on the lapsed holds of the batch before.
func (l *loader) last(b *batch) {
	l.putPlannedLapsed()
	for e := range l.sheetEvents() {
		l.loadQueue(b, e)
	}
	l.loadCodes(b)
}
