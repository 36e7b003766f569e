package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"evbook/internal/booking"
)

// Health says how good something is.
type Health string

const (
	// Good needs nothing to be done.
	Good Health = "ok"
	// Doubtful works, but not as well, or not as safely, as it could.
	Doubtful Health = "warn"
	// Bad loses bookings, refuses them, or will do so one day.
	Bad Health = "bad"
)

// Diagnosis is what one look at a database has told.
type Diagnosis struct {
	// Check names what was looked at.
	Check string
	State Health
	// Detail says how it is.
	Detail string
	// Fix says what is to be done; it is empty only where the state is good.
	Fix string
}

// Doctor looks at a database and all that it rests on, from the outside and without changing
// anything. Options name the database; who may write to it is not asked for more. What is wrong is
// among what it gives, even that there is no database; an error means that it could not go on
// looking. Errors: Interrupted.
func Doctor(ctx context.Context, o Options) ([]Diagnosis, error) {
	x := &examination{}
	o = o.patient()
	if o.Address != "" {
		x.server(ctx, o)
	} else {
		x.file(ctx, o)
	}
	if ctx.Err() != nil {
		return nil, interrupted(ctx.Err())
	}
	return x.found, nil
}

// examination is a visit of the doctor under way.
type examination struct {
	found []Diagnosis
}

func (x *examination) good(check, format string, args ...any) {
	x.note(Diagnosis{Check: check, State: Good, Detail: fmt.Sprintf(format, args...)})
}

func (x *examination) note(d Diagnosis) { x.found = append(x.found, d) }

// failed notes an error as what is wrong, and says whether there was one.
func (x *examination) failed(check string, err error) bool {
	if err == nil {
		return false
	}
	d := Diagnosis{Check: check, State: Bad, Detail: err.Error(), Fix: "evbook verify says more"}
	var known *booking.Error
	if errors.As(err, &known) {
		d.Detail = known.Message
		if known.Cause != nil {
			d.Detail += ": " + booking.Conceal(known.Cause.Error())
		}
		if known.Hint != "" {
			d.Fix = strings.TrimPrefix(known.Hint, "nothing was changed; ")
		}
	}
	x.note(d)
	return true
}

// seats has every seat counted again, as evbook verify does.
func (x *examination) seats(ctx context.Context, s *Store) {
	const check = "invariants"
	report, err := s.Verify(ctx)
	if x.failed(check, err) {
		return
	}
	if len(report.Findings) == 0 {
		x.good(check, "every seat adds up (events %d, bookings %d)", report.Events, report.Bookings)
		return
	}
	first := report.Findings[0]
	x.note(Diagnosis{check, Bad,
		fmt.Sprintf("%d findings, the first is %s: %s", len(report.Findings), first.Check,
			first.Detail),
		"evbook verify tells all of them; put a backup in place if nobody knows how it came"})
}

// schema tells whether a database has the schema of this evbook.
func (x *examination) schema(version int, up string) {
	const check = "schema"
	switch {
	case version < schemaVersion:
		x.note(Diagnosis{check, Doubtful,
			fmt.Sprintf("%d, older than that of this evbook (%d)", version, schemaVersion), up})
	case version > schemaVersion:
		x.note(Diagnosis{check, Doubtful,
			fmt.Sprintf("%d, newer than that of this evbook (%d)", version, schemaVersion),
			"use the newer evbook here, too"})
	default:
		x.good(check, "%d, that of this evbook", version)
	}
}
