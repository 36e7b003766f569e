package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

const (
	// maxBatch is the most bookings that one request may ask for.
	maxBatch = 1000
	// maxBatchBody is the largest body of such a request, in bytes.
	maxBatchBody = 1 << 20
)

// batchBody asks for many bookings.
type batchBody struct {
	rows []Row
	// atomic books nothing unless every row can be booked.
	atomic bool
}

func (b *batchBody) names() []string { return []string{"bookings", "atomic"} }

// take reads one member.
func (b *batchBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "bookings":
		return b.takeRows(value), true
	case "atomic":
		return readFlag(value, &b.atomic), true
	}
	return "", false
}

// takeRows reads the rows. A bad one is refused by itself, so that all of them are told.
func (b *batchBody) takeRows(value jsontext.Value) (reason string) {
	if value.Kind() != '[' {
		return "must be an array, got " + describe(value)
	}
	// Duplicates are left to the row, which tells them along with all else.
	dec := jsontext.NewDecoder(bytes.NewReader(value), jsontext.AllowDuplicateNames(true))
	must(dec.ReadToken())
	for dec.PeekKind() != ']' {
		if len(b.rows) == maxBatch {
			return fmt.Sprintf("has more than %d rows; send several requests", maxBatch)
		}
		var row Row
		var refusal *booking.Error
		request, err := ReadRow(must(dec.ReadValue()), booking.Selector{})
		if row.Request = request; errors.As(err, &refusal) {
			row.Refuse(refusal)
		}
		b.rows = append(b.rows, row)
	}
	if len(b.rows) == 0 {
		return "is empty; ask for one booking or more"
	}
	return ""
}

// bookBatch books many rows in one transaction: all of them or none, or those that can be.
func (v *visit) bookBatch(w http.ResponseWriter, r *http.Request) error {
	var f form
	b := batchBody{atomic: true}
	if err := readBodyUpTo(maxBatchBody, w, r, &f, &b); err != nil {
		return err
	}
	f.require("bookings")
	key := v.key(r, &f)
	f.complain("idempotency_key", BadRowKey(key, maxBatch))
	if err := f.err(); err != nil {
		return err
	}
	GiveKeys(b.rows, key)
	for i := range b.rows {
		b.rows[i].Request.Key.Scope = v.keys
	}
	if b.atomic {
		if err := refusedRows(b.rows); err != nil {
			return err
		}
	}
	if err := v.bookRows(r, b); err != nil {
		return othersFit(err, len(b.rows))
	}
	status := http.StatusCreated
	tally := Count(b.rows)
	if tally.Refused > 0 {
		status = Status(booking.Partial)
	}
	markReplay(w, tally.Replayed == len(b.rows))
	render(w, status, BookedMany(b.rows, nil))
	return nil
}

// bookRows books the rows that are not refused already, and notes what became of each.
func (v *visit) bookRows(r *http.Request, b batchBody) error {
	var due []*Row
	var requests []booking.Request
	for i := range b.rows {
		if b.rows[i].Result == nil {
			due = append(due, &b.rows[i])
			requests = append(requests, b.rows[i].Request)
		}
	}
	if len(due) == 0 {
		return nil
	}
	results, err := v.store.BookMany(r.Context(), requests, b.atomic)
	if err != nil {
		return err
	}
	for i, row := range due {
		row.Result = &results[i]
	}
	return nil
}

// refusedRows tells all rows that are refused in one error; nil when none is.
func refusedRows(rows []Row) error {
	return othersFit(booking.RefusedRows(len(rows), byNumber(rows)), len(rows))
}

// byNumber gives the refusals among the rows, named by the numbers of the rows.
func byNumber(rows []Row) iter.Seq2[string, *booking.Error] {
	return func(yield func(string, *booking.Error) bool) {
		for i, row := range rows {
			refusal := row.Refusal()
			if refusal != nil && !yield(row.place(i+1), refusal) {
				return
			}
		}
	}
}

// othersFit adds to the refusal of some of the rows how to book the others.
func othersFit(err error, rows int) error {
	var refused *booking.Error
	if errors.As(err, &refused) && refused.Rows > 0 && refused.Rows < rows {
		return refused.WithHint(`"atomic": false books the others`)
	}
	return err
}
