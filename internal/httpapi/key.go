package httpapi

import (
	"net/http"
	"strings"

	"evbook/internal/booking"
)

// keyScope is who may use the idempotency keys that come through this door: everybody on the
// machine, and nobody else.
const keyScope = "local"

// idempotencyKey reads the header Idempotency-Key, bare or quoted; empty when there is none. Which
// characters it may have is for the rules to say.
func idempotencyKey(r *http.Request, f *form) booking.Key {
	given := r.Header.Values("Idempotency-Key")
	if len(given) == 0 {
		return booking.Key{}
	}
	if len(given) > 1 {
		f.complain("idempotency_key", "is given twice; give it once")
	}
	text := given[0]
	if bare, ok := strings.CutPrefix(text, `"`); ok {
		text = strings.TrimSuffix(bare, `"`)
	}
	if text == "" {
		f.complain("idempotency_key", "is empty; leave the header out, or name the request")
	}
	return booking.Key{Scope: keyScope, Text: text}
}

// created answers something new, or the same again for a repeated key.
func created(w http.ResponseWriter, location string, replayed bool, e Envelope) error {
	w.Header().Set("Location", location)
	if replayed {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	render(w, http.StatusCreated, e)
	return nil
}
