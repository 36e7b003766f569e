package storage

import (
	"context"

	"evbook/internal/booking"
)

// amendment is a command that changes a booking without freeing all of it.
type amendment struct {
	ref    booking.Reference
	key    booking.Key
	asked  change
	apply  func(*booking.Draft) (booking.Amended, error)
	answer booking.Amended
}

func (c *amendment) needs(n *needs) {
	n.change(c.ref, c.asked)
	n.key(c.key)
}

func (c *amendment) decide(d *booking.Draft) (err error) {
	c.answer, err = c.apply(d)
	return err
}

func (s *Store) amend(ctx context.Context, c *amendment) (booking.Amended, error) {
	err := s.do(ctx, &call{command: c, alone: true, keyed: c.key.Text != ""})
	c.answer.Booking = c.answer.Booking.At(s.now()) // a repeated request shows what became of it
	return c.answer, err
}

// Amend changes what a customer gave. Errors: Invalid, NotFound, Limit, Conflict, KeyReused.
func (s *Store) Amend(ctx context.Context, ask booking.Amendment) (booking.Amended, error) {
	c := &amendment{ref: ask.Reference, key: ask.Key,
		apply: func(d *booking.Draft) (booking.Amended, error) { return d.Amend(ask) }}
	if ask.Email != nil {
		c.asked.email = *ask.Email
	}
	return s.amend(ctx, c)
}

// Transfer gives a booking to another customer, and erases the data of the former one. What is
// erased may be found in the bytes of the file until something is forgotten by [Store.Forget].
// Errors: Invalid, NotFound, Limit, Conflict, KeyReused.
func (s *Store) Transfer(ctx context.Context, ask booking.Transfer) (booking.Amended, error) {
	amended, err := s.amend(ctx, &amendment{ref: ask.Reference, key: ask.Key,
		asked: change{email: ask.Email},
		apply: func(d *booking.Draft) (booking.Amended, error) { return d.Transfer(ask) }})
	if err == nil && (!s.dryRun || amended.Replayed) {
		amended.Secret = s.Secret(amended.Booking)
	}
	return amended, err
}

// Resize changes the number of seats of a booking; it stays as it was when they do not fit. Errors:
// Invalid, NotFound, SoldOut, Closed, Limit, Conflict, KeyReused.
func (s *Store) Resize(ctx context.Context, ask booking.Resize) (booking.Amended, error) {
	return s.amend(ctx, &amendment{ref: ask.Reference, key: ask.Key,
		asked: change{seats: ask.Seats()},
		apply: func(d *booking.Draft) (booking.Amended, error) { return d.Resize(ask) }})
}

// Move makes the seats of a booking those of another event or ticket type; it stays as it was when
// they do not fit there. Errors: Invalid, NotFound, SoldOut, Closed, Limit, Conflict, KeyReused.
func (s *Store) Move(ctx context.Context, ask booking.Move) (booking.Amended, error) {
	asked := change{moves: true, event: ask.Event, code: ask.Code}
	return s.amend(ctx, &amendment{ref: ask.Reference, key: ask.Key, asked: asked,
		apply: func(d *booking.Draft) (booking.Amended, error) { return d.Move(ask) }})
}
