package httpapi

import (
	"net/http"

	"evbook/internal/booking"
)

// unconditional refuses changes under a condition: one that is ignored overwrites what somebody
// else changed meanwhile. On a request that only reads, the full answer is always a right one.
func unconditional(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	for _, name := range []string{"If-Match", "If-None-Match", "If-Unmodified-Since"} {
		if len(r.Header.Values(name)) > 0 {
			return booking.Errorf(booking.Invalid, "conditional requests are not served, "+
				"this one has the header %s", name).
				WithHint("leave the header out, the change is then made whatever the state")
		}
	}
	return nil
}

// bodiless guards a handler that takes no body; instead says where its content belongs.
func bodiless(h handler, instead string) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		// A body sent in chunks has no length yet, and counts as one without being read.
		if r.ContentLength != 0 {
			return booking.Errorf(booking.Invalid, "%s takes no body", r.Method).
				WithHint("%s", instead)
		}
		return h(v, w, r)
	}
}

// keyless guards a handler that remembers no idempotency keys. It sets a state, which is safe to
// repeat at once; but repeated after somebody else's change it would undo that, and a client that
// sends a key relies on the repetition to have no effect.
func keyless(h handler) handler {
	return refuseKey(h, "to set the same again changes nothing")
}

// named guards a handler that remembers no idempotency keys either. It adds something under a name
// that is unique, so that a repetition is refused and adds nothing.
func named(h handler) handler {
	return refuseKey(h, "what has a name is added once, a repetition is refused")
}

// refuseKey refuses an idempotency key, and says why none is needed.
func refuseKey(h handler, why string) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		if len(r.Header.Values(keyHeader)) > 0 {
			return booking.Errorf(booking.Invalid, "%s of an event takes no %s", r.Method,
				keyHeader).WithHint("leave the header out: %s", why)
		}
		return h(v, w, r)
	}
}
