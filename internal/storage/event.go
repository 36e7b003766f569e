package storage

import (
	"context"
	"database/sql"

	"evbook/internal/booking"
)

const selectEvent = `SELECT id, slug, name, description, venue, capacity, held, confirmed, price,
	currency, status, zone, starts_at, ends_at, version, created_at FROM events`

func scanEvent(scan scanner) (booking.Event, error) {
	var (
		e            booking.Event
		slug         sql.NullString
		starts, ends sql.NullInt64
		created      int64
	)
	err := scan(&e.ID, &slug, &e.Name, &e.Description, &e.Venue, &e.Capacity, &e.Held, &e.Confirmed,
		&e.Price.Minor, &e.Price.Currency, &e.Status, &e.Zone, &starts, &ends, &e.Version, &created)
	if err != nil {
		return booking.Event{}, err
	}
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
		e.ID, textOrNull(e.Slug), e.Name, e.Description, e.Venue, e.Capacity, e.Held, e.Confirmed,
		e.Price.Minor, e.Price.Currency, string(e.Status), e.Zone, microsOrNull(e.StartsAt),
		microsOrNull(e.EndsAt), e.Version, micros(e.CreatedAt), booking.Fold(e.Name),
		searchText(e.Name, e.Venue, e.Slug))
}

func updateEvent(b *batch, before, after booking.Event) {
	if after.Slug != before.Slug || after.EventDetails != before.EventDetails ||
		after.Status != before.Status {
		b.exec(`UPDATE events SET slug = $2, name = $3, description = $4, venue = $5,
				capacity = capacity + $6, price = $7, currency = $8, status = $9, zone = $10,
				starts_at = $11, ends_at = $12, name_folded = $13, search_folded = $14
			WHERE id = $1`,
			after.ID, textOrNull(after.Slug), after.Name, after.Description, after.Venue,
			after.Capacity-before.Capacity, after.Price.Minor, after.Price.Currency,
			string(after.Status), after.Zone, microsOrNull(after.StartsAt),
			microsOrNull(after.EndsAt), booking.Fold(after.Name),
			searchText(after.Name, after.Venue, after.Slug))
	}
	b.exec(`UPDATE events SET held = held + $2, confirmed = confirmed + $3,
			version = version + $4 WHERE id = $1`,
		after.ID, after.Held-before.Held, after.Confirmed-before.Confirmed,
		after.Version-before.Version)
}

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
	slug  string
	apply func(*booking.Draft) (booking.Event, error)
	after booking.Event
}

func (c *changeEvent) needs(n *needs) {
	n.event(c.event)
	n.slug(c.slug)
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
