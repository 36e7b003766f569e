package storage

import (
	"context"
	"time"

	"evbook/internal/booking"
)

// command is one change that a caller wants: what has to be loaded for it, and the rule to apply.
type command interface {
	needs(n *needs)
	// decide applies the rule. It must be repeatable: a group may be run again.
	decide(sheet *booking.Sheet, by booking.Caller, now time.Time) error
}

// errand is the command that asks one rule for something. Its answer shows the event as it is when
// all is done that followed.
type errand[Ask any, Answer booking.Answer[Answer]] struct {
	ask Ask
	// key is the caller's idempotency key; empty for none.
	key  booking.Key
	rule func(*booking.Draft, Ask) (Answer, error)
	// looksAt tells what the rule looks at, besides the key.
	looksAt func(*needs)
	answer  Answer
}

func newErrand[Ask any, Answer booking.Answer[Answer]](
	ask Ask, key booking.Key, rule func(*booking.Draft, Ask) (Answer, error), looksAt func(*needs),
) *errand[Ask, Answer] {
	return &errand[Ask, Answer]{ask: ask, key: key, rule: rule, looksAt: looksAt}
}

func (e *errand[Ask, Answer]) needs(n *needs) {
	e.looksAt(n)
	n.key(e.key)
}

func (e *errand[Ask, Answer]) decide(
	sheet *booking.Sheet, by booking.Caller, now time.Time,
) (err error) {
	e.answer, err = booking.Decide(sheet, by, now, func(d *booking.Draft) (Answer, error) {
		return e.rule(d, e.ask)
	})
	return err
}

// together hands an errand over that can share a group with others, and gives its answer.
func (e *errand[Ask, Answer]) together(ctx context.Context, s *Store) (Answer, error) {
	return e.answered(s.do(ctx, &call{command: e, keyed: e.key.Text != ""}))
}

// alone hands an errand over that is a group of its own, and gives its answer.
func (e *errand[Ask, Answer]) alone(ctx context.Context, s *Store) (Answer, error) {
	return e.answered(s.do(ctx, &call{command: e, alone: true, keyed: e.key.Text != ""}))
}

// answered gives the answer unless there is an error: the writer may still have the errand then.
func (e *errand[Ask, Answer]) answered(err error) (answer Answer, _ error) {
	if err == nil {
		answer = e.answer
	}
	return answer, err
}

// alone hands over a command that is a group of its own.
func (s *Store) alone(ctx context.Context, c command) error {
	return s.do(ctx, &call{command: c, alone: true})
}

// do hands a call over.
func (s *Store) do(ctx context.Context, c *call) error {
	if s.write == nil {
		return s.readOnly()
	}
	c.caller, c.awaited, c.abandoned = s.caller, s.awaited, s.abandoned
	return s.write.do(ctx, s.lockTimeout, c)
}

// ownerWrites refuses what is about the whole database, unless it is the owner who wants it and it
// can be written to.
func (s *Store) ownerWrites() error {
	if s.write == nil {
		return s.readOnly()
	}
	return s.caller.Scope.OwnerOnly()
}

// readOnly is the answer to a write in a store that only reads.
func (s *Store) readOnly() error {
	return booking.Errorf(booking.Unavailable, "%s is open for reading only", s.path)
}
