package httpapi

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// confirmBody says what of a hold is made final, and for whom.
type confirmBody struct {
	customer
	partBody
}

func (b *confirmBody) names() []string {
	return []string{"quantity", "user_email", "name", "note", "lines"}
}

// take reads one member. Null keeps what is there.
func (b *confirmBody) take(name string, value jsontext.Value) (reason string, known bool) {
	if reason, known := b.partBody.take(name, value); known {
		return reason, true
	}
	return b.customer.take(name, value)
}

// confirm makes a hold final.
func (v *visit) confirm(w http.ResponseWriter, r *http.Request) error {
	reference, err := booking.ParseReference(r.PathValue("reference"))
	if err != nil {
		return err
	}
	var f form
	var b confirmBody
	if err := readOptionalBody(w, r, &f, &b); err != nil {
		return err
	}
	c := booking.Confirmation{
		Reference: reference,
		Part:      b.part(&f),
		Email:     b.email,
		Name:      b.name,
		Note:      b.note,
		Key:       v.key(r, &f),
	}
	f.note(c.Validate())
	if err := f.err(); err != nil {
		return err
	}
	returned, err := v.store.Confirm(r.Context(), c)
	if err != nil {
		return err
	}
	markReplay(w, returned.Replayed)
	return shown(w, Confirmed(returned))
}

// extendBody says for how long seats are held from now on.
type extendBody struct{ ttl time.Duration }

func (b *extendBody) names() []string { return []string{"ttl_seconds"} }

// take reads one member.
func (b *extendBody) take(name string, value jsontext.Value) (reason string, known bool) {
	if name == "ttl_seconds" {
		return readTTL(value, &b.ttl), true
	}
	return "", false
}

// extend lets a hold lapse later.
func (v *visit) extend(w http.ResponseWriter, r *http.Request) error {
	reference, err := booking.ParseReference(r.PathValue("reference"))
	if err != nil {
		return err
	}
	var f form
	var b extendBody
	if err := readOptionalBody(w, r, &f, &b); err != nil {
		return err
	}
	e := booking.Extension{Reference: reference, TTL: b.ttl, Key: v.key(r, &f)}
	f.note(e.Validate())
	if err := f.err(); err != nil {
		return err
	}
	extended, err := v.store.Extend(r.Context(), e)
	if err != nil {
		return err
	}
	markReplay(w, extended.Replayed)
	return shown(w, Extended(extended))
}

// emptyBody is an object without members.
type emptyBody struct{}

func (emptyBody) names() []string { return nil }

// take knows no member.
func (emptyBody) take(string, jsontext.Value) (reason string, known bool) { return "", false }

// release gives all seats of a hold back.
func (v *visit) release(w http.ResponseWriter, r *http.Request) error {
	reference, err := booking.ParseReference(r.PathValue("reference"))
	if err != nil {
		return err
	}
	var f form
	if err := readOptionalBody(w, r, &f, emptyBody{}); err != nil {
		return err
	}
	ask := booking.Release{Reference: reference, Key: v.key(r, &f)}
	f.note(ask.Validate())
	if err := f.err(); err != nil {
		return err
	}
	returned, err := v.store.Release(r.Context(), ask)
	if err != nil {
		return err
	}
	markReplay(w, returned.Replayed)
	return shown(w, Released(returned))
}
