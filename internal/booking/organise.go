package booking

import "time"

// NewEvent asks for an event to be created.
type NewEvent struct {
	// Slug is the event's name in commands and links; empty for none.
	Slug string
	EventDetails
	// Draft creates the event as a draft that is not on sale yet.
	Draft bool
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Created answers a [NewEvent].
type Created struct {
	Event Event
	// Replayed is true when the key had been used with the same request before: nothing was
	// created, and the event is shown as it was answered then.
	Replayed bool
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (n NewEvent) Validate() error {
	var bad Fields
	bad.Add("slug", validateSlug(n.Slug))
	n.EventDetails.validate(&bad)
	bad.Add("idempotency_key", n.Key.validate())
	return bad.Err()
}

// fingerprint identifies what is asked for.
func (n NewEvent) fingerprint() Fingerprint {
	return fingerprint(n.Key, "event create", n.Slug, n.EventDetails, n.Draft)
}

// CreateEvent makes a new event. It refuses with [Conflict] when the slug is taken and with
// [KeyReused] when the key belongs to another request.
func (d *Draft) CreateEvent(n NewEvent) (Created, error) {
	n.EventDetails = n.EventDetails.normal()
	if err := n.Validate(); err != nil {
		return Created{}, err
	}
	print := n.fingerprint()
	if used, ok, err := d.used(n.Key, print); err != nil || ok {
		if err != nil {
			return Created{}, err
		}
		var frozen Event
		if err := used.thaw(&frozen); err != nil {
			return Created{}, err
		}
		return Created{Event: frozen, Replayed: true}, nil
	}
	if err := d.slugFree(n.Slug, 0); err != nil {
		return Created{}, err
	}
	event := Event{
		ID:           d.mint.EventID(),
		Slug:         n.Slug,
		EventDetails: n.EventDetails,
		Status:       OpenEvent,
		CreatedAt:    d.now,
	}
	if n.Draft {
		event.Status = DraftEvent
	}
	d.log(&event, Entry{Kind: EventCreated, Capacity: event.Capacity})
	d.putEvent(event)
	d.remember(n.Key, print, 0, event.ID, event)
	return Created{Event: event}, nil
}

// slugFree refuses when another event than the one named has the slug.
func (d *Draft) slugFree(slug string, except int64) error {
	if id, taken := d.slugs[slug]; slug != "" && taken && id != except {
		return Errorf(Conflict, "slug %q is taken by event %d", slug, id).
			WithHint("choose another slug")
	}
	return nil
}

// Edit says which details of an event to change; a nil field stays as it is.
type Edit struct {
	Slug, Name, Description, Venue, Zone *string
	Capacity                             *int
	Price                                *Money
	// StartsAt and EndsAt take the zero time to mean "not decided any more".
	StartsAt, EndsAt *time.Time
}

// apply gives the event as it would be after the edit.
func (c Edit) apply(e Event) Event {
	set(&e.Slug, c.Slug)
	set(&e.Name, c.Name)
	set(&e.Description, c.Description)
	set(&e.Venue, c.Venue)
	set(&e.Zone, c.Zone)
	set(&e.Capacity, c.Capacity)
	set(&e.Price, c.Price)
	set(&e.StartsAt, c.StartsAt)
	set(&e.EndsAt, c.EndsAt)
	return e
}

func set[T any](target, value *T) {
	if value != nil {
		*target = *value
	}
}

// EditEvent changes an event's details. It refuses with [Conflict] when the slug is taken, when
// the capacity would fall below the seats already taken, and when the event is cancelled. An edit
// that changes nothing succeeds and leaves no trace.
func (d *Draft) EditEvent(sel Selector, change Edit) (Event, error) {
	before, err := d.Event(sel)
	if err != nil {
		return Event{}, err
	}
	after := change.apply(before)
	after.EventDetails = after.EventDetails.normal()
	var bad Fields
	bad.Add("slug", validateSlug(after.Slug))
	after.EventDetails.validate(&bad)
	if err := bad.Err(); err != nil {
		return Event{}, err
	}
	if before.Status == CancelledEvent {
		return Event{}, Errorf(Conflict, "event %d is cancelled and cannot change any more",
			before.ID)
	}
	if err := d.slugFree(after.Slug, before.ID); err != nil {
		return Event{}, err
	}
	if after.Capacity < after.Taken() {
		return Event{}, Errorf(Conflict, "event %d has %s taken, capacity cannot be lowered to %d",
			after.ID, Seats(after.Taken()), after.Capacity).
			WithHint("cancel bookings first, or lower it to %d", after.Taken())
	}
	fields := changedFields(before, after)
	if len(fields) == 0 {
		return before, nil
	}
	d.log(&after, Entry{
		Kind: EventEdited, Capacity: after.Capacity - before.Capacity,
		Detail: Detail{Fields: fields},
	})
	d.putEvent(after)
	return after, nil
}

// changedFields names what differs between two versions of an event.
func changedFields(a, b Event) []string {
	var names []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"slug", a.Slug != b.Slug},
		{"name", a.Name != b.Name},
		{"description", a.Description != b.Description},
		{"venue", a.Venue != b.Venue},
		{"capacity", a.Capacity != b.Capacity},
		{"price", a.Price != b.Price},
		{"timezone", a.Zone != b.Zone},
		{"starts_at", !a.StartsAt.Equal(b.StartsAt)},
		{"ends_at", !a.EndsAt.Equal(b.EndsAt)},
	} {
		if f.differs {
			names = append(names, f.name)
		}
	}
	return names
}

// OpenEvent puts an event on sale; one that is open already stays as it is. It refuses with
// [Conflict] when the event is cancelled.
func (d *Draft) OpenEvent(sel Selector) (Event, error) {
	return d.setStatus(sel, OpenEvent, EventOpened)
}

// CloseEvent takes an event off sale; one that is closed already stays as it is. It refuses with
// [Conflict] when the event is cancelled.
func (d *Draft) CloseEvent(sel Selector) (Event, error) {
	return d.setStatus(sel, ClosedEvent, EventClosed)
}

func (d *Draft) setStatus(sel Selector, to EventStatus, kind EntryKind) (Event, error) {
	event, err := d.Event(sel)
	if err != nil {
		return Event{}, err
	}
	if event.Status == CancelledEvent {
		return Event{}, Errorf(Conflict, "event %d is cancelled for good", event.ID)
	}
	if event.Status == to {
		return event, nil
	}
	event.Status = to
	d.log(&event, Entry{Kind: kind})
	d.putEvent(event)
	return event, nil
}

// Called answers a cancelled event: what it is now, and what that cost.
type Called struct {
	Event Event
	// Bookings and Seats were cancelled with the event.
	Bookings, Seats int
}

// CancelEvent calls an event off for good and cancels all its bookings, which have to be on the
// sheet. It refuses with [Conflict] when the event is cancelled already, or when it has bookings
// and the caller did not agree to cancel them too.
func (d *Draft) CancelEvent(sel Selector, withBookings bool, reason string) (Called, error) {
	var bad Fields
	bad.Add("reason", validateText(reason, MaxReason, true))
	if err := bad.Err(); err != nil {
		return Called{}, err
	}
	event, err := d.Event(sel)
	if err != nil {
		return Called{}, err
	}
	if event.Status == CancelledEvent {
		return Called{}, Errorf(Conflict, "event %d is already cancelled", event.ID)
	}
	if event.Taken() > 0 && !withBookings {
		return Called{}, Errorf(Conflict, "event %d has %s booked", event.ID,
			Seats(event.Taken())).
			WithHint(`agree to cancel the bookings too: --yes, or "cancel_bookings": true`)
	}
	var called Called
	for _, b := range d.confirmedBookings(event.ID) {
		called.Bookings++
		called.Seats += b.Quantity
		d.release(&event, &b, b.Quantity, reason)
	}
	event.Status = CancelledEvent
	d.log(&event, Entry{Kind: EventCancelled})
	d.putEvent(event)
	called.Event = event
	return called, nil
}

// DeleteEvent removes an event for which nothing was ever booked; everBooked is what storage knows
// of that. It refuses with [Conflict] otherwise.
func (d *Draft) DeleteEvent(sel Selector, everBooked bool) (Event, error) {
	event, err := d.Event(sel)
	if err != nil {
		return Event{}, err
	}
	if everBooked {
		return Event{}, Errorf(Conflict, "event %d has bookings and is kept for the record",
			event.ID).WithHint("cancel it instead")
	}
	d.log(&event, Entry{Kind: EventDeleted, Capacity: -event.Capacity})
	d.deleteEvent(event.ID)
	return event, nil
}
