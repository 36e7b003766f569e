package httpapi

import (
	"context"
	"fmt"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// deletedEvent is how an event stands that is not there any more.
const deletedEvent booking.EventStatus = "deleted"

// Standing is how an event stands, for those who watch it.
type Standing struct {
	// Event is at least as new as the entry.
	Event booking.Event
	// Entry is the change that is told with it; zero where the standing alone is told.
	Entry booking.Entry
	// At is when the event was read.
	At time.Time
}

// StandingEvent reads an event that was there before. One that has been deleted meanwhile has its
// number, no seats and a status of its own, "deleted". Errors: Unavailable.
func StandingEvent(
	ctx context.Context, store *storage.Store, id int64,
) (booking.Event, error) {
	e, err := store.Event(ctx, booking.Selector{ID: id})
	if booking.KindOf(err) == booking.NotFound {
		return booking.Event{ID: id, Status: deletedEvent}, nil
	}
	return e, err
}

// Last says whether nothing is left to be told of the event after this: it was cancelled or
// deleted, and no further entry of the journal is known.
func (s Standing) Last() bool {
	switch s.Event.Status {
	case deletedEvent:
		return s.Entry.Seq == 0 || s.Entry.Kind == booking.EventDeleted
	case booking.CancelledEvent:
		return s.Seq() >= s.Event.Version
	}
	return false
}

// Seq is the number of the entry, or of the newest one where the standing alone is told.
func (s Standing) Seq() int64 {
	if s.Entry.Seq != 0 {
		return s.Entry.Seq
	}
	return s.Event.Version
}

// When is when the entry was made; where the standing alone is told, when it was read.
func (s Standing) When() time.Time {
	if s.Entry.Seq != 0 {
		return s.Entry.At
	}
	return s.At
}

// standingView is how an event stands, as JSON for those who may see its bookings. Unlike those of
// an entry of the journal, the counters are no changes.
type standingView struct {
	EventID int64  `json:"event_id"`
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	// Kind is null where the standing alone is told.
	Kind      *string             `json:"kind"`
	Booking   *string             `json:"booking"`
	Capacity  int                 `json:"capacity"`
	Available int                 `json:"available"`
	Held      int                 `json:"held"`
	Confirmed int                 `json:"confirmed"`
	Waiting   int                 `json:"waiting"`
	Status    booking.EventStatus `json:"status"`
}

func viewStanding(s Standing) standingView {
	return standingView{
		EventID:   s.Event.ID,
		Seq:       s.Seq(),
		At:        stamp(s.When()),
		Kind:      orNull(string(s.Entry.Kind)),
		Booking:   referenceOrNull(s.Entry.Booking),
		Capacity:  s.Event.Capacity,
		Available: s.Event.Available(),
		Held:      s.Event.Held,
		Confirmed: s.Event.Confirmed,
		Waiting:   s.Event.Waiting,
		Status:    s.Event.Status,
	}
}

// publicView is how an event stands, as JSON for everybody.
type publicView struct {
	Seq       int64               `json:"seq"`
	At        string              `json:"at"`
	Available int                 `json:"available"`
	Status    booking.EventStatus `json:"status"`
}

// StandingRecord is how an event stands as a row.
func StandingRecord(s Standing) Record { return RecordOf(viewStanding(s)) }

// Stood tells how an event stands, once or with several changes, of which there is at least one.
func Stood(list []Standing) Envelope {
	views := make([]standingView, len(list))
	for i, s := range list {
		views[i] = viewStanding(s)
	}
	e := list[len(list)-1].Event
	if e.Status == deletedEvent {
		return listed(views, "", fmt.Sprintf("event %d was deleted", e.ID))
	}
	return listed(views, "", fmt.Sprintf("event %d is %s, %d of %s left", e.ID, e.Status,
		e.Available(), booking.Seats(e.Capacity)))
}
