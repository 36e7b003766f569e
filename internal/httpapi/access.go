package httpapi

import (
	"net/http"

	"evbook/internal/booking"
)

// role is who somebody is to the door, or a set of such.
type role uint8

// The roles. What there is for each is the scope of its caller: [booking.Scope].
const (
	// stranger is who shows nothing.
	stranger role = 1 << iota
	// guest is who has the secret of the booking that the request is about.
	guest
	// doorkeeper has a token for the entrance.
	doorkeeper
	// organiser has a token for some events.
	organiser
	// manager has an organiser's token that is bound to no event.
	manager
	// owner may do everything: who reaches a server on its own machine while there are no tokens.
	owner
)

// Sets of roles, as the policy needs them.
const (
	// public is who shows no token, and sees of events what everybody may see.
	public     = stranger | guest
	organisers = organiser | manager
	staff      = doorkeeper | organisers
	everyone   = public | staff
	bookers    = public | organisers
	holders    = guest | organisers
)

// policy says who may use each route; what is not in it may be used by nobody but the owner. A
// guest's secret is for the one booking in the path; elsewhere a guest is a stranger.
func policy() map[string]role {
	return map[string]role{
		"GET /events":             everyone,
		"POST /events":            manager,
		"GET /events/{id}":        everyone,
		"PATCH /events/{id}":      organisers,
		"DELETE /events/{id}":     organisers,
		"GET /events/{id}/stream": everyone,

		"GET /events/{id}/ticket-types":          everyone,
		"POST /events/{id}/ticket-types":         organisers,
		"PATCH /events/{id}/ticket-types/{name}": organisers,
		"GET /events/{id}/pools":                 staff,
		"POST /events/{id}/pools":                organisers,
		"PATCH /events/{id}/pools/{name}":        organisers,
		"GET /events/{id}/codes":                 organisers,
		"POST /events/{id}/codes":                organisers,
		"PATCH /events/{id}/codes/{code}":        organisers,

		"GET /bookings":                       organisers,
		"POST /bookings":                      bookers,
		"POST /bookings/batch":                organisers,
		"GET /bookings/check":                 everyone,
		"GET /bookings/{reference}":           holders | doorkeeper,
		"PATCH /bookings/{reference}":         holders,
		"DELETE /bookings/{reference}":        holders,
		"POST /bookings/{reference}/confirm":  holders,
		"POST /bookings/{reference}/extend":   holders,
		"POST /bookings/{reference}/release":  holders,
		"POST /bookings/{reference}/move":     holders,
		"POST /bookings/{reference}/transfer": holders,

		"POST /events/{id}/waitlist":       bookers,
		"GET /events/{id}/waitlist":        organisers,
		"GET /bookings/{reference}/wait":   holders,
		"POST /bookings/{reference}/leave": holders,

		"GET /openapi.yaml": everyone,
		"GET /openapi.json": everyone,

		"GET " + healthPath: everyone,
		"GET " + readyPath:  everyone,
	}
}

// has says whether one of the roles is in the set.
func (r role) has(who role) bool { return r&who != 0 }

// admit refuses a role that may not use a route: with [booking.Unauthenticated] who has shown
// nothing, and with [booking.Forbidden] who is known.
func (r role) admit(who role) error {
	switch {
	case who == owner || r.has(who):
		return nil
	case who == stranger:
		return booking.Errorf(booking.Unauthenticated, "this needs %s", r.credential()).
			WithHint("send it in the header Authorization: Bearer ...")
	}
	return booking.Errorf(booking.Forbidden, "your token is not for this")
}

// credential names what opens a route.
func (r role) credential() string {
	if r.has(guest) {
		return "the booking's secret or a token"
	}
	return "a token"
}

// challenge tells a client how to show who it is (RFC 6750, section 3).
func challenge(h http.Header) { h.Set("WWW-Authenticate", `Bearer realm="evbook"`) }
