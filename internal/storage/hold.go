package storage

import (
	"context"

	"evbook/internal/booking"
)

func confirm(ask booking.Confirmation) *errand[booking.Confirmation, booking.Returned] {
	return newErrand(ask, ask.Key, (*booking.Draft).Confirm, func(n *needs) {
		n.amend(ask.Reference, amendment{email: ask.Email})
	})
}

// Confirm makes a hold final, exactly once and before it lapses. Errors: Invalid, NotFound,
// Conflict, KeyReused.
func (s *Store) Confirm(ctx context.Context, ask booking.Confirmation) (booking.Returned, error) {
	return confirm(ask).together(ctx, s)
}

func release(ask booking.Release) *errand[booking.Release, booking.Returned] {
	return newErrand(ask, ask.Key, (*booking.Draft).Release, only(ask.Reference))
}

// Release gives the seats of a hold back, exactly once and before it lapses. Errors: Invalid,
// NotFound, Conflict, KeyReused.
func (s *Store) Release(ctx context.Context, ask booking.Release) (booking.Returned, error) {
	return release(ask).together(ctx, s)
}

func extend(ask booking.Extension) *errand[booking.Extension, booking.Extended] {
	return newErrand(ask, ask.Key, (*booking.Draft).Extend, only(ask.Reference))
}

// Extend lets a hold lapse later. Errors: Invalid, NotFound, Conflict, KeyReused.
func (s *Store) Extend(ctx context.Context, ask booking.Extension) (booking.Extended, error) {
	return extend(ask).together(ctx, s)
}
