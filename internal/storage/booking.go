package storage

import (
	"context"

	"evbook/internal/booking"
)

const selectBooking = `SELECT id, event_id, quantity, status, unit_price, currency, email, name,
	note, cancel_reason, created_at, updated_at FROM bookings`

// scanBooking reads a booking and its row number; the reference is for the caller to set.
func scanBooking(scan scanner) (int64, booking.Booking, error) {
	var (
		b                     booking.Booking
		row, created, updated int64
	)
	err := scan(&row, &b.EventID, &b.Quantity, &b.Status, &b.UnitPrice.Minor, &b.UnitPrice.Currency,
		&b.Email, &b.Name, &b.Note, &b.CancelReason, &created, &updated)
	if err != nil {
		return 0, booking.Booking{}, err
	}
	b.CreatedAt, b.UpdatedAt = fromMicros(created), fromMicros(updated)
	return row, b, nil
}

// saveBooking writes a booking that was made or changed. What a customer gave when booking does
// not change.
func saveBooking(b *batch, row int64, c *booking.BookingChange) {
	after := c.After
	if c.Before == nil {
		b.exec(`INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email,
				name, note, cancel_reason, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			row, after.EventID, after.Quantity, string(after.Status), after.UnitPrice.Minor,
			after.UnitPrice.Currency, after.Email, after.Name, after.Note, after.CancelReason,
			micros(after.CreatedAt), micros(after.UpdatedAt))
		return
	}
	b.exec(`UPDATE bookings SET quantity = $2, status = $3, cancel_reason = $4, updated_at = $5
		WHERE id = $1`,
		row, after.Quantity, string(after.Status), after.CancelReason, micros(after.UpdatedAt))
}

type book struct {
	ask    booking.Request
	answer booking.Receipt
}

func (c *book) needs(n *needs) {
	n.newBookings = true
	n.event(c.ask.Event)
	n.key(c.ask.Key)
}

func (c *book) decide(d *booking.Draft) (err error) {
	c.answer, err = d.Book(c.ask)
	return err
}

// Book takes seats for a customer and confirms them. When it returns without an error the booking
// is on disk. Errors: Invalid, NotFound, SoldOut, Closed, KeyReused.
func (s *Store) Book(ctx context.Context, ask booking.Request) (booking.Receipt, error) {
	c := &book{ask: ask}
	err := s.do(ctx, &call{command: c, keyed: ask.Key.Text != ""})
	return c.answer, err
}

type cancelBooking struct {
	ask    booking.Cancellation
	answer booking.Returned
}

func (c *cancelBooking) needs(n *needs) {
	n.booking(c.ask.Reference)
	n.key(c.ask.Key)
}

func (c *cancelBooking) decide(d *booking.Draft) (err error) {
	c.answer, err = d.Cancel(c.ask)
	return err
}

// CancelBooking gives all or some seats of a booking back, exactly once. Errors: Invalid, NotFound,
// Conflict, KeyReused.
func (s *Store) CancelBooking(
	ctx context.Context, ask booking.Cancellation,
) (booking.Returned, error) {
	c := &cancelBooking{ask: ask}
	err := s.do(ctx, &call{command: c, keyed: ask.Key.Text != ""})
	return c.answer, err
}

// alone hands over a command that is a group of its own.
func (s *Store) alone(ctx context.Context, c command) error {
	return s.do(ctx, &call{command: c, alone: true})
}

// do hands over a call.
func (s *Store) do(ctx context.Context, c *call) error {
	if s.write == nil {
		return booking.Errorf(booking.Unavailable, "%s is open for reading only", s.path)
	}
	return s.write.do(ctx, s.lockTimeout, c)
}
