package httpapi

import (
	"fmt"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// Booked answers a request for seats.
func Booked(r booking.Receipt) Envelope {
	return done(viewMade(r.Booking, r.Secret), "booked %s for event %d, %d left",
		booking.Seats(r.Booking.Quantity), r.Booking.EventID, r.Left)
}

// Held answers a request to hold seats.
func Held(r booking.Receipt) Envelope {
	return done(viewMade(r.Booking, r.Secret), "held %s for event %d until %s, %d left",
		booking.Seats(r.Booking.Quantity), r.Booking.EventID, moment(r.Booking.ExpiresAt), r.Left)
}

// Confirmed answers a hold that was made final, all of it or a part.
func Confirmed(r booking.Returned) Envelope {
	seats := fmt.Sprintf("%s for event %d", booking.Seats(r.Booking.Quantity), r.Event.ID)
	if r.Seats > 0 {
		seats += fmt.Sprintf(" and %s back", booking.Seats(r.Seats))
	}
	return done(viewBooking(r.Booking), "confirmed booking %s, %s, %d left", r.Booking.Reference,
		seats, r.Left)
}

// Released answers a hold whose seats were given back.
func Released(r booking.Returned) Envelope {
	return done(viewBooking(r.Booking), "released hold %s, %s back for event %d, %d left",
		r.Booking.Reference, booking.Seats(r.Seats), r.Event.ID, r.Left)
}

// Extended answers a hold that is to last longer. It may have lasted as long anyway.
func Extended(e booking.Extended) Envelope {
	return done(viewBooking(e.Booking), "hold %s lasts until %s, %s for event %d",
		e.Booking.Reference, moment(e.Booking.ExpiresAt), booking.Seats(e.Booking.Quantity),
		e.Event.ID)
}

// Cancelled answers seats given back.
func Cancelled(r booking.Returned) Envelope {
	verb := "cancelled"
	if r.Booking.Status != booking.Cancelled {
		verb = "reduced"
	}
	return done(viewBooking(r.Booking), "%s booking %s, %s back for event %d, %d left", verb,
		r.Booking.Reference, booking.Seats(r.Seats), r.Event.ID, r.Left)
}

// CreatedEvent answers a new event.
func CreatedEvent(c booking.Created) Envelope {
	if c.Event.ID == 0 { // a dry run
		return done(viewEvent(c.Event), "created an event with %s", booking.Seats(c.Event.Capacity))
	}
	return done(viewEvent(c.Event), "created event %d with %s", c.Event.ID,
		booking.Seats(c.Event.Capacity))
}

// EditedEvent answers a change of an event's details.
func EditedEvent(e booking.Event) Envelope {
	return done(viewEvent(e), "saved event %d, %d of %s left", e.ID, e.Available(),
		booking.Seats(e.Capacity))
}

// OpenedEvent answers an event put on sale.
func OpenedEvent(e booking.Event) Envelope {
	return done(viewEvent(e), "event %d is open, %s left", e.ID, booking.Seats(e.Available()))
}

// ClosedEvent answers an event taken off sale.
func ClosedEvent(e booking.Event) Envelope {
	return done(viewEvent(e), "event %d is closed, its bookings stay", e.ID)
}

// CalledOff answers a cancelled event.
func CalledOff(c booking.CalledOff) Envelope {
	waiting := ""
	if c.Waiting > 0 {
		waiting = ", and " + count(c.Waiting, "waitlist entry", "waitlist entries")
	}
	return done(viewEvent(c.Event), "cancelled event %d and %s with %s%s", c.Event.ID,
		count(c.Bookings, "booking", "bookings"), booking.Seats(c.Seats), waiting)
}

// DeletedEvent answers an event removed for good, and shows what it was.
func DeletedEvent(e booking.Event) Envelope {
	return done(viewEvent(e), "deleted event %d", e.ID)
}

// ShownEvent shows one event.
func ShownEvent(e booking.Event) Envelope {
	return done(viewEvent(e), "event %d is %s, %d of %s left", e.ID, e.Status, e.Available(),
		booking.Seats(e.Capacity))
}

// ShownBooking shows one booking.
func ShownBooking(b booking.Booking) Envelope {
	return done(viewBooking(b), "booking %s is %s, %s for event %d", b.Reference, b.Status,
		booking.Seats(b.Quantity), b.EventID)
}

// ListedEvents shows one page of events.
func ListedEvents(page storage.EventPage) Envelope {
	views := make([]eventView, len(page.Events))
	for i, e := range page.Events {
		views[i] = viewEvent(e)
	}
	return listed(views, page.Next, count(len(views), "event", "events"))
}

// ListedBookings shows one page of bookings.
func ListedBookings(page storage.BookingPage) Envelope {
	views := make([]bookingView, len(page.Bookings))
	for i, b := range page.Bookings {
		views[i] = viewBooking(b)
	}
	return listed(views, page.Next, count(len(views), "booking", "bookings"))
}

// Forgotten answers personal data that was erased.
func Forgotten(e storage.Erasure) Envelope {
	view := forgottenView{Bookings: e.Bookings, Remains: e.InLog}
	if e.Bookings == 0 {
		return done(view, "there is nothing to erase")
	}
	return done(view, "erased the personal data of %s", count(e.Bookings, "booking", "bookings"))
}

// forgottenView tells of how many bookings personal data was erased.
type forgottenView struct {
	Bookings int `json:"bookings"`
	// Remains is true when the erased text can still be found in the bytes of the files, since
	// somebody was reading meanwhile.
	Remains bool `json:"remains"`
}

// Checked tells whether seats can be booked. The question is answered, and so a success, even when
// they cannot; the message then says why.
func Checked(a booking.Availability) Envelope {
	view := viewCheck(a)
	if a.Refusal != nil {
		return done(view, "%v", a.Refusal)
	}
	return done(view, "%s can be booked for event %d, %d left", booking.Seats(a.Quantity),
		a.Event.ID, view.Available)
}

// Verified tells what a check of the database found. Findings make it a failure of the kind
// [booking.Unsound].
func Verified(r storage.Report) Envelope {
	looked := fmt.Sprintf("%s, %s and %s", count(r.Events, "event", "events"),
		count(r.Bookings, "booking", "bookings"),
		count(r.Entries, "journal entry", "journal entries"))
	if len(r.Findings) == 0 {
		return done(viewReport(r), "all is sound: looked at %s", looked)
	}
	answer := done(viewReport(r), "%s in %s", count(len(r.Findings), "finding", "findings"), looked)
	answer.Success = false
	answer.Error = &Failure{Code: string(booking.Unsound)}
	return answer
}

// BackedUp answers a copy of the database.
func BackedUp(b storage.Backup) Envelope {
	return done(backupView{Path: b.Path, Bytes: b.Bytes}, "saved a backup of %d bytes as %s",
		b.Bytes, b.Path)
}

// done is a success.
func done(data any, format string, args ...any) Envelope {
	return Envelope{Success: true, Message: fmt.Sprintf(format, args...), Data: data}
}

// listed is one page of a list.
func listed(views any, next, what string) Envelope {
	answer := done(views, "%s", what)
	if next != "" {
		answer.Message += ", more follow"
	}
	answer.Page = &PageInfo{NextCursor: orNull(next), HasMore: next != ""}
	return answer
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
