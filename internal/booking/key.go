package booking

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// KeyLife is how long an idempotency key is remembered.
const KeyLife = 24 * time.Hour

// maxKey is the longest idempotency key, as Stripe has it (docs.stripe.com, idempotent requests).
const maxKey = 255

// LocalScope is the scope of the keys of everybody who may use the database or the server on this
// machine. It is one for both doors, so that a request can be repeated through the other.
const LocalScope = "local"

// Key is an idempotency key: a name that the caller gives to a request, so that repeating it has
// no second effect. Keys of different scopes never meet.
type Key struct {
	// Scope is who may use the key; one caller cannot read another's answer by guessing its key.
	Scope string
	// Text is the caller's own part, 1 to 255 visible ASCII characters; empty means no key.
	Text string
}

func (k Key) validate() string {
	if len(k.Text) > maxKey {
		return fmt.Sprintf("is %d characters long, at most %d are allowed", len(k.Text), maxKey)
	}
	for i := range len(k.Text) {
		if c := k.Text[i]; c <= ' ' || c > '~' {
			return fmt.Sprintf("has %q at position %d; use visible ASCII characters without spaces",
				c, i+1)
		}
	}
	return ""
}

// Fingerprint is the SHA-256 of what a request asks for.
type Fingerprint [sha256.Size]byte

// fingerprint hashes the parts of a request. Without a key nobody will ask for it.
func fingerprint(key Key, parts ...any) Fingerprint {
	if key.Text == "" {
		return Fingerprint{}
	}
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // the parts are strings, numbers and times: they always encode
	}
	return sha256.Sum256(text)
}

// fingerprint hashes the parts of a request about a part of a booking. Lines count only if there
// are any, so that keys of former versions keep their meaning.
func (p Part) fingerprint(key Key, parts ...any) Fingerprint {
	if len(p.Lines) > 0 {
		parts = append(parts, p.Lines)
	}
	return fingerprint(key, parts...)
}

// Used is a remembered key: what it was used for, and what was answered.
type Used struct {
	Key         Key
	Fingerprint Fingerprint
	At          time.Time
	// Booking or EventID is what the request made.
	Booking Reference
	EventID int64
	// Answer is the part of the answer that must be repeated even if things change, as JSON.
	Answer []byte
}

func (u Used) thaw(into any) error {
	if err := json.Unmarshal(u.Answer, into); err != nil {
		return fmt.Errorf("stored answer of an idempotency key: %w", err)
	}
	return nil
}

// remembered looks a key up that has not outlived its time.
func (d *Draft) remembered(key Key) (Used, bool) {
	u, ok := d.keys[key]
	return u, ok && key.Text != "" && d.now.Sub(u.At) <= KeyLife
}

// used looks up what a request was answered before. It refuses with [KeyReused] when the key
// belongs to another request.
func (d *Draft) used(key Key, print Fingerprint) (Used, bool, error) {
	u, ok := d.remembered(key)
	if !ok {
		return Used{}, false, nil
	}
	if u.Fingerprint != print {
		return Used{}, false, Errorf(KeyReused,
			"idempotency key %q was used with another request", key.Text).
			WithHint("use a new key for a new request")
	}
	return u, true, nil
}

// once carries a request out. When its key was used before, it is replayed instead.
func once[A any](
	d *Draft, key Key, print Fingerprint, replay func(Used) (A, error), carryOut func() (A, error),
) (answer A, err error) {
	used, again, err := d.used(key, print)
	switch {
	case err != nil:
		return answer, err
	case again:
		return replay(used)
	}
	return carryOut()
}

// keyUse is the use of a key by a command that is not over yet.
type keyUse struct {
	Used
	// answer gives what is to be kept, when all is done that followed from the command.
	answer func(*Sheet) any
}

// remember keeps the answer of a request for what it made or changed under its key.
func (d *Draft) remember(key Key, print Fingerprint, of Used, answer func(*Sheet) any) {
	if key.Text == "" {
		return
	}
	of.Key, of.Fingerprint, of.At = key, print, d.now
	d.newKeys = append(d.newKeys, keyUse{of, answer})
}

// keep makes the keys that a draft has used part of the sheet.
func (s *Sheet) keep(uses []keyUse) {
	for _, u := range uses {
		if u.answer != nil { // nil where it is known, because rows on a fork have used the key
			text, err := json.Marshal(u.answer(s))
			if err != nil {
				panic(err) // answers are plain values: they always encode
			}
			u.Answer = text
		}
		s.keys[u.Key] = u.Used
		s.newKeys = append(s.newKeys, u.Used)
	}
}
