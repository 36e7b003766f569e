package storage

import (
	"context"

	"evbook/internal/booking"
)

// Move makes the seats of a booking those of another event or ticket type; it stays as it was when
// they do not fit there. Errors: Invalid, NotFound, SoldOut, Closed, Limit, Conflict, KeyReused.
func (s *Store) Move(ctx context.Context, ask booking.Move) (booking.Amended, error) {
	asked := amendment{moves: true, event: ask.Event, code: ask.Code}
	return newErrand(ask, ask.Key, (*booking.Draft).Move,
		amends(ask.Reference, asked)).alone(ctx, s)
}
