package bench

import (
	"context"
	"fmt"
	"sync/atomic"

	"evbook/internal/storage"
)

// fullAt is after how many bookings an event gets a successor: all bookings of an event are
// cancelled in one transaction, which is not to last for minutes.
const fullAt = 50_000

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
	name := fmt.Sprintf("%s, %d", r.Name, len(r.sales)+1)
	event, err := r.target.Create(ctx, name, r.Capacity)
	if err != nil {
		return err
	}
	s := &sale{event: event}
	r.sales = append(r.sales, s)
	r.places[place].Store(s)
	return nil
}
