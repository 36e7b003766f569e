package storage

import (
	"context"

	"evbook/internal/booking"
)

// Resize changes the number of seats of a booking; it stays as it was when they do not fit. Errors:
// Invalid, NotFound, SoldOut, Closed, Limit, Conflict, KeyReused.
func (s *Store) Resize(ctx context.Context, ask booking.Resize) (booking.Amended, error) {
	return newErrand(ask, ask.Key, (*booking.Draft).Resize,
		amends(ask.Reference, amendment{seats: ask.Seats()})).alone(ctx, s)
}
