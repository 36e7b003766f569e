package bench

import (
	"slices"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// Result is what came of a load.
type Result struct {
	// Took is from the first call of a client to the end of the load, and Waited from there to the
	// last answer.
	Took, Waited time.Duration
	// Made is how many events there were, successors included.
	Made int
	// Lines has every operation that was called, by what it came to.
	Lines []Line
	// Others counts the calls that were not done.
	Others []Other
	// Acknowledged are the seats that clients were told are theirs; a call books one.
	Acknowledged int64
	// Booked is how many the database has, among them some of calls that are unknown.
	Booked int64
	// Failure is the first error that was no refusal; where nothing at all was done, also the first
	// refusal of who is too busy. It is nil when there was none.
	Failure error
	// Findings are what must not be of the bookings that were made.
	Findings []storage.Finding
	// Unjudged is why the bookings could not be counted, nil when they were.
	Unjudged error
	// Report is what verify says, nil where it cannot be asked, and Unverified why it failed.
	Report     *storage.Report
	Unverified error
	// Left are the events that could not be cancelled, and Doubtful the names of those of which it
	// is not known whether they were made. LeftBecause is the first reason.
	Left        []int64
	Doubtful    []string
	LeftBecause error
	// Interrupted is true when the load was ended before its time.
	Interrupted bool
}

// Line is how long the callers of an operation waited who were answered alike.
type Line struct {
	Operation Operation
	Outcome   Outcome
	Times     *Histogram
	// InTime is how many of the answers came before the load was over: what makes a rate.
	InTime int64
}

// Other counts the calls of an operation that came to nothing for a reason.
type Other struct {
	Operation Operation
	Kind      booking.Kind
	Count     int64
}

// Outcome sorts the reason.
func (o Other) Outcome() Outcome { return outcomeOf(o.Kind) }

// Count is how many calls had such an outcome.
func (r Result) Count(wanted Outcome) (sum int64) {
	for _, l := range r.Lines {
		if l.Outcome == wanted {
			sum += l.Times.Count()
		}
	}
	return sum
}

// Rate is how many calls of an operation had an outcome in a second.
func (r Result) Rate(o Operation, wanted Outcome) float64 {
	for _, l := range r.Lines {
		if l.Operation == o && l.Outcome == wanted {
			return float64(l.InTime) / r.Took.Seconds()
		}
	}
	return 0
}

// AllFindings are those of the bookings that were made, and those of verify.
func (r Result) AllFindings() []storage.Finding {
	if r.Report == nil {
		return r.Findings
	}
	return slices.Concat(r.Findings, r.Report.Findings)
}

// Sound says whether the database has what was acknowledged, no more and no less, and nothing else
// is wrong with it as far as it could be asked.
func (r Result) Sound() bool {
	return r.Unjudged == nil && r.Unverified == nil && len(r.AllFindings()) == 0
}

// gather puts into the result what was counted.
func (r *Result) gather(t *tally) {
	for _, o := range Operations() {
		for _, came := range Outcomes() {
			of := t.answered[answered{o, came}]
			if n := of.Count(); n > 0 {
				r.Lines = append(r.Lines, Line{o, came, &of.Histogram, n - of.late.Load()})
			}
		}
		for _, kind := range booking.Kinds() {
			if n := t.others[other{o, kind}].Load(); n > 0 {
				r.Others = append(r.Others, Other{o, kind, n})
			}
		}
	}
	r.Failure = t.failure.err
	if r.Failure == nil && t.done.Load() == 0 {
		r.Failure = t.refusal.err
	}
}
