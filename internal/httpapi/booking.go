package httpapi

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// customer is what a client may say about who books.
type customer struct{ email, name, note string }

func (c *customer) names() []string { return []string{"user_email", "name", "note"} }

// take reads one member. Null is taken where the answer has null too.
func (c *customer) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "user_email":
		return readTextOrNull(value, &c.email), true
	case "name":
		return readTextOrNull(value, &c.name), true
	case "note":
		return readTextOrNull(value, &c.note), true
	}
	return "", false
}

// bookBody asks for seats.
type bookBody struct {
	customer
	seats
	event int64
	hold  bool
	ttl   time.Duration
}

func (b *bookBody) names() []string {
	return []string{
		"event_id", "quantity", "user_email", "name", "note", "hold", "ttl_seconds", "type",
		"lines", "code",
	}
}

// take reads one member.
func (b *bookBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "event_id":
		return readID(value, &b.event), true
	case "hold":
		return readFlag(value, &b.hold), true
	case "ttl_seconds":
		return readTTL(value, &b.ttl), true
	}
	if reason, known := b.seats.take(name, value); known {
		return reason, true
	}
	return b.customer.take(name, value)
}

// request is what the body asks for of an event. A time for which seats are held says by itself
// that they are to be held.
func (b *bookBody) request(f *form, event booking.Selector, key booking.Key) booking.Request {
	r := booking.Request{
		Event: event,
		Code:  b.code,
		Email: b.email,
		Name:  b.name,
		Note:  b.note,
		Hold:  b.hold || f.has("ttl_seconds") && !f.has("hold"),
		TTL:   b.ttl,
		Key:   key,
	}
	r.Quantity, r.Lines = b.asked(f)
	return r
}

func (v *visit) book(w http.ResponseWriter, r *http.Request) error {
	var f form
	var b bookBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("event_id")
	request := b.request(&f, booking.Selector{ID: b.event}, v.key(r, &f))
	receipt, err := carryOut(r, &f, request, v.store.Book)
	if err != nil {
		return err
	}
	location := "/bookings/" + receipt.Booking.Reference.String()
	answer := Booked(receipt)
	if request.Hold {
		answer = Held(receipt)
	}
	return created(w, location, receipt.Replayed, answer)
}

func (v *visit) check(r *http.Request) (rendered, error) {
	q, err := readQuery(r, "event_id", "quantity", "type", "lines", "code")
	if err != nil {
		return rendered{}, err
	}
	q.require("event_id")
	s := q.seats()
	ask := booking.AvailabilityRequest{Event: q.event(), Code: s.code}
	ask.Quantity, ask.Lines = s.asked(&q.form)
	availability, err := carryOut(r, &q.form, ask, v.store.Check)
	if err != nil {
		return rendered{}, err
	}
	return rendered{text: text(Checked(availability)), refused: availability.Refusal}, nil
}

// listBookings lists the bookings of one event, or of all when none is named.
func (v *visit) listBookings(w http.ResponseWriter, r *http.Request) error {
	q, query, err := v.readBookingQuery(r, "event_id")
	if err != nil {
		return err
	}
	if q.has("event_id") { // else the zero selector stands for all events
		query.Event = q.event()
	}
	return v.showBookings(w, r, q, query)
}

// showBookings answers with a page of bookings, unless the query is bad.
func (v *visit) showBookings(
	w http.ResponseWriter, r *http.Request, q *query, query storage.BookingQuery,
) error {
	if err := q.err(); err != nil {
		return err
	}
	bookings, err := v.store.Bookings(r.Context(), query)
	if err != nil {
		return err
	}
	return shown(w, ListedBookings(bookings))
}

func (v *visit) showBooking(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	b, err := v.store.Booking(r.Context(), ref)
	if err != nil {
		return err
	}
	v.pageAs(b.Tag(), ShownBooking(b)).send(w, r)
	return nil
}

// cancelBooking gives back all seats of a booking, or those that the query says.
func (v *visit) cancelBooking(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	q, err := readQuery(r, "quantity", "lines", "reason")
	if err != nil {
		return err
	}
	c := booking.Cancellation{
		Reference: ref,
		Part:      q.part(),
		Reason:    q.text("reason"),
		Key:       v.key(r, &q.form),
	}
	returned, err := carryOut(r, &q.form, c, v.store.CancelBooking)
	if err != nil {
		return err
	}
	return changed(w, returned.Replayed, Cancelled(returned))
}
