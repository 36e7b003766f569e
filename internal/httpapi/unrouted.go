package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"evbook/internal/booking"
)

// allMethods are the methods that some address or other takes.
const allMethods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST"

// answerUnrouted puts the mux's own answer into our words. A redirect is none of ours: it would be
// followed with another method or without the body by some clients.
func (d *door) answerUnrouted(w *recorder, r *http.Request) {
	w.Header().Del("Location") // that of a redirect, which goes nowhere
	if w.status != http.StatusMethodNotAllowed {
		d.refuse(w, r, booking.Errorf(booking.NotFound, "no such address: %s", clip(r.URL.Path)).
			WithHint("there are /events, /bookings and /bookings/check"))
		return
	}
	routed := w.Header().Get("Allow")
	methods := append(strings.Split(routed, ", "), http.MethodOptions)
	slices.Sort(methods)
	allow := strings.Join(methods, ", ")
	if r.Method == http.MethodOptions {
		offer(w, allow)
		return
	}
	w.Header().Set("Allow", allow)
	d.refuse(w, r, &refusal{
		status: http.StatusMethodNotAllowed,
		code:   "method_not_allowed",
		message: fmt.Sprintf("%s does not take %s, only %s", clip(r.URL.Path), clip(r.Method),
			routed),
	})
}

// offer answers which methods there are.
func offer(w http.ResponseWriter, allow string) {
	w.Header().Del("Content-Type") // that of the mux's own answer
	w.Header().Set("Allow", allow)
	w.WriteHeader(http.StatusNoContent)
}
