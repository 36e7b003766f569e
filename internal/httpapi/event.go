package httpapi

import (
	"net/http"
	"strconv"

	"evbook/internal/booking"
)

func (v *visit) listEvents(w http.ResponseWriter, r *http.Request) error {
	query, err := v.readEventQuery(r)
	if err != nil {
		return err
	}
	events, err := v.store.Events(r.Context(), query)
	if err != nil {
		return err
	}
	return v.show(w, ListedEvents(events))
}

// eventAs shows an event, or what it is divided into, as an answer has it.
func eventAs(answer func(booking.Event) Envelope) reading {
	return func(v *visit, r *http.Request) (rendered, error) {
		sel, err := booking.ParseSelector(r.PathValue("id"))
		if err != nil {
			return rendered{}, err
		}
		event, err := v.store.Event(r.Context(), sel)
		if err != nil {
			return rendered{}, err
		}
		return v.pageAs(versionOf(event), answer(event)), nil
	}
}

func (v *visit) createEvent(w http.ResponseWriter, r *http.Request) error {
	var f form
	var b eventBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("name", "capacity")
	switch booking.EventStatus(b.status) {
	case "", booking.OpenEvent, booking.DraftEvent:
	default:
		f.complain("status", "must be open or draft, got "+strconv.Quote(clip(b.status)))
	}
	n := b.newEvent(&f, v.opts)
	n.Key = v.key(r, &f)
	c, err := carryOut(r, &f, n, v.store.CreateEvent)
	if err != nil {
		return err
	}
	location := "/events/" + strconv.FormatInt(c.Event.ID, 10)
	return created(w, location, c.Replayed, CreatedEvent(c))
}

func (v *visit) deleteEvent(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	event, err := v.store.DeleteEvent(r.Context(), sel)
	if err != nil {
		return err
	}
	return shown(w, DeletedEvent(event))
}
