package storage

import (
	"context"

	"evbook/internal/booking"
)

type confirm struct {
	ask    booking.Confirmation
	answer booking.Returned
}

func (c *confirm) needs(n *needs) {
	n.change(c.ask.Reference, change{email: c.ask.Email})
	n.key(c.ask.Key)
}

func (c *confirm) decide(d *booking.Draft) (err error) {
	c.answer, err = d.Confirm(c.ask)
	return err
}

// Confirm makes a hold final, exactly once and before it lapses. Errors: Invalid, NotFound,
// Conflict, KeyReused.
func (s *Store) Confirm(ctx context.Context, ask booking.Confirmation) (booking.Returned, error) {
	c := &confirm{ask: ask}
	err := s.do(ctx, &call{command: c, keyed: ask.Key.Text != ""})
	return c.answer, err
}

type release struct {
	ask    booking.Release
	answer booking.Returned
}

func (c *release) needs(n *needs) {
	n.booking(c.ask.Reference)
	n.key(c.ask.Key)
}

func (c *release) decide(d *booking.Draft) (err error) {
	c.answer, err = d.Release(c.ask)
	return err
}

// Release gives the seats of a hold back, exactly once and before it lapses. Errors: Invalid,
// NotFound, Conflict, KeyReused.
func (s *Store) Release(ctx context.Context, ask booking.Release) (booking.Returned, error) {
	c := &release{ask: ask}
	err := s.do(ctx, &call{command: c, keyed: ask.Key.Text != ""})
	return c.answer, err
}

type extend struct {
	ask    booking.Extension
	answer booking.Extended
}

func (c *extend) needs(n *needs) {
	n.booking(c.ask.Reference)
	n.key(c.ask.Key)
}

func (c *extend) decide(d *booking.Draft) (err error) {
	c.answer, err = d.Extend(c.ask)
	return err
}

// Extend lets a hold lapse later. Errors: Invalid, NotFound, Conflict, KeyReused.
func (s *Store) Extend(ctx context.Context, ask booking.Extension) (booking.Extended, error) {
	c := &extend{ask: ask}
	err := s.do(ctx, &call{command: c, keyed: ask.Key.Text != ""})
	return c.answer, err
}
