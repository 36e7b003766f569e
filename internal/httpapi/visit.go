package httpapi

import (
	"net/http"
	"sync"

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
func (d *door) countRequest(answer *recorder, r *http.Request) error {
	if open, err := d.open(r); err != nil || open {
		return err
	}
	return d.limits.count(answer.Header(), anyRequest, networkOf(answer.client))
}

// countVisit counts a request of somebody who is known by now: by the token, else by the address.
func (d *door) countVisit(answer *recorder, r *http.Request, who visitor) error {
	switch who.role {
	case owner:
		return nil
	case doorkeeper:
		return d.limits.count(answer.Header(), byDoor, who.keys)
	case organiser, manager:
		return d.limits.count(answer.Header(), byOrganiser, who.keys)
	}
	return d.limits.count(answer.Header(), strangers(r), networkOf(answer.client))
}

// suspect counts credentials that are wrong, and hears no more of them from an address that has
// shown too many. Right ones are taken from there all the same: who shares the address with a
// guesser must not be locked out.
func (d *door) suspect(answer *recorder, err error) error {
	if booking.KindOf(err) != booking.Unauthenticated {
		return err
	}
	from := networkOf(answer.client)
	if barred := d.limits.barred(answer.Header(), from); barred != nil {
		return barred
	}
	d.limits.failed(from)
	return err
}

// TokenUses remembers which tokens were shown, until that is written down. The zero value is ready.
type TokenUses struct {
	mu  sync.Mutex
	ids map[int64]bool
}

// note remembers that a token was shown; nil remembers nothing.
func (u *TokenUses) note(id int64) {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ids == nil {
		u.ids = map[int64]bool{}
	}
	u.ids[id] = true
}

// Taken gives the numbers of the tokens that were shown since it was called last.
func (u *TokenUses) Taken() (ids []int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id := range u.ids {
		ids = append(ids, id)
	}
	clear(u.ids)
	return ids
}
