package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// suggestNow is the time at which the tests of suggestions ask.
var suggestNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// anyStatus is every status that an event can have.
var anyStatus = []booking.EventStatus{
	booking.DraftEvent, booking.OpenEvent, booking.ClosedEvent, booking.CancelledEvent,
}

// planned makes an event with a slug that starts and ends so many hours after suggestNow; nil
// leaves a time open.
func planned(t testing.TB, s *Store, slug string, starts, ends *int) booking.Selector {
	t.Helper()
	at := func(hours *int) time.Time {
		if hours == nil {
			return time.Time{}
		}
		return suggestNow.Add(time.Duration(*hours) * time.Hour)
	}
	c, err := s.CreateEvent(context.Background(), booking.NewEvent{
		Slug: slug,
		EventDetails: booking.EventDetails{
			Name: "Go Meetup", Capacity: 10, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
			StartsAt: at(starts), EndsAt: at(ends),
		},
	})
	must(t, err)
	return booking.Selector{ID: c.Event.ID}
}

// suggestedEvents gives the numbers of the events that fit a wish.
func suggestedEvents(t testing.TB, s *Store, w EventWish) (ids []int64) {
	t.Helper()
	w.Now = suggestNow
	events, err := s.SuggestEvents(context.Background(), w)
	must(t, err)
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestEventsAreSuggestedTheSoonestFirst(t *testing.T) {
	s := open(t)
	planned(t, s, "in-a-week", new(168), nil)
	planned(t, s, "over", new(-5), new(-2))
	planned(t, s, "no-time", nil, nil)
	planned(t, s, "tomorrow", new(24), new(26))
	planned(t, s, "going-on", new(-1), new(1))
	planned(t, s, "no-time-either", nil, nil)
	for _, c := range []struct {
		wish EventWish
		want []int64
	}{
		{EventWish{Statuses: anyStatus, Limit: 50}, []int64{4, 1, 6, 3, 5, 2}},
		{EventWish{Statuses: anyStatus, Limit: 50, Lasting: true}, []int64{4, 1, 6, 3, 5}},
		{EventWish{Statuses: anyStatus, Limit: 2}, []int64{4, 1}},
	} {
		if got := suggestedEvents(t, s, c.wish); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.wish, got, c.want)
		}
	}
}

func TestEventsAreSuggestedByTheBeginningOfNumberOrSlug(t *testing.T) {
	s := open(t)
	for i := range 12 {
		slug := ""
		if i%2 == 1 {
			slug = fmt.Sprintf("meetup-%d", i+1)
		}
		planned(t, s, slug, new(i+1), nil)
	}
	planned(t, s, "1-day", new(100), nil)
	for typed, want := range map[string][]int64{
		"1": {1, 10, 11, 12, 13}, "12": {12}, "13": {13}, "1-": {13}, "meetup-1": {10, 12},
		"meetup-12": {12}, "eetup": nil, "%": nil, "_": nil, "meetup_": nil, "x": nil,
		"' OR 1=1 --": nil, "\xff": nil,
	} {
		got := suggestedEvents(t, s, EventWish{Typed: typed, Statuses: anyStatus, Limit: 50})
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
}

func TestOnlyEventsOfTheStatusesWantedAreSuggested(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	for range 3 {
		event(t, s, 10)
	}
	_, err := s.CloseEvent(ctx, booking.Selector{ID: 2})
	must(t, err)
	_, err = s.CancelEvent(ctx, booking.Selector{ID: 3}, true, "")
	must(t, err)
	for _, c := range []struct {
		statuses []booking.EventStatus
		want     []int64
	}{
		{[]booking.EventStatus{booking.OpenEvent}, []int64{1}},
		{[]booking.EventStatus{booking.DraftEvent, booking.ClosedEvent}, []int64{2}},
		{anyStatus, []int64{3, 2, 1}},
	} {
		got := suggestedEvents(t, s, EventWish{Statuses: c.statuses, Limit: 50})
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.statuses, got, c.want)
		}
	}
}

func TestAnEmptyDatabaseSuggestsNothing(t *testing.T) {
	s := open(t)
	if got := suggestedEvents(t, s, EventWish{Statuses: anyStatus, Limit: 50}); got != nil {
		t.Errorf("events %v", got)
	}
	got, err := s.SuggestBookings(context.Background(), BookingWish{Limit: 50})
	if err != nil || got != nil {
		t.Errorf("bookings %v, %v", got, err)
	}
}

func TestBookingsAreSuggestedTheNewestFirst(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	refs := seats(t, s, event(t, s, 100), 60)
	_, err := s.CancelBooking(ctx, booking.Cancellation{Reference: refs[58]})
	must(t, err)
	newest := slices.Clone(refs)
	slices.Reverse(newest)
	suggested := func(w BookingWish) (refs []booking.Reference) {
		t.Helper()
		got, err := s.SuggestBookings(ctx, w)
		must(t, err)
		for _, b := range got {
			refs = append(refs, b.Reference)
			if b.Event != "Go Meetup" || b.Quantity != 1 {
				t.Errorf("got %+v", b)
			}
		}
		return refs
	}
	if got := suggested(BookingWish{Limit: 50}); !slices.Equal(got, newest[:50]) {
		t.Errorf("%v, want %v", got, newest[:50])
	}
	want := append(slices.Clone(newest[:1]), newest[2:51]...)
	got := suggested(BookingWish{Limit: 50, Statuses: []booking.Status{booking.Confirmed}})
	if !slices.Equal(got, want) {
		t.Errorf("confirmed: %v, want %v", got, want)
	}
	cancelled := []booking.Status{booking.Cancelled}
	if got := suggested(BookingWish{Limit: 50, Statuses: cancelled}); len(got) != 1 {
		t.Errorf("cancelled: %v", got)
	}
	for _, typed := range []string{"", "EVB-", refs[0].String()[:6], refs[0].String(), "EVB-U"} {
		var want []booking.Reference
		for _, ref := range newest {
			if strings.HasPrefix(ref.String(), typed) {
				want = append(want, ref)
			}
		}
		if got := suggested(BookingWish{Limit: 60, Typed: typed}); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
}

// prefillEvents adds open events with the numbers from first to last that start at suggestNow or
// later, in no order of their numbers.
func prefillEvents(t testing.TB, path string, first, last int) {
	t.Helper()
	tamper(t, path, "PRAGMA synchronous = off", fmt.Sprintf(`
		WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO events (id, slug, name, description, venue, capacity, held, confirmed, price,
			currency, status, zone, starts_at, version, created_at)
		SELECT i, 'event-' || i, 'Event ' || i, '', 'Hall', 10, 0, 0, 0, 'EUR', 'open', 'UTC',
			%d + (i * 7919 %% 10007) * 3600000000, 1, 0 FROM n`,
		first, last, suggestNow.UnixMicro()))
}

// However long the tables are, only their newest rows are looked at: here the oldest would fit, and
// are not found.
func TestSuggestionsLookAtTheNewestRowsOnly(t *testing.T) {
	s := open(t)
	sel := event(t, s, booking.MaxCapacity)
	oldest := seats(t, s, sel, 1)[0]
	got, err := s.SuggestBookings(context.Background(),
		BookingWish{Typed: oldest.String(), Limit: 50})
	if err != nil || len(got) != 1 {
		t.Errorf("the only booking: %v, %v", got, err)
	}
	for range 4 {
		seats(t, s, sel, suggestibleBookings/4)
	}
	got, err = s.SuggestBookings(context.Background(),
		BookingWish{Typed: oldest.String(), Limit: 50})
	if err != nil || got != nil {
		t.Errorf("the oldest of 1,001 bookings: %v, %v", got, err)
	}
	prefillEvents(t, placeOf(s), 2, suggestibleEvents+1)
	ids := suggestedEvents(t, s, EventWish{Statuses: anyStatus, Limit: 2 * suggestibleEvents})
	if len(ids) != suggestibleEvents || slices.Contains(ids, sel.ID) {
		t.Errorf("%d events, with the oldest: %t", len(ids), slices.Contains(ids, sel.ID))
	}
}

// BenchmarkSuggest measures what a shell waits for at TAB, without the start of the process, with
// 10,000 events and a million bookings.
func BenchmarkSuggest(b *testing.B) {
	s := open(b)
	event(b, s, booking.MaxCapacity)
	prefill(b, placeOf(s), 1_000_000)
	b.Run("events", func(b *testing.B) {
		prefillEvents(b, placeOf(s), 2, suggestibleEvents)
		for b.Loop() {
			ids := suggestedEvents(b, s, EventWish{Statuses: anyStatus, Lasting: true, Limit: 50})
			if len(ids) != 50 {
				b.Fatalf("%d events", len(ids))
			}
		}
	})
	b.Run("bookings", func(b *testing.B) {
		for b.Loop() {
			got, err := s.SuggestBookings(context.Background(), BookingWish{Limit: 50})
			if err != nil || len(got) != 50 {
				b.Fatalf("%d bookings, %v", len(got), err)
			}
		}
	})
}
