package httpapi

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// RowFields are the fields that one row of a request for many bookings may have. Only the quantity
// or the lines are always needed; the event is, unless the request names one for all rows.
func RowFields() []string {
	return append(new(bookBody).names(), "idempotency_key")
}

// rowBody asks for seats, as one row of many.
type rowBody struct {
	bookBody
	selector booking.Selector
	// named is true when there is an event, whatever its value.
	named bool
	key   string
}

func (b *rowBody) names() []string { return RowFields() }

// take reads one member. An event may be named by its slug too.
func (b *rowBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "event_id":
		return b.takeEvent(value), true
	case "idempotency_key":
		if reason := readTextOrNull(value, &b.key); reason != "" {
			return reason, true
		}
		if b.key == "" && value.Kind() == '"' {
			return "is empty; leave it out, or name the request", true
		}
		return "", true
	}
	return b.bookBody.take(name, value)
}

func (b *rowBody) takeEvent(value jsontext.Value) (reason string) {
	if value.Kind() == 'n' {
		return ""
	}
	b.named, b.selector = true, booking.Selector{}
	if value.Kind() != '"' {
		return readID(value, &b.selector.ID)
	}
	selector, err := booking.ParseSelector(unquote(value))
	if err != nil {
		return err.Error()
	}
	b.selector = selector
	return ""
}

// ReadRow reads one row of a request for many bookings from a text that has to be one JSON object,
// as strictly as the body of a request. The event is that of rows that name none; the zero selector
// stands for none. Errors: Invalid, with all that is wrong.
func ReadRow(text []byte, event booking.Selector) (booking.Request, error) {
	var f form
	b := rowBody{selector: event, named: event != booking.Selector{}}
	if err := readObject(bytes.NewBuffer(text), "the row", &f, &b); err != nil {
		return booking.Request{}, err
	}
	if !b.named {
		f.complain("event_id", "is missing")
	}
	request := b.request(&f, b.selector, booking.Key{Scope: booking.LocalScope, Text: b.key})
	f.note(request.Validate())
	return request, f.err()
}
