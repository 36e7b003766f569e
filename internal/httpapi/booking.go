package httpapi

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// bookBody asks for seats.
type bookBody struct {
	event             int64
	quantity          int
	email, name, note string
}

func (b *bookBody) names() []string {
	return []string{"event_id", "quantity", "user_email", "name", "note"}
}

// take reads one member. Null is taken where the answer has null too.
func (b *bookBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "event_id":
		return readID(value, &b.event), true
	case "quantity":
		return readCount(value, &b.quantity), true
	case "user_email":
		return readTextOrNull(value, &b.email), true
	case "name":
		return readTextOrNull(value, &b.name), true
	case "note":
		return readTextOrNull(value, &b.note), true
	}
	return "", false
}

func (d *door) book(w http.ResponseWriter, r *http.Request) error {
	var f form
	var b bookBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("event_id", "quantity")
	request := booking.Request{
		Event:    booking.Selector{ID: b.event},
		Quantity: b.quantity,
		Email:    b.email,
		Name:     b.name,
		Note:     b.note,
		Key:      idempotencyKey(r, &f),
	}
	f.note(request.Validate())
	if err := f.err(); err != nil {
		return err
	}
	receipt, err := d.store.Book(r.Context(), request)
	if err != nil {
		return err
	}
	location := "/bookings/" + receipt.Booking.Reference.String()
	return created(w, location, receipt.Replayed, Booked(receipt))
}

func (d *door) check(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "event_id", "quantity")
	if err != nil {
		return err
	}
	q.require("event_id", "quantity")
	event := q.event()
	quantity := q.count("quantity")
	q.note(booking.ValidateQuantity(quantity))
	if err := q.err(); err != nil {
		return err
	}
	availability, err := d.store.Check(r.Context(), event, quantity)
	if err != nil {
		return err
	}
	return shown(w, Checked(availability))
}

// listBookings lists the bookings of one event, or of all when none is named.
func (d *door) listBookings(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "event_id", "limit", "cursor")
	if err != nil {
		return err
	}
	// Without the parameter, the zero selector stands for all events.
	var event booking.Selector
	if q.has("event_id") {
		event = q.event()
	}
	page := q.page()
	if err := q.err(); err != nil {
		return err
	}
	bookings, err := d.store.Bookings(r.Context(), storage.BookingQuery{Event: event, Page: page})
	if err != nil {
		return err
	}
	return shown(w, ListedBookings(bookings))
}

func (d *door) showBooking(w http.ResponseWriter, r *http.Request) error {
	reference, err := booking.ParseReference(r.PathValue("reference"))
	if err != nil {
		return err
	}
	b, err := d.store.Booking(r.Context(), reference)
	if err != nil {
		return err
	}
	return shown(w, ShownBooking(b))
}

// cancelBooking gives back all seats of a booking, or as many as the query says.
func (d *door) cancelBooking(w http.ResponseWriter, r *http.Request) error {
	reference, err := booking.ParseReference(r.PathValue("reference"))
	if err != nil {
		return err
	}
	q, err := readQuery(r, "quantity", "reason")
	if err != nil {
		return err
	}
	c := booking.Cancellation{
		Reference: reference,
		Reason:    q.text("reason"),
		Key:       idempotencyKey(r, &q.form),
	}
	if q.has("quantity") {
		quantity := q.count("quantity")
		c.Quantity = &quantity
	}
	q.note(c.Validate())
	if err := q.err(); err != nil {
		return err
	}
	returned, err := d.store.CancelBooking(r.Context(), c)
	if err != nil {
		return err
	}
	markReplay(w, returned.Replayed)
	return shown(w, Cancelled(returned))
}

// shown answers with what there is.
func shown(w http.ResponseWriter, e Envelope) error {
	render(w, http.StatusOK, e)
	return nil
}
