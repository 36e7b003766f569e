package storage

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"evbook/internal/booking"
)

// loader fills the sheet of a group and writes its changes back.
type loader struct {
	needs
	// oldestWriter is the lowest schema number that may still write: while we run, a newer evbook
	// may have changed the schema.
	oldestWriter int
	// counted is how many lapsed holds of an event are counted at least.
	counted int
	dialect dialect
	refs    *permutation
	sheet   *booking.Sheet
	// clock is read once, after the events are locked; now is what it said.
	clock func() time.Time
	now   time.Time
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
	// numbers are those for new bookings.
	numbers []int64
	// loaded are the bookings that were found, lapsedHolds the holds that have lapsed and whose
	// seats are to be counted. plannedLapsed are such holds as they were found, some more than
	// once.
	loaded, lapsedHolds, plannedLapsed []booking.Booking
	plans                              map[int64]*plan
	// foundCodes are the access codes of each event that were found.
	foundCodes map[int64][]booking.Code
}

func newLoader(
	refs *permutation, d dialect, clock func() time.Time, calls []*call,
) *loader {
	l := &loader{
		dialect:    d,
		refs:       refs,
		clock:      clock,
		rows:       map[booking.Reference]int64{},
		references: map[int64]booking.Reference{},
		scanRow:    newBookingScan(),
		storedKeys: map[booking.Key]bool{},
		needs: needs{
			events:   map[int64]bool{},
			slugs:    map[string]bool{},
			seats:    map[booking.Selector]int{},
			bookings: map[booking.Reference]bool{},
			keys:     map[booking.Key]bool{},
			amends:   map[booking.Reference][]amendment{},
		},
		plans:      map[int64]*plan{},
		foundCodes: map[int64][]booking.Code{},
	}
	l.sheet = booking.NewSheet(l)
	for _, c := range calls {
		c.needs(&l.needs)
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

// load reads in a few batches, whatever the number of commands: which events are concerned, with
// the bookings that are named; those events (in the order of their numbers, for engines that lock
// rows); and then what the events' locks guard. Two more follow for events with holds, a waitlist
// or access codes. What needs nothing of an earlier batch costs nothing.
func (l *loader) load(ctx context.Context, tx transaction) error {
	for _, read := range []func(*batch){
		l.resolve, l.loadEvents, l.loadGuarded, l.loadDependent, l.loadLast,
	} {
		var b batch
		read(&b)
		if len(b.steps) == 0 {
			continue
		}
		if err := tx.run(ctx, &b); err != nil {
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

// resolve finds the events behind slugs, references and keys, and the bookings behind keys. Those
// that were named are read at once, as nobody else writes from the beginning on; an engine that
// locks rows would have to read them when it has locked the events.
func (l *loader) resolve(b *batch) {
	for slug := range l.slugs {
		b.query(func(scan scanner) error {
			var id int64
			err := scan(&id)
			l.events[id] = true
			return err
		}, `SELECT id FROM events WHERE slug = $1`, slug)
	}
	keyed := func(scan scanner) error {
		var row, id int64
		if err := scan(&row, &id); err != nil {
			return err
		}
		l.bookings[l.reference(row)] = true
		l.events[id] = true
		return nil
	}
	// Before the bookings: one of these may be that of a key, and is not wanted once it is read.
	for scope, texts := range l.keysByScope() {
		b.lookUp(keyed, `SELECT b.id, b.event_id FROM idempotency_keys k
			JOIN bookings b ON b.id = k.booking_id
			WHERE k.scope = $1 AND k.key IN ()`, texts, scope)
	}
	l.loadBookings(b)
}

// loadBookings reads the bookings that are wanted and have not been read.
func (l *loader) loadBookings(b *batch) {
	rows := make([]any, 0, len(l.bookings))
	for ref := range l.bookings {
		rows = append(rows, l.row(ref))
	}
	b.lookUp(l.putBooking, selectBooking+` WHERE id IN ()`, rows)
}

func (l *loader) loadEvents(b *batch) {
	l.eventIDs = slices.Sorted(maps.Keys(l.events))
	ids := make([]any, len(l.eventIDs))
	for i, id := range l.eventIDs {
		ids[i] = id
	}
	b.lookUp(func(scan scanner) error {
		e, err := scanEvent(scan)
		if err == nil {
			l.sheet.LoadEvent(e)
		}
		return err
	}, selectEvent+` WHERE id IN () ORDER BY id`+l.dialect.lockRows, ids)
}

func (l *loader) loadGuarded(b *batch) {
	l.now = l.clock().UTC().Truncate(time.Microsecond)
	b.query(func(scan scanner) error { return scan(&l.oldestWriter) },
		`SELECT oldest_writer FROM meta`)
	l.loadBookings(b)
	l.loadPlans(b)
	if l.bookingsOf != (booking.Selector{}) {
		b.query(l.putBooking, selectBooking+` WHERE event_id = $1
			AND status IN ('waiting', 'held', 'confirmed') ORDER BY id`, l.eventID(l.bookingsOf))
	}
	if l.everBooked != nil {
		b.query(func(scan scanner) error { return scan(l.everBooked) },
			`SELECT EXISTS (SELECT 1 FROM bookings WHERE event_id = $1)`, l.eventID(l.everOf))
	}
	l.loadTokens(b)
	for scope, texts := range l.keysByScope() {
		b.lookUp(l.putKey, selectKey+` WHERE scope = $1 AND key IN ()`, texts, scope)
	}
	if l.newBookings > 0 {
		b.query(l.putNumbers, l.dialect.numbers, l.newBookings)
	}
	if l.newEvents {
		// The journal remembers deleted events: their numbers must not come back.
		b.query(func(scan scanner) error { return scan(&l.nextEvent) },
			`SELECT coalesce(max(id), 0) + 1 FROM (SELECT max(id) AS id FROM events
				UNION ALL SELECT max(event_id) FROM journal) AS n`)
	}
}

// putNumbers takes some numbers that follow each other for new bookings.
func (l *loader) putNumbers(scan scanner) error {
	var first, count int64
	err := scan(&first, &count)
	for i := range count {
		l.numbers = append(l.numbers, first+i)
	}
	return err
}

// keysByScope gives the texts of the keys of each scope.
func (l *loader) keysByScope() map[string][]any {
	texts := map[string][]any{}
	for key := range l.keys {
		texts[key.Scope] = append(texts[key.Scope], key.Text)
	}
	return texts
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

func (l *loader) putBooking(scan scanner) error {
	b, err := l.scanBooking(scan)
	if err == nil {
		delete(l.bookings, b.Reference)
		l.events[b.EventID] = true
		l.sheet.LoadBooking(b)
		l.loaded = append(l.loaded, b)
	}
	return err
}

// loadDependent reads what depends on the bookings, ticket types and pools of the batch before.
func (l *loader) loadDependent(b *batch) {
	for id, p := range l.plans {
		l.sheet.LoadPlan(id, p.types, p.pools)
	}
	for e := range l.sheetEvents() {
		l.loadLapsed(b, e)
		l.loadPlaces(b, e)
	}
	l.loadCustomers(b)
}

// loadLast reads what depends on the lapsed holds of the batch before.
func (l *loader) loadLast(b *batch) {
	l.putPlannedLapsed()
	for e := range l.sheetEvents() {
		l.loadQueue(b, e)
	}
	l.loadCodes(b)
}

func (l *loader) scanBooking(scan scanner) (booking.Booking, error) {
	row, b, err := l.scanRow(scan)
	if err == nil {
		b.Reference = l.reference(row)
	}
	return b, err
}

func (l *loader) putKey(scan scanner) error {
	used, row, err := scanKey(scan)
	if err != nil {
		return err
	}
	if row > 0 {
		used.Booking = l.reference(row)
	}
	l.storedKeys[used.Key] = true
	l.sheet.LoadKey(used)
	return nil
}
