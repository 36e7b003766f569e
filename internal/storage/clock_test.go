package storage

import (
	"testing"
	"time"

	"evbook/internal/booking"
)

// setClock sets the clocks of a store, those of its writer and of its readers.
func setClock(s *Store, now time.Time) {
	s.now = func() time.Time { return now }
	writerOf(s).group.now = s.now
}

// Clocks are set back, by an hour or by the time server: what was booked before stays sound.
func TestAClockThatIsSetBackBreaksNothing(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	r, err := s.Book(t.Context(), seat(sel, "before"))
	must(t, err)
	setClock(s, time.Now().Add(-time.Hour))
	if again, err := s.Book(t.Context(), seat(sel, "before")); err != nil || !again.Replayed {
		t.Errorf("got %+v, %v", again, err)
	}
	_, err = s.CancelBooking(t.Context(), booking.Cancellation{Reference: r.Booking.Reference})
	must(t, err)
	_, err = s.Book(t.Context(), seat(sel, "after"))
	must(t, err)
	sound(t, s)
}
