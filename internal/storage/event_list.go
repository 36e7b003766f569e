package storage

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"evbook/internal/booking"
)

// maxSearch is the longest text to search for, in characters: as long as the longest name.
const maxSearch = booking.MaxName

// EventQuery says which events are wanted, in which order. The zero value of a filter takes all.
type EventQuery struct {
	// Status leaves out events in another state.
	Status []booking.EventStatus
	// Upcoming leaves out events that are cancelled, or whose end (the start of those without one)
	// has come. Events without either are upcoming.
	Upcoming bool
	// Since and Until leave out events that start before Since, or not before Until. With either,
	// events without a start are left out too.
	Since, Until time.Time
	// Search leaves out events that have the text in neither name, venue nor slug, compared as
	// [booking.Fold] has it. At most 200 characters in one line.
	Search string
	// Available leaves out events of which so many seats cannot be booked now, in the sense of
	// [booking.Event.Bookable].
	Available int
	// Sort is one of [EventSorts], with a minus before it for descending; empty for the first.
	Sort string
	Page
}

// EventSorts are the names by which events can be sorted, the default first.
func EventSorts() []string { return sortNames(eventSortings("")) }

// eventSortings takes what is free of an event in SQL.
func eventSortings(available string) []sorting[booking.Event] {
	number := func(get func(booking.Event) int64) func(booking.Event) sortValue {
		return func(e booking.Event) sortValue { return numberValue(get(e)) }
	}
	return []sorting[booking.Event]{
		{name: "id"},
		{name: "name", column: "name_folded", text: true,
			value: func(e booking.Event) sortValue { return textValue(booking.Fold(e.Name)) }},
		{name: "starts_at", column: "starts_at", nullable: true,
			value: func(e booking.Event) sortValue {
				if e.StartsAt.IsZero() {
					return sortValue{}
				}
				return numberValue(micros(e.StartsAt))
			}},
		{name: "available", column: available,
			value: number(func(e booking.Event) int64 { return int64(e.Available()) })},
		{name: "capacity", column: "capacity",
			value: number(func(e booking.Event) int64 { return int64(e.Capacity) })},
		{name: "price", column: "price",
			value: number(func(e booking.Event) int64 { return e.Price.Minor })},
		{name: "created_at", column: "created_at",
			value: number(func(e booking.Event) int64 { return micros(e.CreatedAt) })},
	}
}

// Events lists a page of events. Errors: Invalid.
func (s *Store) Events(ctx context.Context, q EventQuery) (EventPage, error) {
	var bad booking.Fields
	q.Page.validate(&bad)
	l, err := s.eventList(q, bad)
	if err != nil {
		return EventPage{}, err
	}
	var page EventPage
	page.Events, page.Next, err = l.page(ctx, s.read, q.Limit)
	return page, s.classify(err)
}

// EachEvent visits all events of a list as they are at one moment: from the cursor on, if there is
// one, whatever the limit. Memory does not grow with the list. An error of visit ends it and is
// given back. Errors: Invalid.
func (s *Store) EachEvent(
	ctx context.Context, q EventQuery, visit func(booking.Event) error,
) error {
	l, err := s.eventList(q, nil)
	if err != nil {
		return err
	}
	return s.classify(l.each(ctx, s.read, visit))
}

// eventList makes the list of a query, unless some of its fields are bad already.
func (s *Store) eventList(q EventQuery, bad booking.Fields) (*list[booking.Event], error) {
	now := s.now()
	available := s.availableSeats(at(now))
	by := parseOrder(eventSortings(available), q.Sort, &bad)
	q.validate(&bad)
	from := q.readCursor(&bad)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if by.text || q.Search != "" {
		if err := s.needsFolded(); err != nil {
			return nil, err
		}
	}
	q.Status, q.Search = ordered(q.Status), booking.Fold(q.Search)
	l := &list[booking.Event]{
		order:   by,
		columns: s.selectEvents(at(now)),
		scan:    scanEvent,
		number:  func(e booking.Event) uint64 { return uint64(e.ID) },
		row:     func(name uint64) (int64, bool) { return int64(name), int64(name) > 0 },
		digest: digest("events", q.Status, q.Upcoming, micros(q.Since), micros(q.Until), q.Search,
			q.Available, by.called()),
	}
	l.where(s.ownEvents())
	q.filter(&l.filter, s.dialect, now)
	if q.Available > 0 {
		s.bookable(&l.filter, available, q.Available, now)
	}
	if q.Cursor == "" {
		return l, nil
	}
	return l, l.startAt(from)
}

func (q EventQuery) validate(bad *booking.Fields) {
	validateStatus(bad, q.Status, booking.EventStatuses())
	validateSpan(bad, q.Since, q.Until)
	validateSearch(bad, q.Search)
	if q.Available < 0 || q.Available > booking.MaxCapacity {
		bad.Add("available", fmt.Sprintf("must be a whole number from 1 to %d, got %d",
			booking.MaxCapacity, q.Available))
	}
}

// filter adds the conditions of the query, whose words are in order and folded.
func (q EventQuery) filter(f *filter, d dialect, now time.Time) {
	oneOf(f, "status", q.Status)
	if q.Upcoming {
		f.where("status <> 'cancelled' AND coalesce(ends_at, starts_at, ?) > ?", math.MaxInt64,
			micros(now))
	}
	if !q.Since.IsZero() {
		f.where("starts_at >= ?", micros(q.Since))
	}
	if !q.Until.IsZero() {
		f.where("starts_at < ?", micros(q.Until))
	}
	if q.Search != "" {
		f.where(d.contains("search_folded", "?"), q.Search)
	}
}

// needsFolded refuses lists that search or sort by text in a database that a reader has found
// before an evbook that writes brought it up to date.
func (s *Store) needsFolded() error {
	if s.schema >= foldedSchema {
		return nil
	}
	return booking.Errorf(booking.Unavailable,
		"%s is of schema %d, but to search text and to sort by it takes schema %d", s.path,
		s.schema, foldedSchema).
		WithHint("any command that changes something brings it up to date")
}

func validateStatus[S ~string](bad *booking.Fields, values, known []S) {
	for _, value := range values {
		if !slices.Contains(known, value) {
			names := make([]string, len(known))
			for i, k := range known {
				names[i] = string(k)
			}
			bad.Add("status", fmt.Sprintf("must be one of %s, got %.40q", strings.Join(names, ", "),
				value))
		}
	}
}

func validateSpan(bad *booking.Fields, since, until time.Time) {
	if !since.IsZero() && !until.IsZero() && !until.After(since) {
		bad.Add("until", fmt.Sprintf("%s is not after since, %s", until.Format(time.RFC3339),
			since.Format(time.RFC3339)))
	}
}

func validateSearch(bad *booking.Fields, text string) {
	switch n := utf8.RuneCountInString(text); {
	case n > maxSearch:
		bad.Add("search", fmt.Sprintf("is %d characters long, at most %d are allowed", n,
			maxSearch))
	case strings.Contains(text, "\n"):
		bad.Add("search", "has a line break, which no name has; search for one line")
	}
}
