package storage

import (
	"context"

	"evbook/internal/booking"
)

// Event finds one event, with its ticket types and pools. Errors: NotFound.
func (s *Store) Event(ctx context.Context, sel booking.Selector) (booking.Event, error) {
	e, err := s.bareEvent(ctx, sel)
	if err != nil || !e.Planned {
		return e, err
	}
	return s.plannedEvent(ctx, sel, "")
}

// bareEvent finds one event without what it is divided into.
func (s *Store) bareEvent(ctx context.Context, sel booking.Selector) (e booking.Event, err error) {
	where, arg := whereEvent(sel)
	ask := s.read.often
	if s.caller.Scope.Events != nil { // a statement for each token would be too many to keep
		ask = s.read.one
	}
	found, err := ask(ctx, func(scan scanner) (err error) {
		e, err = scanEvent(scan)
		return err
	}, s.selectEvents("$2")+where+` AND `+s.ownEvents(), arg, micros(s.now()))
	if err == nil && !found {
		err = booking.NoEvent(sel)
	}
	return e, s.classify(err)
}

func whereEvent(sel booking.Selector) (where string, arg any) {
	if sel.Slug != "" {
		return ` WHERE slug = $1`, sel.Slug
	}
	return ` WHERE id = $1`, sel.ID
}

// plannedEvent reads an event and what it is divided into as they are at one moment.
func (s *Store) plannedEvent(
	ctx context.Context, sel booking.Selector, code string,
) (e booking.Event, err error) {
	err = s.read.moment(ctx, func(v view) error {
		e, err = v.event(ctx, sel, s.ownEvents())
		if err != nil {
			return err
		}
		return v.readPlan(ctx, &e, code, s.now())
	})
	return e, s.classify(err)
}

// event reads an event that meets a condition as the books have it.
func (v view) event(
	ctx context.Context, sel booking.Selector, condition string,
) (e booking.Event, err error) {
	where, arg := whereEvent(sel)
	found := false
	err = v.each(ctx, func(scan scanner) (err error) {
		e, err = scanEvent(scan)
		found = true
		return err
	}, selectEvent+where+` AND `+condition, arg)
	if err == nil && !found {
		err = booking.NoEvent(sel)
	}
	return e, err
}

// Check says whether seats of an event can be booked now. Errors: Invalid, NotFound.
func (s *Store) Check(
	ctx context.Context, ask booking.AvailabilityRequest,
) (booking.Availability, error) {
	if err := ask.Validate(); err != nil {
		return booking.Availability{}, err
	}
	e, err := s.bareEvent(ctx, ask.Event)
	if err == nil && e.Planned {
		e, err = s.plannedEvent(ctx, ask.Event, booking.NormalCode(ask.Code))
	}
	if err != nil {
		return booking.Availability{}, err
	}
	return e.Check(ask, s.now())
}

// Booking finds one booking. Errors: NotFound.
func (s *Store) Booking(
	ctx context.Context, ref booking.Reference,
) (b booking.Booking, err error) {
	found, err := s.read.one(ctx, func(scan scanner) (err error) {
		_, b, err = scanBooking(scan)
		return err
	}, s.selectBookings()+` WHERE id = $1 AND `+s.ownBookings(), s.refs.row(ref))
	if err == nil && !found {
		err = booking.NoBooking(ref)
	}
	b.Reference = ref
	return b.At(s.now()), s.classify(err)
}

// Explain tells how an entry of the waitlist stands, and why it still waits. Errors: NotFound.
func (s *Store) Explain(ctx context.Context, ref booking.Reference) (w booking.Wait, err error) {
	b, err := s.Booking(ctx, ref)
	if err != nil {
		return w, err
	}
	if s.schema < lifeSchema { // there was no waitlist
		e, err := s.bareEvent(ctx, booking.Selector{ID: b.EventID})
		return e.Explain(b, nil, s.now()), err
	}
	err = s.read.moment(ctx, func(v view) error {
		w, err = s.explain(ctx, v, ref)
		return err
	})
	return w, s.classify(err)
}

func (s *Store) explain(
	ctx context.Context, v view, ref booking.Reference,
) (w booking.Wait, err error) {
	var b booking.Booking
	var queue []booking.Booking
	read := func(scan scanner) error {
		row, found, err := scanBooking(scan)
		found.Reference = s.refs.reference(row)
		b = found
		return err
	}
	err = v.each(ctx, read, selectBooking+` WHERE id = $1 AND `+s.ownBookings(), s.refs.row(ref))
	switch {
	case err != nil:
		return w, err
	case b.Reference == 0:
		return w, booking.NoBooking(ref)
	}
	e, err := v.event(ctx, booking.Selector{ID: b.EventID}, s.ownEvents())
	if err == nil {
		err = v.readPlan(ctx, &e, "", s.now())
	}
	if err == nil && b.Status == booking.Waiting {
		entry := b
		err = v.each(ctx, func(scan scanner) error {
			err := read(scan)
			queue = append(queue, b)
			return err
		}, selectBooking+` WHERE event_id = $1 AND status = 'waiting' AND id <= $2 ORDER BY id`,
			e.ID, s.refs.row(ref))
		b = entry
	}
	return e.Explain(b, queue, s.now()), err
}

// Ready is nil when the database is where it was, can be read, has a schema that this evbook may
// use and, as far as this evbook is to write to it, does take what is written. After a write that
// failed it tries one: a full disk that has room again is noticed without a caller who runs the
// risk.
func (s *Store) Ready(ctx context.Context) error {
	err := s.read.ready(ctx)
	if err != nil || s.write == nil {
		return s.classify(err)
	}
	for _, w := range s.write.failing() {
		err = w.do(ctx, s.lockTimeout, &call{command: probe{}, caller: s.caller})
		if err != nil {
			return s.classify(err)
		}
	}
	return nil
}
