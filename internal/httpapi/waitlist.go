package httpapi

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// waitView tells how an entry of the waitlist stands.
type waitView struct {
	Reference *string        `json:"reference"`
	EventID   int64          `json:"event_id"`
	Status    booking.Status `json:"status"`
	// Position is the place of the entry, 1 for the first, and Ahead the number of seats for which
	// those before it wait; both are null for what waits no more.
	Position *int   `json:"position"`
	Ahead    *int   `json:"ahead"`
	Reason   string `json:"reason"`
	Quantity int    `json:"quantity"`
}

func viewWait(w booking.Wait) waitView {
	view := waitView{
		Reference: referenceOrNull(w.Booking.Reference),
		EventID:   w.Booking.EventID,
		Status:    w.Booking.Status,
		Reason:    w.Reason,
		Quantity:  w.Booking.Quantity,
	}
	if w.Position > 0 {
		view.Position, view.Ahead = &w.Position, &w.Ahead
	}
	return view
}

// Joined answers who asked to wait: with a place in the waitlist, or with an offer if the seats
// were free.
func Joined(r booking.Receipt) Envelope {
	b, view := r.Booking, viewMade(r.Booking, r.Secret)
	seats := booking.Seats(b.Quantity)
	switch {
	case b.Status == booking.Waiting:
		return done(view, "waiting for %s of event %d", seats, b.EventID)
	case b.Status == booking.Held && !b.OfferedAt.IsZero():
		return done(view, "offered %s of event %d until %s, confirm them before then",
			seats, b.EventID, moment(b.ExpiresAt))
	}
	return done(view, "joined the waitlist before, status now: %s", b.Status)
}

// LeftWaitlist answers a place in the waitlist that was given up.
func LeftWaitlist(r booking.Returned) Envelope {
	return done(viewBooking(r.Booking), "booking %s left the waitlist of event %d",
		r.Booking.Reference, r.Event.ID)
}

// Explained tells how an entry of the waitlist stands, and why.
func Explained(w booking.Wait) Envelope {
	b := w.Booking
	if w.Position == 0 {
		return done(viewWait(w), "booking %s is %s: %s", b.Reference, b.Status, w.Reason)
	}
	return done(viewWait(w), "booking %s is number %d of the waitlist of event %d: %s", b.Reference,
		w.Position, b.EventID, w.Reason)
}

// joinBody asks to wait for seats.
type joinBody struct {
	customer
	quantity   int
	ticketType string
}

func (b *joinBody) names() []string {
	return []string{"quantity", "user_email", "name", "note", "type"}
}

// take reads one member.
func (b *joinBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "quantity":
		return readCount(value, &b.quantity), true
	case "type":
		return readTypeName(value, &b.ticketType), true
	}
	return b.customer.take(name, value)
}

// join puts somebody on the waitlist of an event.
func (v *visit) join(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b joinBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("quantity")
	ask := booking.Joining{
		Event:    sel,
		Quantity: b.quantity,
		Type:     b.ticketType,
		Email:    b.email,
		Name:     b.name,
		Note:     b.note,
		Key:      v.key(r, &f),
	}
	receipt, err := carryOut(r, &f, ask, v.store.Join)
	if err != nil {
		return err
	}
	location := "/bookings/" + receipt.Booking.Reference.String()
	return created(w, location, receipt.Replayed, Joined(receipt))
}

// listWaitlist lists who waits for seats of an event or has an offer, in their order.
func (v *visit) listWaitlist(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	q, query, err := v.readBookingQuery(r)
	if err != nil {
		return err
	}
	query.Event, query.Waitlist = sel, true
	if !q.has("status") {
		query.Status = []booking.Status{booking.Waiting, booking.Held}
	}
	return v.showBookings(w, r, q, query)
}

// leave gives a place in the waitlist up.
func (v *visit) leave(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	var f form
	if err := readOptionalBody(w, r, &f, emptyBody{}); err != nil {
		return err
	}
	ask := booking.Leave{Reference: ref, Key: v.key(r, &f)}
	returned, err := carryOut(r, &f, ask, v.store.Leave)
	if err != nil {
		return err
	}
	return changed(w, returned.Replayed, LeftWaitlist(returned))
}

// explain tells how an entry of the waitlist stands.
func (v *visit) explain(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	wait, err := v.store.Explain(r.Context(), ref)
	if err != nil {
		return err
	}
	return shown(w, Explained(wait))
}
