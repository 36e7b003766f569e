package httpapi

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// eventBody is what a client may say about an event. Prices and times stay text until the currency
// and the zone are known, which may come after them, or lie in the database.
type eventBody struct {
	slug, name, description, venue, status string
	timezone, startsAt, endsAt             string
	price, currency                        string
	capacity                               int
	saleBody
}

func (b *eventBody) names() []string {
	return append([]string{
		"name", "capacity", "price", "currency", "slug", "description", "venue", "starts_at",
		"ends_at", "timezone", "status",
	}, b.saleBody.names()...)
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
		return readWordOrNull(value, &b.slug, "slug"), true
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
	return b.saleBody.take(name, value)
}

// readWhen reads the text of a time, or null for none.
func readWhen(value jsontext.Value, into *string) (reason string) {
	return readWordOrNull(value, into, "time")
}

// newEvent makes sense of the body. What is bad goes to the form, and a default takes its place so
// that the rest can be looked at too.
func (b *eventBody) newEvent(f *form, or Options) booking.NewEvent {
	n := booking.NewEvent{
		Slug: b.slug,
		EventDetails: booking.EventDetails{
			Name:        b.name,
			Description: b.description,
			Venue:       b.venue,
			Capacity:    b.capacity,
			Price:       b.money(f, or.Currency),
			Zone:        or.Zone,

			MaxPerBooking:  b.maxPerBooking,
			MaxPerCustomer: b.maxPerCustomer,
			CodeRequired:   b.codeRequired,
			Waitlist:       booking.Policy(b.waitlist),
			OfferTTL:       b.offerTTL,
		},
		StartsText:     b.startsAt,
		EndsText:       b.endsAt,
		SalesOpenText:  b.salesOpen,
		SalesCloseText: b.salesClose,
		Draft:          b.status == string(booking.DraftEvent),
	}
	if f.has("timezone") {
		n.Zone = b.timezone
	}
	zone, err := booking.LoadZone(n.Zone)
	if err != nil {
		f.reasonOf("timezone", err)
		zone = time.UTC
	}
	now := or.Now()
	n.StartsAt = when(f, "starts_at", b.startsAt, zone, now)
	n.EndsAt = when(f, "ends_at", b.endsAt, zone, now)
	n.SalesOpen = when(f, "sales_open", b.salesOpen, zone, now)
	n.SalesClose = when(f, "sales_close", b.salesClose, zone, now)
	return n
}

// money reads the price; none means that seats are free.
func (b *eventBody) money(f *form, currency string) booking.Money {
	if f.has("currency") {
		currency = b.currency
	}
	code, err := booking.ParseCurrency(currency)
	if err != nil {
		f.reasonOf("currency", err)
		code = defaultCurrency
	}
	free := booking.Money{Currency: code}
	if !f.has("price") {
		return free
	}
	price, err := booking.ParseMoney(b.price, code)
	if err != nil {
		f.reasonOf("price", err)
		return free
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
