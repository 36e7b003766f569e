package httpapi

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// typeView is a ticket type as JSON.
type typeView struct {
	EventID int64  `json:"event_id"`
	Name    string `json:"name"`
	// Available is how many seats of the type can be booked now, as far as its pool and the event
	// go.
	Available     int            `json:"available"`
	Held          *int           `json:"held,omitzero"` // absent for strangers, as the next two
	Confirmed     *int           `json:"confirmed,omitzero"`
	Waiting       *int           `json:"waiting,omitzero"`
	Price         jsontext.Value `json:"price"`
	Currency      string         `json:"currency"`
	Pool          *string        `json:"pool"` // null for strangers
	SalesOpen     *string        `json:"sales_open"`
	SalesClose    *string        `json:"sales_close"`
	MinPerBooking *int           `json:"min_per_booking"`
	MaxPerBooking *int           `json:"max_per_booking"`
	CodeRequired  bool           `json:"code_required"`
	Closed        bool           `json:"closed"`
}

// viewTypes are the ticket types of an event, as far as they were read.
func viewTypes(e booking.Event) []typeView {
	var views []typeView
	for _, t := range e.Types {
		views = append(views, viewType(e, t))
	}
	return views
}

func viewType(e booking.Event, t booking.TicketType) typeView {
	v := typeView{
		EventID:       e.ID,
		Name:          t.Name,
		Available:     e.AvailableOf(t),
		Held:          new(t.Held),
		Confirmed:     new(t.Confirmed),
		Waiting:       new(t.Waiting),
		Price:         amount(t.Price),
		Currency:      t.Price.Currency,
		SalesOpen:     instant(t.SalesOpen),
		SalesClose:    instant(t.SalesClose),
		MinPerBooking: limitOrNull(t.MinPerBooking),
		MaxPerBooking: limitOrNull(t.MaxPerBooking),
		CodeRequired:  t.CodeRequired,
		Closed:        t.Closed,
	}
	if p := e.PoolOf(t); p != nil {
		v.Pool = &p.Name
	}
	return v
}

// TypeRecord is a ticket type of an event as a row.
func TypeRecord(e booking.Event, t booking.TicketType) Record { return RecordOf(viewType(e, t)) }

// AddedType answers a ticket type added to an event.
func AddedType(a booking.TypeAnswer) Envelope {
	return done(viewType(a.Event, a.Type), "added ticket type %q to event %d, %s left",
		a.Type.Name, a.Event.ID, booking.Seats(a.Event.AvailableOf(a.Type)))
}

// EditedType answers a change of a ticket type.
func EditedType(a booking.TypeAnswer) Envelope {
	return done(viewType(a.Event, a.Type), "saved ticket type %q of event %d, %s left",
		a.Type.Name, a.Event.ID, booking.Seats(a.Event.AvailableOf(a.Type)))
}

// ClosedType answers a ticket type taken off sale.
func ClosedType(a booking.TypeAnswer) Envelope {
	return done(viewType(a.Event, a.Type),
		"ticket type %q of event %d is closed, its bookings stay", a.Type.Name, a.Event.ID)
}

// OpenedType answers a ticket type put back on sale.
func OpenedType(a booking.TypeAnswer) Envelope {
	return done(viewType(a.Event, a.Type), "ticket type %q of event %d is open, %s left",
		a.Type.Name, a.Event.ID, booking.Seats(a.Event.AvailableOf(a.Type)))
}

// ListedTypes shows the ticket types of an event.
func ListedTypes(e booking.Event) Envelope {
	views := append([]typeView{}, viewTypes(e)...)
	return listed(views, "", count(len(views), "ticket type", "ticket types"))
}

// typeBody is what a client may say about a new ticket type. Prices and times stay text: they are
// read in the currency and the zone of the event.
type typeBody struct {
	name, price, pool, salesOpen, salesClose string
	minPerBooking, maxPerBooking             int
	codeRequired                             bool
}

func (b *typeBody) names() []string {
	return []string{
		"name", "price", "pool", "sales_open", "sales_close", "min_per_booking",
		"max_per_booking", "code_required",
	}
}

// take reads one member. Null is taken where the answer has null too.
func (b *typeBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "name":
		return readText(value, &b.name), true
	case "price":
		return readAmount(value, &b.price), true
	case "pool":
		return readWordOrNull(value, &b.pool, "pool"), true
	case "sales_open":
		return readWhen(value, &b.salesOpen), true
	case "sales_close":
		return readWhen(value, &b.salesClose), true
	case "min_per_booking":
		return readCountOrNull(value, &b.minPerBooking), true
	case "max_per_booking":
		return readCountOrNull(value, &b.maxPerBooking), true
	case "code_required":
		return readFlag(value, &b.codeRequired), true
	}
	return "", false
}

// typePatch is a change of a ticket type.
type typePatch struct {
	typeBody
	closed bool
}

func (b *typePatch) names() []string { return append(b.typeBody.names(), "closed") }

// take reads one member.
func (b *typePatch) take(name string, value jsontext.Value) (reason string, known bool) {
	if name == "closed" {
		return readFlag(value, &b.closed), true
	}
	return b.typeBody.take(name, value)
}

func (v *visit) addType(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b typeBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("name")
	if f.has("price") && b.price == "" {
		f.complain("price", "is empty; leave it out for the price of the event")
	}
	if err := f.err(); err != nil {
		return err
	}
	added, err := v.store.AddType(r.Context(), booking.NewType{
		Event: sel, Name: b.name, Price: b.price, Pool: b.pool, SalesOpen: b.salesOpen,
		SalesClose: b.salesClose, MinPerBooking: b.minPerBooking,
		MaxPerBooking: b.maxPerBooking, CodeRequired: b.codeRequired,
	})
	if err != nil {
		return err
	}
	location := partOf(added.Event, "ticket-types", added.Type.Name)
	return created(w, location, false, AddedType(added))
}

// partOf is the address of what an event is divided into.
func partOf(e booking.Event, list, name string) string {
	return "/events/" + strconv.FormatInt(e.ID, 10) + "/" + list + "/" + url.PathEscape(name)
}

// patchType changes what the body names of a ticket type, and leaves the rest as it is.
func (v *visit) patchType(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b typePatch
	if err := readPatch(w, r, &f, &b); err != nil {
		return err
	}
	if err := f.err(); err != nil {
		return err
	}
	edited, err := v.store.EditType(r.Context(), booking.TypeEdit{
		Event:         sel,
		Type:          r.PathValue("name"),
		Name:          given(&f, "name", &b.name),
		Price:         given(&f, "price", &b.price),
		Pool:          given(&f, "pool", &b.pool),
		SalesOpen:     given(&f, "sales_open", &b.salesOpen),
		SalesClose:    given(&f, "sales_close", &b.salesClose),
		MinPerBooking: given(&f, "min_per_booking", &b.minPerBooking),
		MaxPerBooking: given(&f, "max_per_booking", &b.maxPerBooking),
		CodeRequired:  given(&f, "code_required", &b.codeRequired),
		Closed:        given(&f, "closed", &b.closed),
	})
	if err != nil {
		return err
	}
	switch {
	case len(f.seen) > 1 || !f.has("closed"):
		return shown(w, EditedType(edited))
	case b.closed:
		return shown(w, ClosedType(edited))
	}
	return shown(w, OpenedType(edited))
}
