package booking

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of what an organiser can divide an event into.
const (
	// MaxTypeName is the longest name of a ticket type or a pool, in characters.
	MaxTypeName = 60
	// MaxTypes is the most ticket types of an event, closed ones among them.
	MaxTypes = 100
	// MaxPools is the most pools of an event.
	MaxPools = 100
)

// TicketType is one way to be let in: adult, child, balcony. Its seats are seats of the event.
type TicketType struct {
	// ID counts the ticket types of an event from 1.
	ID int64
	TypeDetails
	// Pool is the number of the pool in which the seats count too, 0 for none.
	Pool int64
	// Closed types are not sold any more; what was booked stays.
	Closed bool
	Counters
}

// TypeDetails is what an organiser decides about a ticket type.
type TypeDetails struct {
	// Name is unique within the event, compared as [Fold] has it. It has no "=", since people write
	// adult=2.
	Name string
	// Price is what one seat costs, in the event's currency.
	Price Money
	// SalesOpen and SalesClose narrow the event's own sales window; zero when they do not.
	SalesOpen, SalesClose time.Time
	// MinPerBooking and MaxPerBooking limit the seats of the type in one booking; 0 for no limit.
	MinPerBooking, MaxPerBooking int
	// CodeRequired types are sold to people with an access code only.
	CodeRequired bool
}

// NewType asks for a ticket type to be added to an event.
type NewType struct {
	Event Selector
	Name  string
	// Price is an amount as [ParseMoney] reads it, in the event's currency; empty for the price of
	// the event.
	Price string
	// Pool is the name of a pool; empty for none.
	Pool string
	// SalesOpen and SalesClose are times as [ParseWhen] reads them; empty for none.
	SalesOpen, SalesClose        string
	MinPerBooking, MaxPerBooking int
	CodeRequired                 bool
}

// TypeEdit says what to change of a ticket type; a nil field stays as it is. Empty words take a
// pool or a time away.
type TypeEdit struct {
	Event Selector
	// Type is the name of the ticket type.
	Type                         string
	Name, Price, Pool            *string
	SalesOpen, SalesClose        *string
	MinPerBooking, MaxPerBooking *int
	CodeRequired                 *bool
	// Closed takes the type off sale, or puts it back.
	Closed *bool
}

// TypeAnswer answers what was asked about a ticket type of an event.
type TypeAnswer struct {
	Event Event
	Type  TicketType
}

// edit gives the request as a change of a ticket type of which nothing is decided.
func (n NewType) edit() TypeEdit {
	edit := TypeEdit{
		Name: &n.Name, Pool: &n.Pool, SalesOpen: &n.SalesOpen, SalesClose: &n.SalesClose,
		MinPerBooking: &n.MinPerBooking, MaxPerBooking: &n.MaxPerBooking,
		CodeRequired: &n.CodeRequired,
	}
	if n.Price != "" {
		edit.Price = &n.Price
	}
	return edit
}

// Validate reports every field that cannot be read or breaks a limit, as one [Invalid] error, when
// the event is as it is now.
func (n NewType) Validate(e Event, now time.Time) error {
	t := TicketType{TypeDetails: TypeDetails{Price: e.Price}}
	return n.edit().read(&t, e, now)
}

// Validate reports every field that cannot be read or breaks a limit, as one [Invalid] error, when
// the event is as it is now. It refuses with [NotFound] when there is no such ticket type.
func (c TypeEdit) Validate(e Event, now time.Time) error {
	found, err := e.ticketType(c.Type)
	if err != nil {
		return err
	}
	t := *found
	return c.read(&t, e, now)
}

// AddType adds a ticket type to an event. It refuses with [Invalid] what cannot be read, with
// [NotFound] when there is no such event or pool, and with [Conflict] when the name is taken, the
// event is cancelled, or it has [MaxTypes] already.
func (d *Draft) AddType(n NewType) (TypeAnswer, error) {
	event, err := d.plannable(n.Event)
	if err != nil {
		return TypeAnswer{}, err
	}
	t := TicketType{ID: int64(len(event.Types)) + 1}
	t.Price = event.Price
	if len(event.Types) >= MaxTypes {
		return TypeAnswer{}, Errorf(Conflict, "event %d has %d ticket types, which is the most",
			event.ID, MaxTypes)
	}
	if err := n.edit().apply(&t, event, d.now); err != nil {
		return TypeAnswer{}, err
	}
	event.Types = append(slices.Clone(event.Types), t)
	event.Planned = true
	d.log(&event, Entry{Kind: TypeAdded, Detail: Detail{Name: t.Name}})
	d.putEvent(event)
	return TypeAnswer{Event: event, Type: t}, nil
}

// EditType changes a ticket type. What was booked before keeps its price. Another pool takes over
// the seats that are taken. It refuses with [Invalid] what cannot be read, with [NotFound] when
// there is no such event, type or pool, and with [Conflict] when the name is taken, the event is
// cancelled, or the seats do not fit into the other pool. An edit that changes nothing succeeds and
// leaves no trace.
func (d *Draft) EditType(edit TypeEdit) (TypeAnswer, error) {
	event, err := d.plannable(edit.Event)
	if err != nil {
		return TypeAnswer{}, err
	}
	found, err := event.ticketType(edit.Type)
	if err != nil {
		return TypeAnswer{}, err
	}
	before, after := *found, *found
	if err := edit.apply(&after, event, d.now); err != nil {
		return TypeAnswer{}, err
	}
	if after == before {
		return TypeAnswer{Event: event, Type: before}, nil
	}
	event = d.makeRoomInPool(event, before, after)
	after.Counters = event.typeByID(before.ID).Counters
	if err := event.movePool(before, after); err != nil {
		return TypeAnswer{}, err
	}
	event.Types = slices.Clone(event.Types)
	*event.typeByID(before.ID) = after
	kind := TypeEdited
	if after.Closed && !before.Closed {
		kind = TypeClosed
	}
	d.log(&event, Entry{Kind: kind, Detail: Detail{Name: after.Name}})
	d.dismiss(&event)
	after = *event.typeByID(after.ID)
	d.putEvent(event)
	return TypeAnswer{Event: event, Type: after}, nil
}

// plannable finds an event whose ticket types, pools and codes are to be changed. It refuses with
// [Conflict] when the event is cancelled.
func (d *Draft) plannable(sel Selector) (Event, error) {
	event, err := d.Event(sel)
	if err == nil && event.Status == CancelledEvent {
		return Event{}, Errorf(Conflict, "event %d is cancelled and cannot change any more",
			event.ID)
	}
	return event, err
}

// makeRoomInPool takes lapsed holds off the books if the seats of a ticket type do not fit into
// another pool with them.
func (d *Draft) makeRoomInPool(event Event, before, after TicketType) Event {
	if before.Pool == after.Pool || after.Pool == 0 {
		return event
	}
	d.Sweep(event.ID)
	event, _ = d.Find(Selector{ID: event.ID})
	return event
}

// movePool lets the seats of a ticket type count in another pool.
func (e *Event) movePool(before, after TicketType) error {
	if before.Pool == after.Pool {
		return nil
	}
	if before.Pool != 0 {
		e.countPool(before.Pool, Counters{}.minus(after.Counters))
	}
	if after.Pool == 0 {
		return nil
	}
	p := poolByID(e.Pools, after.Pool)
	if free := p.free(p.Capacity) - p.Lapsed; after.Taken()+after.Lapsed > free {
		return Errorf(Conflict, "pool %s has %s free, ticket type %s has %d taken", quoted(p.Name),
			Seats(free), quoted(after.Name), after.Taken()).
			WithHint("raise the pool's capacity first")
	}
	e.countPool(after.Pool, after.Counters)
	return nil
}

// ticketType finds a ticket type by its name. It refuses with [NotFound] when there is none.
func (e Event) ticketType(name string) (*TicketType, error) {
	folded := Fold(name)
	i := slices.IndexFunc(e.Types, func(t TicketType) bool { return Fold(t.Name) == folded })
	if i >= 0 {
		return &e.Types[i], nil
	}
	err := Errorf(NotFound, "event %d has no ticket type %s", e.ID, quoted(name))
	err.Event = e.ID
	if names := e.typeNames(); names != "" {
		return nil, err.WithHint("it has %s", names)
	}
	return nil, err.WithHint("its seats are of no type; leave the type out")
}

// typeNames lists the ticket types that are not closed.
func (e Event) typeNames() string {
	var names []string
	for _, t := range e.Types {
		if !t.Closed {
			names = append(names, t.Name)
		}
	}
	return strings.Join(names, ", ")
}

// read gives a ticket type as it would be after the edit, its pool apart. Times and amounts are in
// the zone and the currency that the event has by then. It refuses with [Invalid].
func (c TypeEdit) read(t *TicketType, event Event, now time.Time) error {
	var bad Fields
	if c.Name != nil {
		t.Name = nfc(*c.Name)
	}
	if c.Price != nil {
		price, err := ParseMoney(*c.Price, event.Price.Currency)
		if err != nil {
			bad.Add("price", err.Error())
		} else {
			t.Price = price
		}
	}
	readTimes(event.Zone, now, &bad,
		timeEdit{"sales_open", c.SalesOpen, &t.SalesOpen},
		timeEdit{"sales_close", c.SalesClose, &t.SalesClose})
	set(&t.MinPerBooking, c.MinPerBooking)
	set(&t.MaxPerBooking, c.MaxPerBooking)
	set(&t.CodeRequired, c.CodeRequired)
	set(&t.Closed, c.Closed)
	t.TypeDetails.validate(&bad)
	return bad.Err()
}

// apply gives a ticket type as it would be after the edit.
func (c TypeEdit) apply(t *TicketType, event Event, now time.Time) error {
	if err := c.read(t, event, now); err != nil {
		return err
	}
	for _, other := range event.Types {
		if other.ID != t.ID && Fold(other.Name) == Fold(t.Name) {
			return Errorf(Conflict, "event %d has a ticket type %s already", event.ID,
				quoted(other.Name)).WithHint("choose another name")
		}
	}
	return c.applyPool(t, event)
}

func (c TypeEdit) applyPool(t *TicketType, event Event) error {
	if c.Pool == nil {
		return nil
	}
	t.Pool = 0
	if *c.Pool == "" {
		return nil
	}
	p, err := event.pool(*c.Pool)
	if err == nil {
		t.Pool = p.ID
	}
	return err
}

// validate notes the fields that break a limit.
func (t TypeDetails) validate(bad *Fields) {
	bad.Add("name", validatePlanName(t.Name))
	bad.Add("price", t.Price.validate())
	validateWindow(bad, t.SalesOpen, t.SalesClose)
	bad.Add("min_per_booking", validateLimit(t.MinPerBooking))
	bad.Add("max_per_booking", validateLimit(t.MaxPerBooking))
	if t.MaxPerBooking > 0 && t.MinPerBooking > t.MaxPerBooking {
		bad.Add("min_per_booking", fmt.Sprintf("%d is more than the most, %d",
			t.MinPerBooking, t.MaxPerBooking))
	}
}

// validatePlanName says why the name of a ticket type or a pool is not fine; "" when it is.
func validatePlanName(name string) string {
	switch {
	case name == "":
		return "is empty; give it a name such as adult"
	case strings.ContainsAny(name, "=,"):
		return fmt.Sprintf("%s has a = or a comma, which separate names in commands", quoted(name))
	case strings.TrimSpace(name) != name:
		return fmt.Sprintf("%s begins or ends with a space", quoted(name))
	}
	return validateText(name, MaxTypeName, false)
}
