package storage

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"evbook/internal/booking"
)

// needs is what the commands of a group want on their sheet.
type needs struct {
	events   map[int64]bool
	slugs    map[string]bool
	bookings map[booking.Reference]bool
	keys     map[booking.Key]bool
	// seats are how many all commands together ask an event for.
	seats map[booking.Selector]int
	// newEvents and newBookings say that numbers for new ones will be asked for.
	newEvents, newBookings bool
	// bookingsOf wants all bookings of an event that have seats. This and the next hold one value:
	// the commands that use them are alone in their group.
	bookingsOf booking.Selector
	// lapsed, if set, says how many lapsed holds of an event are wanted.
	lapsed   func(booking.Event) int
	lapsedOf booking.Selector
	// everBooked, if set, is told whether the event has ever had a booking.
	everBooked *bool
	everOf     booking.Selector
}

func (n *needs) event(sel booking.Selector) {
	if sel.Slug != "" {
		n.slug(sel.Slug)
		return
	}
	n.events[sel.ID] = true
}

func (n *needs) slug(slug string) {
	if slug != "" {
		n.slugs[slug] = true
	}
}

func (n *needs) key(key booking.Key) {
	if key.Text != "" {
		n.keys[key] = true
	}
}

func (n *needs) booking(ref booking.Reference) { n.bookings[ref] = true }

// ask notes how many seats are wanted; more than there can be are wanted of none.
func (n *needs) ask(r booking.Request) {
	if booking.ValidateQuantity(r.Quantity) == nil {
		n.seats[r.Event] += r.Quantity
	}
}

// loader fills the sheet of a group and writes its changes back.
type loader struct {
	needs
	// oldestWriter is the lowest schema number that may still write: while we run, a newer evbook
	// may have changed the schema.
	oldestWriter int
	refs         *permutation
	sheet        *booking.Sheet
	// clock is read once, after the events are locked; now is what it said.
	clock func() time.Time
	now   time.Time
	// rows are the row numbers of the bookings on the sheet.
	rows map[booking.Reference]int64
	// storedKeys are the keys that were found, alive or not.
	storedKeys             map[booking.Key]bool
	nextEvent, nextBooking int64
}

func newLoader(refs *permutation, clock func() time.Time, calls []*call) *loader {
	l := &loader{
		refs:       refs,
		clock:      clock,
		rows:       map[booking.Reference]int64{},
		storedKeys: map[booking.Key]bool{},
		needs: needs{
			events:   map[int64]bool{},
			slugs:    map[string]bool{},
			seats:    map[booking.Selector]int{},
			bookings: map[booking.Reference]bool{},
			keys:     map[booking.Key]bool{},
		},
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
	row := l.nextBooking
	l.nextBooking++
	ref := l.refs.reference(row)
	l.rows[ref] = row
	return ref
}

// row gives the row number of a booking.
func (l *loader) row(ref booking.Reference) int64 {
	if row, ok := l.rows[ref]; ok {
		return row
	}
	return l.refs.row(ref)
}

// load reads in three batches, whatever the number of commands: which events are concerned, those
// events (in the order of their numbers, for engines that lock rows), and then what the events'
// locks guard.
func (l *loader) load(ctx context.Context, tx transaction) error {
	for _, read := range []func(*batch){l.resolve, l.loadEvents, l.loadGuarded} {
		var b batch
		read(&b)
		if len(b.steps) == 0 {
			continue
		}
		if err := tx.run(ctx, &b); err != nil {
			return err
		}
	}
	return nil
}

// resolve finds the events behind slugs, references and keys, and the bookings behind keys.
func (l *loader) resolve(b *batch) {
	event := func(scan scanner) error {
		var id sql.NullInt64
		err := scan(&id)
		if id.Valid {
			l.events[id.Int64] = true
		}
		return err
	}
	for slug := range l.slugs {
		b.query(event, `SELECT id FROM events WHERE slug = $1`, slug)
	}
	for ref := range l.bookings {
		b.query(event, `SELECT event_id FROM bookings WHERE id = $1`, l.row(ref))
	}
	keyed := func(scan scanner) error {
		var row, id int64
		if err := scan(&row, &id); err != nil {
			return err
		}
		l.bookings[l.refs.reference(row)] = true
		l.events[id] = true
		return nil
	}
	for scope, texts := range l.keysByScope() {
		b.lookUp(keyed, `SELECT b.id, b.event_id FROM idempotency_keys k
			JOIN bookings b ON b.id = k.booking_id WHERE k.scope = $1 AND k.key`, texts, scope)
	}
}

func (l *loader) loadEvents(b *batch) {
	for _, id := range slices.Sorted(maps.Keys(l.events)) {
		b.query(func(scan scanner) error {
			e, err := scanEvent(scan)
			if err == nil {
				l.sheet.LoadEvent(e)
			}
			return err
		}, selectEvent+` WHERE id = $1`, id)
	}
}

func (l *loader) loadGuarded(b *batch) {
	l.now = l.clock().UTC().Truncate(time.Microsecond)
	b.query(func(scan scanner) error { return scan(&l.oldestWriter) },
		`SELECT oldest_writer FROM meta`)
	l.loadLapsed(b)
	rows := make([]any, 0, len(l.bookings))
	for ref := range l.bookings {
		rows = append(rows, l.row(ref))
	}
	b.lookUp(l.putBooking, selectBooking+` WHERE id`, rows)
	if l.bookingsOf != (booking.Selector{}) {
		b.query(l.putBooking, selectBooking+` WHERE event_id = $1
			AND status IN ('held', 'confirmed') ORDER BY id`, l.eventID(l.bookingsOf))
	}
	if l.everBooked != nil {
		b.query(func(scan scanner) error { return scan(l.everBooked) },
			`SELECT EXISTS (SELECT 1 FROM bookings WHERE event_id = $1)`, l.eventID(l.everOf))
	}
	for scope, texts := range l.keysByScope() {
		b.lookUp(l.putKey, selectKey+` WHERE scope = $1 AND key`, texts, scope)
	}
	if l.newBookings {
		b.query(func(scan scanner) error { return scan(&l.nextBooking) },
			`SELECT coalesce(max(id), 0) + 1 FROM bookings`)
	}
	if l.newEvents {
		// The journal remembers deleted events: their numbers must not come back.
		b.query(func(scan scanner) error { return scan(&l.nextEvent) },
			`SELECT max(coalesce((SELECT max(id) FROM events), 0),
				coalesce((SELECT max(event_id) FROM journal), 0)) + 1`)
	}
}

// keysByScope gives the texts of the keys of each scope.
func (l *loader) keysByScope() map[string][]any {
	texts := map[string][]any{}
	for key := range l.keys {
		texts[key.Scope] = append(texts[key.Scope], key.Text)
	}
	return texts
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
		l.sheet.LoadBooking(b)
	}
	return err
}

func (l *loader) scanBooking(scan scanner) (booking.Booking, error) {
	row, b, err := scanBooking(scan)
	if err == nil {
		b.Reference = l.refs.reference(row)
		l.rows[b.Reference] = row
	}
	return b, err
}

func (l *loader) putKey(scan scanner) error {
	used, row, err := scanKey(scan)
	if err != nil {
		return err
	}
	if row > 0 {
		used.Booking = l.refs.reference(row)
	}
	l.storedKeys[used.Key] = true
	l.sheet.LoadKey(used)
	return nil
}
