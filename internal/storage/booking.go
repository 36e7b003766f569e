package storage

import (
	"context"

	"evbook/internal/booking"
)

const (
	bookingColumnsEver = `SELECT id, event_id, quantity, status, unit_price, currency, email, name,
		note, cancel_reason, created_at, updated_at, `
	bookingColumns = bookingColumnsEver + `coalesce(expires_at, 0), extensions,
		coalesce(lines, ''), coalesce(code, ''), coalesce(offered_at, 0), issue, limited`
	selectBooking = bookingColumns + ` FROM bookings`
	// bookingColumnsBefore are those of a schema before [lifeSchema].
	bookingColumnsBefore = bookingColumnsEver + `0, 0, '', '', 0, 0, 0`
)

// scanBooking reads a booking and its row number; the reference is for the caller to set.
func scanBooking(scan scanner) (int64, booking.Booking, error) { return newBookingScan()(scan) }

// newBookingScan makes a scanBooking for many rows, one after the other. Scanning into the types
// that the driver gives, always the same ones, takes half the time.
func newBookingScan() func(scanner) (int64, booking.Booking, error) {
	var (
		b                               booking.Booking
		row, quantity, created, updated int64
		expires, extensions, offered    int64
		issue, limited                  int64
		status, currency, lines         string
	)
	targets := []any{
		&row, &b.EventID, &quantity, &status, &b.UnitPrice.Minor, &currency, &b.Email, &b.Name,
		&b.Note, &b.CancelReason, &created, &updated, &expires, &extensions, &lines,
		&b.Code, &offered, &issue, &limited,
	}
	return func(scan scanner) (int64, booking.Booking, error) {
		if err := scan(targets...); err != nil {
			return 0, booking.Booking{}, err
		}
		b.Quantity, b.Status, b.UnitPrice.Currency = int(quantity), booking.Status(status), currency
		b.CreatedAt, b.UpdatedAt = fromMicros(created), fromMicros(updated)
		b.ExpiresAt, b.Extensions = timeOrZero(expires), int(extensions)
		b.OfferedAt, b.Issue, b.Limited = timeOrZero(offered), int(issue), limited != 0
		var err error
		b.Lines, err = readLines(lines, currency)
		return row, b, err
	}
}

// insertBooking writes a new booking. What simple ones do not have is left out for them: each
// column that is written costs time.
func insertBooking(b *batch, row int64, made booking.Booking) {
	const simple = `INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency,
		email, name, note, cancel_reason, created_at, updated_at, email_folded, name_folded`
	values := []any{
		row, made.EventID, made.Quantity, string(made.Status), made.UnitPrice.Minor,
		made.UnitPrice.Currency, made.Email, made.Name, made.Note, made.CancelReason,
		micros(made.CreatedAt), micros(made.UpdatedAt), booking.Fold(made.Email),
		booking.Fold(made.Name),
	}
	limited := made.Limited || made.Status == booking.Waiting
	if made.ExpiresAt.IsZero() && len(made.Lines) == 0 && made.Code == "" && !limited {
		b.exec(simple+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, values...)
		return
	}
	b.exec(simple+`, expires_at, extensions, lines, code, offered_at, limited)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
			$19, $20)`,
		append(values, microsOrNull(made.ExpiresAt), made.Extensions, linesText(made.Lines),
			textOrNull(made.Code), microsOrNull(made.OfferedAt), limited)...)
}

// saveBooking writes a booking that was made or changed. What a customer gave, and what is asked
// for, change seldom.
func saveBooking(b *batch, row int64, c *booking.BookingChange) {
	after := c.After
	if c.Before == nil {
		insertBooking(b, row, after)
		return
	}
	b.exec(`UPDATE bookings SET quantity = $2, status = $3, cancel_reason = $4, updated_at = $5,
		expires_at = $6, extensions = $7, lines = $8, offered_at = $9, issue = $10 WHERE id = $1`,
		row, after.Quantity, string(after.Status), after.CancelReason, micros(after.UpdatedAt),
		microsOrNull(after.ExpiresAt), after.Extensions, linesText(after.Lines),
		microsOrNull(after.OfferedAt), after.Issue)
	if after.EventID != c.Before.EventID || after.UnitPrice != c.Before.UnitPrice ||
		after.Code != c.Before.Code {
		b.exec(`UPDATE bookings SET event_id = $2, unit_price = $3, currency = $4, code = $5,
			limited = $6 WHERE id = $1`, row, after.EventID, after.UnitPrice.Minor,
			after.UnitPrice.Currency, textOrNull(after.Code), after.Limited)
	}
	if after.Email != c.Before.Email || after.Name != c.Before.Name || after.Note != c.Before.Note {
		b.exec(`UPDATE bookings SET email = $2, name = $3, note = $4, email_folded = $5,
			name_folded = $6 WHERE id = $1`, row, after.Email, after.Name, after.Note,
			booking.Fold(after.Email), booking.Fold(after.Name))
	}
}

type book struct {
	ask    booking.Request
	answer booking.Receipt
}

func (c *book) needs(n *needs) {
	n.newBookings = true
	n.event(c.ask.Event)
	n.ask(c.ask.Event, c.ask.Seats())
	n.code(c.ask.Event, c.ask.Code)
	n.customer(c.ask.Event, c.ask.Email)
	n.key(c.ask.Key)
}

func (c *book) decide(d *booking.Draft) (err error) {
	c.answer, err = d.Book(c.ask)
	return err
}

// Book takes seats for a customer, and confirms or holds them. When it returns without an error
// the booking is on disk. Errors: Invalid, NotFound, SoldOut, Closed, Limit, KeyReused.
func (s *Store) Book(ctx context.Context, ask booking.Request) (booking.Receipt, error) {
	c := &book{ask: ask}
	err := s.do(ctx, &call{command: c, keyed: ask.Key.Text != ""})
	return s.received(c.answer), err
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
		return s.readOnly()
	}
	c.caller = s.caller
	return s.write.do(ctx, s.lockTimeout, c)
}

// ownerWrites refuses what is about the whole database, unless it is the owner who wants it and it
// can be written to.
func (s *Store) ownerWrites() error {
	if s.write == nil {
		return s.readOnly()
	}
	return s.caller.Scope.OwnerOnly()
}

// readOnly is the answer to a write in a store that only reads.
func (s *Store) readOnly() error {
	return booking.Errorf(booking.Unavailable, "%s is open for reading only", s.path)
}
