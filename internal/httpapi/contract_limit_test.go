package httpapi

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
)

// bounds are values of a field at its limits, and beyond them.
type bounds struct{ within, beyond []any }

// boundsOf reads the limits of a field. How a text has to be is for the field to say.
func boundsOf(name string, schema *openapi3.Schema) (b bounds) {
	for _, part := range schema.AllOf { // what stands beside a reference
		more := boundsOf(name, part.Value)
		b.within, b.beyond = append(b.within, more.within...), append(b.beyond, more.beyond...)
	}
	if schema.Min != nil && *schema.Min > 0 {
		b.within = append(b.within, int64(*schema.Min))
		b.beyond = append(b.beyond, int64(*schema.Min)-1)
	}
	if schema.Max != nil {
		b.within = append(b.within, int64(*schema.Max))
		b.beyond = append(b.beyond, int64(*schema.Max)+1)
	}
	if schema.MaxLength != nil {
		b.within = append(b.within, textOf(name, int(*schema.MaxLength)))
		b.beyond = append(b.beyond, textOf(name, int(*schema.MaxLength)+1))
	}
	if schema.MinLength > 0 {
		b.within = append(b.within, textOf(name, int(schema.MinLength)))
		b.beyond = append(b.beyond, textOf(name, int(schema.MinLength)-1))
	}
	return b
}

// textOf makes a text of a length that is fine for a field.
func textOf(name string, length int) string {
	if name != "user_email" {
		return strings.Repeat("x", length)
	}
	const label, most = "x", 63
	address := "ann@"
	for len(address)+most+1 < length-2 {
		address += strings.Repeat(label, most) + "."
	}
	return address + strings.Repeat(label, length-len(address)-2) + ".e"
}

// bodies are the requests whose limits are tried, and what else they need.
func bodies() map[string]map[string]any {
	return map[string]map[string]any{
		"POST /events":                   {"name": "x", "capacity": 5, "currency": "JPY"},
		"PATCH /events/{id}":             {},
		"POST /events/{id}/ticket-types": {"name": "x"},
		"POST /events/{id}/pools":        {"name": "x", "capacity": 5},
		"POST /events/{id}/codes":        {"uses": 5},
		"POST /bookings":                 {"event_id": 1, "quantity": 1},
		"POST /events/{id}/waitlist":     {"quantity": 1, "user_email": "ann@example.org"},
	}
}

// elsewhere are fields whose values are good or bad for other reasons than their size: what they
// name has to be there, times have a form, a reason goes with a status.
func elsewhere() []string {
	return []string{"type", "pool", "timezone", "event_id", "starts_at", "ends_at", "sales_open",
		"sales_close", "valid_until", "reason"}
}

func TestTheLimitsOfTheContractAreThoseOfTheRules(t *testing.T) {
	tried := 0
	for _, op := range theContract().Operations() {
		needs, wanted := bodies()[op.String()]
		if !wanted {
			continue
		}
		s := newSite(t)
		s.must("POST", "/events", `{"name":"x","capacity":10000000,"currency":"JPY"}`)
		target := strings.ReplaceAll(op.Path(), "{id}", "1")
		fields := op.RequestBody.Value.Content.Get("application/json").Schema.Value.Properties
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if slices.Contains(elsewhere(), name) {
				continue
			}
			limits := boundsOf(name, fields[name].Value)
			for i, value := range slices.Concat(limits.within, limits.beyond) {
				body := maps.Clone(needs)
				body[name] = value
				if name == "ttl_seconds" {
					body["hold"] = true
				}
				text, err := json.Marshal(body)
				if err != nil {
					t.Fatal(err)
				}
				tried++
				w := s.do(op.Method(), target, string(text))
				bad := w.Code == 400 && strings.Contains(w.Body.String(), strconv.Quote(name))
				if beyond := i >= len(limits.within); bad != beyond {
					t.Errorf("%s, %s: %.60s: %d %.300s", op, name, fmt.Sprint(value), w.Code,
						w.Body)
				}
			}
		}
	}
	if tried < 90 {
		t.Errorf("only %d values were tried", tried)
	}
}
