package httpapi

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// confirm makes a hold final.
func (v *visit) confirm(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	var f form
	var b amendBody
	if err := readOptionalBody(w, r, &f, &b); err != nil {
		return err
	}
	c := booking.Confirmation{
		Reference: ref,
		Part:      b.part(&f),
		Email:     b.email,
		Name:      b.name,
		Note:      b.note,
		Key:       v.key(r, &f),
	}
	returned, err := carryOut(r, &f, c, v.store.Confirm)
	if err != nil {
		return err
	}
	return changed(w, returned.Replayed, Confirmed(returned))
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
func (v *visit) extend(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	var f form
	var b extendBody
	if err := readOptionalBody(w, r, &f, &b); err != nil {
		return err
	}
	e := booking.Extension{Reference: ref, TTL: b.ttl, Key: v.key(r, &f)}
	extended, err := carryOut(r, &f, e, v.store.Extend)
	if err != nil {
		return err
	}
	return changed(w, extended.Replayed, Extended(extended))
}

// emptyBody is an object without members.
type emptyBody struct{}

func (emptyBody) names() []string { return nil }

// take knows no member.
func (emptyBody) take(string, jsontext.Value) (reason string, known bool) { return "", false }

// release gives all seats of a hold back.
func (v *visit) release(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	var f form
	if err := readOptionalBody(w, r, &f, emptyBody{}); err != nil {
		return err
	}
	ask := booking.Release{Reference: ref, Key: v.key(r, &f)}
	returned, err := carryOut(r, &f, ask, v.store.Release)
	if err != nil {
		return err
	}
	return changed(w, returned.Replayed, Released(returned))
}
