package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"evbook/internal/booking"
)

// forgetGroup is how many bookings are forgotten in one transaction. Others book in between, and
// wait for some hundredths of a second at most.
const forgetGroup = 500

// Erasure is what became of personal data that was to be erased.
type Erasure struct {
	// Bookings is the number of bookings from which something was erased.
	Bookings int
	// InLog is true when somebody who was reading kept the write-ahead log from being cut off: the
	// erased text can still be found in it until the log starts over.
	InLog bool
}

type forget struct {
	ask    booking.Forgetting
	refs   []booking.Reference
	erased int
}

func (c *forget) needs(n *needs) {
	for _, ref := range c.refs {
		n.booking(ref)
	}
}

func (c *forget) decide(sheet *booking.Sheet, by booking.Caller, now time.Time) error {
	return sheet.Decide(by, now, func(d *booking.Draft) (err error) {
		c.erased, err = d.Forget(c.ask, c.refs)
		return err
	})
}

// Forget erases personal data from bookings, five hundred in one transaction, and removes it from
// the bytes of the files too. When it fails halfway the error tells how far it came; doing it again
// goes on with the rest. Errors: Invalid, NotFound when no booking has the address,
// Forbidden.
func (s *Store) Forget(ctx context.Context, ask booking.Forgetting) (Erasure, error) {
	var done Erasure
	if err := s.ownerWrites(); err != nil {
		return done, err
	}
	if err := ask.Validate(); err != nil {
		return done, err
	}
	err := s.eachConcerned(ctx, ask, func(refs []booking.Reference) error {
		c := &forget{ask: ask, refs: refs}
		err := s.alone(ctx, c)
		if err == nil {
			done.Bookings += c.erased
		}
		return err
	})
	// Also when none was found: an earlier run may have been killed before it came to this. The
	// hourly search for what has outlived its time finds none too often for that, unless this store
	// knows that text is left in the files.
	if err == nil && !s.dryRun &&
		(done.Bookings > 0 || ask.Retention == 0 || s.unscrubbed.Load()) {
		s.unscrubbed.Store(false) // before: what is erased meanwhile may stay
		if done.InLog, err = s.read.source.scrub(ctx); done.InLog || err != nil {
			s.unscrubbed.Store(true)
		}
	}
	if err == nil && done.Bookings == 0 && ask.Email != "" && !done.InLog {
		err = booking.NobodyToForget(ask.Email)
	}
	return done, halfway(err, done.Bookings)
}

// halfway adds to an error how far the erasing had come.
func halfway(err error, erased int) error {
	var e *booking.Error
	if erased == 0 || !errors.As(err, &e) {
		return err
	}
	own := *e
	own.Message = fmt.Sprintf("%s; %d bookings were forgotten before that", e.Message, erased)
	if e.Kind == booking.Interrupted {
		own.Message = fmt.Sprintf("interrupted after %d bookings were forgotten", erased)
	}
	own.Hint = "do it again: it goes on with the rest"
	return &own
}

// Concerned counts the bookings that [Store.Forget] would look at now. Errors: Invalid, NotFound,
// Forbidden.
func (s *Store) Concerned(ctx context.Context, ask booking.Forgetting) (count int, err error) {
	if err := cmp.Or(s.caller.Scope.OwnerOnly(), ask.Validate()); err != nil {
		return 0, err
	}
	if ask.Booking != 0 {
		_, err := s.Booking(ctx, ask.Booking)
		return 1, err
	}
	err = s.eachConcerned(ctx, ask, func(refs []booking.Reference) error {
		count += len(refs)
		return nil
	})
	if err == nil && count == 0 && ask.Email != "" {
		err = booking.NobodyToForget(ask.Email)
	}
	return count, err
}

// eachConcerned visits the bookings that are to be forgotten, in groups. It only reads: the rules
// look again at each.
func (s *Store) eachConcerned(
	ctx context.Context, ask booking.Forgetting, visit func([]booking.Reference) error,
) error {
	switch {
	case ask.Booking != 0:
		return visit([]booking.Reference{ask.Booking})
	case ask.Email != "":
		return s.inGroups(ctx, visit, `SELECT id FROM bookings WHERE id > $1 AND email_folded = $3
			ORDER BY id LIMIT $2`, booking.Fold(ask.Email))
	}
	var events []booking.Event
	now := s.now()
	err := s.read.each(ctx, func(scan scanner) error {
		e, err := scanEvent(scan)
		events = append(events, e)
		return err
	}, s.selectEvents(at(now))+` ORDER BY id`)
	if err != nil {
		return s.classify(err)
	}
	for _, e := range events {
		before := ask.DueBefore(e, now)
		if before.IsZero() {
			continue
		}
		err := s.inGroups(ctx, visit, `SELECT id FROM bookings WHERE id > $1 AND event_id = $3
			AND created_at < $4 AND (email <> '' OR name <> '' OR note <> '' OR cancel_reason <> '')
			ORDER BY id LIMIT $2`, e.ID, micros(before))
		if err != nil {
			return err
		}
	}
	return nil
}

// inGroups visits the bookings that a query finds. It takes the row to start after and a limit.
func (s *Store) inGroups(
	ctx context.Context, visit func([]booking.Reference) error, query string, args ...any,
) error {
	for after := int64(0); ; {
		var refs []booking.Reference
		err := s.read.each(ctx, func(scan scanner) error {
			err := scan(&after)
			refs = append(refs, s.refs.reference(after))
			return err
		}, query, append([]any{after, forgetGroup}, args...)...)
		if err != nil {
			return s.classify(err)
		}
		if len(refs) == 0 {
			return nil
		}
		if err := visit(refs); err != nil {
			return err
		}
	}
}
