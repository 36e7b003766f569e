package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// filterNames are the parameters that every list takes, beside those that it has of its own.
func filterNames(own ...string) []string {
	return append(own, "status", "since", "until", "search", "sort", "limit", "cursor")
}

// readEventQuery reads which events are wanted, in which order.
func (v *visit) readEventQuery(r *http.Request) (storage.EventQuery, error) {
	q, err := readQuery(r, filterNames("upcoming", "available")...)
	if err != nil {
		return storage.EventQuery{}, err
	}
	query := storage.EventQuery{
		Status:   statesOf[booking.EventStatus](q),
		Upcoming: q.flag("upcoming"),
		Search:   q.words("search"),
		Sort:     q.words("sort"),
		Page:     q.page(),
	}
	query.Since, query.Until = q.bound("since", v.opts), q.bound("until", v.opts)
	if q.has("available") {
		query.Available = q.count("available")
		if query.Available == 0 { // which stands for any number
			q.complain("available", fmt.Sprintf("must be a whole number from 1 to %d, got 0",
				booking.MaxCapacity))
		}
	}
	return query, q.err()
}

// readBookingQuery reads which bookings are wanted, in which order. The list may have parameters of
// its own, which are left to the caller; what is wrong with them is told with all else.
func (v *visit) readBookingQuery(
	r *http.Request, own ...string,
) (*query, storage.BookingQuery, error) {
	q, err := readQuery(r, filterNames(append(own, "user_email")...)...)
	if err != nil {
		return nil, storage.BookingQuery{}, err
	}
	query := storage.BookingQuery{
		Status: statesOf[booking.Status](q),
		Search: q.words("search"),
		Email:  q.words("user_email"),
		Sort:   q.words("sort"),
		Page:   q.page(),
	}
	query.Since, query.Until = q.bound("since", v.opts), q.bound("until", v.opts)
	return q, query, nil
}

// words reads a text that must not be empty when it is given.
func (q *query) words(name string) string {
	text := q.text(name)
	if q.has(name) && text == "" {
		q.complain(name, "is empty; leave it out")
	}
	return text
}

// flag reads a parameter that is true or false; one that is left out is false.
func (q *query) flag(name string) bool {
	text := q.text(name)
	if q.has(name) && text != "true" && text != "false" {
		q.complain(name, fmt.Sprintf("must be true or false, got %q", clip(text)))
	}
	return text == "true"
}

// statesOf reads names of states with commas between. Which ones there are is for the list to say.
func statesOf[S ~string](q *query) (list []S) {
	for word := range strings.SplitSeq(q.words("status"), ",") {
		if word = strings.TrimSpace(word); word != "" {
			list = append(list, S(word))
		}
	}
	if len(list) == 0 && q.has("status") {
		q.complain("status", fmt.Sprintf("%q names no state", clip(q.text("status"))))
	}
	return list
}

// bound reads a time that bounds a list; one that is left out is the zero time.
func (q *query) bound(name string, opts Options) time.Time {
	text := q.words(name)
	if text == "" {
		return time.Time{}
	}
	zone, err := booking.LoadZone(opts.Zone)
	if err != nil {
		q.reasonOf("timezone", err)
		return time.Time{}
	}
	now := opts.Now()
	bound, err := booking.ParseBound(text, zone, now)
	q.reasonOf(name, err)
	// Without this the cursor would be called foreign, and nobody would see why.
	tomorrow, _ := booking.ParseBound(text, zone, now.AddDate(0, 0, 1))
	if err == nil && q.has("cursor") && !tomorrow.Equal(bound) {
		q.complain(name, fmt.Sprintf("%q is another time at each request, and so another list; "+
			"with a cursor give the time itself, such as %s", clip(text), moment(bound)))
	}
	return bound
}
