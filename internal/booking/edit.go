package booking

import "time"

// Edit says which details of an event to change; a nil field stays as it is. Amounts and times are
// as people write them: they are read in the currency and the zone that the event has by then, in
// the same transaction, so that no other edit can come in between.
type Edit struct {
	Slug, Name, Description, Venue, Zone *string
	Capacity                             *int
	// Price is an amount as [ParseMoney] reads it. A new Currency needs a new price.
	Price, Currency *string
	// StartsAt and EndsAt are times as [ParseWhen] reads them; "" means "not decided any more".
	StartsAt, EndsAt *string
}

// apply gives the event as it would be after the edit, and notes what cannot be read.
func (c Edit) apply(e Event, now time.Time, bad *Fields) Event {
	set(&e.Slug, c.Slug)
	set(&e.Name, c.Name)
	set(&e.Description, c.Description)
	set(&e.Venue, c.Venue)
	set(&e.Zone, c.Zone)
	set(&e.Capacity, c.Capacity)
	c.applyPrice(&e.Price, bad)
	c.applyTimes(&e, now, bad)
	return e
}

func set[T any](target, value *T) {
	if value != nil {
		*target = *value
	}
}

// applyPrice refuses a new currency without a price: five euros are not five dollars.
func (c Edit) applyPrice(price *Money, bad *Fields) {
	currency := price.Currency
	if c.Currency != nil {
		code, err := ParseCurrency(*c.Currency)
		if err != nil {
			bad.Add("currency", err.Error())
			return
		}
		currency = code
	}
	switch {
	case c.Price != nil:
		parsed, err := ParseMoney(*c.Price, currency)
		if err != nil {
			bad.Add("price", err.Error())
			return
		}
		*price = parsed
	case currency != price.Currency:
		bad.Add("currency", "cannot change from "+price.Currency+" to "+currency+
			" alone; give the price in "+currency+" too")
	}
}

func (c Edit) applyTimes(e *Event, now time.Time, bad *Fields) {
	if c.StartsAt == nil && c.EndsAt == nil {
		return
	}
	zone, err := LoadZone(e.Zone)
	if err != nil {
		return // the zone itself is reported as a bad field
	}
	for _, t := range []struct {
		field string
		text  *string
		into  *time.Time
	}{{"starts_at", c.StartsAt, &e.StartsAt}, {"ends_at", c.EndsAt, &e.EndsAt}} {
		switch {
		case t.text == nil:
		case *t.text == "":
			*t.into = time.Time{}
		default:
			when, err := ParseWhen(*t.text, zone, now)
			if err != nil {
				bad.Add(t.field, err.Error())
				continue
			}
			*t.into = when
		}
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
	var bad Fields
	after := change.apply(before, d.now, &bad)
	after.EventDetails = after.EventDetails.normal()
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
	before = d.makeRoom(before, before.Capacity-after.Capacity)
	after.Held, after.Lapsed, after.Version = before.Held, before.Lapsed, before.Version
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
