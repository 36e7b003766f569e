package httpapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// cancelHow tells where a cancellation says more than which booking.
const cancelHow = "use the query: ?quantity=1&reason=..., or nothing to give all seats back"

// Route is one request that the door answers.
type Route struct {
	// Method and Path are written as in a [http.ServeMux] pattern: "GET", "/events/{id}".
	Method, Path string
	// About says in a few words what the request does.
	About string
}

// Routes lists all that the door answers, in order of the paths.
func Routes() []Route {
	var all []Route
	for pattern, r := range routes() {
		method, path, _ := strings.Cut(pattern, " ")
		all = append(all, Route{method, path, r.about})
	}
	slices.SortFunc(all, func(a, b Route) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}

// route is what the door does with the requests of one pattern.
type route struct {
	about  string
	handle handler
}

// routes is all that the door answers, by pattern.
func routes() map[string]route {
	return map[string]route{
		"GET /events":  {"list events", (*visit).listEvents},
		"POST /events": {"create an event", plain((*visit).createEvent)},
		"GET /events/{id}": {"show an event, by number or slug",
			plain(together(eventAs(ShownEvent)))},
		"PATCH /events/{id}": {"change, open, close or cancel an event",
			plain(keyless(ofEvent((*visit).patchEvent)))},
		"DELETE /events/{id}": {"delete an event that was never booked",
			plain(keyless(bodiless(ofEvent((*visit).deleteEvent), "leave the body out")))},
		"GET /events/{id}/stream": {"tell changes of an event as they come",
			plain(ofEvent((*visit).stream))},

		"GET /events/{id}/ticket-types": {"list the ticket types of an event",
			plain(together(eventAs(ListedTypes)))},
		"POST /events/{id}/ticket-types": {"add a ticket type to an event",
			plain(named(ofEvent((*visit).addType)))},
		"PATCH /events/{id}/ticket-types/{name}": {"change, close or open a ticket type",
			plain(keyless(ofEvent((*visit).patchType)))},
		"GET /events/{id}/pools": {"list the pools of an event",
			plain(together(eventAs(ListedPools)))},
		"POST /events/{id}/pools": {"add a pool to an event",
			plain(named(ofEvent((*visit).addPool)))},
		"PATCH /events/{id}/pools/{name}": {"change a pool",
			plain(keyless(ofEvent((*visit).patchPool)))},
		"GET /events/{id}/codes": {"list the access codes of an event",
			ofEvent((*visit).listCodes)},
		"POST /events/{id}/codes": {"add an access code to an event",
			plain(named(ofEvent((*visit).addCode)))},
		"PATCH /events/{id}/codes/{code}": {"take an access code out of use",
			plain(keyless(ofEvent((*visit).disableCode)))},

		"GET /bookings": {"list the bookings of one event or of all",
			(*visit).listBookings},
		"POST /bookings": {"book seats, or hold them for a while", plain((*visit).book)},
		"POST /bookings/batch": {"book or hold many at once, all or those that can be",
			plain((*visit).bookBatch)},
		"GET /bookings/check":       {"say whether seats can be booked", together((*visit).check)},
		"GET /bookings/{reference}": {"show a booking", plain(ofBooking((*visit).showBooking))},
		"DELETE /bookings/{reference}": {"give all or some seats back",
			bodiless(ofBooking((*visit).cancelBooking), cancelHow)},
		"POST /bookings/{reference}/confirm": {"make a hold final, all or a part of it",
			plain(ofBooking((*visit).confirm))},
		"POST /bookings/{reference}/extend": {"let a hold last longer",
			plain(ofBooking((*visit).extend))},
		"POST /bookings/{reference}/release": {"give the seats of a hold back",
			plain(ofBooking((*visit).release))},

		"POST /events/{id}/waitlist": {"wait for seats of an event", plain(ofEvent((*visit).join))},
		"GET /events/{id}/waitlist": {"list who waits for seats of an event",
			ofEvent((*visit).listWaitlist)},
		"GET /bookings/{reference}/wait": {"say why an entry of the waitlist waits",
			plain(ofBooking((*visit).explain))},
		"POST /bookings/{reference}/leave": {"give a place in the waitlist up",
			plain(ofBooking((*visit).leave))},
		"PATCH /bookings/{reference}": {"change the customer's data or the number of seats",
			plain(ofBooking((*visit).patchBooking))},
		"POST /bookings/{reference}/move": {"move a booking to another event or ticket type",
			plain(ofBooking((*visit).move))},
		"POST /bookings/{reference}/transfer": {"give a booking to another customer",
			plain(ofBooking((*visit).transfer))},

		"GET /openapi.yaml": {"show the contract of this API", plain(showContract("yaml"))},
		"GET /openapi.json": {"show the contract of this API as JSON",
			plain(showContract("json"))},
		"GET " + healthPath: {"say that the process is up", (*visit).healthy},
		"GET " + readyPath:  {"say whether requests can be served now", (*visit).ready},
	}
}

// handler answers a request, or gives the error that is to be answered.
type handler func(v *visit, w http.ResponseWriter, r *http.Request) error
