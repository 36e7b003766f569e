package httpapi

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// saleBody is what a client may say about how the seats of an event are sold.
type saleBody struct {
	salesOpen, salesClose, waitlist string
	maxPerBooking, maxPerCustomer   int
	codeRequired                    bool
	offerTTL                        time.Duration
}

func (b *saleBody) names() []string {
	return []string{
		"sales_open", "sales_close", "max_per_booking", "max_per_customer", "code_required",
		"waitlist", "offer_ttl_seconds",
	}
}

// take reads one member. Null is taken where the answer has null too.
func (b *saleBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "sales_open":
		return readWhen(value, &b.salesOpen), true
	case "sales_close":
		return readWhen(value, &b.salesClose), true
	case "max_per_booking":
		return readCountOrNull(value, &b.maxPerBooking), true
	case "max_per_customer":
		return readCountOrNull(value, &b.maxPerCustomer), true
	case "code_required":
		return readFlag(value, &b.codeRequired), true
	case "waitlist":
		return readPolicy(value, &b.waitlist), true
	case "offer_ttl_seconds":
		return readSeconds(value, booking.MaxOfferTTL, &b.offerTTL), true
	}
	return "", false
}

// readPolicy reads the policy of a waitlist. To the rules the empty text is their default, so it is
// refused here with all other words that are none.
func readPolicy(value jsontext.Value, into *string) (reason string) {
	if reason := readText(value, into); reason != "" {
		return reason
	}
	if !slices.Contains(booking.Policies(), booking.Policy(*into)) {
		return fmt.Sprintf("must be %s or %s, got %s", booking.Strict, booking.Skip,
			strconv.Quote(clip(*into)))
	}
	return ""
}

// edit adds what the body says to a change of an event.
func (b *saleBody) edit(f *form, into *booking.Edit) {
	into.SalesOpen = given(f, "sales_open", &b.salesOpen)
	into.SalesClose = given(f, "sales_close", &b.salesClose)
	into.MaxPerBooking = given(f, "max_per_booking", &b.maxPerBooking)
	into.MaxPerCustomer = given(f, "max_per_customer", &b.maxPerCustomer)
	into.CodeRequired = given(f, "code_required", &b.codeRequired)
	into.OfferTTL = given(f, "offer_ttl_seconds", &b.offerTTL)
	policy := booking.Policy(b.waitlist)
	into.Waitlist = given(f, "waitlist", &policy)
}
