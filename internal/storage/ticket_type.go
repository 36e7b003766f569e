package storage

import (
	"context"
	"math"

	"evbook/internal/booking"
)

// divide changes what an event is divided into: its ticket types, pools and access codes, one of
// which may be named.
func divide[Ask any, Answer booking.Answer[Answer]](
	ctx context.Context, s *Store, event booking.Selector, code string, ask Ask,
	rule func(*booking.Draft, Ask) (Answer, error),
) (Answer, error) {
	return newErrand(ask, booking.Key{}, rule, func(n *needs) {
		n.reshaped(event)
		n.code(event, code)
		// Pools that become smaller may need every lapsed hold to go.
		n.lapsedOf, n.lapsed = event, math.MaxInt32
	}).alone(ctx, s)
}

// AddType adds a ticket type to an event. Errors: Invalid, NotFound, Conflict.
func (s *Store) AddType(ctx context.Context, ask booking.NewType) (booking.TypeAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).AddType)
}

// EditType changes a ticket type. Errors: Invalid, NotFound, Conflict.
func (s *Store) EditType(ctx context.Context, ask booking.TypeEdit) (booking.TypeAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).EditType)
}
