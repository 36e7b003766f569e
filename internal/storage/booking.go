package storage

import (
	"context"
	"slices"

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

// findBookings reads the bookings that are wanted and have not been read.
func (l *loader) findBookings(b *batch, keep func(booking.Booking)) {
	rows := make([]any, 0, len(l.bookings))
	for ref := range l.bookings {
		rows = append(rows, l.row(ref))
	}
	b.lookUp(l.eachBooking(keep), selectBooking+` WHERE id IN ()`, rows)
}

// eachBooking keeps the bookings of an answer.
func (l *loader) eachBooking(keep func(booking.Booking)) func(scanner) error {
	return func(scan scanner) error {
		b, err := l.scanBooking(scan)
		if err == nil {
			keep(b)
		}
		return err
	}
}

// putBooking puts a booking on the sheet that was found.
func (l *loader) putBooking(b booking.Booking) {
	delete(l.bookings, b.Reference)
	l.events[b.EventID] = true
	l.sheet.LoadBooking(b)
	l.onSheet[b.Reference] = true
	l.loaded = append(l.loaded, b)
}

func (l *loader) scanBooking(scan scanner) (booking.Booking, error) {
	row, b, err := l.scanRow(scan)
	if err == nil {
		b.Reference = l.reference(row)
	}
	return b, err
}

const (
	insertSimple = `INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency,
		email, name, note, cancel_reason, created_at, updated_at, email_folded, name_folded`
	bookingKinds = "nnntnttttt" + "nntt"
)

// What simple bookings do not have is left out for them: each column that is written costs time.
var (
	simpleBookings = insertion(insertSimple, bookingKinds)
	heldBookings   = insertion(insertSimple+`, expires_at`, bookingKinds+"n")
	fullBookings   = insertion(insertSimple+`, expires_at, extensions, lines, code, offered_at,
		limited`, bookingKinds+"nnttnn")
)

// insertBooking writes a new booking.
func insertBooking(b *batch, row int64, made booking.Booking) {
	values := []any{
		row, made.EventID, made.Quantity, string(made.Status), made.UnitPrice.Minor,
		made.UnitPrice.Currency, made.Email, made.Name, made.Note, made.CancelReason,
		micros(made.CreatedAt), micros(made.UpdatedAt), booking.Fold(made.Email),
		booking.Fold(made.Name),
	}
	limited := made.Limited || made.Status == booking.Waiting
	switch {
	case len(made.Lines) > 0 || made.Code != "" || made.Extensions > 0 ||
		!made.OfferedAt.IsZero() || limited:
		b.put(&fullBookings, append(values, microsOrNull(made.ExpiresAt), made.Extensions,
			linesText(made.Lines), textOrNull(made.Code), microsOrNull(made.OfferedAt),
			bit(limited))...)
	case !made.ExpiresAt.IsZero():
		b.put(&heldBookings, append(values, micros(made.ExpiresAt))...)
	default:
		b.put(&simpleBookings, values...)
	}
}

// saveBooking writes a booking that was made or changed. What a customer gave, and what is asked
// for, change seldom.
func saveBooking(b *batch, row int64, c *booking.BookingChange) {
	before, after := c.Before, c.After
	if before == nil {
		insertBooking(b, row, after)
		return
	}
	updateState(b, row, *before, after)
	if after.EventID != before.EventID || after.UnitPrice != before.UnitPrice ||
		after.Code != before.Code {
		b.exec(`UPDATE bookings SET event_id = $2, unit_price = $3, currency = $4, code = $5,
			limited = $6 WHERE id = $1`, row, after.EventID, after.UnitPrice.Minor,
			after.UnitPrice.Currency, textOrNull(after.Code), bit(after.Limited))
	}
	if after.Email != before.Email || after.Name != before.Name || after.Note != before.Note {
		b.exec(`UPDATE bookings SET email = $2, name = $3, note = $4, email_folded = $5,
			name_folded = $6 WHERE id = $1`, row, after.Email, after.Name, after.Note,
			booking.Fold(after.Email), booking.Fold(after.Name))
	}
}

// updateState writes what became of a booking, in one statement since the CHECK judges each by
// itself: most are confirmed, released or cancelled, and nothing but their seats changes.
func updateState(b *batch, row int64, before, after booking.Booking) {
	const state = `UPDATE bookings SET quantity = $2, status = $3, updated_at = $4`
	values := []any{row, after.Quantity, string(after.Status), micros(after.UpdatedAt)}
	if after.CancelReason == before.CancelReason && after.ExpiresAt.Equal(before.ExpiresAt) &&
		after.OfferedAt.Equal(before.OfferedAt) && after.Extensions == before.Extensions &&
		after.Issue == before.Issue && slices.Equal(after.Lines, before.Lines) {
		b.exec(state+` WHERE id = $1`, values...)
		return
	}
	b.exec(state+`, cancel_reason = $5, expires_at = $6, extensions = $7, lines = $8,
			offered_at = $9, issue = $10 WHERE id = $1`,
		append(values, after.CancelReason, microsOrNull(after.ExpiresAt), after.Extensions,
			linesText(after.Lines), microsOrNull(after.OfferedAt), after.Issue)...)
}

func book(ask booking.Request) *errand[booking.Request, booking.Receipt] {
	return newErrand(ask, ask.Key, (*booking.Draft).Book, func(n *needs) {
		n.newBookings++
		n.event(ask.Event)
		n.ask(ask.Event, ask.Seats())
		n.code(ask.Event, ask.Code)
		n.customer(ask.Event, ask.Email)
	})
}

// Book takes seats for a customer, and confirms or holds them. When it returns without an error
// the booking is on disk. Errors: Invalid, NotFound, SoldOut, Closed, Limit, KeyReused.
func (s *Store) Book(ctx context.Context, ask booking.Request) (booking.Receipt, error) {
	receipt, err := book(ask).together(ctx, s)
	return s.received(receipt), err
}

func cancel(ask booking.Cancellation) *errand[booking.Cancellation, booking.Returned] {
	return newErrand(ask, ask.Key, (*booking.Draft).Cancel, only(ask.Reference))
}

// CancelBooking gives all or some seats of a booking back, exactly once. Errors: Invalid, NotFound,
// Conflict, KeyReused.
func (s *Store) CancelBooking(
	ctx context.Context, ask booking.Cancellation,
) (booking.Returned, error) {
	return cancel(ask).together(ctx, s)
}

// only is what a rule looks at that needs to know of one booking.
func only(ref booking.Reference) func(*needs) {
	return func(n *needs) { n.booking(ref) }
}
