package httpapi

import (
	"net/http"

	"evbook/internal/booking"
)

// Resized answers a booking that has another number of seats.
func Resized(a booking.Amended) Envelope {
	return done(viewBooking(a.Booking), "booking %s has %s for event %d, %d left",
		a.Booking.Reference, booking.Seats(a.Booking.Quantity), a.Event.ID, a.Left)
}

// resize changes the number of seats of a booking.
func (v *visit) resize(
	w http.ResponseWriter, r *http.Request, f *form, ask booking.Resize,
) error {
	amended, err := carryOut(r, f, ask, v.store.Resize)
	if err != nil {
		return err
	}
	return changed(w, amended.Replayed, Resized(amended))
}
