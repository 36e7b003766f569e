package booking

import "time"

// Engine is the actor of what evbook does by itself: it takes lapsed holds off the
// books, and offers free seats to those who wait for them.
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
	// BookingJoined says that somebody waits for seats, BookingOffered that these are held for
	// them now, and BookingLeft that they wait no more.
	BookingJoined  EntryKind = "booking.joined"
	BookingOffered EntryKind = "booking.offered"
	BookingLeft    EntryKind = "booking.left"
	// BookingResized says that a booking has another number of seats.
	BookingResized EntryKind = "booking.resized"
	// BookingMoved says that seats of a booking became seats of another event or ticket type; it
	// is in the journal of both events.
	BookingMoved EntryKind = "booking.moved"
	// BookingEdited and BookingTransferred say that what the customer gave was changed, and that
	// there is another customer.
	BookingEdited      EntryKind = "booking.edited"
	BookingTransferred EntryKind = "booking.transferred"

	TypeAdded    EntryKind = "ticket_type.added"
	TypeEdited   EntryKind = "ticket_type.edited"
	TypeClosed   EntryKind = "ticket_type.closed"
	PoolAdded    EntryKind = "pool.added"
	PoolEdited   EntryKind = "pool.edited"
	CodeAdded    EntryKind = "code.added"
	CodeDisabled EntryKind = "code.disabled"
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
	// Capacity, Held, Confirmed and Waiting are the changes of the event's counters.
	Capacity, Held, Confirmed, Waiting int
	Detail                             Detail
}

// Detail is what else is worth keeping of a change.
type Detail struct {
	// Fields names the details of an event that were edited.
	Fields []string `json:"fields,omitempty"`
	// ExpiresAt is until when seats were held or a hold was extended.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Types tells how the change is made up of seats of ticket types.
	Types []TypeSeats `json:"types,omitempty"`
	// Code is the access code concerned; its counters change as those of the event.
	Code string `json:"code,omitzero"`
	// Name is the ticket type or the pool that was added or changed.
	Name string `json:"name,omitzero"`
	// Event is the other event of a booking that was moved.
	Event int64 `json:"event,omitzero"`
}

// Empty says whether there is nothing to keep.
func (d Detail) Empty() bool {
	return len(d.Fields) == 0 && d.ExpiresAt.IsZero() && len(d.Types) == 0 && d.Code == "" &&
		d.Name == "" && d.Event == 0
}

// TypeSeats are the changes of a ticket type's counters.
type TypeSeats struct {
	// Type is the number of the ticket type, Name what it was called.
	Type      int64  `json:"type"`
	Name      string `json:"name"`
	Held      int    `json:"held,omitzero"`
	Confirmed int    `json:"confirmed,omitzero"`
	Waiting   int    `json:"waiting,omitzero"`
}

// log notes a change of the event and counts its version up.
func (d *Draft) log(event *Event, e Entry) {
	event.Version++
	e.EventID, e.Seq = event.ID, event.Version
	e.At, e.Actor = d.now, d.caller.Actor
	d.journal = append(d.journal, e)
}
