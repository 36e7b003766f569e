package storage

import (
	"context"

	"evbook/internal/booking"
)

// AddPool adds a pool to an event. Errors: Invalid, NotFound, Conflict.
func (s *Store) AddPool(ctx context.Context, ask booking.NewPool) (booking.PoolAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).AddPool)
}

// EditPool changes a pool. Errors: Invalid, NotFound, Conflict.
func (s *Store) EditPool(ctx context.Context, ask booking.PoolEdit) (booking.PoolAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).EditPool)
}
