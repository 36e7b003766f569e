package httpapi

import (
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// patchBody is a change of an event: of its details, or of its status.
type patchBody struct {
	eventBody
	cancelBookings bool
	reason         string
}

func (b *patchBody) names() []string {
	return append(b.eventBody.names(), "cancel_bookings", "reason")
}

func (b *patchBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "cancel_bookings":
		return readFlag(value, &b.cancelBookings), true
	case "reason":
		return readText(value, &b.reason), true
	}
	return b.eventBody.take(name, value)
}

func (v *visit) patchEvent(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b patchBody
	if err := readPatch(w, r, &f, &b); err != nil {
		return err
	}
	if b.status != string(booking.CancelledEvent) {
		for _, name := range []string{"cancel_bookings", "reason"} {
			if f.has(name) {
				f.complain(name, `goes only with "status": "cancelled"`)
			}
		}
	}
	if f.has("status") {
		return v.patchStatus(w, r, sel, &f, b)
	}
	return v.patchDetails(w, r, sel, &f, b.eventBody)
}

// patchStatus opens, closes or cancels an event.
func (v *visit) patchStatus(
	w http.ResponseWriter, r *http.Request, sel booking.Selector, f *form, b patchBody,
) error {
	for _, name := range f.seen {
		if name != "status" && name != "cancel_bookings" && name != "reason" {
			f.complain(name, "cannot change along with the status; send two requests")
		}
	}
	status := booking.EventStatus(b.status)
	switch status {
	case booking.OpenEvent, booking.ClosedEvent, booking.CancelledEvent:
	default:
		f.complain("status", "must be open, closed or cancelled, got "+
			strconv.Quote(clip(b.status)))
	}
	if err := f.err(); err != nil {
		return err
	}
	if status == booking.CancelledEvent {
		called, err := unhurried(w, func() (booking.CalledOff, error) {
			return v.store.CancelEvent(r.Context(), sel, b.cancelBookings, b.reason)
		})
		if err != nil {
			return err
		}
		return shown(w, CalledOff(called))
	}
	set, answer := v.store.OpenEvent, OpenedEvent
	if status == booking.ClosedEvent {
		set, answer = v.store.CloseEvent, ClosedEvent
	}
	event, err := set(r.Context(), sel)
	if err != nil {
		return err
	}
	return shown(w, answer(event))
}

// patchDetails changes what the body names and leaves the rest as it is.
func (v *visit) patchDetails(
	w http.ResponseWriter, r *http.Request, sel booking.Selector, f *form, b eventBody,
) error {
	if err := f.err(); err != nil {
		return err
	}
	edit := booking.Edit{
		Slug:        given(f, "slug", &b.slug),
		Name:        given(f, "name", &b.name),
		Description: given(f, "description", &b.description),
		Venue:       given(f, "venue", &b.venue),
		Zone:        given(f, "timezone", &b.timezone),
		Capacity:    given(f, "capacity", &b.capacity),
		Price:       given(f, "price", &b.price),
		Currency:    given(f, "currency", &b.currency),
		StartsAt:    given(f, "starts_at", &b.startsAt),
		EndsAt:      given(f, "ends_at", &b.endsAt),
	}
	b.saleBody.edit(f, &edit)
	event, err := v.store.EditEvent(r.Context(), sel, edit)
	if err != nil {
		return err
	}
	return shown(w, EditedEvent(event))
}
