package booking

import "slices"

// Caller is somebody on whose behalf the engine acts.
type Caller struct {
	// Actor is who stands in the journal: "cli:ada", "http".
	Actor string
	// Scope is what there is for the caller.
	Scope Scope
	// Condition is how the caller has seen what it is going to change.
	Condition Condition
}

// Scope says which events and bookings there are for a caller. What is beyond it is answered as
// what does not exist, so that nobody learns from a refusal what others have. The zero value is
// everything.
type Scope struct {
	// Events are the numbers of the only events that there are, with their bookings; nil for all.
	Events []int64
	// Public is the scope of strangers: all events but drafts, and no booking but Own.
	Public bool
	// Own is the booking for which the caller has a secret that was made when it had been
	// transferred Issue times; 0 for none.
	Own   Reference
	Issue int
}

// HasEvent says whether an event is there for the caller.
func (s Scope) HasEvent(e Event) bool {
	if s.Public {
		return e.Status != DraftEvent
	}
	return s.Events == nil || slices.Contains(s.Events, e.ID)
}

// HasBooking says whether a booking is there for the caller.
func (s Scope) HasBooking(b Booking) bool {
	if s.Public {
		return s.Own != 0 && b.Reference == s.Own && b.Issue == s.Issue
	}
	return s.Events == nil || slices.Contains(s.Events, b.EventID)
}

// engine is the caller of what the engine does by itself.
func engine() Caller { return Caller{Actor: Engine} }

// hasEventOf says whether the event of a booking is there for the caller, who has made the booking
// and may have no secret of it.
func (s Scope) hasEventOf(b Booking) bool {
	return s.Events == nil || slices.Contains(s.Events, b.EventID)
}

// Entry gives an entry of the journal as the caller may see it: strangers see that something has
// happened to an event, but neither to which booking of another, nor who did it.
func (s Scope) Entry(e Entry) Entry {
	if s.Public {
		e.Actor, e.Detail = "", Detail{}
		if e.Booking != s.Own {
			e.Booking = 0
		}
	}
	return e
}

// all says whether there is everything for the caller.
func (s Scope) all() bool { return s.Events == nil && !s.Public }

// OwnerOnly is nil for callers for whom there is everything, and refuses others with [Forbidden]:
// what concerns the whole database is no business of theirs.
func (s Scope) OwnerOnly() error {
	if s.all() {
		return nil
	}
	return Errorf(Forbidden, "only the owner of the database may do that")
}
