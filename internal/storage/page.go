package storage

import (
	"context"
	"fmt"
	"strconv"

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

// resolve checks a page and gives the limit. The cursor is read by the list it belongs to.
func (p Page) resolve(cursor func(string) (int64, bool)) (limit int, after int64, err error) {
	var bad booking.Fields
	if p.Limit < 1 || p.Limit > MaxLimit {
		bad.Add("limit", fmt.Sprintf("must be a whole number from 1 to %d, got %d", MaxLimit,
			p.Limit))
	}
	if p.Cursor != "" {
		var ok bool
		if after, ok = cursor(p.Cursor); !ok {
			bad.Add("cursor", fmt.Sprintf("%.40q is not from a former page of this list", p.Cursor))
		}
	}
	return p.Limit, after, bad.Err()
}

// Events lists events by number. Errors: Invalid.
func (s *Store) Events(ctx context.Context, p Page) (EventPage, error) {
	limit, after, err := p.resolve(eventCursor)
	if err != nil {
		return EventPage{}, err
	}
	var page EventPage
	err = s.read.each(ctx, func(scan scanner) error {
		e, err := scanEvent(scan)
		page.Events = append(page.Events, e)
		return err
	}, selectEvent+` WHERE id > $1 ORDER BY id LIMIT $2`, after, limit+1)
	if len(page.Events) > limit {
		page.Events = page.Events[:limit]
		page.Next = strconv.FormatInt(page.Events[limit-1].ID, 10)
	}
	return page, classify(s.path, err)
}

func eventCursor(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0 && strconv.FormatInt(id, 10) == text
}

// Bookings lists the bookings of one event, or of all events for the zero selector, oldest first.
// Errors: Invalid, NotFound.
func (s *Store) Bookings(
	ctx context.Context, sel booking.Selector, p Page,
) (BookingPage, error) {
	limit, after, err := p.resolve(s.bookingCursor)
	if err != nil {
		return BookingPage{}, err
	}
	query, args := selectBooking+` WHERE id > $1 ORDER BY id LIMIT $2`, []any{after, limit + 1}
	if sel != (booking.Selector{}) {
		e, err := s.Event(ctx, sel)
		if err != nil {
			return BookingPage{}, err
		}
		query = selectBooking + ` WHERE id > $1 AND event_id = $3 ORDER BY id LIMIT $2`
		args = append(args, e.ID)
	}
	var page BookingPage
	err = s.read.each(ctx, func(scan scanner) error {
		row, b, err := scanBooking(scan)
		b.Reference = s.refs.reference(row)
		page.Bookings = append(page.Bookings, b)
		return err
	}, query, args...)
	if len(page.Bookings) > limit {
		page.Bookings = page.Bookings[:limit]
		page.Next = page.Bookings[limit-1].Reference.String()
	}
	return page, classify(s.path, err)
}

// bookingCursor reads the reference after which a page starts: it says no more than the list does.
func (s *Store) bookingCursor(text string) (int64, bool) {
	ref, err := booking.ParseReference(text)
	return s.refs.row(ref), err == nil
}
