package httpapi

import (
	"context"
	"net/http"

	"evbook/internal/booking"
)

// eventHandler answers a request about the event that its path names.
type eventHandler func(
	v *visit, w http.ResponseWriter, r *http.Request, sel booking.Selector,
) error

// ofEvent makes a handler of the routes under /events/{id}.
func ofEvent(h eventHandler) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		sel, err := booking.ParseSelector(r.PathValue("id"))
		if err != nil {
			return err
		}
		return h(v, w, r, sel)
	}
}

// bookingHandler answers a request about the booking that its path names.
type bookingHandler func(
	v *visit, w http.ResponseWriter, r *http.Request, ref booking.Reference,
) error

// ofBooking makes a handler of the routes under /bookings/{reference}.
func ofBooking(h bookingHandler) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		ref, err := booking.ParseReference(r.PathValue("reference"))
		if err != nil {
			return err
		}
		return h(v, w, r, ref)
	}
}

// carryOut has the store do what a request asks for, unless the form or the rules find something
// wrong with it.
func carryOut[Ask interface{ Validate() error }, Answer any](
	r *http.Request, f *form, ask Ask, do func(context.Context, Ask) (Answer, error),
) (answer Answer, err error) {
	f.note(ask.Validate())
	if err := f.err(); err != nil {
		return answer, err
	}
	return do(r.Context(), ask)
}
