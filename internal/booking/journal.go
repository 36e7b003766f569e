package booking

import "time"

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
}

// log notes a change of the event and counts its version up.
func (d *Draft) log(event *Event, e Entry) {
	event.Version++
	e.EventID, e.Seq = event.ID, event.Version
	e.At, e.Actor = d.now, d.actor
	d.journal = append(d.journal, e)
}
