package storage

import (
	"testing"

	"evbook/internal/booking"
)

// openPostgresAt opens a store on a PostgreSQL database.
func openPostgresAt(t testing.TB, address string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Address: address, Actor: "test", Serving: true})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func TestSeatsAreBookedOnPostgres(t *testing.T) {
	s := openPostgresAt(t, postgresAddress(t))
	sel := event(t, s, 3)
	made, err := s.Book(t.Context(), seat(sel, "k"))
	must(t, err)
	again, err := s.Book(t.Context(), seat(sel, "k"))
	must(t, err)
	if !again.Replayed || again.Booking.Reference != made.Booking.Reference {
		t.Errorf("the same key gives %+v, first was %+v", again, made)
	}
	_, err = s.CancelBooking(t.Context(), booking.Cancellation{Reference: made.Booking.Reference})
	must(t, err)
	e, err := s.Event(t.Context(), sel)
	if err != nil || e.Confirmed != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}
