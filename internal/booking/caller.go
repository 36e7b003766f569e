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
