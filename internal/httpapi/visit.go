package httpapi

import (
	"net/http"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// visit is one request on its way through the door.
type visit struct {
	*door
	visitor
	// store is the database as the visitor may see and change it.
	store *storage.Store
}

// countRequest counts whatever comes from an address, unless everybody is the owner.
func (d *door) countRequest(answer *recorder) error {
	if answer.open {
		return nil
	}
	return d.limits.count(answer.Header(), anyRequest, answer.network)
}

// countVisit counts a request of somebody who is known by now: by the token, or else by the
// address.
func (d *door) countVisit(answer *recorder, r *http.Request, who *visitor) error {
	if who.role == owner {
		return nil
	}
	class, from := strangers(r), answer.network
	switch who.role {
	case doorkeeper:
		class, from = byDoor, who.keys
	case organiser, manager:
		class, from = byOrganiser, who.keys
	}
	who.from = from
	return d.limits.count(answer.Header(), class, from)
}

// suspect counts a wrong credential or access code, and hears no more of them from an address that
// has shown too many. Right ones are taken from there all the same: who shares the address with a
// guesser must not be locked out.
func (d *door) suspect(h http.Header, from string) error {
	if barred := d.limits.barred(h, from); barred != nil {
		return barred
	}
	d.limits.failed(from)
	return nil
}

// suspectCode does the same when strangers are refused because there is no such access code.
func (v *visit) suspectCode(h http.Header, refused error) error {
	if v.role.has(public) && booking.IsNoCode(refused) {
		return v.suspect(h, v.from)
	}
	return nil
}
