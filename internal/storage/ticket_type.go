package storage

import (
	"context"
	"math"

	"evbook/internal/booking"
)

// planning is a command that changes what an event is divided into.
type planning[Ask, Answer any] struct {
	event  booking.Selector
	code   string
	ask    Ask
	apply  func(*booking.Draft, Ask) (Answer, error)
	answer Answer
}

func (c *planning[Ask, Answer]) needs(n *needs) {
	n.event(c.event)
	n.code(c.event, c.code)
	// Pools that become smaller may need every lapsed hold to go.
	n.lapsedOf, n.lapsed = c.event, math.MaxInt32
	n.wholeQueue = true
}

func (c *planning[Ask, Answer]) decide(d *booking.Draft) (err error) {
	c.answer, err = c.apply(d, c.ask)
	return err
}

// divide hands over a change of what an event is divided into.
func divide[Ask, Answer any](
	ctx context.Context, s *Store, event booking.Selector, code string, ask Ask,
	apply func(*booking.Draft, Ask) (Answer, error),
) (Answer, error) {
	c := &planning[Ask, Answer]{event: event, code: code, ask: ask, apply: apply}
	err := s.alone(ctx, c)
	return c.answer, err
}

// AddType adds a ticket type to an event. Errors: Invalid, NotFound, Conflict.
func (s *Store) AddType(ctx context.Context, ask booking.NewType) (booking.TypeAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).AddType)
}

// EditType changes a ticket type. Errors: Invalid, NotFound, Conflict.
func (s *Store) EditType(ctx context.Context, ask booking.TypeEdit) (booking.TypeAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).EditType)
}

// AddPool adds a pool to an event. Errors: Invalid, NotFound, Conflict.
func (s *Store) AddPool(ctx context.Context, ask booking.NewPool) (booking.PoolAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).AddPool)
}

// EditPool changes a pool. Errors: Invalid, NotFound, Conflict.
func (s *Store) EditPool(ctx context.Context, ask booking.PoolEdit) (booking.PoolAnswer, error) {
	return divide(ctx, s, ask.Event, "", ask, (*booking.Draft).EditPool)
}

// AddCode adds an access code to an event, and makes one up if none is given. Errors: Invalid,
// NotFound, Conflict.
func (s *Store) AddCode(ctx context.Context, ask booking.NewCode) (booking.CodeAnswer, error) {
	if ask.Text == "" {
		ask.Text = newCode()
	}
	return divide(ctx, s, ask.Event, ask.Text, ask, (*booking.Draft).AddCode)
}

// DisableCode takes an access code out of use. Errors: NotFound.
func (s *Store) DisableCode(
	ctx context.Context, ask booking.CodeSelector,
) (booking.CodeAnswer, error) {
	return divide(ctx, s, ask.Event, ask.Text, ask, (*booking.Draft).DisableCode)
}
