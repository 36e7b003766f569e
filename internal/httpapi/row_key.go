package httpapi

import (
	"errors"
	"fmt"

	"evbook/internal/booking"
)

// rowKey is the key of a row, made from one for all rows. Rows are counted from 1.
func rowKey(all string, row int) string { return fmt.Sprintf("%s/%d", all, row) }

// BadRowKey says why a key cannot be one from which so many rows get theirs; "" when it can, or
// when it is empty.
func BadRowKey(all booking.Key, rows int) (reason string) {
	all.Text = rowKey(all.Text, rows)
	request := booking.Request{Event: booking.Selector{ID: 1}, Quantity: 1, Key: all}
	var e *booking.Error
	if errors.As(request.Validate(), &e) {
		return "with the number of a row it " + e.Fields[0].Reason
	}
	return ""
}

// GiveKeys makes the key of each row that has none from one for all rows, unless that is empty, so
// that the same rows can be repeated together. It refuses rows that have the key of an earlier one:
// such a row would take the answer to the other for its own.
func GiveKeys(rows []Row, all booking.Key) {
	first := make(map[string]string, len(rows))
	for i := range rows {
		row := &rows[i]
		own := &row.Request.Key
		if own.Text == "" && all.Text != "" {
			*own = booking.Key{Scope: all.Scope, Text: rowKey(all.Text, i+1)}
		}
		if own.Text == "" || row.Result != nil {
			continue
		}
		if place, taken := first[own.Text]; taken {
			row.Refuse(booking.Errorf(booking.Invalid,
				"idempotency_key: %q stands in %s already; give every row its own", own.Text,
				place))
			continue
		}
		first[own.Text] = row.place(i + 1)
	}
}

// place says where a row is: in which line of a file, or which of the rows it is.
func (r Row) place(number int) string {
	if r.Line > 0 {
		return fmt.Sprintf("line %d", r.Line)
	}
	return fmt.Sprintf("row %d", number)
}
