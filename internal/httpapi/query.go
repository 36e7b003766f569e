package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// query is the part of an address after the question mark.
type query struct {
	form
	values url.Values
}

// readQuery reads a query that may have the known parameters, each at most once.
func readQuery(r *http.Request, known ...string) (*query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, booking.Errorf(booking.Invalid, "the query is not well-formed: %s",
			clip(err.Error())).WithHint("percent-encode special characters")
	}
	if len(values) > maxFields {
		return nil, booking.Errorf(booking.Invalid, "the query has more than %d parameters",
			maxFields)
	}
	q := &query{values: values}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		q.meet(name)
		if !slices.Contains(known, name) {
			q.unknown(name, known)
		} else if times := len(values[name]); times > 1 {
			q.complain(name, fmt.Sprintf("is given %d times; give it once", times))
		}
	}
	return q, nil
}

// plain guards a handler that takes no query.
func plain(h handler) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		if r.URL.RawQuery != "" {
			q, err := readQuery(r)
			if err != nil {
				return err
			}
			if err := q.err(); err != nil {
				return err
			}
		}
		return h(v, w, r)
	}
}

// text gives a parameter, "" when it is not there.
func (q *query) text(name string) string { return q.values.Get(name) }

// count reads a parameter that is a whole number.
func (q *query) count(name string) int {
	n, reason := parseWhole(q.text(name), strconv.IntSize)
	q.complain(name, reason)
	return int(n)
}

// event reads the parameter that names an event, by its number or its slug.
func (q *query) event() booking.Selector {
	event, err := booking.ParseSelector(q.text("event_id"))
	q.reasonOf("event_id", err)
	return event
}

// page reads the parameters that name a page of a list.
func (q *query) page() storage.Page {
	page := storage.Page{Limit: storage.DefaultLimit, Cursor: q.text("cursor")}
	if !q.has("limit") {
		return page
	}
	limit, reason := parseWhole(q.text("limit"), strconv.IntSize)
	if reason != "" {
		// In the words of storage, which judges the numbers.
		q.complain("limit", fmt.Sprintf("must be a whole number from 1 to %d, got %q",
			storage.MaxLimit, clip(q.text("limit"))))
	}
	page.Limit = int(limit)
	return page
}
