package storage

import (
	"fmt"

	"evbook/internal/booking"
)

const (
	// DefaultLimit is the length of a page for callers that have no wish.
	DefaultLimit = 30
	// MaxLimit is the longest page.
	MaxLimit = 200
)

// Page says which part of a list is wanted.
type Page struct {
	// Limit is the most entries to give, 1 to [MaxLimit].
	Limit int
	// Cursor is the Next of the page before; empty for the first page.
	Cursor string
}

// EventPage is part of the list of events.
type EventPage struct {
	Events []booking.Event
	// Next is the cursor of the next page, empty on the last one.
	Next string
}

// BookingPage is part of the list of bookings.
type BookingPage struct {
	Bookings []booking.Booking
	// Next is the cursor of the next page, empty on the last one.
	Next string
}

// validate reports a limit that no page can have.
func (p Page) validate(bad *booking.Fields) {
	if p.Limit < 1 || p.Limit > MaxLimit {
		bad.Add("limit", fmt.Sprintf("must be a whole number from 1 to %d, got %d", MaxLimit,
			p.Limit))
	}
}

// foreignCursor says that a text is no cursor of a list.
func foreignCursor(text string) string {
	return fmt.Sprintf("%.40q is not from a former page of this list", text)
}
