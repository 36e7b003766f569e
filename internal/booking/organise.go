package booking

import (
	"cmp"
	"time"
)

// NewEvent asks for an event to be created.
type NewEvent struct {
	// Slug is the event's name in commands and links; empty for none.
	Slug string
	EventDetails
	// StartsText and EndsText are the words in which StartsAt and EndsAt were given, such as "+3d".
	// The same words under one key are the same request, at whatever moment they are repeated.
	StartsText, EndsText string
	// SalesOpenText and SalesCloseText are the same for SalesOpen and SalesClose.
	SalesOpenText, SalesCloseText string
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
	starts, ends := n.StartsText, n.EndsText
	if starts == "" && ends == "" {
		starts, ends = n.StartsAt.Format(time.RFC3339Nano), n.EndsAt.Format(time.RFC3339Nano)
	}
	asked := []any{
		"event create", n.Slug, n.Name, n.Description, n.Venue, n.Capacity, n.Price.Minor,
		n.Price.Currency, n.Zone, starts, ends, n.Draft,
	}
	if n.sellsFreely() {
		return fingerprint(n.Key, asked...)
	}
	opens, closes := n.SalesOpenText, n.SalesCloseText
	if opens == "" && closes == "" {
		opens, closes = n.SalesOpen.Format(time.RFC3339Nano), n.SalesClose.Format(time.RFC3339Nano)
	}
	return fingerprint(n.Key, append(asked, opens, closes, n.MaxPerBooking, n.MaxPerCustomer,
		n.CodeRequired, n.Waitlist, n.OfferTTL)...)
}

// sellsFreely says whether nothing is decided about the sale. Requests for such events keep the
// fingerprint that they have had.
func (e EventDetails) sellsFreely() bool {
	return e.SalesOpen.IsZero() && e.SalesClose.IsZero() && e.MaxPerBooking == 0 &&
		e.MaxPerCustomer == 0 && !e.CodeRequired && e.Waitlist == Strict &&
		e.OfferTTL == DefaultOfferTTL
}

// CreateEvent makes a new event. It refuses with [Conflict] when the slug is taken, with
// [KeyReused] when the key belongs to another request, and with [Forbidden] callers for whom there
// are only some events, which the new one would not be among.
func (d *Draft) CreateEvent(n NewEvent) (Created, error) {
	n.EventDetails = n.EventDetails.normal()
	if err := n.Validate(); err != nil {
		return Created{}, err
	}
	if !d.caller.Scope.all() {
		return Created{}, Errorf(Forbidden,
			"only those for whom there are all events may create another")
	}
	print := n.fingerprint()
	return once(d, n.Key, print, replayCreated, func() (Created, error) {
		event, err := d.create(n)
		if err == nil {
			d.remember(n.Key, print, Used{EventID: event.ID}, func(*Sheet) any {
				return freezeEvent(event)
			})
		}
		return Created{Event: event}, err
	})
}

func (d *Draft) create(n NewEvent) (Event, error) {
	if err := d.slugFree(n.Slug, 0); err != nil {
		return Event{}, err
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
	return event, nil
}

// replayCreated answers a repeated request as it was answered the first time.
func replayCreated(used Used) (Created, error) {
	var frozen frozenEvent
	if err := used.thaw(&frozen); err != nil {
		return Created{}, err
	}
	return Created{Event: frozen.event(), Replayed: true}, nil
}

// frozenEvent is an event as a replay of its creation must show it. The names are those of the
// stored text and must not change.
type frozenEvent struct {
	ID          int64       `json:"id"`
	Slug        string      `json:"slug"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Venue       string      `json:"venue"`
	Capacity    int         `json:"capacity"`
	Price       int64       `json:"price"`
	Currency    string      `json:"currency"`
	Zone        string      `json:"zone"`
	StartsAt    time.Time   `json:"starts_at"`
	EndsAt      time.Time   `json:"ends_at"`
	Status      EventStatus `json:"status"`
	Version     int64       `json:"version"`
	CreatedAt   time.Time   `json:"created_at"`

	SalesOpen      time.Time     `json:"sales_open,omitzero"`
	SalesClose     time.Time     `json:"sales_close,omitzero"`
	MaxPerBooking  int           `json:"max_per_booking,omitzero"`
	MaxPerCustomer int           `json:"max_per_customer,omitzero"`
	CodeRequired   bool          `json:"code_required,omitzero"`
	Waitlist       Policy        `json:"waitlist,omitzero"`
	OfferTTL       time.Duration `json:"offer_ttl,omitzero"`
}

func freezeEvent(e Event) frozenEvent {
	return frozenEvent{
		ID: e.ID, Slug: e.Slug, Name: e.Name, Description: e.Description, Venue: e.Venue,
		Capacity: e.Capacity, Price: e.Price.Minor, Currency: e.Price.Currency, Zone: e.Zone,
		StartsAt: e.StartsAt, EndsAt: e.EndsAt, Status: e.Status, Version: e.Version,
		CreatedAt: e.CreatedAt, SalesOpen: e.SalesOpen, SalesClose: e.SalesClose,
		MaxPerBooking: e.MaxPerBooking, MaxPerCustomer: e.MaxPerCustomer,
		CodeRequired: e.CodeRequired, Waitlist: e.Waitlist, OfferTTL: e.OfferTTL,
	}
}

func (f frozenEvent) event() Event {
	return Event{
		ID: f.ID, Slug: f.Slug, Status: f.Status, Version: f.Version, CreatedAt: f.CreatedAt,
		EventDetails: EventDetails{
			Name: f.Name, Description: f.Description, Venue: f.Venue, Capacity: f.Capacity,
			Price: Money{Minor: f.Price, Currency: f.Currency}, Zone: f.Zone,
			StartsAt: f.StartsAt, EndsAt: f.EndsAt, SalesOpen: f.SalesOpen,
			SalesClose: f.SalesClose, MaxPerBooking: f.MaxPerBooking,
			MaxPerCustomer: f.MaxPerCustomer, CodeRequired: f.CodeRequired,
			Waitlist: cmp.Or(f.Waitlist, Strict), OfferTTL: cmp.Or(f.OfferTTL, DefaultOfferTTL),
		},
	}
}

// slugFree refuses when another event than the one named has the slug.
func (d *Draft) slugFree(slug string, except int64) error {
	id, taken := d.slugs[slug]
	if slug == "" || !taken || id == except {
		return nil
	}
	if _, err := d.Event(Selector{ID: id}); err != nil { // beyond the scope of the caller
		return Errorf(Conflict, "slug %q is taken", slug).WithHint("choose another slug")
	}
	return Errorf(Conflict, "slug %q is taken by event %d", slug, id).
		WithHint("choose another slug")
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

// CalledOff answers the cancellation of an event: what it is now, and what that cost.
type CalledOff struct {
	Event Event
	// Bookings and Seats were cancelled with the event; holds that it released are among them.
	// Waiting is how many entries of the waitlist went with it.
	Bookings, Seats, Waiting int
}

func (c *CalledOff) count(b Booking) {
	if b.Status == Waiting {
		c.Waiting++
		return
	}
	c.Bookings++
	c.Seats += b.Quantity
}

// CancelEvent calls an event off for good, cancels all its bookings and releases its holds; they
// have to be on the sheet. It refuses with [Conflict] when the event is cancelled already, or when
// it has bookings and the caller did not agree to cancel them too.
func (d *Draft) CancelEvent(sel Selector, withBookings bool, reason string) (CalledOff, error) {
	reason = nfc(reason)
	var bad Fields
	bad.Add("reason", validateText(reason, MaxReason, true))
	if err := bad.Err(); err != nil {
		return CalledOff{}, err
	}
	event, err := d.Event(sel)
	if err != nil {
		return CalledOff{}, err
	}
	if event.Status == CancelledEvent {
		return CalledOff{}, Errorf(Conflict, "event %d is already cancelled", event.ID)
	}
	if event.Taken() > 0 && !withBookings {
		return CalledOff{}, Errorf(Conflict, "event %d has %s booked", event.ID,
			Seats(event.Taken())).WithHint("agree to cancel the bookings too")
	}
	d.Sweep(event.ID)
	event, _ = d.Find(Selector{ID: event.ID})
	var called CalledOff
	for _, b := range d.lively(event.ID) {
		called.count(b)
		if reason != "" {
			b.CancelReason = reason
		}
		d.move(transition(b.Status, ToCallOff), &event, &b, nil)
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
