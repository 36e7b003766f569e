package storage

import (
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"
	"time"

	"evbook/internal/booking"
)

const (
	eventColumns = `SELECT id, slug, name, description, venue, capacity, held, confirmed, price,
		currency, status, zone, starts_at, ends_at, version, created_at, `
	saleColumns = `waiting, planned, coalesce(sales_open, 0), coalesce(sales_close, 0),
		max_per_booking, max_per_customer, code_required, waitlist, offer_ttl, `
	// unsoldColumns are those of a schema before [lifeSchema].
	unsoldColumns = `0, 0, 0, 0, 0, 0, 0, 'strict', 14400, `
	// selectEvent reads events as the books have them: held are the seats of lapsed holds too.
	selectEvent = eventColumns + saleColumns + `0, 0 FROM events`
)

// scanEvent reads an event, and as its last columns how many of the seats that people wait for are
// parked, and how many of the held seats have lapsed.
func scanEvent(scan scanner) (booking.Event, error) {
	var (
		e            booking.Event
		slug         sql.NullString
		starts, ends sql.NullInt64
		created      int64
		open, end    int64
		offer        int64
	)
	err := scan(&e.ID, &slug, &e.Name, &e.Description, &e.Venue, &e.Capacity, &e.Held, &e.Confirmed,
		&e.Price.Minor, &e.Price.Currency, &e.Status, &e.Zone, &starts, &ends, &e.Version, &created,
		&e.Waiting, (*bit)(&e.Planned), &open, &end, &e.MaxPerBooking, &e.MaxPerCustomer,
		(*bit)(&e.CodeRequired), &e.Waitlist, &offer, &e.Parked, &e.Lapsed)
	if err != nil {
		return booking.Event{}, err
	}
	e.Held -= e.Lapsed
	e.Slug = slug.String
	if starts.Valid {
		e.StartsAt = fromMicros(starts.Int64)
	}
	if ends.Valid {
		e.EndsAt = fromMicros(ends.Int64)
	}
	e.CreatedAt = fromMicros(created)
	e.SalesOpen, e.SalesClose = timeOrZero(open), timeOrZero(end)
	e.OfferTTL = time.Duration(offer) * time.Second
	return e, nil
}

func (l *loader) findSlugs(b *batch) {
	for slug := range l.slugs {
		b.query(func(scan scanner) error {
			var id int64
			err := scan(&id)
			l.events[id] = true
			return err
		}, `SELECT id FROM events WHERE slug = $1`, slug)
	}
}

// loadEvents locks and reads the events concerned.
func (l *loader) loadEvents(b *batch) {
	l.eventIDs = slices.Sorted(maps.Keys(l.events))
	var unknown []any
	for _, id := range l.eventIDs {
		if e, ok := l.memory.events[id]; ok {
			l.sheet.LoadEvent(e)
		} else {
			unknown = append(unknown, id)
		}
	}
	b.lookUp(func(scan scanner) error {
		e, err := scanEvent(scan)
		if err == nil {
			l.sheet.LoadEvent(e)
		}
		return err
	}, selectEvent+` WHERE id IN () ORDER BY id`+l.dialect.lockRows, unknown)
}

const countEvent = `UPDATE events SET held = held + $2, confirmed = confirmed + $3,
	version = version + $4, waiting = waiting + $5`

// eventCounters are the counters of events, each of which may come once in a batch: of several
// differences for one row a statement applies one.
var eventCounters = written(countEvent+` WHERE id = $1`,
	`UPDATE events SET held = events.held + d.column2, confirmed = events.confirmed + d.column3,
		version = events.version + d.column4, waiting = events.waiting + d.column5 FROM (`,
	`) AS d WHERE events.id = d.column1`, "nnnnn")

// saveEvents writes what became of events, and then of what they are divided into.
func saveEvents(b *batch, changed []*booking.EventChange) {
	for _, c := range changed {
		saveEvent(b, c)
	}
	for _, c := range changed {
		if c.Before != nil && c.After != nil {
			savePlan(b, *c.Before, *c.After)
			limitOld(b, *c.Before, *c.After)
		}
	}
}

// saveEvent writes what became of an event. Counters are written as differences, so that the CHECK
// of the schema judges what is really there.
func saveEvent(b *batch, c *booking.EventChange) {
	switch {
	case c.Before == nil && c.After == nil: // made and deleted in one group
	case c.Before == nil:
		insertEvent(b, *c.After)
	case c.After == nil:
		deletePlan(b, *c.Before)
		b.exec(`DELETE FROM events WHERE id = $1`, c.Before.ID)
	default:
		updateEvent(b, *c.Before, *c.After)
	}
}

func insertEvent(b *batch, e booking.Event) {
	b.exec(`INSERT INTO events (id, slug, name, description, venue, capacity, held, confirmed,
			price, currency, status, zone, starts_at, ends_at, version, created_at, name_folded,
			search_folded, sales_open, sales_close, max_per_booking, max_per_customer,
			code_required, waitlist, offer_ttl)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
			$19, $20, $21, $22, $23, $24, $25)`,
		e.ID, textOrNull(e.Slug), e.Name, e.Description, e.Venue, e.Capacity, e.OnBooks(),
		e.Confirmed, e.Price.Minor, e.Price.Currency, string(e.Status), e.Zone,
		microsOrNull(e.StartsAt), microsOrNull(e.EndsAt), e.Version, micros(e.CreatedAt),
		booking.Fold(e.Name), searchText(e.Name, e.Venue, e.Slug), microsOrNull(e.SalesOpen),
		microsOrNull(e.SalesClose), e.MaxPerBooking, e.MaxPerCustomer,
		bit(e.CodeRequired), string(e.Waitlist), int64(e.OfferTTL/time.Second))
}

func updateEvent(b *batch, before, after booking.Event) {
	counters := []any{
		after.ID, after.OnBooks() - before.OnBooks(), after.Confirmed - before.Confirmed,
		after.Version - before.Version, after.Waiting - before.Waiting,
	}
	if onlyCounted(before, after) {
		b.put(&eventCounters, counters...)
		return
	}
	// One statement, since the CHECK judges each by itself.
	b.exec(countEvent+`, slug = $6, name = $7, description = $8, venue = $9,
			capacity = capacity + $10, price = $11, currency = $12, status = $13, zone = $14,
			starts_at = $15, ends_at = $16, name_folded = $17, search_folded = $18,
			sales_open = $19, sales_close = $20, max_per_booking = $21, max_per_customer = $22,
			code_required = $23, waitlist = $24, offer_ttl = $25, planned = $26
		WHERE id = $1`,
		append(counters, textOrNull(after.Slug), after.Name, after.Description, after.Venue,
			after.Capacity-before.Capacity, after.Price.Minor, after.Price.Currency,
			string(after.Status), after.Zone, microsOrNull(after.StartsAt),
			microsOrNull(after.EndsAt), booking.Fold(after.Name),
			searchText(after.Name, after.Venue, after.Slug), microsOrNull(after.SalesOpen),
			microsOrNull(after.SalesClose), after.MaxPerBooking, after.MaxPerCustomer,
			bit(after.CodeRequired), string(after.Waitlist), int64(after.OfferTTL/time.Second),
			bit(after.Planned))...)
}

// onlyCounted says that nothing but the counters of an event has changed.
func onlyCounted(before, after booking.Event) bool {
	return after.Slug == before.Slug && after.EventDetails == before.EventDetails &&
		after.Status == before.Status && after.Planned == before.Planned
}

// textOrNull stores the empty text as NULL, so that it is not unique.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// CreateEvent makes a new event. Errors: Invalid, Conflict, KeyReused.
func (s *Store) CreateEvent(ctx context.Context, ask booking.NewEvent) (booking.Created, error) {
	created, err := newErrand(ask, ask.Key, (*booking.Draft).CreateEvent, func(n *needs) {
		n.newEvents = true
		n.slug(ask.Slug)
	}).alone(ctx, s)
	if s.dryRun && !created.Replayed {
		created.Event.ID = 0 // it would be the next event's
	}
	return created, err
}

// EditEvent changes an event's details. Errors: Invalid, NotFound, Conflict.
func (s *Store) EditEvent(
	ctx context.Context, event booking.Selector, edit booking.Edit,
) (booking.Event, error) {
	rule := func(d *booking.Draft, edit booking.Edit) (booking.Event, error) {
		return d.EditEvent(event, edit)
	}
	return newErrand(edit, booking.Key{}, rule, func(n *needs) {
		n.reshaped(event)
		if edit.Slug != nil {
			n.slug(*edit.Slug)
		}
		if edit.Capacity != nil {
			n.capacity = *edit.Capacity
		}
	}).alone(ctx, s)
}

// OpenEvent puts an event on sale. Errors: NotFound, Conflict.
func (s *Store) OpenEvent(ctx context.Context, event booking.Selector) (booking.Event, error) {
	return newErrand(event, booking.Key{}, (*booking.Draft).OpenEvent,
		func(n *needs) { n.reshaped(event) }).alone(ctx, s)
}

// CloseEvent takes an event off sale. Errors: NotFound, Conflict.
func (s *Store) CloseEvent(ctx context.Context, event booking.Selector) (booking.Event, error) {
	return newErrand(event, booking.Key{}, (*booking.Draft).CloseEvent,
		func(n *needs) { n.reshaped(event) }).alone(ctx, s)
}

// CancelEvent calls an event off for good, with all its bookings if the caller agrees to that.
// Errors: Invalid, NotFound, Conflict.
func (s *Store) CancelEvent(
	ctx context.Context, event booking.Selector, withBookings bool, reason string,
) (booking.CalledOff, error) {
	rule := func(d *booking.Draft, event booking.Selector) (booking.CalledOff, error) {
		return d.CancelEvent(event, withBookings, reason)
	}
	return newErrand(event, booking.Key{}, rule, func(n *needs) {
		n.event(event)
		n.bookingsOf = event
		n.lapsedOf, n.lapsed = event, math.MaxInt32
	}).alone(ctx, s)
}

// DeleteEvent removes an event for which nothing was ever booked, and gives it as it was. Errors:
// NotFound, Conflict.
func (s *Store) DeleteEvent(ctx context.Context, event booking.Selector) (booking.Event, error) {
	var everBooked bool
	rule := func(d *booking.Draft, event booking.Selector) (booking.Event, error) {
		return d.DeleteEvent(event, everBooked)
	}
	return newErrand(event, booking.Key{}, rule, func(n *needs) {
		n.event(event)
		n.everOf, n.everBooked = event, &everBooked
	}).alone(ctx, s)
}
