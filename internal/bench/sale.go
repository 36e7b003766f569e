package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// fullAt is after how many bookings an event gets a successor: all bookings of an event are
// cancelled in one transaction, which is not to last for minutes.
const fullAt = 50_000

// mostTries is how often something is asked for of which nobody can tell whether it was done, and
// insistence for how long it is begun again.
const (
	mostTries  = 3
	insistence = 10 * time.Second
)

// sale is one event of a benchmark, and what its clients were told.
type sale struct {
	event int64
	// acknowledged counts the seats that were, open those of which nobody could tell.
	acknowledged, open atomic.Int64
}

// note counts a call that was to book a seat. It is true for the one by which the event is full.
func (s *sale) note(came Outcome) (full bool) {
	switch came {
	case Done:
		return s.acknowledged.Add(1) == fullAt
	case Unknown:
		s.open.Add(1)
	}
	return false
}

// hasSuccessors says whether events are relieved of their clients.
func (r *run) hasSuccessors() bool { return !r.SellOut && !r.Passing }

// judge compares the seats that are booked with what clients were told.
func (s *sale) judge(booked int64, capacity int) (found []storage.Finding) {
	acknowledged, open := s.acknowledged.Load(), s.open.Load()
	note := func(check, format string, args ...any) {
		detail := fmt.Sprintf("event %d: ", s.event) + fmt.Sprintf(format, args...)
		found = append(found, storage.Finding{Check: check, Detail: detail})
	}
	switch {
	case booked < acknowledged:
		note("lost", "%d acknowledged, %d booked", acknowledged, booked)
	case booked > acknowledged+open:
		note("unacknowledged", "%d booked, %d acknowledged, %d unknown", booked, acknowledged, open)
	}
	if booked > int64(capacity) {
		note("oversold", "%d booked, %d seats", booked, capacity)
	}
	return found
}

// open makes an event on sale in place of another one, or of none.
func (r *run) open(ctx context.Context, place int) error {
	r.opening.Lock()
	defer r.opening.Unlock()
	r.drafts++
	d := Draft{fmt.Sprintf("%s, %d", r.Name, r.drafts), r.Capacity, uuid.NewString()}
	s, err := r.create(ctx, d)
	if err != nil {
		if booking.KindOf(err) == booking.Unknown {
			r.doubtful = append(r.doubtful, d)
		}
		return err
	}
	r.places[place].Store(s)
	return nil
}

// create makes an event, unless it was made before.
func (r *run) create(ctx context.Context, d Draft) (*sale, error) {
	var event int64
	err := insist(ctx, func() (err error) {
		event, err = r.target.Create(ctx, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	s := &sale{event: event}
	r.sales = append(r.sales, s)
	return s, nil
}

// cancel calls the events off, as many of them as it can.
func (r *run) cancel(ctx context.Context) {
	failed := func(err error) {
		if r.LeftBecause == nil {
			r.LeftBecause = err
		}
	}
	for _, d := range r.doubtful { // its number is the answer that was lost
		if _, err := r.create(ctx, d); err != nil {
			r.Doubtful = append(r.Doubtful, d.Name)
			failed(err)
		}
	}
	for i, s := range r.sales {
		r.watch(Progress{Stage: Cancelling, Done: int64(i), Of: len(r.sales)})
		err := r.end(ctx, s.event)
		if err == nil {
			continue
		}
		failed(err)
		kind := booking.KindOf(err)
		if kind != booking.Unknown && kind != booking.Unavailable {
			r.Left = append(r.Left, s.event)
			continue
		}
		for _, next := range r.sales[i:] { // who does not answer now would keep us for hours
			r.Left = append(r.Left, next.event)
		}
		return
	}
}

// end calls one event off.
func (r *run) end(ctx context.Context, event int64) error {
	tries := 0
	err := insist(ctx, func() error {
		tries++
		return r.target.Cancel(ctx, event)
	})
	if tries > 1 && booking.KindOf(err) == booking.Conflict {
		return nil // the try before has done it
	}
	return err
}

// insist makes a call that may be repeated, until it is known what has become of it, but not for
// long.
func insist(ctx context.Context, call func() error) (err error) {
	began := time.Now()
	for range mostTries {
		if err = call(); booking.KindOf(err) != booking.Unknown || time.Since(began) > insistence {
			return err
		}
		select {
		case <-time.After(breath):
		case <-ctx.Done():
			return err
		}
	}
	return err
}
