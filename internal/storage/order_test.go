package storage

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// everySort gives the names of sortings, each in both directions.
func everySort(names []string) (sorts []string) {
	for _, name := range names {
		sorts = append(sorts, name, "-"+name)
	}
	return sorts
}

// newcomers gives a function that adds an event with each call, a bounded number of times.
func newcomers(t testing.TB, s *Store, next int64, most int) func() {
	r, now := seeded(t), time.Now().UTC().Truncate(time.Microsecond)
	return func() {
		if most--; most < 0 {
			return
		}
		writeRows(t, s, func(b *batch) { insertEvent(b, anyEvent(r, next, now)) })
		next++
	}
}

func TestPagesOfEventsHaveEachOnceWhileOthersComeIn(t *testing.T) {
	single(t)
	for _, sort := range everySort(EventSorts()) {
		t.Run(sort, func(t *testing.T) {
			s, all := randomRows(t)
			between := newcomers(t, s, int64(len(all.events))+1, 20)
			got, _ := pagesOf(t, s.events(EventQuery{Sort: sort}), 4, between)
			if !slices.IsSortedFunc(got, compareEvents(sort)) {
				t.Error("not sorted")
			}
			if lost, twice := count(all.events, got); lost+twice > 0 {
				t.Errorf("%d events are lost, %d come twice", lost, twice)
			}
		})
	}
}

// The newcomers are enough to show what is wrong with pages that count instead of remembering.
func TestPagesThatCountEntriesShowSomeTwice(t *testing.T) {
	s, all := randomRows(t)
	between := newcomers(t, s, int64(len(all.events))+1, 20)
	read := 0
	got, _ := pagesOf(t, func(p Page) ([]booking.Event, string, error) {
		var page []booking.Event
		err := s.read.each(t.Context(), func(scan scanner) error {
			e, err := scanEvent(scan)
			page = append(page, e)
			return err
		}, selectEvent+` ORDER BY id DESC LIMIT $1 OFFSET $2`, p.Limit, read)
		read += len(page)
		if len(page) < p.Limit {
			return page, "", err
		}
		return page, "more", err
	}, 4, between)
	if _, twice := count(all.events, got); twice == 0 {
		t.Error("no event comes twice: the test of the cursors is blind")
	}
}

// count says how many of the events are not in a list, and how many entries of it are repeated.
func count(all, list []booking.Event) (lost, twice int) {
	seen := map[int64]int{}
	for _, e := range list {
		if seen[e.ID]++; seen[e.ID] > 1 {
			twice++
		}
	}
	for _, e := range all {
		if seen[e.ID] == 0 {
			lost++
		}
	}
	return lost, twice
}

func TestPagesOfBookingsHaveEachOnceInOrder(t *testing.T) {
	single(t)
	s, all := randomRows(t)
	key := map[string]func(booking.Booking) (int64, string){
		"created_at": func(booking.Booking) (int64, string) { return 0, "" },
		"quantity":   func(b booking.Booking) (int64, string) { return int64(b.Quantity), "" },
		"event_id":   func(b booking.Booking) (int64, string) { return b.EventID, "" },
		"email":      func(b booking.Booking) (int64, string) { return 0, booking.Fold(b.Email) },
		"name":       func(b booking.Booking) (int64, string) { return 0, booking.Fold(b.Name) },
	}
	for _, name := range BookingSorts() {
		want := slices.Clone(all.bookings)
		slices.SortStableFunc(want, func(a, b booking.Booking) int {
			aNumber, aText := key[name](a)
			bNumber, bText := key[name](b)
			return int(aNumber-bNumber)*2 + strings.Compare(aText, bText)
		})
		got, _ := pagesOf(t, s.bookings(BookingQuery{Sort: name}), 7, func() {})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", name, got)
		}
		slices.Reverse(want)
		got, _ = pagesOf(t, s.bookings(BookingQuery{Sort: "-" + name}), 7, func() {})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("-%s: got %+v", name, got)
		}
	}
}

func TestWrongFiltersAreTold(t *testing.T) {
	s := open(t)
	now := time.Now()
	events := func(q EventQuery) error {
		q.Limit = 1
		_, err := s.Events(context.Background(), q)
		return err
	}
	bookings := func(q BookingQuery) error {
		q.Limit = 1
		_, err := s.Bookings(context.Background(), q)
		return err
	}
	long := strings.Repeat("ä", maxSearch+1)
	for _, tt := range []struct {
		err    error
		fields []string
	}{
		{events(EventQuery{Sort: "nme"}), []string{"sort"}},
		{events(EventQuery{Sort: "--name"}), []string{"sort"}},
		{events(EventQuery{Sort: "id; DROP TABLE events"}), []string{"sort"}},
		{events(EventQuery{Sort: "email"}), []string{"sort"}},
		{events(EventQuery{Status: []booking.EventStatus{"open", "gone"}}), []string{"status"}},
		{events(EventQuery{Since: now, Until: now}), []string{"until"}},
		{events(EventQuery{Search: long}), []string{"search"}},
		{events(EventQuery{Search: "a\nb"}), []string{"search"}},
		{events(EventQuery{Available: -1}), []string{"available"}},
		{events(EventQuery{Available: math.MaxInt}), []string{"available"}},
		{events(EventQuery{Sort: "x", Available: -1, Page: Page{Cursor: "x"}}),
			[]string{"sort", "available", "cursor"}},
		{bookings(BookingQuery{Sort: "starts_at"}), []string{"sort"}},
		{bookings(BookingQuery{Status: []booking.Status{""}}), []string{"status"}},
		{bookings(BookingQuery{Since: now, Until: now.Add(-1)}), []string{"until"}},
		{bookings(BookingQuery{Search: long}), []string{"search"}},
		{bookings(BookingQuery{Email: long + long}), []string{"user_email"}},
	} {
		var e *booking.Error
		if !errors.As(tt.err, &e) || e.Kind != booking.Invalid {
			t.Errorf("%v: got %v", tt.fields, tt.err)
			continue
		}
		var got []string
		for _, f := range e.Fields {
			got = append(got, f.Name)
		}
		if !slices.Equal(got, tt.fields) {
			t.Errorf("got %+v, want %v", e.Fields, tt.fields)
		}
	}
}

func TestAnEditedEventIsFoundByItsNewWords(t *testing.T) {
	s := open(t)
	sel := event(t, s, 1)
	name, venue, slug := "Rüst Meetup", "HALL", "rust-meetup"
	_, err := s.EditEvent(t.Context(), sel, booking.Edit{Name: &name, Venue: &venue, Slug: &slug})
	must(t, err)
	for search, want := range map[string]int{"Go": 0, "RÜST": 1, "hall": 1, "rust-m": 1} {
		got, _ := pagesOf(t, s.events(EventQuery{Search: search}), 9, func() {})
		if len(got) != want {
			t.Errorf("%s: %d events, want %d", search, len(got), want)
		}
	}
	sound(t, s)
}

// Of a million bookings, those of one event must not be looked for one by one.
func TestBookingsOfAnEventAreReadThroughItsIndex(t *testing.T) {
	s := open(t)
	sel := event(t, s, 5)
	seats(t, s, sel, 5)
	for _, sort := range everySort(BookingSorts()) {
		q := bookingsOf(sel, Page{Limit: 2})
		q.Sort = sort
		first, err := s.Bookings(t.Context(), q)
		must(t, err)
		for _, q.Cursor = range []string{"", first.Next} {
			l, err := s.bookingList(t.Context(), q, nil)
			must(t, err)
			plan := queryPlan(t, s, l.statement(), l.args...)
			if !strings.Contains(plan, "USING INDEX bookings_event (event_id=?") {
				t.Errorf("%s, cursor %q:\n%s%s", sort, q.Cursor, l.statement(), plan)
			}
		}
	}
}
