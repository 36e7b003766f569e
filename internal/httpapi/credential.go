package httpapi

import (
	"net/http"
	"strings"

	"evbook/internal/booking"
)

// visitor is who makes a request.
type visitor struct {
	role   role
	caller booking.Caller
	// keys is the scope of the visitor's idempotency keys.
	keys string
	// from is the client whose requests are counted: a token or an address; "" for the owner.
	from string
}

// Actor is who stands in the journal behind a change that came over HTTP; a colon and the name
// of the token follow if there was one.
const Actor = "http"

// theOwner is everybody who reaches an open server.
func theOwner() visitor {
	return visitor{
		role: owner, caller: booking.Caller{Actor: Actor}, keys: booking.LocalScope,
	}
}

// aStranger is who shows nothing.
func aStranger() visitor {
	return visitor{
		role: stranger, keys: "public",
		caller: booking.Caller{Actor: Actor, Scope: booking.Scope{Public: true}},
	}
}

// bearer is who shows a token.
type bearer struct {
	booking.Token
	visitor
}

// bearerOf is who shows a token of which all is known.
func bearerOf(t booking.Token) bearer {
	v := visitor{
		role: organiser, keys: t.KeyScope(),
		caller: booking.Caller{Actor: Actor + ":" + t.Name, Scope: t.Scope()},
	}
	switch {
	case t.Role == booking.Door:
		v.role = doorkeeper
	case t.Events == nil:
		v.role = manager
	}
	return bearer{t, v}
}

// identify finds out who makes a request, of a door that is open or not. It refuses credentials
// that are wrong with [booking.Unauthenticated], whatever the route: who sends some relies on them.
func (d *door) identify(r *http.Request, open bool) (visitor, error) {
	if open {
		return theOwner(), nil
	}
	text, err := authorization(r.Header)
	switch {
	case err != nil:
		return visitor{}, err
	case text == "":
		return aStranger(), nil
	case strings.HasPrefix(text, booking.SecretHead):
		return d.guest(r, text)
	}
	return d.bearer(r, text)
}

// still says whether the visitor of a request that takes long is who it was: the token may have
// been revoked meanwhile, or the first one made.
func (v *visit) still(r *http.Request) bool {
	var who visitor
	open, err := v.open(r)
	if err == nil {
		who, err = v.identify(r, open)
	}
	if err != nil {
		return booking.KindOf(err) != booking.Unauthenticated
	}
	return who.role == v.role
}

// open says whether everybody is served as the owner.
func (d *door) open(r *http.Request) (bool, error) {
	if !d.opts.Open {
		return false, nil
	}
	known, err := d.tokens.current(r.Context(), d.store)
	return known.none(), err
}

// authorization is what stands in the header of that name; "" when there is none.
func authorization(h http.Header) (string, error) {
	given := h.Values("Authorization")
	if len(given) == 0 {
		return "", nil
	}
	scheme, text, _ := strings.Cut(given[0], " ")
	if len(given) > 1 || !strings.EqualFold(scheme, "Bearer") || text == "" {
		return "", booking.Errorf(booking.Unauthenticated,
			"the header Authorization is not understood").
			WithHint("send it once, as Authorization: Bearer and a token or a booking's secret")
	}
	return text, nil
}

// guest is who has the secret of the booking that a request is about. Where it is about none, a
// secret opens nothing. A wrong one and a booking that is not there are the same.
func (d *door) guest(r *http.Request, text string) (visitor, error) {
	v := aStranger()
	secret, err := booking.ParseSecret(text)
	if err != nil {
		return v, err
	}
	named := r.PathValue("reference")
	if named == "" {
		return v, nil
	}
	ref, err := booking.ParseReference(named)
	if err != nil {
		return v, err
	}
	v.caller.Scope, err = d.store.GuestScope(r.Context(), ref, secret)
	v.role = guest
	return v, err
}

// bearer is who has a token. It refuses with [booking.Unauthenticated] what is no token, or none
// that is good; an unknown one takes as long as a wrong one.
func (d *door) bearer(r *http.Request, text string) (visitor, error) {
	shown, err := booking.ParseToken(text)
	if err != nil {
		return visitor{}, err
	}
	now := d.opts.Now()
	known, err := d.tokens.current(r.Context(), d.store)
	if err == nil && !known[shown.ID].Accepts(shown, now) {
		known, err = d.tokens.latest(r.Context(), d.store) // it may be brand-new
		if err == nil && !known[shown.ID].Accepts(shown, now) {
			err = booking.Errorf(booking.Unauthenticated,
				"the token is unknown, has expired or was revoked").
				WithHint("ask who gave it to you for another one")
		}
	}
	if err != nil {
		return visitor{}, err
	}
	d.opts.Uses.note(shown.ID)
	return known[shown.ID].visitor, nil
}
