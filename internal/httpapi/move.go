package httpapi

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// Moved answers a booking that went to another event or ticket type.
func Moved(a booking.Amended) Envelope {
	return done(viewBooking(a.Booking), "moved booking %s, it has %s for event %d, %d left",
		a.Booking.Reference, booking.Seats(a.Booking.Quantity), a.Event.ID, a.Left)
}

// moveBody says where a booking goes.
type moveBody struct {
	event            int64
	ticketType, code string
}

func (b *moveBody) names() []string { return []string{"event_id", "type", "code"} }

// take reads one member.
func (b *moveBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "event_id":
		return b.takeEvent(value), true
	case "type":
		return readTypeName(value, &b.ticketType), true
	case "code":
		return readText(value, &b.code), true
	}
	return "", false
}

// takeEvent reads the number of an event. To the rules 0 means the event that the booking has.
func (b *moveBody) takeEvent(value jsontext.Value) (reason string) {
	reason = readID(value, &b.event)
	if reason == "" && b.event < 1 {
		return fmt.Sprintf("must be an event's number, 1 or more, got %d", b.event)
	}
	return reason
}

// move makes the seats of a booking those of another event or ticket type.
func (v *visit) move(w http.ResponseWriter, r *http.Request, ref booking.Reference) error {
	var f form
	var b moveBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	ask := booking.Move{
		Reference: ref,
		Event:     booking.Selector{ID: b.event},
		Type:      b.ticketType,
		Code:      b.code,
		Key:       v.key(r, &f),
	}
	amended, err := carryOut(r, &f, ask, v.store.Move)
	if err != nil {
		return err
	}
	return changed(w, amended.Replayed, Moved(amended))
}
