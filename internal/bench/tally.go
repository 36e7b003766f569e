package bench

import (
	"sync"
	"sync/atomic"
	"time"

	"evbook/internal/booking"
)

// Outcome is what a call comes to.
type Outcome string

// The outcomes.
const (
	// Done calls were answered with what was asked for: a booking is acknowledged.
	Done Outcome = "done"
	// Refused ones were answered with a no that somebody has to expect where many book, such as
	// that there are no more seats; nothing is changed.
	Refused Outcome = "refused"
	// Failed ones were not answered as they should have been; nothing is changed either.
	Failed Outcome = "failed"
	// Unknown ones may have been carried out or not.
	Unknown Outcome = "unknown"
)

// Outcomes lists what there is.
func Outcomes() []Outcome { return []Outcome{Done, Refused, Failed, Unknown} }

// outcomeOf sorts what a call returned with.
func outcomeOf(kind booking.Kind) Outcome {
	switch kind {
	case "":
		return Done
	case booking.Unknown:
		return Unknown
	case booking.SoldOut, booking.Closed, booking.Limit, booking.Conflict, booking.Busy,
		booking.TooMany:
		return Refused
	}
	return Failed
}

// tally counts what becomes of the calls of all clients, in a memory that does not grow. It is safe
// for concurrent use.
type tally struct {
	answered map[answered]*times
	// others counts the calls that were not done, and done those that were.
	others map[other]*atomic.Int64
	done   atomic.Int64
	// failure is the first error that was no refusal, and refusal the first refusal by who is too
	// busy to say more; nil for none.
	failure, refusal first
}

type answered struct {
	operation Operation
	outcome   Outcome
}

// times are how long callers waited, and how many of them beyond the end of the load.
type times struct {
	Histogram
	late atomic.Int64
}

type other struct {
	operation Operation
	kind      booking.Kind
}

// first is the first of some errors.
type first struct {
	once sync.Once
	err  error
}

func (f *first) note(err error) { f.once.Do(func() { f.err = err }) }

func newTally() *tally {
	t := &tally{answered: map[answered]*times{}, others: map[other]*atomic.Int64{}}
	for _, o := range Operations() {
		for _, came := range Outcomes() {
			t.answered[answered{o, came}] = &times{}
		}
		for _, kind := range booking.Kinds() {
			t.others[other{o, kind}] = &atomic.Int64{}
		}
	}
	return t
}

// note counts a call; late says that the load was over before its answer came.
func (t *tally) note(o Operation, err error, took time.Duration, late bool) Outcome {
	kind := booking.KindOf(err)
	came := outcomeOf(kind)
	line := t.answered[answered{o, came}]
	line.Add(took)
	if late {
		line.late.Add(1)
	}
	if came == Done {
		t.done.Add(1)
		return came
	}
	t.others[other{o, kind}].Add(1)
	switch {
	case came != Refused:
		t.failure.note(err)
	case kind == booking.Busy || kind == booking.TooMany:
		t.refusal.note(err)
	}
	return came
}
