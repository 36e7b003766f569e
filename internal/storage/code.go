package storage

import (
	"context"
	"crypto/rand"
	"math"
	"time"

	"evbook/internal/booking"
)

// AddCode adds an access code to an event, and makes one up if none is given. Errors: Invalid,
// NotFound, Conflict.
func (s *Store) AddCode(ctx context.Context, ask booking.NewCode) (booking.CodeAnswer, error) {
	if ask.Text == "" {
		ask.Text = newCode()
	}
	return divide(ctx, s, ask.Event, ask.Text, ask, (*booking.Draft).AddCode)
}

// DisableCode takes an access code out of use. Errors: NotFound.
func (s *Store) DisableCode(
	ctx context.Context, ask booking.CodeSelector,
) (booking.CodeAnswer, error) {
	return divide(ctx, s, ask.Event, ask.Text, ask, (*booking.Draft).DisableCode)
}

// codeSymbols are those of access codes that are made up: no two look alike.
const codeSymbols = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes an access code up: ten symbols, too many to be guessed while there are limits to
// how often one can try.
func newCode() string {
	const half = 5
	// Bytes from here on would make some symbols likelier than others.
	const fair = 256 - 256%len(codeSymbols)
	code := make([]byte, 0, 2*half+1)
	for draw := make([]byte, 1); len(code) < cap(code); {
		if len(code) == half {
			code = append(code, '-')
		}
		rand.Read(draw) // never fails: crypto/rand ends the program instead
		if int(draw[0]) < fair {
			code = append(code, codeSymbols[int(draw[0])%len(codeSymbols)])
		}
	}
	return string(code)
}

// CodeQuery says which access codes of an event are wanted. They come in the order in which they
// were made.
type CodeQuery struct {
	Event booking.Selector
	Page
}

// CodePage is part of the access codes of an event.
type CodePage struct {
	// Event has the codes of the page, and its ticket types and pools.
	Event booking.Event
	// Next is the cursor of the next page, empty on the last one.
	Next string
}

// Codes lists a page of the access codes of an event; for strangers there are none. Errors:
// Invalid, NotFound.
func (s *Store) Codes(ctx context.Context, q CodeQuery) (CodePage, error) {
	var bad booking.Fields
	q.Page.validate(&bad)
	return s.codes(ctx, q, q.Limit, bad)
}

// AllCodes lists all access codes of an event as they are at one moment: from the cursor on, if
// there is one, whatever the limit. Errors: Invalid, NotFound.
func (s *Store) AllCodes(ctx context.Context, q CodeQuery) (CodePage, error) {
	return s.codes(ctx, q, math.MaxInt32, nil)
}

// codes reads at most so many codes, unless some fields of the query are bad already.
func (s *Store) codes(
	ctx context.Context, q CodeQuery, limit int, bad booking.Fields,
) (page CodePage, err error) {
	from := q.readCursor(&bad)
	if err := bad.Err(); err != nil {
		return page, err
	}
	e, err := s.bareEvent(ctx, q.Event)
	if err != nil {
		return page, err
	}
	list := digest("codes", e.ID)
	after, err := q.lastCode(from, list)
	if err != nil || !e.Planned || s.caller.Scope.Public { // codes are for those who get them
		return CodePage{Event: e}, err
	}
	err = s.read.moment(ctx, func(v view) error {
		if page.Event, err = v.event(ctx, booking.Selector{ID: e.ID}, s.ownEvents()); err != nil {
			return err
		}
		codes, err := v.codes(ctx, e.ID, after, limit+1)
		if err != nil {
			return err
		}
		if len(codes) > limit {
			codes = codes[:limit]
			page.Next = codeCursor(codes[limit-1], list)
		}
		page.Event.Codes = booking.NewCodes(codes...)
		return v.readPlan(ctx, &page.Event, "", s.now())
	})
	return page, s.classify(err)
}

// codes reads so many codes of an event that were made after one.
func (v view) codes(
	ctx context.Context, event int64, after booking.Code, limit int,
) (codes []booking.Code, err error) {
	err = v.each(ctx, func(scan scanner) error {
		c, err := scanCode(scan)
		codes = append(codes, c)
		return err
	}, selectCodes+` AND (created_at, code) > ($2, $3) ORDER BY created_at, code LIMIT $4`,
		event, micros(after.CreatedAt), after.Text, limit)
	return codes, err
}

// lastCode is the code after which a page starts, the zero code on the first. It refuses with
// [booking.Invalid] a cursor of another list.
func (q CodeQuery) lastCode(from cursor, list string) (c booking.Code, err error) {
	var bad booking.Fields
	switch {
	case q.Cursor == "":
		c.CreatedAt = time.UnixMicro(0)
	case from.List != list || from.Number == nil || from.Text == nil:
		bad.Add("cursor", foreignCursor(q.Cursor))
	default:
		c.CreatedAt, c.Text = fromMicros(*from.Number), *from.Text
	}
	return c, bad.Err()
}

// codeCursor is the cursor of the page after a code.
func codeCursor(c booking.Code, list string) string {
	made := micros(c.CreatedAt)
	return cursor{List: list, sortValue: sortValue{Number: &made, Text: &c.Text}}.String()
}
