package booking

import "time"

// Engine is the actor of what evbook does by itself: it takes lapsed holds off the books.
const Engine = "evbook"

// EntryKind says what a journal entry records.
type EntryKind string

// The kinds of journal entries.
const (
	EventCreated     EntryKind = "event.created"
	EventEdited      EntryKind = "event.edited"
	EventOpened      EntryKind = "event.opened"
	EventClosed      EntryKind = "event.closed"
	EventCancelled   EntryKind = "event.cancelled"
	EventDeleted     EntryKind = "event.deleted"
	BookingHeld      EntryKind = "booking.held"
	BookingExtended  EntryKind = "booking.extended"
	BookingReleased  EntryKind = "booking.released"
	BookingExpired   EntryKind = "booking.expired"
	BookingConfirmed EntryKind = "booking.confirmed"
	BookingReduced   EntryKind = "booking.reduced"
	BookingCancelled EntryKind = "booking.cancelled"
	// BookingForgotten says that the personal data of a booking was erased.
	BookingForgotten EntryKind = "booking.forgotten"
)

// Entry is one line of the journal: who changed what, when, and what it did to the seats. It never
// holds personal data of customers, so that they can be forgotten and the record stays whole.
type Entry struct {
	EventID int64
	// Seq counts the entries of the event from 1, without gaps.
	Seq   int64
	At    time.Time
	Actor string
	Kind  EntryKind
	// Booking is the booking concerned, 0 for none.
	Booking Reference
	// Capacity, Held and Confirmed are the changes of the event's counters.
	Capacity, Held, Confirmed int
	Detail                    Detail
}

// Detail is what else is worth keeping of a change.
type Detail struct {
	// Fields names the details of an event that were edited.
	Fields []string `json:"fields,omitempty"`
	// ExpiresAt is until when seats were held or a hold was extended.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// Empty says whether there is nothing to keep.
func (d Detail) Empty() bool { return len(d.Fields) == 0 && d.ExpiresAt.IsZero() }

// log notes a change of the event and counts its version up.
func (d *Draft) log(event *Event, e Entry) {
	event.Version++
	e.EventID, e.Seq = event.ID, event.Version
	e.At, e.Actor = d.now, d.actor
	d.journal = append(d.journal, e)
}
