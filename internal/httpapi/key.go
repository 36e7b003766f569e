package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"evbook/internal/booking"
)

const keyHeader = "Idempotency-Key"

// minStrangersKey is the shortest key of who is not known, in characters. Whoever knows the key and
// the request of somebody else would be shown the secret of their booking.
const minStrangersKey = 16

// key reads the idempotency key of a visitor's request from the header, bare or between quotes;
// empty when there is none. Which other characters it may have is for the rules to say.
func (v visitor) key(r *http.Request, f *form) booking.Key {
	given := r.Header.Values(keyHeader)
	if len(given) == 0 {
		return booking.Key{}
	}
	if len(given) > 1 {
		f.complain("idempotency_key", "is given twice; give it once")
	}
	text := given[0]
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	switch {
	case text == "":
		f.complain("idempotency_key", "is empty; leave the header out, or name the request")
	case strings.Contains(text, `"`):
		f.complain("idempotency_key", "has a stray quote; write it bare, or between two quotes")
	case v.role.has(public) && len(text) < minStrangersKey:
		f.complain("idempotency_key", fmt.Sprintf("must have %d characters or more, that nobody "+
			"can guess, such as those of a random UUID", minStrangersKey))
	}
	return booking.Key{Scope: v.keys, Text: text}
}

// markReplay says of an answer that it was given before.
func markReplay(w http.ResponseWriter, replayed bool) {
	if replayed {
		w.Header().Set("Idempotency-Replayed", "true")
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
