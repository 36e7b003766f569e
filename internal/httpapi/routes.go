package httpapi

import "net/http"

// cancelHow tells where a cancellation says more than which booking.
const cancelHow = "use the query: ?quantity=1&reason=..., or nothing to give all seats back"

// routes is all that the door answers.
func (d *door) routes() map[string]handler {
	return map[string]handler{
		"GET /events":         d.listEvents,
		"POST /events":        plain(d.createEvent),
		"GET /events/{id}":    plain(d.showEvent),
		"PATCH /events/{id}":  plain(keyless(d.patchEvent)),
		"DELETE /events/{id}": plain(keyless(bodiless(d.deleteEvent, "leave the body out"))),

		"GET /bookings":                d.listBookings,
		"POST /bookings":               plain(d.book),
		"GET /bookings/check":          d.check,
		"GET /bookings/{reference}":    plain(d.showBooking),
		"DELETE /bookings/{reference}": bodiless(d.cancelBooking, cancelHow),

		"GET " + healthPath: d.healthy,
		"GET " + readyPath:  d.ready,
	}
}

// handler answers a request, or gives the error that is to be answered.
type handler func(w http.ResponseWriter, r *http.Request) error
