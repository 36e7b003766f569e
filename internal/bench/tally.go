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
	// Refused ones were answered with a no, after which nothing is changed.
	Refused Outcome = "refused"
	// Failed ones were not answered as they should have been; nothing is changed either.
	Failed Outcome = "failed"
	// Unknown ones may have been carried out or not.
	Unknown Outcome = "unknown"
)

// outcomeOf sorts what a call returned with.
func outcomeOf(kind booking.Kind) Outcome {
	switch kind {
	case "":
		return Done
	case booking.Unknown:
		return Unknown
	case booking.Internal, booking.Unavailable, booking.Unsound, booking.Interrupted:
		return Failed
	}
	return Refused
}

// tally counts what becomes of the calls of all clients, in a memory that does not grow. It is safe
// for concurrent use.
type tally struct {
	// answered has how long who was answered waited.
	answered map[answered]*Histogram
	// others counts the calls that were not done, and done those that were.
	others map[other]*atomic.Int64
	done   atomic.Int64
	// first is the first error that was no refusal, nil for none.
	first   error
	failure sync.Once
}

type answered struct {
	operation Operation
	refused   bool
}

type other struct {
	operation Operation
	kind      booking.Kind
}

func newTally() *tally {
	t := &tally{answered: map[answered]*Histogram{}, others: map[other]*atomic.Int64{}}
	for _, o := range Operations() {
		t.answered[answered{o, false}], t.answered[answered{o, true}] = &Histogram{}, &Histogram{}
		for _, kind := range booking.Kinds() {
			t.others[other{o, kind}] = &atomic.Int64{}
		}
	}
	return t
}

// note counts a call.
func (t *tally) note(o Operation, err error, took time.Duration) Outcome {
	kind := booking.KindOf(err)
	came := outcomeOf(kind)
	switch came {
	case Done, Refused:
		t.answered[answered{o, came == Refused}].Add(took)
	default:
		t.failure.Do(func() { t.first = err })
	}
	if came == Done {
		t.done.Add(1)
	} else {
		t.others[other{o, kind}].Add(1)
	}
	return came
}
