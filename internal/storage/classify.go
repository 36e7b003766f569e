package storage

import (
	"context"
	"errors"

	"evbook/internal/booking"
)

// classify turns an error of the database into one that callers can act on, by its code and never
// by its text. Errors that have a kind already stay as they are. byCode gives what an error of the
// database itself means, nil for one that nobody can act on.
func classify(
	name string, err error, byCode func(name string, err error) *booking.Error,
) error {
	var known *booking.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return interrupted(err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return booking.Errorf(booking.Busy, "%s did not answer in time", name).
			WithHint("nothing was changed; look whether it runs, then try again, or wait longer" +
				" with --lock-timeout").Because(telling(err))
	}
	if e := byCode(name, err); e != nil {
		return e.Because(telling(err))
	}
	return err
}

func interrupted(err error) error {
	return booking.Errorf(booking.Interrupted, "interrupted, nothing was changed").Because(err)
}

// worthRepeating says whether an error may concern one command of a group only, so that the others
// deserve a try of their own. A database that is busy, full or broken is so for all of them, and
// what may be in the file already must not be done again.
func worthRepeating(err error) bool {
	kind := booking.KindOf(err)
	return kind != booking.Busy && kind != booking.Unavailable && kind != booking.Unknown &&
		kind != booking.Interrupted
}
