package storage

import (
	"errors"
	"maps"
	"math/rand/v2"
	"time"

	"evbook/internal/booking"
)

// maxTries is how often a group is run that ends in [again].
const maxTries = 10

// maxTaken is how often a group of several is run again because a key or number was taken. As a
// rule somebody else was faster, and is seen the next time; but it may be one command's own fault.
const maxTaken = 3

// again is the error of a group of which nothing was saved, and which is to be run again as it is.
type again struct{ cause error }

func (a again) Error() string { return "to be run again: " + a.cause.Error() }

func (a again) Unwrap() error { return a.cause }

// unique says whether the reason is that a key or a number was there already.
func (a again) unique() bool { return postgresCode(a.cause) == "23505" }

// tooOften is the error of a group that has ended in again each time: that others were in its way,
// or what has kept it from being carried out at all.
func (a again) tooOften(name string) error {
	switch code := postgresCode(a.cause); {
	case code == "40001", code == "40P01", a.unique(), a.cause == errMissing:
	default:
		return a.cause
	}
	return booking.Errorf(booking.Busy, "others kept changing %s at the same time", name).
		WithHint("nothing was changed; try again").Because(a.cause)
}

// errMissing is why a group is run again that has not read all it needs.
var errMissing = errors.New("events or bookings were not read")

// pause waits before a try that follows so many others: up to two milliseconds and, each time,
// twice as long, by chance, so that two who were in each other's way are not again. Who has found
// what was missing need not wait.
func (a again) pause(tries int) {
	if a.cause != errMissing {
		time.Sleep(rand.N(time.Millisecond << min(tries, 6)))
	}
}

// needed is what a group needs beyond what its commands name, found by the tries before.
type needed struct {
	events   map[int64]bool
	bookings map[booking.Reference]bool
}

// expect adds to what is read what former tries have found.
func (l *loader) expect(found *needed) {
	maps.Copy(l.events, found.events)
	maps.Copy(l.bookings, found.bookings)
}

// replayed notes the booking behind a key that is repeated, unless it has been read.
func (l *loader) replayed(used booking.Used) {
	if !l.onSheet[used.Booking] && l.now.Sub(used.At) <= booking.KeyLife {
		l.behindKeys[used.Booking] = true
	}
}

// missing says whether a group needs events that are not locked, or bookings that were not read:
// those of keys, and what a booking was moved to or a slug was given to since the first look.
func (l *loader) missing(found *needed) bool {
	if len(l.events) == len(l.eventIDs) && len(l.behindKeys) == 0 {
		return false
	}
	found.events, found.bookings = l.events, l.behindKeys
	return true
}
