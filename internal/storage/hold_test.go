package storage

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"evbook/internal/booking"
)

// hold holds seats for a time, the default for 0.
func hold(
	t testing.TB, s *Store, sel booking.Selector, seats int, ttl time.Duration,
) booking.Booking {
	t.Helper()
	r, err := s.Book(context.Background(), booking.Request{
		Event: sel, Quantity: seats, Hold: true, TTL: ttl,
	})
	must(t, err)
	return r.Booking
}

// counters fails the test unless so many seats of the event are held and confirmed, and free.
func counters(t testing.TB, s *Store, sel booking.Selector, held, confirmed, available int) {
	t.Helper()
	e, err := s.Event(context.Background(), sel)
	must(t, err)
	if e.Held != held || e.Confirmed != confirmed || e.Available() != available {
		t.Errorf("%d held, %d confirmed, %d free; want %d, %d, %d", e.Held, e.Confirmed,
			e.Available(), held, confirmed, available)
	}
	sound(t, s)
}

func TestAHoldIsKeptWithAllItHas(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	made, err := s.Book(t.Context(), booking.Request{
		Event: sel, Quantity: 3, Email: "ann@example.com", Name: "Ann", Hold: true,
		TTL: time.Hour, Key: booking.Key{Scope: "test", Text: "hold"},
	})
	must(t, err)
	ref := made.Booking.Reference
	kept := func(want booking.Booking) {
		t.Helper()
		s = reopened(t, s)
		if got, err := s.Booking(t.Context(), ref); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	kept(made.Booking)
	longer, err := s.Extend(t.Context(), booking.Extension{Reference: ref, TTL: 2 * time.Hour})
	must(t, err)
	kept(longer.Booking)
	counters(t, s, sel, 3, 0, 37)
	final, err := s.Confirm(t.Context(), booking.Confirmation{
		Reference: ref, Part: booking.Part{Quantity: new(2)}, Email: "ZOË@example.com",
		Note: "paid",
	})
	must(t, err)
	kept(final.Booking)
	counters(t, s, sel, 0, 2, 38)
	found, err := s.Bookings(t.Context(), BookingQuery{
		Email: "zoë@example.com", Page: Page{Limit: 2},
	})
	if err != nil || !reflect.DeepEqual(found.Bookings, []booking.Booking{final.Booking}) {
		t.Errorf("by its new address: %+v, %v", found, err)
	}
	again, err := s.Book(t.Context(), booking.Request{
		Event: sel, Quantity: 3, Email: "ann@example.com", Name: "Ann", Hold: true,
		TTL: time.Hour, Key: booking.Key{Scope: "test", Text: "hold"},
	})
	if err != nil || !again.Replayed || !again.Changed || again.Left != made.Left ||
		again.Booking.Status != booking.Held || again.Booking.Quantity != 3 ||
		again.Booking.ExpiresAt != made.Booking.ExpiresAt || again.Booking.Extensions != 0 {
		t.Errorf("the same request gives %+v, %v", again, err)
	}
}

func TestTheJournalTellsTheLifeOfAHold(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	b := hold(t, s, sel, 3, 0)
	longer, err := s.Extend(t.Context(), booking.Extension{Reference: b.Reference, TTL: time.Hour})
	must(t, err)
	_, err = s.Confirm(t.Context(), booking.Confirmation{
		Reference: b.Reference, Part: booking.Part{Quantity: new(1)},
	})
	must(t, err)
	gone := hold(t, s, sel, 2, 0)
	_, err = s.Release(t.Context(), booking.Release{Reference: gone.Reference})
	must(t, err)
	lapsed := hold(t, s, sel, 4, 0)
	setClock(s, lapsed.ExpiresAt)
	_, err = s.Sweep(t.Context())
	must(t, err)
	var got []booking.Entry
	must(t, s.EachEntry(t.Context(), JournalQuery{Event: sel}, func(e booking.Entry) error {
		got = append(got, e)
		return nil
	}))
	want := []booking.Entry{
		{Kind: booking.EventCreated, Actor: "test", Capacity: 40},
		{Kind: booking.BookingHeld, Actor: "test", Booking: b.Reference, Held: 3,
			Detail: booking.Detail{ExpiresAt: b.ExpiresAt}},
		{Kind: booking.BookingExtended, Actor: "test", Booking: b.Reference,
			Detail: booking.Detail{ExpiresAt: longer.Booking.ExpiresAt}},
		{Kind: booking.BookingConfirmed, Actor: "test", Booking: b.Reference, Held: -3,
			Confirmed: 1},
		{Kind: booking.BookingHeld, Actor: "test", Booking: gone.Reference, Held: 2,
			Detail: booking.Detail{ExpiresAt: gone.ExpiresAt}},
		{Kind: booking.BookingReleased, Actor: "test", Booking: gone.Reference, Held: -2},
		{Kind: booking.BookingHeld, Actor: "test", Booking: lapsed.Reference, Held: 4,
			Detail: booking.Detail{ExpiresAt: lapsed.ExpiresAt}},
		{Kind: booking.BookingExpired, Actor: booking.Engine, Booking: lapsed.Reference, Held: -4},
	}
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for i, e := range got {
		w := want[i]
		if e.Kind != w.Kind || e.Actor != w.Actor || e.Booking != w.Booking || e.Held != w.Held ||
			e.Confirmed != w.Confirmed || !e.Detail.ExpiresAt.Equal(w.Detail.ExpiresAt) {
			t.Errorf("entry %d is %+v, want %+v", i+1, e, w)
		}
	}
}

// At one instant either the hold is confirmed or somebody else gets its seats, whoever asks first.
func TestConfirmAndExpiryNeverBothWin(t *testing.T) {
	for _, tt := range []struct {
		after time.Duration
		want  booking.Kind
	}{{-time.Microsecond, ""}, {0, booking.Conflict}} {
		for _, confirmFirst := range []bool{true, false} {
			s := open(t)
			sel := event(t, s, 2)
			b := hold(t, s, sel, 2, 0)
			setClock(s, b.ExpiresAt.Add(tt.after))
			confirming := confirm(booking.Confirmation{Reference: b.Reference})
			booker := book(booking.Request{Event: sel, Quantity: 1})
			commands := []command{booker, confirming}
			if confirmFirst {
				slices.Reverse(commands)
			}
			verdicts := groupOf(t, s, commands...)
			if confirmFirst {
				slices.Reverse(verdicts)
			}
			booked, confirmed := booking.KindOf(verdicts[0]), booking.KindOf(verdicts[1])
			if confirmed != tt.want || (booked == "") == (confirmed == "") {
				t.Errorf("%s, confirmed first %t: booked %q, confirmed %q", tt.after, confirmFirst,
					booked, confirmed)
			}
			sound(t, s)
		}
	}
}

func TestAHoldOfAnotherEventIsNotTouched(t *testing.T) {
	s := open(t)
	mine, other := event(t, s, 2), event(t, s, 2)
	hold(t, s, mine, 2, time.Minute)
	kept := hold(t, s, other, 2, time.Minute)
	setClock(s, kept.ExpiresAt)
	seats(t, s, mine, 2)
	if got := rawStatus(t, s, kept.Reference); got != booking.Held {
		t.Errorf("it is %s on the books", got)
	}
	counters(t, s, other, 0, 0, 2)
}

// rawStatus is the state of a booking on the books, whatever the time.
func rawStatus(t testing.TB, s *Store, ref booking.Reference) (status booking.Status) {
	t.Helper()
	peek(t, s, []any{&status}, `SELECT status FROM bookings WHERE id = $1`, s.refs.row(ref))
	return status
}

func TestACancelledEventHoldsNothing(t *testing.T) {
	s := open(t)
	sel := event(t, s, 1000)
	live := hold(t, s, sel, 5, time.Hour)
	for range lapsedCounted + 10 {
		hold(t, s, sel, 1, time.Minute)
	}
	setClock(s, live.CreatedAt.Add(30*time.Minute))
	seats(t, s, sel, 3)
	if _, err := s.CancelEvent(t.Context(), sel, false, ""); booking.KindOf(err) !=
		booking.Conflict {
		t.Errorf("without agreement: %v", err)
	}
	called, err := s.CancelEvent(t.Context(), sel, true, "rain")
	if err != nil || called.Bookings != 4 || called.Seats != 8 {
		t.Errorf("got %+v, %v", called, err)
	}
	counters(t, s, sel, 0, 0, 1000)
	got, err := s.Booking(t.Context(), live.Reference)
	if err != nil || got.Status != booking.Released || got.CancelReason != "rain" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAnEventThatEverHeldSeatsIsNotDeleted(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10)
	b := hold(t, s, sel, 5, 0)
	_, err := s.Release(t.Context(), booking.Release{Reference: b.Reference})
	must(t, err)
	if _, err := s.DeleteEvent(t.Context(), sel); booking.KindOf(err) != booking.Conflict {
		t.Errorf("got %v", err)
	}
}

func TestAHoldCanBeForgotten(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10)
	_, err := s.Book(t.Context(), booking.Request{
		Event: sel, Quantity: 2, Hold: true, Email: "ann@example.com",
	})
	must(t, err)
	got, err := s.Forget(t.Context(), booking.Forgetting{Email: "ann@example.com"})
	if err != nil || got.Bookings != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	counters(t, s, sel, 2, 0, 8)
}
