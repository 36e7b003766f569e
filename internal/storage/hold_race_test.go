package storage

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
)

// fifty is how many callers meet in these tests.
const fifty = 50

// winners lets fifty callers do the same thing at once, and gives the number of those that were not
// told of a conflict.
func winners(t *testing.T, ask func(caller int) error) int {
	t.Helper()
	var wg sync.WaitGroup
	var won atomic.Int64
	for caller := range fifty {
		wg.Go(func() {
			switch err := ask(caller); booking.KindOf(err) {
			case "":
				won.Add(1)
			case booking.Conflict:
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return int(won.Load())
}

func TestOfFiftyThatEndAHoldOneWins(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	sel := event(t, s, 40)
	b := hold(t, s, sel, 4, 0)
	if n := winners(t, func(int) error {
		_, err := s.Confirm(ctx, booking.Confirmation{Reference: b.Reference})
		return err
	}); n != 1 {
		t.Errorf("%d confirmed it", n)
	}
	counters(t, s, sel, 0, 4, 36)
	b = hold(t, s, sel, 4, 0)
	if n := winners(t, func(int) error {
		_, err := s.Release(ctx, booking.Release{Reference: b.Reference})
		return err
	}); n != 1 {
		t.Errorf("%d released it", n)
	}
	counters(t, s, sel, 0, 4, 36)
	b = hold(t, s, sel, 4, 0)
	if n := winners(t, func(caller int) error {
		if caller%2 == 0 {
			_, err := s.Release(ctx, booking.Release{Reference: b.Reference})
			return err
		}
		_, err := s.Confirm(ctx, booking.Confirmation{
			Reference: b.Reference, Part: booking.Part{Quantity: new(3)},
		})
		return err
	}); n != 1 {
		t.Errorf("%d ended it", n)
	}
	sound(t, s)
}

func TestFiftyUnderOneKeyHoldAndConfirmOnce(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	sel := event(t, s, 40)
	var ref atomic.Uint64
	if n := winners(t, func(int) error {
		ask := seat(sel, "hold")
		ask.Hold = true
		r, err := s.Book(ctx, ask)
		if old := ref.Swap(uint64(r.Booking.Reference)); old != 0 && old != ref.Load() {
			t.Errorf("a second hold %s", r.Booking.Reference)
		}
		return err
	}); n != fifty {
		t.Errorf("%d of %d were answered", n, fifty)
	}
	if n := winners(t, func(int) error {
		_, err := s.Confirm(ctx, booking.Confirmation{
			Reference: booking.Reference(ref.Load()),
			Key:       booking.Key{Scope: "test", Text: "confirm"},
		})
		return err
	}); n != fifty {
		t.Errorf("%d of %d were answered", n, fifty)
	}
	confirmed(t, s, sel, 1)
}

// TestConfirmingWhileHoldsLapseNeverOversells lets the holds of a sold-out event lapse one after
// the other while their owners confirm them and others want the seats.
func TestConfirmingWhileHoldsLapseNeverOversells(t *testing.T) {
	const holds = fifty / 2
	s := open(t)
	ctx := context.Background()
	sel := event(t, s, holds)
	start := time.Now()
	var passed, owners, others atomic.Int64
	s.now = func() time.Time { return start.Add(time.Duration(passed.Load())) }
	writerOf(s).group.now = s.now
	var wg sync.WaitGroup
	var all []booking.Booking
	for i := range holds {
		all = append(all, hold(t, s, sel, 1, time.Minute+time.Duration(i)*time.Second))
	}
	end := all[holds-1].ExpiresAt.Add(time.Second)
	passed.Store(int64(time.Minute - time.Second))
	wg.Go(func() {
		for s.now().Before(end) {
			passed.Add(int64(50 * time.Millisecond))
			time.Sleep(rand.N(400 * time.Microsecond))
		}
	})
	for _, b := range all {
		moment := b.ExpiresAt.Add(rand.N(time.Second) - time.Second/2)
		wg.Go(func() {
			for s.now().Before(moment) {
				time.Sleep(50 * time.Microsecond)
			}
			_, err := s.Confirm(ctx, booking.Confirmation{Reference: b.Reference})
			if err == nil {
				owners.Add(1)
			}
		})
		wg.Go(func() {
			for last := false; !last; {
				last = !s.now().Before(end)
				if _, err := s.Book(ctx, booking.Request{Event: sel, Quantity: 1}); err == nil {
					others.Add(1)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d holds confirmed, %d seats booked by others", owners.Load(), holds,
		others.Load())
	if owners.Load() == 0 || others.Load() == 0 {
		t.Error("all ended in the same way: the test is blind")
	}
	if owners.Load()+others.Load() != holds {
		t.Errorf("%d seats were sold, there are %d", owners.Load()+others.Load(), holds)
	}
	counters(t, s, sel, 0, holds, 0)
}

// The control: who looks whether the hold is there, and confirms it afterwards without looking
// again, sells seats that somebody else has. Verify names it.
func TestConfirmingWithoutTheGuardOversells(t *testing.T) {
	s := open(t)
	sel := event(t, s, 1)
	b := hold(t, s, sel, 1, 0)
	setClock(s, b.ExpiresAt.Add(-time.Microsecond))
	if looked, err := s.Booking(t.Context(), b.Reference); err != nil ||
		looked.Status != booking.Held {
		t.Fatalf("got %+v, %v", looked, err)
	}
	setClock(s, b.ExpiresAt)
	seats(t, s, sel, 1)
	tamper(t, placeOf(s), unguarded,
		`UPDATE bookings SET status = 'confirmed' WHERE id = 1`,
		`UPDATE events SET confirmed = confirmed + 1, version = version + 1 WHERE id = 1`,
		`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity, held,
			confirmed, detail) SELECT 1, version, 0, 'naive', 'booking.confirmed', 1, 0, 0, 1, ''
			FROM events WHERE id = 1`)
	r, err := s.Verify(t.Context())
	must(t, err)
	var named []string
	for _, f := range r.Findings {
		named = append(named, f.Check)
	}
	for _, want := range []string{"seats within capacity", "steps of the booking"} {
		if !slices.Contains(named, want) {
			t.Errorf("verify names %q, not %q", named, want)
		}
	}
}
