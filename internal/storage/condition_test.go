package storage

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"evbook/internal/booking"
)

// changers let many callers change one thing at the same time, and give how many did. Any failure
// but Stale is one of the test.
func changers(t *testing.T, change func(i int) error) int {
	t.Helper()
	const callers = 20
	var changed atomic.Int32
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			switch err := change(i); booking.KindOf(err) {
			case "":
				changed.Add(1)
			case booking.Stale:
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	return int(changed.Load())
}

func TestOfManyWhoSawOneVersionOfAnEventOneChangesIt(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	edit := func(store *Store) func(int) error {
		return func(i int) error {
			_, err := store.EditEvent(t.Context(), sel,
				booking.Edit{Name: new(fmt.Sprintf("Meetup %d", i))})
			return err
		}
	}
	e, err := s.Event(t.Context(), sel)
	must(t, err)
	seen := booking.Condition{Versions: []int64{e.Version}}
	if n := changers(t, edit(s.If(seen))); n != 1 {
		t.Errorf("%d have changed version %d", n, e.Version)
	}
	if n := changers(t, edit(s)); n < 2 { // the control
		t.Errorf("without a condition only %d have changed the event", n)
	}
}

func TestOfManyWhoSawOneVersionOfABookingOneChangesIt(t *testing.T) {
	s := open(t)
	made, err := s.Book(t.Context(), booking.Request{Event: event(t, s, 40), Quantity: 30})
	must(t, err)
	ref := made.Booking.Reference
	give := func(store *Store) func(int) error {
		return func(int) error {
			_, err := store.CancelBooking(t.Context(), booking.Cancellation{
				Reference: ref, Part: booking.Part{Quantity: new(1)},
			})
			return err
		}
	}
	b, err := s.Booking(t.Context(), ref)
	must(t, err)
	if b.Tag() != made.Booking.Tag() {
		t.Error("the booking that was answered and the one that is read differ")
	}
	if n := changers(t, give(s.If(booking.Condition{Tags: []string{b.Tag()}}))); n != 1 {
		t.Errorf("%d have changed one version", n)
	}
	if n := changers(t, give(s)); n < 2 { // the control
		t.Errorf("without a condition only %d have changed the booking", n)
	}
	if b, err = s.Booking(t.Context(), ref); err != nil || b.Quantity != 9 {
		t.Errorf("there are %d seats left, %v", b.Quantity, err)
	}
}
