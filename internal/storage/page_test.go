package storage

import (
	"context"
	"errors"
	"slices"
	"testing"

	"evbook/internal/booking"
)

// allEvents joins the pages of the list, calling between after each.
func allEvents(t testing.TB, s *Store, limit int, between func()) (ids []int64) {
	t.Helper()
	for page := (Page{Limit: limit}); ; between() {
		p, err := s.Events(context.Background(), EventQuery{Page: page})
		must(t, err)
		for _, e := range p.Events {
			ids = append(ids, e.ID)
		}
		if p.Next == "" {
			return ids
		}
		if len(p.Events) != limit {
			t.Fatalf("a page in between has %d events, want %d", len(p.Events), limit)
		}
		page.Cursor = p.Next
	}
}

// allBookings joins the pages of the bookings of an event, or of all events for the zero selector,
func allBookings(
	t testing.TB, s *Store, sel booking.Selector, limit int, between func(),
) (refs []booking.Reference) {
	t.Helper()
	for page := (Page{Limit: limit}); ; between() {
		p, err := s.Bookings(context.Background(), bookingsOf(sel, page))
		must(t, err)
		for _, b := range p.Bookings {
			refs = append(refs, b.Reference)
		}
		if p.Next == "" {
			return refs
		}
		if len(p.Bookings) != limit {
			t.Fatalf("a page in between has %d bookings, want %d", len(p.Bookings), limit)
		}
		page.Cursor = p.Next
	}
}

// bookingsOf asks for a page of the bookings of an event, or of all for the zero selector.
func bookingsOf(sel booking.Selector, page Page) BookingQuery {
	return BookingQuery{Event: sel, Page: page}
}

func nothing() {}

// seats books single seats in one go and gives their references.
func seats(t testing.TB, s *Store, sel booking.Selector, n int) (refs []booking.Reference) {
	t.Helper()
	errands := make([]*errand[booking.Request, booking.Receipt], n)
	commands := make([]command, n)
	for i := range n {
		errands[i] = book(booking.Request{Event: sel, Quantity: 1})
		commands[i] = errands[i]
	}
	for i, err := range groupOf(t, s, commands...) {
		must(t, err)
		refs = append(refs, errands[i].answer.Booking.Reference)
	}
	return refs
}

func TestPagesJoinToTheWholeList(t *testing.T) {
	single(t)
	s := open(t)
	var ids []int64
	for range 65 {
		ids = append(ids, event(t, s, 500).ID)
	}
	sel, other := booking.Selector{ID: ids[0]}, booking.Selector{ID: ids[1]}
	refs := seats(t, s, sel, 30)
	seats(t, s, other, 7) // must not show up in between
	refs = append(refs, seats(t, s, sel, 35)...)
	for _, limit := range []int{1, 2, 13, 64, 65, 66, MaxLimit} {
		if got := allEvents(t, s, limit, nothing); !slices.Equal(got, ids) {
			t.Errorf("limit %d: events %v", limit, got)
		}
		if got := allBookings(t, s, sel, limit, nothing); !slices.Equal(got, refs) {
			t.Errorf("limit %d: bookings %v, want %v", limit, got, refs)
		}
	}
	everybody := allBookings(t, s, booking.Selector{}, MaxLimit, nothing)
	if len(everybody) != 72 || !slices.Equal(everybody[:30], refs[:30]) ||
		!slices.Equal(everybody[37:], refs[30:]) {
		t.Errorf("all events have the bookings %v", everybody)
	}
	if got := allBookings(t, s, booking.Selector{}, 7, nothing); !slices.Equal(got, everybody) {
		t.Errorf("limit 7: all events have the bookings %v, want %v", got, everybody)
	}
	none := booking.Selector{ID: ids[2]}
	if got := allBookings(t, s, none, 5, nothing); got != nil {
		t.Errorf("an event without bookings has %v", got)
	}
}

func TestAListThatEndsWithAFullPageHasNoNextPage(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10)
	event(t, s, 10)
	seats(t, s, sel, 2)
	ctx := context.Background()
	if p, err := s.Events(ctx, EventQuery{Page: Page{Limit: 2}}); err != nil || p.Next != "" ||
		len(p.Events) != 2 {
		t.Errorf("got %+v, %v", p, err)
	}
	if p, err := s.Bookings(ctx, bookingsOf(sel, Page{Limit: 2})); err != nil || p.Next != "" ||
		len(p.Bookings) != 2 {
		t.Errorf("got %+v, %v", p, err)
	}
}

// What is there when the first page is read comes exactly once, in order, whatever happens
// between two pages; what comes in meanwhile is at the end.
func TestPagesSurviveWhatHappensBetweenThem(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	var ids []int64
	for range 10 {
		ids = append(ids, event(t, s, 500).ID)
	}
	if got := allEvents(t, s, 3, func() {
		if len(ids) < 14 {
			ids = append(ids, event(t, s, 1).ID)
		}
	}); !slices.Equal(got, ids) {
		t.Errorf("events %v, want %v", got, ids)
	}
	sel := booking.Selector{ID: ids[0]}
	refs := seats(t, s, sel, 10)
	if got := allBookings(t, s, sel, 3, func() {
		if len(refs) < 14 {
			_, err := s.CancelBooking(ctx, booking.Cancellation{Reference: refs[len(refs)-10]})
			must(t, err)
			refs = append(refs, seats(t, s, sel, 1)...)
		}
	}); !slices.Equal(got, refs) {
		t.Errorf("bookings %v, want %v", got, refs)
	}
	// A cursor outlives the event that it names.
	six, err := s.Events(ctx, EventQuery{Page: Page{Limit: 6}})
	must(t, err)
	_, err = s.DeleteEvent(ctx, booking.Selector{ID: ids[5]})
	must(t, err)
	p, err := s.Events(ctx, EventQuery{Page: Page{Limit: 1, Cursor: six.Next}})
	if err != nil || len(p.Events) != 1 || p.Events[0].ID != ids[6] {
		t.Errorf("after a deleted event: %+v, %v", p, err)
	}
}

func TestWrongLimitsAndCursorsAreTold(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10)
	seats(t, s, sel, 1)
	events := func(p Page) error {
		_, err := s.Events(context.Background(), EventQuery{Page: p})
		return err
	}
	bookings := func(p Page) error {
		_, err := s.Bookings(context.Background(), bookingsOf(sel, p))
		return err
	}
	for _, tt := range []struct {
		list   func(Page) error
		page   Page
		fields []string
	}{
		{events, Page{}, []string{"limit"}},
		{events, Page{Limit: -1}, []string{"limit"}},
		{events, Page{Limit: MaxLimit + 1}, []string{"limit"}},
		{events, Page{Limit: 1<<63 - 1}, []string{"limit"}},
		{events, Page{Limit: 1, Cursor: "x"}, []string{"cursor"}},
		{events, Page{Limit: 1, Cursor: "0"}, []string{"cursor"}},
		{events, Page{Limit: 1, Cursor: "-1"}, []string{"cursor"}},
		{events, Page{Limit: 1, Cursor: "+1"}, []string{"cursor"}},
		{events, Page{Limit: 1, Cursor: "01"}, []string{"cursor"}},
		{events, Page{Limit: 1, Cursor: " 1"}, []string{"cursor"}},
		{events, Page{Limit: 1, Cursor: "9223372036854775808"}, []string{"cursor"}},
		{events, Page{Limit: 1, Cursor: "EVB-00000-00001-H"}, []string{"cursor"}},
		{events, Page{Limit: -1, Cursor: "\xff"}, []string{"limit", "cursor"}},
		{bookings, Page{}, []string{"limit"}},
		{bookings, Page{Limit: -1}, []string{"limit"}},
		{bookings, Page{Limit: MaxLimit + 1}, []string{"limit"}},
		{bookings, Page{Limit: 1, Cursor: "1"}, []string{"cursor"}},
		{bookings, Page{Limit: 1, Cursor: "EVB-00000-00001-J"}, []string{"cursor"}},
		{bookings, Page{Limit: 1, Cursor: "' OR 1=1 --"}, []string{"cursor"}},
		{bookings, Page{Limit: -1, Cursor: "\x00"}, []string{"limit", "cursor"}},
	} {
		err := tt.list(tt.page)
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Invalid || len(e.Fields) != len(tt.fields) {
			t.Errorf("%+v: got %v", tt.page, err)
			continue
		}
		for i, name := range tt.fields {
			if e.Fields[i].Name != name {
				t.Errorf("%+v: got %+v, want %s", tt.page, e.Fields[i], name)
			}
		}
	}
}

func TestBookingsOfNoEventAreNotFound(t *testing.T) {
	s := open(t)
	for _, sel := range []booking.Selector{{ID: 1}, {Slug: "none"}} {
		_, err := s.Bookings(context.Background(), bookingsOf(sel, Page{Limit: 1}))
		if booking.KindOf(err) != booking.NotFound {
			t.Errorf("%s: %v", sel, err)
		}
	}
}
