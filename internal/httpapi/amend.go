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

// amendBody is a change of a booking: of what the customer gave, or of the number of seats.
type amendBody struct {
	customer
	partBody
}

func (b *amendBody) names() []string {
	return []string{"name", "user_email", "note", "quantity", "lines"}
}

// take reads one member. Null takes away what a customer gave.
func (b *amendBody) take(name string, value jsontext.Value) (reason string, known bool) {
	if reason, known := b.partBody.take(name, value); known {
		return reason, true
	}
	return b.customer.take(name, value)
}

// patchBooking changes what the body names of a booking, and leaves the rest as it is.
func (v *visit) patchBooking(w http.ResponseWriter, r *http.Request) error {
	reference, err := booking.ParseReference(r.PathValue("reference"))
	if err != nil {
		return err
	}
	var f form
	var b amendBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	if len(f.seen) == 0 {
		return nothingToChange(&b)
	}
	key := v.key(r, &f)
	resized := f.has("quantity") || f.has("lines")
	if resized {
		for _, name := range []string{"name", "user_email", "note"} {
			if f.has(name) {
				f.complain(name, "cannot change along with the seats; send two requests")
			}
		}
		part := b.part(&f)
		return v.resize(w, r, &f, booking.Resize{
			Reference: reference, Quantity: part.Quantity, Lines: part.Lines, Key: key,
		})
	}
	a := booking.Amendment{
		Reference: reference,
		Email:     given(&f, "user_email", &b.email),
		Name:      given(&f, "name", &b.name),
		Note:      given(&f, "note", &b.note),
		Key:       key,
	}
	f.note(a.Validate())
	if err := f.err(); err != nil {
		return err
	}
	amended, err := v.store.Amend(r.Context(), a)
	if err != nil {
		return err
	}
	return amendedBy(w, amended, Amended)
}

// amendedBy answers a change of a booking.
func amendedBy(
	w http.ResponseWriter, a booking.Amended, answer func(booking.Amended) Envelope,
) error {
	markReplay(w, a.Replayed)
	return shown(w, answer(a))
}

// transferBody says who the new customer of a booking is.
type transferBody struct{ customer }

func (b *transferBody) names() []string { return []string{"user_email", "name", "note"} }

// transfer gives a booking to another customer.
func (v *visit) transfer(w http.ResponseWriter, r *http.Request) error {
	reference, err := booking.ParseReference(r.PathValue("reference"))
	if err != nil {
		return err
	}
	var f form
	var b transferBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	ask := booking.Transfer{
		Reference: reference,
		Email:     b.email,
		Name:      b.name,
		Note:      b.note,
		Key:       v.key(r, &f),
	}
	f.note(ask.Validate())
	if err := f.err(); err != nil {
		return err
	}
	amended, err := v.store.Transfer(r.Context(), ask)
	if err != nil {
		return err
	}
	return amendedBy(w, amended, Transferred)
}
