package booking

import (
	"cmp"
	"fmt"
	"slices"
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
	Counters
	Status EventStatus
	// Parked is [Event.parked], where that is known of an event without its ticket types.
	Parked int
	// Planned events have ticket types, pools or access codes.
	Planned bool
	// Types and Pools are all that the event has, Codes those that are concerned. Lists of events
	// come without them.
	Types []TicketType
	Pools []Pool
	Codes Codes
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
	// SalesOpen and SalesClose are from and until when seats are sold, in UTC; zero for no limit.
	SalesOpen, SalesClose time.Time
	// MaxPerBooking and MaxPerCustomer limit the seats of one booking, and of one e-mail address
	// over all of its bookings, holds and waitlist entries; 0 for no limit.
	MaxPerBooking, MaxPerCustomer int
	// CodeRequired events are sold to people with an access code only.
	CodeRequired bool
	// Waitlist says who is offered free seats when not everybody's are free.
	Waitlist Policy
	// OfferTTL is how long an offer stands, [MinTTL] to [MaxOfferTTL].
	OfferTTL time.Duration
}

// Over says whether the event has ended. One without an end is never over.
func (e Event) Over(now time.Time) bool { return !e.EndsAt.IsZero() && !now.Before(e.EndsAt) }

// Available is the number of seats that can still be booked, whatever their type: those of lapsed
// holds are, those that people on the waitlist are due are not.
func (e Event) Available() int { return e.whole(0).available() }

// normal gives the details in the form in which they are kept: NFC, and times in UTC to the
// microsecond.
func (e EventDetails) normal() EventDetails {
	e.Name, e.Description, e.Venue = nfc(e.Name), nfc(e.Description), nfc(e.Venue)
	e.StartsAt = e.StartsAt.UTC().Truncate(time.Microsecond)
	e.EndsAt = e.EndsAt.UTC().Truncate(time.Microsecond)
	e.SalesOpen = e.SalesOpen.UTC().Truncate(time.Microsecond)
	e.SalesClose = e.SalesClose.UTC().Truncate(time.Microsecond)
	e.Waitlist = cmp.Or(e.Waitlist, Strict)
	e.OfferTTL = cmp.Or(e.OfferTTL.Truncate(time.Second), DefaultOfferTTL)
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
		bad.Add("ends_at", fmt.Sprintf("%s is not after the start, %s",
			e.EndsAt.Format(time.RFC3339), e.StartsAt.Format(time.RFC3339)))
	}
	validateWindow(bad, e.SalesOpen, e.SalesClose)
	bad.Add("max_per_booking", validateLimit(e.MaxPerBooking))
	bad.Add("max_per_customer", validateLimit(e.MaxPerCustomer))
	bad.Add("waitlist", validatePolicy(e.Waitlist))
	bad.Add("offer_ttl_seconds", validateTTL(e.OfferTTL, MaxOfferTTL))
}

// validateWindow notes what is wrong with a sales window.
func validateWindow(bad *Fields, open, end time.Time) {
	bad.Add("sales_open", validateTime(open))
	bad.Add("sales_close", validateTime(end))
	if !open.IsZero() && !end.IsZero() && !end.After(open) {
		bad.Add("sales_close", fmt.Sprintf("%s is not after the beginning of sales, %s",
			end.Format(time.RFC3339), open.Format(time.RFC3339)))
	}
}

// validateLimit says why a limit of seats is not fine; "" when it is.
func validateLimit(n int) string {
	if n < 0 || n > MaxCapacity {
		return fmt.Sprintf("must be from 1 to %d, or 0 for no limit, got %d", MaxCapacity, n)
	}
	return ""
}

func validatePolicy(p Policy) string {
	if p != "" && !slices.Contains(Policies(), p) {
		return fmt.Sprintf("must be %s or %s, got %s", Strict, Skip, quoted(string(p)))
	}
	return ""
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

// ValidateQuantity reports a number of seats that cannot be asked for, as an [Invalid] error.
func ValidateQuantity(quantity int) error {
	var bad Fields
	bad.Add("quantity", validateCount(quantity, MaxCapacity))
	return bad.Err()
}
