package bench

import (
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// Result is what came of a load.
type Result struct {
	// Took is from the first call of a client to the answer of the last one.
	Took time.Duration
	// Lines has every operation that was answered, and apart from it those answers that were a no.
	Lines []Line
	// Others counts the calls that were not done.
	Others []Other
	// Acknowledged are the seats that clients were told are theirs; a call books one.
	Acknowledged int64
	// Booked is how many the database has, among them some of calls that are unknown.
	Booked int64
	// Failure is the first error that was no refusal, nil when there was none.
	Failure error
	// Report is what verify says, nil where it cannot be asked.
	Report *storage.Report
	// Findings are what must not be: of the bookings that were made, and those of the report.
	Findings []storage.Finding
	// Unjudged is why the bookings could not be counted, nil when they were.
	Unjudged error
	// Left are the events that could not be cancelled, and Doubtful the names of those of which it
	// is not known whether they were made. LeftBecause is the first reason.
	Left        []int64
	Doubtful    []string
	LeftBecause error
	// Interrupted is true when the load was ended before its time.
	Interrupted bool
}

// Line is how long those waited who got an answer of one sort.
type Line struct {
	Operation Operation
	// Refused is true for answers that were a no.
	Refused bool
	Times   *Histogram
}

// Other counts the calls of an operation that came to nothing for a reason.
type Other struct {
	Operation Operation
	Kind      booking.Kind
	Count     int64
}

// Outcome sorts the reason.
func (o Other) Outcome() Outcome { return outcomeOf(o.Kind) }

// Count is how many calls were not done and had such an outcome.
func (r Result) Count(wanted Outcome) (sum int64) {
	for _, o := range r.Others {
		if o.Outcome() == wanted {
			sum += o.Count
		}
	}
	return sum
}

// Sound says whether the database has what was acknowledged, no more and no less.
func (r Result) Sound() bool { return r.Unjudged == nil && len(r.Findings) == 0 }

// gather puts into the result what was counted.
func (r *Result) gather(t *tally) {
	for _, o := range Operations() {
		for _, refused := range []bool{false, true} {
			if h := t.answered[answered{o, refused}]; h.Count() > 0 {
				r.Lines = append(r.Lines, Line{o, refused, h})
			}
		}
		for _, kind := range booking.Kinds() {
			if n := t.others[other{o, kind}].Load(); n > 0 {
				r.Others = append(r.Others, Other{o, kind, n})
			}
		}
	}
	r.Failure = t.first
}
