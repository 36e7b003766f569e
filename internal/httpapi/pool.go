package httpapi

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// poolView is a pool as JSON.
type poolView struct {
	EventID  int64  `json:"event_id"`
	Name     string `json:"name"`
	Capacity int    `json:"capacity"`
	// Available is how many seats can be booked now, as far as the pool goes; the event may have
	// fewer.
	Available int `json:"available"`
	Held      int `json:"held"`
	Confirmed int `json:"confirmed"`
	Waiting   int `json:"waiting"`
}

func viewPool(e booking.Event, p booking.Pool) poolView {
	return poolView{
		EventID: e.ID, Name: p.Name, Capacity: p.Capacity, Available: e.AvailableIn(p),
		Held: p.Held, Confirmed: p.Confirmed, Waiting: p.Waiting,
	}
}

// viewPools are the pools of an event, as far as they were read.
func viewPools(e booking.Event) []poolView {
	var views []poolView
	for _, p := range e.Pools {
		views = append(views, viewPool(e, p))
	}
	return views
}

// PoolRecord is a pool of an event as a row.
func PoolRecord(e booking.Event, p booking.Pool) Record { return RecordOf(viewPool(e, p)) }

// AddedPool answers a pool added to an event.
func AddedPool(a booking.PoolAnswer) Envelope {
	return done(viewPool(a.Event, a.Pool), "added pool %q with %s to event %d", a.Pool.Name,
		booking.Seats(a.Pool.Capacity), a.Event.ID)
}

// EditedPool answers a change of a pool.
func EditedPool(a booking.PoolAnswer) Envelope {
	return done(viewPool(a.Event, a.Pool), "saved pool %q of event %d, %d of %s left", a.Pool.Name,
		a.Event.ID, a.Event.AvailableIn(a.Pool), booking.Seats(a.Pool.Capacity))
}

// ListedPools shows the pools of an event.
func ListedPools(e booking.Event) Envelope {
	views := append([]poolView{}, viewPools(e)...)
	return listed(views, "", count(len(views), "pool", "pools"))
}

// poolBody is what a client may say about a pool.
type poolBody struct {
	name     string
	capacity int
}

func (b *poolBody) names() []string { return []string{"name", "capacity"} }

// take reads one member.
func (b *poolBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "name":
		return readText(value, &b.name), true
	case "capacity":
		return readCount(value, &b.capacity), true
	}
	return "", false
}

func (v *visit) addPool(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b poolBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("name", "capacity")
	if err := f.err(); err != nil {
		return err
	}
	added, err := v.store.AddPool(r.Context(), booking.NewPool{
		Event: sel, Name: b.name, Capacity: b.capacity,
	})
	if err != nil {
		return err
	}
	return created(w, partOf(added.Event, "pools", added.Pool.Name), false, AddedPool(added))
}

// patchPool changes what the body names of a pool, and leaves the rest as it is.
func (v *visit) patchPool(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b poolBody
	if err := readPatch(w, r, &f, &b); err != nil {
		return err
	}
	if err := f.err(); err != nil {
		return err
	}
	edited, err := v.store.EditPool(r.Context(), booking.PoolEdit{
		Event:    sel,
		Pool:     r.PathValue("name"),
		Name:     given(&f, "name", &b.name),
		Capacity: given(&f, "capacity", &b.capacity),
	})
	if err != nil {
		return err
	}
	return shown(w, EditedPool(edited))
}
