package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"evbook/internal/booking"
)

// The JSON names of fields whose flags are called otherwise.
const (
	fieldEvent       = "event_id"
	fieldQuantity    = "quantity"
	fieldEmail       = "user_email"
	fieldZone        = "timezone"
	fieldCurrency    = "currency"
	fieldAddr        = "addr"
	fieldTLSCert     = "tls_cert"
	fieldTLSKey      = "tls_key"
	fieldRequireSync = "require_sync"
	fieldKey         = "idempotency_key"
	fieldHold        = "hold"
	fieldTTL         = "ttl_seconds"
	fieldType        = "type"
	fieldLines       = "lines"
	fieldCode        = "code"
	fieldOfferTTL    = "offer_ttl_seconds"
	fieldTypes       = "types"
	fieldOverlap     = "overlap_seconds"

	fieldCancelBookings = "cancel_bookings"
)

// form reads what was typed and gathers all that is wrong with it, so that everything is told at
// once, under the JSON names of the fields.
type form struct{ bad booking.Fields }

// require notes a field that was left out.
func (f *form) require(name, text string) bool {
	if text == "" {
		f.bad.Add(name, "is missing")
	}
	return text != ""
}

// fail notes why a field cannot be used; nil notes nothing.
func (f *form) fail(name string, err error) {
	if err != nil {
		f.bad.Add(name, err.Error())
	}
}

// err is everything that is wrong: what was noted here, and what the rules say of other fields.
func (f *form) err(rules error) *booking.Error {
	all := f.bad
	var e *booking.Error
	if errors.As(rules, &e) {
		for _, field := range e.Fields {
			// What cannot be read is no concern of the rules: one field, one reason.
			if !f.has(field.Name) {
				all = append(all, field)
			}
		}
	}
	if errors.As(all.Err(), &e) {
		return e
	}
	return nil
}

func (f *form) has(name string) bool {
	return slices.ContainsFunc(f.bad, func(b booking.Field) bool { return b.Name == name })
}

// event reads an event's number or slug.
func (f *form) event(name, text string) booking.Selector {
	selector, err := booking.ParseSelector(text)
	f.fail(name, err)
	return selector
}

// count reads a whole number, in plain decimal digits. Its size is for the rules to judge.
func (f *form) count(name, text string) int {
	digits := strings.TrimPrefix(text, "-")
	switch {
	case text == "":
		f.bad.Add(name, "is empty, write a whole number such as 2")
	case strings.ContainsAny(text, " \t"):
		f.bad.Add(name, fmt.Sprintf("%q has spaces, write only digits", text))
	case strings.HasPrefix(text, "+"):
		f.bad.Add(name, fmt.Sprintf("%q has a plus sign, write only digits", text))
	case strings.ContainsAny(text, ".,"):
		f.bad.Add(name, fmt.Sprintf("%q is not a whole number, write only digits", text))
	case digits == "" || strings.Trim(digits, "0123456789") != "":
		f.bad.Add(name, fmt.Sprintf("%q is not a number, write only the digits 0 to 9", text))
	default:
		n, err := strconv.Atoi(text)
		if err != nil {
			f.bad.Add(name, fmt.Sprintf("%s is far too large a number", text))
		}
		return n
	}
	return 0
}

// key reads an idempotency key. An empty one is a script's mistake that would book twice.
func (f *form) key(typed *string) booking.Key {
	if typed != nil && *typed == "" {
		f.bad.Add(fieldKey, "is empty; leave it out, or name the request")
	}
	return booking.Key{Scope: booking.LocalScope, Text: or(typed, "")}
}

// when reads a date and time of the zone; an empty text is the zero time.
func (f *form) when(name, text string, zone *time.Location, now time.Time) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := booking.ParseWhen(text, zone, now)
	f.fail(name, err)
	return t
}

// ttl reads how long seats are to be held; nil is 0, which leaves it to the rules. They could not
// tell it from a 0 that was typed, and count in seconds.
func (f *form) ttl(typed *string) time.Duration {
	return f.lasting(fieldTTL, typed, booking.MaxTTL, "10m")
}

// lasting reads for how long something lasts, at most so long; nil is 0.
func (f *form) lasting(
	name string, typed *string, most time.Duration, example string,
) time.Duration {
	if typed == nil {
		return 0
	}
	d, err := time.ParseDuration(*typed)
	if err != nil || d < booking.MinTTL || d > most {
		f.bad.Add(name, fmt.Sprintf("must be a duration from %gm to %gh such as %s, got %.40q",
			booking.MinTTL.Minutes(), most.Hours(), example, *typed))
		return 0
	}
	return d
}

// countOf reads a whole number that may be left out; nil stays nil.
func (f *form) countOf(name string, typed *string) *int {
	if typed == nil {
		return nil
	}
	n := f.count(name, *typed)
	return &n
}

// duration reads a time to wait, such as 30s.
func (f *form) duration(name, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		f.bad.Add(name, fmt.Sprintf("%q is not a duration, write a number and a unit such as 30s",
			text))
	}
	return d
}
