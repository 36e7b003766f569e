package storage

import (
	"context"
	"fmt"
	"time"

	"evbook/internal/booking"
)

// maxEmailSearched is the longest e-mail address to look for, in bytes: no booking has a longer.
const maxEmailSearched = 254

// BookingQuery says which bookings are wanted, in which order. The zero value of a filter takes
// all.
type BookingQuery struct {
	// Event leaves out the bookings of all other events.
	Event booking.Selector
	// Status leaves out bookings in another state; a hold that has lapsed is expired.
	Status []booking.Status
	// Since and Until leave out bookings that were made before Since, or not before Until.
	Since, Until time.Time
	// Search leaves out bookings that have the text in neither name nor e-mail address, compared as
	// [booking.Fold] has it. At most 200 characters in one line.
	Search string
	// Email leaves out the bookings of all other addresses, compared as [booking.Fold] has it.
	Email string
	// Waitlist leaves out the bookings that were never on the waitlist.
	Waitlist bool
	// Sort is one of [BookingSorts], with a minus before it for descending; empty for the first.
	Sort string
	Page
}

// BookingSorts are the names by which bookings can be sorted, the default first.
func BookingSorts() []string { return sortNames(bookingSortings()) }

func bookingSortings() []sorting[bookingRow] {
	return []sorting[bookingRow]{
		{name: "created_at"}, // rows are in the order in which they were made
		{name: "quantity", column: "quantity",
			value: func(b bookingRow) sortValue { return numberValue(int64(b.Quantity)) }},
		{name: "event_id", column: "event_id",
			value: func(b bookingRow) sortValue { return numberValue(b.EventID) }},
		{name: "email", column: "email_folded", text: true,
			value: func(b bookingRow) sortValue { return textValue(booking.Fold(b.Email)) }},
		{name: "name", column: "name_folded", text: true,
			value: func(b bookingRow) sortValue { return textValue(booking.Fold(b.Name)) }},
	}
}

// Bookings lists a page of bookings. Errors: Invalid, NotFound.
func (s *Store) Bookings(ctx context.Context, q BookingQuery) (BookingPage, error) {
	var bad booking.Fields
	q.Page.validate(&bad)
	l, err := s.bookingList(ctx, q, bad)
	if err != nil {
		return BookingPage{}, err
	}
	var page BookingPage
	rows, next, err := l.page(ctx, s.read, q.Limit)
	for _, r := range rows {
		page.Bookings = append(page.Bookings, s.listed(r))
	}
	page.Next = next
	return page, s.classify(err)
}

// EachBooking visits all bookings of a list as they are at one moment: from the cursor on, if there
// is one, whatever the limit. Memory does not grow with the list. An error of visit ends it and is
// given back. Errors: Invalid, NotFound.
func (s *Store) EachBooking(
	ctx context.Context, q BookingQuery, visit func(booking.Booking) error,
) error {
	l, err := s.bookingList(ctx, q, nil)
	if err != nil {
		return err
	}
	err = l.each(ctx, s.read, func(r bookingRow) error { return visit(s.listed(r)) })
	return s.classify(err)
}

// bookingRow is a booking before it is given its reference, which takes as long as to read it.
type bookingRow struct {
	row int64
	booking.Booking
}

func (s *Store) listed(r bookingRow) booking.Booking {
	r.Reference = s.refs.reference(r.row)
	return r.Booking
}

// bookingList makes the list of a query, unless some of its fields are bad already.
func (s *Store) bookingList(
	ctx context.Context, q BookingQuery, bad booking.Fields,
) (*list[bookingRow], error) {
	by := parseOrder(bookingSortings(), q.Sort, &bad)
	q.validate(&bad)
	from := q.readCursor(&bad)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if by.text || q.Search != "" || q.Email != "" {
		if err := s.needsFolded(); err != nil {
			return nil, err
		}
	}
	if q.Event != (booking.Selector{}) {
		e, err := s.Event(ctx, q.Event)
		if err != nil {
			return nil, err
		}
		q.Event = booking.Selector{ID: e.ID}
	}
	q.Status = ordered(q.Status)
	q.Search, q.Email = booking.Fold(q.Search), booking.Fold(q.Email)
	scanBooking, now := newBookingScan(), s.now()
	l := &list[bookingRow]{
		order:   by,
		columns: s.selectBookings(),
		scan: func(scan scanner) (r bookingRow, err error) {
			r.row, r.Booking, err = scanBooking(scan)
			r.Booking = r.Booking.At(now)
			return r, err
		},
		number: func(r bookingRow) uint64 { return uint64(s.refs.reference(r.row)) },
		row: func(name uint64) (int64, bool) {
			row := s.refs.row(booking.Reference(name))
			return row, row > 0
		},
		digest: digest("bookings", q.Event.ID, q.Status, micros(q.Since), micros(q.Until),
			q.Search, q.Email, by.called()),
	}
	l.where(s.ownBookings())
	q.filter(&l.filter, s.dialect)
	s.withStatus(&l.filter, q.Status, now)
	if q.Waitlist {
		s.onWaitlist(&l.filter)
		l.digest = digest(l.digest, "waitlist")
	}
	if q.Cursor == "" {
		return l, nil
	}
	return l, l.startAt(from)
}

func (q BookingQuery) validate(bad *booking.Fields) {
	validateStatus(bad, q.Status, booking.Statuses())
	validateSpan(bad, q.Since, q.Until)
	validateSearch(bad, q.Search)
	if len(q.Email) > maxEmailSearched {
		bad.Add("user_email", fmt.Sprintf("is %d bytes long, at most %d are allowed", len(q.Email),
			maxEmailSearched))
	}
}

// filter adds the conditions of the query, whose words are in order and folded.
func (q BookingQuery) filter(f *filter, d dialect) {
	if q.Event.ID != 0 {
		f.where("event_id = ?", q.Event.ID)
	}
	if !q.Since.IsZero() {
		f.where("created_at >= ?", micros(q.Since))
	}
	if !q.Until.IsZero() {
		f.where("created_at < ?", micros(q.Until))
	}
	if q.Search != "" {
		f.where("("+d.contains("email_folded", "?")+" OR "+d.contains("name_folded", "?")+")",
			q.Search, q.Search)
	}
	if q.Email != "" {
		f.where("email_folded = ?", q.Email)
	}
}
