package storage

import (
	"context"

	"evbook/internal/booking"
)

// Event finds one event. Errors: NotFound.
func (s *Store) Event(ctx context.Context, sel booking.Selector) (e booking.Event, err error) {
	where, arg := ` WHERE id = $1`, any(sel.ID)
	if sel.Slug != "" {
		where, arg = ` WHERE slug = $1`, sel.Slug
	}
	found, err := s.read.one(ctx, func(scan scanner) (err error) {
		e, err = scanEvent(scan)
		return err
	}, s.selectEvents(s.now())+where, arg)
	if err == nil && !found {
		err = booking.NoEvent(sel)
	}
	return e, classify(s.path, err)
}

// Check says whether seats of an event can be booked now. Errors: Invalid, NotFound.
func (s *Store) Check(
	ctx context.Context, sel booking.Selector, quantity int,
) (booking.Availability, error) {
	if err := booking.ValidateQuantity(quantity); err != nil {
		return booking.Availability{}, err
	}
	e, err := s.Event(ctx, sel)
	if err != nil {
		return booking.Availability{}, err
	}
	return e.Check(quantity, s.now()), nil
}

// Booking finds one booking. Errors: NotFound.
func (s *Store) Booking(
	ctx context.Context, ref booking.Reference,
) (b booking.Booking, err error) {
	found, err := s.read.one(ctx, func(scan scanner) (err error) {
		_, b, err = scanBooking(scan)
		return err
	}, s.selectBookings()+` WHERE id = $1`, s.refs.row(ref))
	if err == nil && !found {
		err = booking.NoBooking(ref)
	}
	b.Reference = ref
	return b.At(s.now()), classify(s.path, err)
}

// Ready is nil when the database can be read and is where it was.
func (s *Store) Ready(ctx context.Context) error {
	err := s.read.place.check()
	if err == nil {
		_, err = identify(ctx, s.read.db)
	}
	return classify(s.path, err)
}
