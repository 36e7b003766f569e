package booking

import (
	"fmt"
	"strconv"
	"time"
)

// Limits of what people may write. Lengths are in characters (Unicode code points) after NFC.
const (
	MaxName        = 200
	MaxVenue       = 200
	MaxDescription = 5000
	MaxNote        = 1000
	MaxReason      = 500
	// MaxCapacity is the most seats an event can have, and so the most one booking can ask for.
	MaxCapacity = 10_000_000
	// MaxPrice is the highest price of one seat, in minor units. Times MaxCapacity it still fits
	// an int64, so no total can overflow.
	MaxPrice = 100_000_000_000
)

// EventStatus says whether an event takes bookings.
type EventStatus string

// The states of an event.
const (
	// Draft events are being prepared and take no bookings yet.
	DraftEvent EventStatus = "draft"
	// OpenEvent is on sale.
	OpenEvent EventStatus = "open"
	// ClosedEvent takes no more bookings, and may be opened again.
	ClosedEvent EventStatus = "closed"
	// CancelledEvent will not happen; all its bookings are cancelled. It is final.
	CancelledEvent EventStatus = "cancelled"
)

// EventStatuses lists the states of an event.
func EventStatuses() []EventStatus {
	return []EventStatus{DraftEvent, OpenEvent, ClosedEvent, CancelledEvent}
}

// Event is something that happens once and has a number of seats.
type Event struct {
	ID   int64
	Slug string
	EventDetails
	// Held and Confirmed are the seats taken: Held by bookings that may still lapse, Confirmed for
	// good. Lapsed are the seats of holds that have lapsed and are still on the books: they are
	// free, but have to be taken off before others can have them. The sum of all three never
	// exceeds Capacity.
	Held, Confirmed, Lapsed int
	Status                  EventStatus
	// Version counts the changes; it is also the number of the event's newest journal entry.
	Version   int64
	CreatedAt time.Time
}

// EventDetails is what an organiser decides about an event.
type EventDetails struct {
	Name        string
	Description string
	Venue       string
	// Capacity is the number of seats, 1 to [MaxCapacity].
	Capacity int
	// Price is what one seat costs.
	Price Money
	// Zone is the IANA name of the time zone in which the event takes place.
	Zone string
	// StartsAt and EndsAt are in UTC; zero when not decided.
	StartsAt, EndsAt time.Time
}

// Over says whether the event has ended. One without an end is never over.
func (e Event) Over(now time.Time) bool { return !e.EndsAt.IsZero() && !now.Before(e.EndsAt) }

// Available is the number of seats that can still be booked; those of lapsed holds are.
func (e Event) Available() int { return e.Capacity - e.Held - e.Confirmed }

// room is the number of seats that can be booked before lapsed holds are taken off the books.
func (e Event) room() int { return e.Available() - e.Lapsed }

// Taken is the number of seats that are held or confirmed.
func (e Event) Taken() int { return e.Held + e.Confirmed }

// onSale refuses with [Closed] unless the event takes bookings at the time.
func (e Event) onSale(now time.Time) error {
	var err *Error
	switch {
	case e.Status == DraftEvent:
		err = Errorf(Closed, "event %d is a draft and not on sale yet", e.ID).
			WithHint("open it first")
	case e.Status == ClosedEvent:
		err = Errorf(Closed, "event %d is closed and takes no bookings", e.ID).
			WithHint("open it first")
	case e.Status == CancelledEvent:
		err = Errorf(Closed, "event %d is cancelled and takes no bookings", e.ID)
	case e.Over(now):
		err = Errorf(Closed, "event %d ended at %s and takes no bookings", e.ID,
			e.EndsAt.Format(time.RFC3339))
	default:
		return nil
	}
	err.Event = e.ID
	return err
}

// normal gives the details in the form in which they are kept: NFC, and times in UTC to the
// microsecond.
func (e EventDetails) normal() EventDetails {
	e.Name, e.Description, e.Venue = nfc(e.Name), nfc(e.Description), nfc(e.Venue)
	e.StartsAt = e.StartsAt.UTC().Truncate(time.Microsecond)
	e.EndsAt = e.EndsAt.UTC().Truncate(time.Microsecond)
	return e
}

// validate reports the fields that break a limit.
func (e EventDetails) validate(bad *Fields) {
	if e.Name == "" {
		bad.Add("name", "is empty; give the event a name")
	}
	bad.Add("name", validateText(e.Name, MaxName, false))
	bad.Add("description", validateText(e.Description, MaxDescription, true))
	bad.Add("venue", validateText(e.Venue, MaxVenue, false))
	bad.Add("capacity", validateCount(e.Capacity, MaxCapacity))
	bad.Add("price", e.Price.validate())
	bad.Add("timezone", validateZone(e.Zone))
	bad.Add("starts_at", validateTime(e.StartsAt))
	bad.Add("ends_at", validateTime(e.EndsAt))
	if !e.EndsAt.IsZero() && !e.StartsAt.IsZero() && !e.EndsAt.After(e.StartsAt) {
		bad.Add("ends_at", fmt.Sprintf("%s is not after starts_at %s",
			e.EndsAt.Format(time.RFC3339), e.StartsAt.Format(time.RFC3339)))
	}
}

// validateCount says why a number of seats is not from 1 to most; "" when it is.
func validateCount(n, most int) string {
	if n < 1 || n > most {
		return fmt.Sprintf("must be a whole number from 1 to %d, got %d", most, n)
	}
	return ""
}

// Selector names one event, by its number or by its slug.
type Selector struct {
	ID   int64
	Slug string
}

// ParseSelector reads an event's number or slug as people type it.
func ParseSelector(text string) (Selector, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err == nil && id > 0 && strconv.FormatInt(id, 10) == text {
		return Selector{ID: id}, nil
	}
	if reason := validateSlug(text); reason != "" || text == "" {
		return Selector{}, Errorf(Invalid, "%s is neither an event's number nor its slug",
			quoted(text)).
			WithHint("the list of events shows both")
	}
	return Selector{Slug: text}, nil
}

// String is the number or the slug.
func (s Selector) String() string {
	if s.Slug != "" {
		return s.Slug
	}
	return strconv.FormatInt(s.ID, 10)
}

func (s Selector) validate() string {
	if s.Slug == "" && s.ID < 1 {
		return fmt.Sprintf("must be an event's number, 1 or more, got %d", s.ID)
	}
	return ""
}

// ListOfEvents is the hint of [NoEvent], in words that fit both doors.
const ListOfEvents = "the list of events shows what there is"

// NoEvent is the answer when there is no such event.
func NoEvent(sel Selector) *Error {
	err := Errorf(NotFound, "no event %s", sel).WithHint(ListOfEvents)
	err.Event, err.Slug = sel.ID, sel.Slug
	return err
}

// NoBooking is the answer when there is no such booking.
func NoBooking(ref Reference) *Error {
	err := Errorf(NotFound, "no booking %s", ref).
		WithHint("the list of an event's bookings shows the references")
	err.Booking = ref
	return err
}

// Availability answers the question whether a number of seats can be booked.
type Availability struct {
	Event Event
	// Quantity is the number of seats asked for.
	Quantity int
	// Refusal is why the seats cannot be booked now, [SoldOut] or [Closed]; nil when they can.
	Refusal error
}

// Sufficient says whether the seats can be booked.
func (a Availability) Sufficient() bool { return a.Refusal == nil }

// Check says whether seats of the event could be booked at the time, by the rule that Book uses.
func (e Event) Check(quantity int, now time.Time) Availability {
	a := Availability{Event: e, Quantity: quantity, Refusal: e.onSale(now)}
	if a.Refusal == nil && quantity > e.Available() {
		a.Refusal = soldOut(e, quantity)
	}
	return a
}

// ValidateQuantity reports a number of seats that cannot be asked for, as an [Invalid] error.
func ValidateQuantity(quantity int) error {
	var bad Fields
	bad.Add("quantity", validateCount(quantity, MaxCapacity))
	return bad.Err()
}
