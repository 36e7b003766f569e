package storage

import (
	"context"
	"errors"
	"slices"
	"time"

	"evbook/internal/booking"
)

type bookMany struct {
	rows    []booking.Request
	atomic  bool
	results []booking.RowResult
}

func (c *bookMany) needs(n *needs) {
	for _, row := range c.rows {
		book(row).needs(n)
	}
}

func (c *bookMany) decide(sheet *booking.Sheet, by booking.Caller, now time.Time) error {
	return sheet.Decide(by, now, func(d *booking.Draft) (err error) {
		c.results, err = d.BookMany(c.rows, c.atomic)
		return err
	})
}

// BookMany books rows in their order, in one transaction with one sync of the disk: when it returns
// without an error, what the results call booked is on disk. There may be at most
// [booking.MaxRows]. When atomic, nothing is booked unless every row can be: the error then counts
// the refused rows, and the results tell of each of them. Errors: Invalid, and when atomic also
// NotFound, SoldOut, Closed, Limit, KeyReused.
func (s *Store) BookMany(
	ctx context.Context, rows []booking.Request, atomic bool,
) ([]booking.RowResult, error) {
	switch {
	case len(rows) == 0:
		return nil, booking.Errorf(booking.Invalid, "there are no rows to book")
	case len(rows) > booking.MaxRows:
		return nil, booking.TooManyRows()
	}
	c := &bookMany{rows: rows, atomic: atomic}
	bare := func(r booking.Request) bool { return r.Key.Text == "" }
	err := s.do(ctx, &call{command: c, alone: true, keyed: !slices.ContainsFunc(rows, bare)})
	var refused *booking.Error
	if err != nil && (!errors.As(err, &refused) || refused.Rows == 0) {
		return nil, err // the results are not what is in the file
	}
	if s.dryRun {
		c.forgetNew()
	}
	for i := range c.results {
		c.results[i].Receipt = s.received(c.results[i].Receipt)
	}
	return c.results, err
}

// forgetNew takes the references of new bookings out of the results, also where a later row has
// repeated the key of an earlier one.
func (c *bookMany) forgetNew() {
	made := map[booking.Reference]bool{}
	for i := range c.results {
		receipt := &c.results[i].Receipt
		if ref := receipt.Booking.Reference; made[ref] || !receipt.Replayed {
			made[ref] = true
			receipt.Booking.Reference = 0
		}
	}
}
