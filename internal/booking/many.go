package booking

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
)

const (
	// MaxRows is the most rows that one request for many bookings may have.
	MaxRows = 100_000
	// MaxNamed is how many refused rows an error names; of the rest it tells the number.
	MaxNamed = 20
)

// RowResult is what became of one row of a request for many bookings.
type RowResult struct {
	// Receipt answers the row; it is zero when the row was refused.
	Receipt Receipt
	// Refusal is why the row was refused; nil when it was booked.
	Refusal *Error
}

// BookMany books the rows in their order, each exactly as [Draft.Book] does. A refused row leaves
// no trace. When atomic, one refused row is enough for nothing to be booked: the error is that of
// [RefusedRows] then, and the results tell what would have become of each row. Otherwise the other
// rows are booked; an error means that something unexpected went wrong, and nothing is booked.
func (d *Draft) BookMany(rows []Request, atomic bool) ([]RowResult, error) {
	d.makeRoomFor(rows)
	fork := d.fork(len(rows))
	results := make([]RowResult, len(rows))
	for i, row := range rows {
		result := &results[i]
		var err error
		result.Receipt, err = Decide(fork, d.caller, d.now, func(one *Draft) (Receipt, error) {
			return one.Book(row)
		})
		if err != nil && !errors.As(err, &result.Refusal) {
			return nil, err
		}
	}
	if atomic {
		if err := RefusedRows(len(results), refusals(results)); err != nil {
			return results, err
		}
	}
	d.join(fork)
	return results, nil
}

// want is what rows together ask of one event: all of them, or those with one access code.
type want struct {
	event int64
	code  string
	lines []Line
}

// makeRoomFor makes room for all rows before they are decided on a fork: lapsed holds stay off the
// books even if the fork is thrown away.
func (d *Draft) makeRoomFor(rows []Request) {
	if len(d.lapsed) == 0 {
		return
	}
	var asked []want
	for _, row := range rows {
		event, err := d.Event(row.Event)
		if err != nil || len(d.lapsed[event.ID]) == 0 || row.Validate() != nil {
			continue
		}
		c, err := event.claim(row, d.now)
		if err != nil {
			continue
		}
		asked = askedFor(asked, event.ID, "", c.lines)
		if c.code != "" {
			asked = askedFor(asked, event.ID, c.code, c.lines)
		}
	}
	for _, a := range asked {
		event, _ := d.Find(Selector{ID: a.event})
		d.makeRoom(event, a.lines, a.code, d.now)
	}
}

// askedFor adds lines to what is asked of an event with a code, or of the event as a whole.
func askedFor(asked []want, event int64, code string, lines []Line) []want {
	i := slices.IndexFunc(asked, func(a want) bool { return a.event == event && a.code == code })
	if i < 0 {
		i = len(asked)
		asked = append(asked, want{event: event, code: code})
	}
	asked[i].lines = append(asked[i].lines, lines...)
	return asked
}

// fork gives a sheet that starts as that of the draft and can be thrown away. It has space for the
// bookings of so many rows, so that it need not grow.
func (d *Draft) fork(rows int) *Sheet {
	fork := NewSheet(d.mint)
	fork.bookings = make(map[Reference]*BookingChange, len(d.Sheet.bookings)+rows)
	fork.changedBookings = make([]*BookingChange, 0, rows)
	fork.journal = make([]Entry, 0, rows)
	for id, c := range d.Sheet.events {
		fork.events[id] = &EventChange{Before: c.After, After: c.After}
	}
	for ref, c := range d.Sheet.bookings {
		fork.bookings[ref] = &BookingChange{Before: &c.After, After: c.After}
	}
	maps.Copy(fork.slugs, d.slugs)
	maps.Copy(fork.keys, d.keys)
	maps.Copy(fork.customers, d.Sheet.customers)
	return fork
}

// join makes what was decided on a fork part of the draft.
func (d *Draft) join(fork *Sheet) {
	for _, c := range fork.changedEvents {
		d.putEvent(*c.After)
	}
	d.bookings = slices.Grow(d.bookings, len(fork.changedBookings))
	for _, c := range fork.changedBookings {
		d.putBooking(c.After)
	}
	d.journal = append(d.journal, fork.journal...)
	for _, used := range fork.newKeys {
		d.newKeys = append(d.newKeys, keyUse{Used: used})
	}
	d.customers = map[Customer]int{}
	for who, seats := range fork.customers {
		if more := seats - d.Sheet.customers[who]; more != 0 {
			d.customers[who] = more
		}
	}
}

// refusals are those among the results, by the names of their rows; rows are counted from 1.
func refusals(results []RowResult) iter.Seq2[string, *Error] {
	return func(yield func(string, *Error) bool) {
		for i := range results {
			refusal := results[i].Refusal
			if refusal != nil && !yield(fmt.Sprintf("row %d", i+1), refusal) {
				return
			}
		}
	}
}

// RefusedRows tells all refused rows of a number of rows in one error, of which the fields name the
// first [MaxNamed]; nil when none was refused. Its kind is that of the rows if they agree, else
// Invalid if one of them is, else that of the first. The refusals come with the names of their
// rows.
func RefusedRows(rows int, refusals iter.Seq2[string, *Error]) error {
	all := &Error{}
	for name, refusal := range refusals {
		all.Rows++
		switch {
		case all.Rows == 1:
			all.Kind = refusal.Kind
		case refusal.Kind == Invalid:
			all.Kind = Invalid
		}
		if all.Rows <= MaxNamed {
			all.Fields = append(all.Fields, Field{Name: name, Reason: refusal.Message})
		}
	}
	if all.Rows == 0 {
		return nil
	}
	all.Message = fmt.Sprintf("%d of %d rows refused, nothing was booked", all.Rows, rows)
	return all
}

// TooManyRows is the refusal of a request for more than [MaxRows] bookings.
func TooManyRows() *Error {
	return Errorf(Invalid, "more than %d rows at once", MaxRows).
		WithHint("split them into parts of at most %d rows", MaxRows)
}
