package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"evbook/internal/booking"
)

// BenchmarkHold holds single seats and confirms them. x-book is how long that takes beside bookings
// of single seats, which alternate with it in each round: the median of the rounds.
func BenchmarkHold(b *testing.B) {
	for _, bookers := range []int{1, 64} {
		b.Run(fmt.Sprintf("bookers=%d", bookers), func(b *testing.B) {
			s := open(b)
			ask := booking.Request{Event: event(b, s, booking.MaxCapacity), Quantity: 1}
			times := 250 + 50*bookers
			plain := func() float64 { return bookAll(b, s, ask, bookers, times).Seconds() }
			steps := func() float64 { return holdAndConfirm(b, s, ask, bookers, times).Seconds() }
			plain() // statements are prepared
			steps()
			var plains, ratios []float64
			for round := 0; b.Loop(); round++ {
				var one, two float64
				if round%2 == 0 {
					one, two = plain(), steps()
				} else {
					two, one = steps(), plain()
				}
				plains, ratios = append(plains, one/float64(times)), append(ratios, two/one)
			}
			b.ReportMetric(median(plains)*1e6, "us/book")
			b.ReportMetric(median(ratios), "x-book")
		})
	}
}

// holdAndConfirm lets bookers hold the same and confirm it, so many times together.
func holdAndConfirm(
	b *testing.B, s *Store, ask booking.Request, bookers, times int,
) time.Duration {
	b.Helper()
	ctx := context.Background()
	ask.Hold = true
	return share(b, bookers, times, func() error {
		r, err := s.Book(ctx, ask)
		if err == nil {
			_, err = s.Confirm(ctx, booking.Confirmation{Reference: r.Booking.Reference})
		}
		return err
	})
}

// BenchmarkLapsed books single seats of an event with lapsed holds on its books: while there is
// room, and of a sold-out event, where each booking takes one of them off.
func BenchmarkLapsed(b *testing.B) {
	besideLapsed(b, "room", func(b *testing.B, room bool, lapsed int) {
		s := open(b)
		ask := booking.Request{Event: event(b, s, booking.MaxCapacity), Quantity: 1}
		last := lapsedInBulk(b, s, lapsed)
		setClock(s, last.Add(time.Hour))
		_, err := s.Book(b.Context(), ask)
		must(b, err)
		if !room {
			_, err := s.EditEvent(b.Context(), ask.Event, booking.Edit{Capacity: new(lapsed + 1)})
			must(b, err)
		}
		bookBesideLapsed(b, s, ask, room)
	})
}

// BenchmarkLapsedInPool books single seats of a pool with lapsed holds: while there is room, and of
// a pool that is sold out, where each booking takes one of them off.
func BenchmarkLapsedInPool(b *testing.B) {
	besideLapsed(b, "room", func(b *testing.B, room bool, lapsed int) {
		s := open(b)
		sel := event(b, s, booking.MaxCapacity)
		capacity := booking.MaxCapacity
		if !room {
			capacity = lapsed
		}
		lapsedInPool(b, s, sel, lapsed, capacity)
		lines := []booking.LineRequest{{Type: "seat", Quantity: 1}}
		bookBesideLapsed(b, s, booking.Request{Event: sel, Lines: lines}, room)
	})
}

// besideLapsed measures beside ten and beside ten thousand lapsed holds, each with and without
// something.
func besideLapsed(
	b *testing.B, something string, measure func(b *testing.B, with bool, lapsed int),
) {
	b.Helper()
	for _, with := range []bool{true, false} {
		for _, lapsed := range []int{10, 10_000} {
			b.Run(fmt.Sprintf("%s=%t/lapsed=%d", something, with, lapsed), func(b *testing.B) {
				measure(b, with, lapsed)
			})
		}
	}
}

// bookBesideLapsed asks for the same again and again. Unless there is room, each booking takes a
// lapsed hold off the books, and then makes way for another one.
func bookBesideLapsed(b *testing.B, s *Store, ask booking.Request, room bool) {
	b.Helper()
	held := ask
	held.Hold, held.TTL = true, booking.MinTTL
	for b.Loop() {
		r, err := s.Book(b.Context(), ask)
		must(b, err)
		if room {
			continue
		}
		b.StopTimer()
		_, err = s.CancelBooking(b.Context(), booking.Cancellation{
			Reference: r.Booking.Reference,
		})
		must(b, err)
		_, err = s.Book(b.Context(), held)
		must(b, err)
		setClock(s, s.now().Add(time.Hour))
		b.StartTimer()
	}
}

// BenchmarkLapsedInOtherPool asks for a seat of a full pool, beside lapsed holds of another: while
// all its seats are confirmed, and while one is held by somebody else.
func BenchmarkLapsedInOtherPool(b *testing.B) {
	ctx := b.Context()
	besideLapsed(b, "held", func(b *testing.B, held bool, lapsed int) {
		s := open(b)
		sel := event(b, s, booking.MaxCapacity)
		lapsedInPool(b, s, sel, lapsed, booking.MaxCapacity)
		_, err := s.AddPool(ctx, booking.NewPool{Event: sel, Name: "box", Capacity: 2})
		must(b, err)
		_, err = s.AddType(ctx, booking.NewType{Event: sel, Name: "boxed", Pool: "box"})
		must(b, err)
		ask := booking.Request{
			Event: sel, Lines: []booking.LineRequest{{Type: "boxed", Quantity: 1}},
		}
		_, err = s.Book(ctx, ask)
		must(b, err)
		one := ask
		one.Hold = held
		_, err = s.Book(ctx, one)
		must(b, err)
		for b.Loop() {
			if _, err := s.Book(ctx, ask); booking.KindOf(err) != booking.SoldOut {
				b.Fatalf("got %v", err)
			}
		}
	})
}

// lapsedInPool divides an event that has had no booking, and fills a pool of it with lapsed holds.
func lapsedInPool(b *testing.B, s *Store, sel booking.Selector, holds, capacity int) {
	b.Helper()
	ctx := context.Background()
	last := lapsedInBulk(b, s, holds)
	_, err := s.AddPool(ctx, booking.NewPool{Event: sel, Name: "hall", Capacity: capacity})
	must(b, err)
	_, err = s.AddType(ctx, booking.NewType{Event: sel, Name: "seat", Pool: "hall"})
	must(b, err)
	tamper(b, placeOf(s),
		`UPDATE bookings SET lines =
			'[{"type":1,"name":"seat","quantity":1,"unit_price":0}]'`,
		fmt.Sprintf(`UPDATE ticket_types SET held = %d`, holds),
		fmt.Sprintf(`UPDATE pools SET held = %d`, holds))
	setClock(s, last.Add(time.Hour))
}
