package httpapi

import (
	"context"
	"net/http"

	"evbook/internal/booking"
)

// ofEvent makes a handler of the routes under /events/{id}.
func ofEvent(
	h func(*visit, http.ResponseWriter, *http.Request, booking.Selector) error,
) handler {
	return of("id", booking.ParseSelector, h)
}

// ofBooking makes a handler of the routes under /bookings/{reference}.
func ofBooking(
	h func(*visit, http.ResponseWriter, *http.Request, booking.Reference) error,
) handler {
	return of("reference", booking.ParseReference, h)
}

// of makes a handler of routes whose path names what they are about.
func of[Subject any](
	wildcard string, parse func(string) (Subject, error),
	h func(*visit, http.ResponseWriter, *http.Request, Subject) error,
) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		subject, err := parse(r.PathValue(wildcard))
		if err != nil {
			return err
		}
		return h(v, w, r, subject)
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
