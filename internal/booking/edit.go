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
	// SalesOpen and SalesClose are such times too.
	SalesOpen, SalesClose         *string
	MaxPerBooking, MaxPerCustomer *int
	CodeRequired                  *bool
	Waitlist                      *Policy
	OfferTTL                      *time.Duration
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
	readTimes(e.Zone, now, bad,
		timeEdit{"starts_at", c.StartsAt, &e.StartsAt}, timeEdit{"ends_at", c.EndsAt, &e.EndsAt},
		timeEdit{"sales_open", c.SalesOpen, &e.SalesOpen},
		timeEdit{"sales_close", c.SalesClose, &e.SalesClose})
	set(&e.MaxPerBooking, c.MaxPerBooking)
	set(&e.MaxPerCustomer, c.MaxPerCustomer)
	set(&e.CodeRequired, c.CodeRequired)
	set(&e.Waitlist, c.Waitlist)
	set(&e.OfferTTL, c.OfferTTL)
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
			if c.Price != nil && !isAmount(*c.Price) { // in no currency
				_, err = ParseMoney(*c.Price, price.Currency)
				bad.Add("price", err.Error())
			}
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

// timeEdit is a time that is given in words; nil keeps it, and "" takes it away.
type timeEdit struct {
	field string
	text  *string
	into  *time.Time
}

// readTimes reads times as people write them in a zone, and notes those that cannot be read.
func readTimes(zoneName string, now time.Time, bad *Fields, times ...timeEdit) {
	zone, noZone := LoadZone(zoneName)
	if noZone != nil { // which is a bad field itself; what is no time is one in any zone
		zone = time.UTC
	}
	for _, t := range times {
		switch {
		case t.text == nil:
		case *t.text == "":
			*t.into = time.Time{}
		default:
			when, err := ParseWhen(*t.text, zone, now)
			if err != nil {
				bad.Add(t.field, err.Error())
			}
			if err != nil || noZone != nil {
				continue
			}
			*t.into = when.UTC().Truncate(time.Microsecond)
		}
	}
}

// Validate reports every field that cannot be read or breaks a limit, as one [Invalid] error, when
// the event is as it is now.
func (c Edit) Validate(e Event, now time.Time) error {
	_, err := c.edited(e, now)
	return err
}

func (c Edit) edited(e Event, now time.Time) (Event, error) {
	var bad Fields
	e = c.apply(e, now, &bad)
	e.EventDetails = e.EventDetails.normal()
	bad.Add("slug", validateSlug(e.Slug))
	e.EventDetails.validate(&bad)
	return e, bad.Err()
}

// with gives the event with the details and the slug of another version.
func (e Event) with(edited Event) Event {
	e.Slug, e.EventDetails = edited.Slug, edited.EventDetails
	return e
}

// Currency is that of the event's price.
func (e EventDetails) Currency() string { return e.Price.Currency }

// EditEvent changes an event's details. It refuses with [Conflict] when the slug is taken, when
// the capacity would fall below the seats already taken, and when the event is cancelled. An edit
// that changes nothing succeeds and leaves no trace.
func (d *Draft) EditEvent(sel Selector, change Edit) (Event, error) {
	before, err := d.Event(sel)
	if err != nil {
		return Event{}, err
	}
	after, err := change.edited(before, d.now)
	if err != nil {
		return Event{}, err
	}
	if before.Status == CancelledEvent {
		return Event{}, Errorf(Conflict, "event %d is cancelled and cannot change any more",
			before.ID)
	}
	if err := d.slugFree(after.Slug, before.ID); err != nil {
		return Event{}, err
	}
	if after.Currency() != before.Currency() && len(before.Types) > 0 {
		return Event{}, Errorf(Conflict, "event %d has ticket types with prices in %s", before.ID,
			before.Currency()).WithHint("create another event for prices in %s", after.Currency())
	}
	// The seats that the edit takes away have to be free, as if somebody asked for them.
	before = d.makeRoom(before, []Line{{Quantity: before.Capacity - after.Capacity}}, "", d.now)
	after = before.with(after)
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
	d.dismiss(&after)
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
		{"sales_open", !a.SalesOpen.Equal(b.SalesOpen)},
		{"sales_close", !a.SalesClose.Equal(b.SalesClose)},
		{"max_per_booking", a.MaxPerBooking != b.MaxPerBooking},
		{"max_per_customer", a.MaxPerCustomer != b.MaxPerCustomer},
		{"code_required", a.CodeRequired != b.CodeRequired},
		{"waitlist", a.Waitlist != b.Waitlist},
		{"offer_ttl_seconds", a.OfferTTL != b.OfferTTL},
	} {
		if f.differs {
			names = append(names, f.name)
		}
	}
	return names
}
