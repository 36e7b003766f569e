package httpapi

import (
	"net/http"
	"slices"
)

const (
	// sharedMethods and sharedHeaders are what scripts of listed origins may send.
	sharedMethods = "GET, HEAD, POST, PATCH, DELETE"
	sharedHeaders = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, " +
		"Last-Event-ID, X-Request-Id"
	// shownHeaders are what they may read of an answer, beside its body.
	shownHeaders = "Allow, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, " +
		"Retry-After, WWW-Authenticate, X-Request-Id"
	// preflightAge is for how many seconds a browser need not ask again.
	preflightAge = "600"
)

// listed says whether the request comes from a page that may use the door. Browsers write origins
// in one way only, so that equal bytes are the same origin.
func (d *door) listed(r *http.Request) bool {
	return slices.Contains(d.opts.Origins, r.Header.Get("Origin"))
}

// share lets the pages of listed origins read the answer. There are no credentials that a browser
// would add by itself, so none are allowed.
func (d *door) share(h http.Header, r *http.Request) {
	if len(d.opts.Origins) == 0 {
		return
	}
	// Whatever it says: an answer without permission must not be kept for those who have one.
	h.Add("Vary", "Origin")
	if d.listed(r) {
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		h.Set("Access-Control-Expose-Headers", shownHeaders)
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
}

// preflight answers a browser that asks, before the request itself, what a page may send. It is
// false for every other request, and for origins that are not listed.
func (d *door) preflight(answer *recorder, r *http.Request) bool {
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" ||
		!d.listed(r) {
		return false
	}
	h := answer.Header()
	h.Set("Access-Control-Allow-Methods", sharedMethods)
	h.Set("Access-Control-Allow-Headers", sharedHeaders)
	h.Set("Access-Control-Max-Age", preflightAge)
	answer.empty(http.StatusNoContent)
	return true
}
