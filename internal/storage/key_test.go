package storage

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"evbook/internal/booking"
)

// reopened closes a store and opens its file again, so that nothing is remembered but by the file.
func reopened(t testing.TB, s *Store) *Store {
	t.Helper()
	must(t, s.Close())
	return openAt(t, placeOf(s))
}

func TestAPartGivenBackTwiceUnderOneKeyComesBackOnce(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	five := seat(sel, "booked")
	five.Quantity = 5
	r, err := s.Book(t.Context(), five)
	must(t, err)
	part := booking.Cancellation{
		Reference: r.Booking.Reference, Part: booking.Part{Quantity: new(2)},
		Key: booking.Key{Scope: "test", Text: "given-back"},
	}
	first, err := s.CancelBooking(t.Context(), part)
	must(t, err)
	s = reopened(t, s)
	again, err := s.CancelBooking(t.Context(), part)
	if err != nil || !again.Replayed || again.Seats != 2 ||
		!reflect.DeepEqual(again.Booking, first.Booking) {
		t.Errorf("got %+v, %v after %+v", again, err, first)
	}
	part.Quantity = new(3)
	if _, err := s.CancelBooking(t.Context(), part); booking.KindOf(err) != booking.KeyReused {
		t.Errorf("another quantity: %v", err)
	}
	if e, err := s.Event(t.Context(), sel); err != nil || e.Confirmed != 3 {
		t.Errorf("%d seats, %v", e.Confirmed, err)
	}
	sound(t, s)
}

func TestNumberAndSlugOfAnEventAreTheSameRequest(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	_, err := s.EditEvent(t.Context(), sel, booking.Edit{Slug: new("meetup")})
	must(t, err)
	first, err := s.Book(t.Context(), seat(sel, "k"))
	must(t, err)
	again, err := s.Book(t.Context(), seat(booking.Selector{Slug: "meetup"}, "k"))
	if err != nil || !again.Replayed || !reflect.DeepEqual(again.Booking, first.Booking) {
		t.Errorf("got %+v, %v after %+v", again, err, first)
	}
	confirmed(t, s, sel, 1)
}

// They go with one of some groups, by chance: that none of three hundred is one will not be seen.
func TestKeysThatHaveOutlivedTheirTimeGo(t *testing.T) {
	const groups = 300
	s := open(t)
	sel := event(t, s, groups+5)
	now := time.Now()
	setClock(s, now.Add(-booking.KeyLife-time.Minute))
	for i := range 5 {
		_, err := s.Book(t.Context(), seat(sel, fmt.Sprint("old-", i)))
		must(t, err)
	}
	setClock(s, now)
	old := -1
	for n := 0; n < groups && old != 0; n++ {
		_, err := s.Book(t.Context(), seat(sel, fmt.Sprint("new-", n)))
		must(t, err)
		peek(t, s, []any{&old}, `SELECT count(*) FROM idempotency_keys WHERE key LIKE 'old-%'`)
	}
	var kept int
	peek(t, s, []any{&kept}, `SELECT count(*) FROM idempotency_keys`)
	if old != 0 || kept == 0 {
		t.Errorf("%d old keys are left, of %d", old, kept)
	}
}

func TestTheSameWordsAreTheSameEventAtAnyMoment(t *testing.T) {
	s := open(t)
	ask := func(now time.Time) booking.NewEvent {
		starts, err := booking.ParseWhen("+3d", time.UTC, now)
		must(t, err)
		return booking.NewEvent{
			EventDetails: booking.EventDetails{
				Name: "Go Meetup", Capacity: 4, Zone: "UTC", StartsAt: starts,
				Price: booking.Money{Currency: "EUR"},
			},
			StartsText: "+3d",
			Key:        booking.Key{Scope: "test", Text: "k"},
		}
	}
	now := time.Now()
	first, err := s.CreateEvent(t.Context(), ask(now))
	must(t, err)
	s = reopened(t, s)
	again, err := s.CreateEvent(t.Context(), ask(now.Add(time.Second)))
	if err != nil || !again.Replayed || !reflect.DeepEqual(again.Event, first.Event) {
		t.Errorf("got %+v, %v after %+v", again, err, first)
	}
}
