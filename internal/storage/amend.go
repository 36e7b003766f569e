package storage

import (
	"context"

	"evbook/internal/booking"
)

// amends is what a rule looks at that changes a booking.
func amends(ref booking.Reference, asked amendment) func(*needs) {
	return func(n *needs) { n.amend(ref, asked) }
}

// Amend changes what a customer gave. Errors: Invalid, NotFound, Limit, Conflict, KeyReused.
func (s *Store) Amend(ctx context.Context, ask booking.Amendment) (booking.Amended, error) {
	var asked amendment
	if ask.Email != nil {
		asked.email = *ask.Email
	}
	return newErrand(ask, ask.Key, (*booking.Draft).Amend,
		amends(ask.Reference, asked)).alone(ctx, s)
}

// Transfer gives a booking to another customer, and erases the data of the former one. What is
// erased may be found in the bytes of the file until [Store.Forget] is called, be it only for what
// has outlived its retention: looking through the whole file takes too long for each transfer.
// Errors: Invalid, NotFound, Limit, Conflict, KeyReused.
func (s *Store) Transfer(ctx context.Context, ask booking.Transfer) (booking.Amended, error) {
	amended, err := newErrand(ask, ask.Key, (*booking.Draft).Transfer,
		amends(ask.Reference, amendment{email: ask.Email})).alone(ctx, s)
	if err != nil || s.dryRun && !amended.Replayed {
		return amended, err
	}
	if !amended.Replayed {
		s.unscrubbed.Store(true)
	}
	amended.Secret = s.Secret(amended.Booking)
	return amended, nil
}
