package httpapi

import (
	"fmt"
	"strings"

	"evbook/internal/booking"
)

// Row is one row of a request for many bookings, and what became of it.
type Row struct {
	// Line is where the row begins in a file, counted from 1; 0 for rows of no file.
	Line    int
	Request booking.Request
	// Result is nil while the row has not been answered.
	Result *booking.RowResult
	// Unknown is true when the answer to the row never came: it may be booked or not.
	Unknown bool
}

// Refuse notes why the row cannot be booked.
func (r *Row) Refuse(why *booking.Error) { r.Result = &booking.RowResult{Refusal: why} }

// Refusal is why the row was refused; nil when it was not.
func (r Row) Refusal() *booking.Error {
	if r.Result == nil {
		return nil
	}
	return r.Result.Refusal
}

// status says in a word what became of the row. Programs rely on the words.
func (r Row) status() string {
	switch {
	case r.Unknown:
		return "unknown"
	case r.Result == nil:
		return "not_done"
	case r.Result.Refusal != nil:
		return "refused"
	case r.Result.Receipt.Replayed:
		return "replayed"
	case r.Result.Receipt.Booking.Status == booking.Held:
		return "held"
	}
	return "booked"
}

// rowView is one row of many as JSON.
type rowView struct {
	// Row is the place of the row among the others, counted from 1.
	Row       int     `json:"row"`
	Line      int     `json:"line,omitzero"`
	Reference *string `json:"reference"`
	// EventID is null where no event was found.
	EventID  *int64 `json:"event_id"`
	Quantity int    `json:"quantity"`
	Status   string `json:"status"`
	// Code and Message say why a row was refused.
	Code    *string `json:"code"`
	Message *string `json:"message"`
	// Secret is that of the booking.
	Secret *string `json:"secret,omitempty"`
}

func viewRow(number int, r Row) rowView {
	view := rowView{
		Row: number, Line: r.Line, Status: r.status(), Quantity: r.Request.Seats(),
		EventID: idOrNull(r.Request.Event.ID),
	}
	if refusal := r.Refusal(); refusal != nil {
		view.Code = orNull(string(refusal.Kind))
		view.Message = orNull(booking.Conceal(refusal.Message))
		if refusal.Event != 0 {
			view.EventID = idOrNull(refusal.Event)
		}
	} else if r.Result != nil {
		b := r.Result.Receipt.Booking
		view.Reference, view.EventID = referenceOrNull(b.Reference), idOrNull(b.EventID)
		if s := r.Result.Receipt.Secret; s != (booking.Secret{}) {
			view.Secret = orNull(s.Text())
		}
	}
	return view
}

// RowRecord is an empty row of many as a row of fields.
func RowRecord() Record { return RecordOf(rowView{}) }

// Tally counts what became of the rows of a request for many bookings.
type Tally struct {
	// Booked, with Seats, and Held are new; Replayed rows had been answered before, under the
	// same keys.
	Booked, Seats, Held, Replayed, Refused, NotDone, Unknown int
}

// Count tallies rows.
func Count(rows []Row) Tally {
	var t Tally
	for _, r := range rows {
		switch r.status() {
		case "booked":
			t.Booked++
			t.Seats += r.Request.Seats()
		case "held":
			t.Held++
		case "replayed":
			t.Replayed++
		case "refused":
			t.Refused++
		case "unknown":
			t.Unknown++
		default:
			t.NotDone++
		}
	}
	return t
}

// String tells the numbers that are not zero.
func (t Tally) String() string {
	parts := []string{fmt.Sprintf("booked %s with %s", count(t.Booked, "booking", "bookings"),
		booking.Seats(t.Seats))}
	for _, p := range []struct {
		n    int
		what string
	}{
		{t.Held, "held"}, {t.Replayed, "booked before"}, {t.Refused, "refused"},
		{t.NotDone, "not done"}, {t.Unknown, "unknown"},
	} {
		if p.n > 0 {
			parts = append(parts, count(p.n, "row", "rows")+" "+p.what)
		}
	}
	return strings.Join(parts, ", ")
}

// BookedMany answers a request for many bookings row by row. Refused rows make it a failure of the
// kind [booking.Partial]; err, if there is one, is why not all rows were tried.
func BookedMany(rows []Row, err error) Envelope {
	views := make([]rowView, len(rows))
	for i, r := range rows {
		views[i] = viewRow(i+1, r)
	}
	tally := Count(rows)
	answer := done(views, "%s", tally)
	switch {
	case err != nil:
		answer = Failed(err, "")
		answer.Data = views
	case tally.Refused > 0:
		answer.Success = false
		answer.Error = &Failure{Code: string(booking.Partial)}
	}
	return answer
}
