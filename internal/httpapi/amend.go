package httpapi

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// Amended answers a change of what a customer gave.
func Amended(a booking.Amended) Envelope {
	return done(viewBooking(a.Booking), "saved booking %s", a.Booking.Reference)
}

// Transferred answers a booking that was given to another customer.
func Transferred(a booking.Amended) Envelope {
	return done(viewMade(a.Booking, a.Secret), "booking %s belongs to another customer",
		a.Booking.Reference)
}

// amendBody says whose a booking is to be, and which of its seats are meant.
type amendBody struct {
	customer
	partBody
}

func (b *amendBody) names() []string {
	return []string{"quantity", "user_email", "name", "note", "lines"}
}

// take reads one member. Null is taken where the answer has null too.
func (b *amendBody) take(name string, value jsontext.Value) (reason string, known bool) {
	if reason, known := b.partBody.take(name, value); known {
		return reason, true
	}
	return b.customer.take(name, value)
}

// patchBooking changes what the body names of a booking, and leaves the rest as it is.
func (v *visit) patchBooking(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	var f form
	var b amendBody
	if err := readPatch(w, r, &f, &b); err != nil {
		return err
	}
	key := v.key(r, &f)
	resized := f.has("quantity") || f.has("lines")
	if resized {
		for _, name := range b.customer.names() {
			if f.has(name) {
				f.complain(name, "cannot change along with the seats; send two requests")
			}
		}
		part := b.part(&f)
		return v.resize(w, r, &f, booking.Resize{
			Reference: ref, Quantity: part.Quantity, Lines: part.Lines, Key: key,
		})
	}
	a := booking.Amendment{
		Reference: ref,
		Email:     given(&f, "user_email", &b.email),
		Name:      given(&f, "name", &b.name),
		Note:      given(&f, "note", &b.note),
		Key:       key,
	}
	amended, err := carryOut(r, &f, a, v.store.Amend)
	if err != nil {
		return err
	}
	return changed(w, amended.Replayed, Amended(amended))
}

// transfer gives a booking to another customer.
func (v *visit) transfer(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	var f form
	var b customer
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	ask := booking.Transfer{
		Reference: ref,
		Email:     b.email,
		Name:      b.name,
		Note:      b.note,
		Key:       v.key(r, &f),
	}
	amended, err := carryOut(r, &f, ask, v.store.Transfer)
	if err != nil {
		return err
	}
	return changed(w, amended.Replayed, Transferred(amended))
}
