package httpapi

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// eventBody is what a client may say about an event. Prices and times stay text until the currency
// and the zone are known, which may come after them.
type eventBody struct {
	slug, name, description, venue, status string
	timezone, startsAt, endsAt             string
	price, currency                        string
	capacity                               int
}

func (b *eventBody) names() []string {
	return []string{
		"name", "capacity", "price", "currency", "slug", "description", "venue", "starts_at",
		"ends_at", "timezone", "status",
	}
}

// take reads one member. Null is taken where the answer has null too.
func (b *eventBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "name":
		return readText(value, &b.name), true
	case "capacity":
		return readCount(value, &b.capacity), true
	case "price":
		return readAmount(value, &b.price), true
	case "currency":
		return readText(value, &b.currency), true
	case "slug":
		return readTextOrNull(value, &b.slug), true
	case "description":
		return readText(value, &b.description), true
	case "venue":
		return readText(value, &b.venue), true
	case "starts_at":
		return readWhen(value, &b.startsAt), true
	case "ends_at":
		return readWhen(value, &b.endsAt), true
	case "timezone":
		return readText(value, &b.timezone), true
	case "status":
		return readText(value, &b.status), true
	}
	return "", false
}

// readWhen reads the text of a time, or null for none.
func readWhen(value jsontext.Value, into *string) (reason string) {
	reason = readTextOrNull(value, into)
	if reason == "" && *into == "" && value.Kind() == '"' {
		return "is empty; use null for no time"
	}
	return reason
}

// defaults are what counts where an event's body says nothing.
type defaults struct {
	zone, currency string
	now            time.Time
}

// details makes sense of the body. What is bad goes to the form, and the default takes its place
// so that the rest can be looked at too.
func (b *eventBody) details(f *form, or defaults) booking.EventDetails {
	details := booking.EventDetails{
		Name:        b.name,
		Description: b.description,
		Venue:       b.venue,
		Capacity:    b.capacity,
		Price:       b.money(f, or.currency),
		Zone:        or.zone,
	}
	if f.has("timezone") {
		if _, err := booking.LoadZone(b.timezone); err != nil {
			f.reasonOf("timezone", err)
		} else {
			details.Zone = b.timezone
		}
	}
	zone, err := booking.LoadZone(details.Zone)
	if err != nil {
		f.reasonOf("timezone", err)
		zone = time.UTC
	}
	details.StartsAt = when(f, "starts_at", b.startsAt, zone, or.now)
	details.EndsAt = when(f, "ends_at", b.endsAt, zone, or.now)
	return details
}

// money reads the price; none means that seats are free.
func (b *eventBody) money(f *form, currency string) booking.Money {
	if f.has("currency") {
		code, err := booking.ParseCurrency(b.currency)
		f.reasonOf("currency", err)
		if err == nil {
			currency = code
		}
	}
	if !f.has("price") {
		return booking.Money{Currency: currency}
	}
	price, err := booking.ParseMoney(b.price, currency)
	f.reasonOf("price", err)
	if err != nil {
		return booking.Money{Currency: currency}
	}
	return price
}

// when reads a time; empty text is none.
func when(f *form, name, text string, zone *time.Location, now time.Time) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := booking.ParseWhen(text, zone, now)
	f.reasonOf(name, err)
	return t
}
