package storage

import (
	"context"
	"database/sql"
	"math"

	"evbook/internal/booking"
)

const (
	eventColumns = `SELECT id, slug, name, description, venue, capacity, held, confirmed, price,
		currency, status, zone, starts_at, ends_at, version, created_at, `
	// selectEvent reads events as the books have them: held are the seats of lapsed holds too.
	selectEvent = eventColumns + `0 FROM events`
)

// scanEvent reads an event, and as its last column how many of the held seats have lapsed.
func scanEvent(scan scanner) (booking.Event, error) {
	var (
		e            booking.Event
		slug         sql.NullString
		starts, ends sql.NullInt64
		created      int64
	)
	err := scan(&e.ID, &slug, &e.Name, &e.Description, &e.Venue, &e.Capacity, &e.Held, &e.Confirmed,
		&e.Price.Minor, &e.Price.Currency, &e.Status, &e.Zone, &starts, &ends, &e.Version, &created,
		&e.Lapsed)
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
	return e, nil
}

// saveEvent writes what became of an event. Counters are written as differences, so that the CHECK
// of the schema judges what is really there.
func saveEvent(b *batch, c *booking.EventChange) {
	switch {
	case c.Before == nil && c.After == nil: // made and deleted in one group
	case c.Before == nil:
		insertEvent(b, *c.After)
	case c.After == nil:
		b.exec(`DELETE FROM events WHERE id = $1`, c.Before.ID)
	default:
		updateEvent(b, *c.Before, *c.After)
	}
}

func insertEvent(b *batch, e booking.Event) {
	b.exec(`INSERT INTO events (id, slug, name, description, venue, capacity, held, confirmed,
			price, currency, status, zone, starts_at, ends_at, version, created_at, name_folded,
			search_folded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		e.ID, textOrNull(e.Slug), e.Name, e.Description, e.Venue, e.Capacity, onBooks(e),
		e.Confirmed, e.Price.Minor, e.Price.Currency, string(e.Status), e.Zone,
		microsOrNull(e.StartsAt), microsOrNull(e.EndsAt), e.Version, micros(e.CreatedAt),
		booking.Fold(e.Name), searchText(e.Name, e.Venue, e.Slug))
}

func updateEvent(b *batch, before, after booking.Event) {
	counters := []any{
		after.ID, onBooks(after) - onBooks(before), after.Confirmed - before.Confirmed,
		after.Version - before.Version,
	}
	const count = `UPDATE events SET held = held + $2, confirmed = confirmed + $3,
		version = version + $4`
	if after.Slug == before.Slug && after.EventDetails == before.EventDetails &&
		after.Status == before.Status {
		b.exec(count+` WHERE id = $1`, counters...)
		return
	}
	// One statement, since the CHECK judges each by itself.
	b.exec(count+`, slug = $5, name = $6, description = $7, venue = $8, capacity = capacity + $9,
			price = $10, currency = $11, status = $12, zone = $13, starts_at = $14, ends_at = $15,
			name_folded = $16, search_folded = $17
		WHERE id = $1`,
		append(counters, textOrNull(after.Slug), after.Name, after.Description, after.Venue,
			after.Capacity-before.Capacity, after.Price.Minor, after.Price.Currency,
			string(after.Status), after.Zone, microsOrNull(after.StartsAt),
			microsOrNull(after.EndsAt), booking.Fold(after.Name),
			searchText(after.Name, after.Venue, after.Slug))...)
}

// onBooks is what the counter of held seats says, which knows no clock.
func onBooks(e booking.Event) int { return e.Held + e.Lapsed }

// textOrNull stores the empty text as NULL, so that it is not unique.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

type createEvent struct {
	ask    booking.NewEvent
	answer booking.Created
}

func (c *createEvent) needs(n *needs) {
	n.newEvents = true
	n.slug(c.ask.Slug)
	n.key(c.ask.Key)
}

func (c *createEvent) decide(d *booking.Draft) (err error) {
	c.answer, err = d.CreateEvent(c.ask)
	return err
}

// CreateEvent makes a new event. Errors: Invalid, Conflict, KeyReused.
func (s *Store) CreateEvent(ctx context.Context, ask booking.NewEvent) (booking.Created, error) {
	c := &createEvent{ask: ask}
	err := s.do(ctx, &call{command: c, alone: true, keyed: ask.Key.Text != ""})
	if s.dryRun && !c.answer.Replayed {
		c.answer.Event.ID = 0 // it would be the next event's
	}
	return c.answer, err
}

// changeEvent is a command that changes one event.
type changeEvent struct {
	event booking.Selector
	// slug is one that the event is to have.
	slug string
	// lapsed says how many lapsed holds may have to go; nil for none.
	lapsed func(booking.Event) int
	apply  func(*booking.Draft) (booking.Event, error)
	after  booking.Event
}

func (c *changeEvent) needs(n *needs) {
	n.event(c.event)
	n.slug(c.slug)
	n.lapsedOf, n.lapsed = c.event, c.lapsed
}

func (c *changeEvent) decide(d *booking.Draft) (err error) {
	c.after, err = c.apply(d)
	return err
}

// EditEvent changes an event's details. Errors: Invalid, NotFound, Conflict.
func (s *Store) EditEvent(
	ctx context.Context, event booking.Selector, edit booking.Edit,
) (booking.Event, error) {
	c := &changeEvent{event: event, apply: func(d *booking.Draft) (booking.Event, error) {
		return d.EditEvent(event, edit)
	}}
	if edit.Slug != nil {
		c.slug = *edit.Slug
	}
	if edit.Capacity != nil {
		c.lapsed = func(e booking.Event) int { return e.Taken() - *edit.Capacity }
	}
	err := s.alone(ctx, c)
	return c.after, err
}

// OpenEvent puts an event on sale. Errors: NotFound, Conflict.
func (s *Store) OpenEvent(ctx context.Context, event booking.Selector) (booking.Event, error) {
	c := &changeEvent{event: event, apply: func(d *booking.Draft) (booking.Event, error) {
		return d.OpenEvent(event)
	}}
	err := s.alone(ctx, c)
	return c.after, err
}

// CloseEvent takes an event off sale. Errors: NotFound, Conflict.
func (s *Store) CloseEvent(ctx context.Context, event booking.Selector) (booking.Event, error) {
	c := &changeEvent{event: event, apply: func(d *booking.Draft) (booking.Event, error) {
		return d.CloseEvent(event)
	}}
	err := s.alone(ctx, c)
	return c.after, err
}

type cancelEvent struct {
	event        booking.Selector
	withBookings bool
	reason       string
	answer       booking.CalledOff
}

func (c *cancelEvent) needs(n *needs) {
	n.event(c.event)
	n.bookingsOf = c.event
	n.lapsedOf, n.lapsed = c.event, func(booking.Event) int { return math.MaxInt32 }
}

func (c *cancelEvent) decide(d *booking.Draft) (err error) {
	c.answer, err = d.CancelEvent(c.event, c.withBookings, c.reason)
	return err
}

// CancelEvent calls an event off for good, with all its bookings if the caller agrees to that.
// Errors: Invalid, NotFound, Conflict.
func (s *Store) CancelEvent(
	ctx context.Context, event booking.Selector, withBookings bool, reason string,
) (booking.CalledOff, error) {
	c := &cancelEvent{event: event, withBookings: withBookings, reason: reason}
	err := s.alone(ctx, c)
	return c.answer, err
}

type deleteEvent struct {
	event      booking.Selector
	everBooked bool
	deleted    booking.Event
}

func (c *deleteEvent) needs(n *needs) {
	n.event(c.event)
	n.everOf, n.everBooked = c.event, &c.everBooked
}

func (c *deleteEvent) decide(d *booking.Draft) (err error) {
	c.deleted, err = d.DeleteEvent(c.event, c.everBooked)
	return err
}

// DeleteEvent removes an event for which nothing was ever booked, and gives it as it was. Errors:
// NotFound, Conflict.
func (s *Store) DeleteEvent(ctx context.Context, event booking.Selector) (booking.Event, error) {
	c := &deleteEvent{event: event}
	err := s.alone(ctx, c)
	return c.deleted, err
}
