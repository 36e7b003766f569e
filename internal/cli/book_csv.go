package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/httpapi"
)

// csvBookings reads one booking from each record below a header line. An empty cell is a field that
// was left out.
type csvBookings struct {
	from     *csv.Reader
	rationed *ration
	event    booking.Selector
	columns  []string
}

// newCSVBookings reads the header line.
func newCSVBookings(
	from *bufio.Reader, rationed *ration, event booking.Selector,
) (*csvBookings, error) {
	r := &csvBookings{from: csv.NewReader(from), rationed: rationed, event: event}
	r.from.FieldsPerRecord = -1
	columns, line, err := r.record()
	if err != nil {
		return nil, err
	}
	if err := r.checkColumns(columns); err != nil {
		return nil, booking.Errorf(booking.Invalid, "line %d: %s", line, err.Message).
			WithHint("%s", err.Hint)
	}
	r.columns = columns
	return r, nil
}

// record reads one record and the line on which it begins.
func (r *csvBookings) record() (cells []string, line int, err error) {
	r.rationed.refill()
	before := r.from.InputOffset()
	cells, err = r.from.Read()
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, endlessRow{}):
		return nil, 0, booking.Errorf(booking.Invalid, "a row is longer than %d bytes", maxRow).
			WithHint("a quotation mark that is not closed goes on to the end of the file")
	case errors.As(err, &syntax):
		return nil, 0, booking.Errorf(booking.Invalid, "line %d: %w", syntax.StartLine, syntax.Err).
			WithHint("put a value with \" in it between quotation marks, and write each as \"\"")
	case err != nil:
		return nil, 0, err
	}
	line, _ = r.from.FieldPos(0)
	if r.from.InputOffset()-before > int64(maxLine) {
		return nil, 0, errLongRow(line)
	}
	return cells, line, nil
}

// checkColumns refuses a header that has other columns than there are, or too few.
func (r *csvBookings) checkColumns(columns []string) *booking.Error {
	known := httpapi.RowFields()
	list := "columns are " + strings.Join(known, ",")
	if len(columns) == 1 && strings.ContainsAny(columns[0], ";\t") {
		return booking.Errorf(booking.Invalid, "the columns have no commas between them").
			WithHint("save it as CSV with commas")
	}
	var unknown, meant []string
	for i, name := range columns {
		if slices.Contains(columns[:i], name) {
			return booking.Errorf(booking.Invalid, "there are two columns %q", name)
		}
		if slices.Contains(known, name) {
			continue
		}
		unknown = append(unknown, fmt.Sprintf("%q", name))
		if near := nearestColumn(name, known); near != "" {
			meant = append(meant, near)
		}
	}
	switch {
	case len(meant) > 0:
		return booking.Errorf(booking.Invalid, "unknown column %s", strings.Join(unknown, ", ")).
			WithHint("did you mean %s? %s", strings.Join(meant, ", "), list)
	case len(unknown) > 0:
		return booking.Errorf(booking.Invalid, "unknown column %s", strings.Join(unknown, ", ")).
			WithHint("the first line names the columns; %s", list)
	case !slices.Contains(columns, fieldQuantity) && !slices.Contains(columns, fieldLines):
		return booking.Errorf(booking.Invalid, "there is no column quantity").WithHint("%s", list)
	case !slices.Contains(columns, fieldEvent) && r.event == booking.Selector{}:
		return booking.Errorf(booking.Invalid, "there is no column event_id").
			WithHint("--event names the event of all rows")
	}
	return nil
}

// nearestColumn is the column that was meant: one that a flag stands for, or one that is spelt in
// nearly the same way.
func nearestColumn(name string, known []string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, field := range known {
		if flagOf(field) == name {
			return field
		}
	}
	return config.Nearest(strings.ReplaceAll(name, " ", "_"), known)
}

func (r *csvBookings) next() (httpapi.Row, error) {
	cells, line, err := r.record()
	if err != nil {
		return httpapi.Row{}, err
	}
	row := httpapi.Row{Line: line}
	if len(cells) != len(r.columns) {
		row.Refuse(booking.Errorf(booking.Invalid, "has %s, the first line names %d",
			columns(len(cells)), len(r.columns)))
		return row, nil
	}
	var f form
	row.Request = r.request(&f, cells)
	if err := f.err(row.Request.Validate()); err != nil {
		row.Refuse(err)
	}
	return row, nil
}

// columns writes a number of columns for people.
func columns(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

// request makes sense of the cells of one record.
func (r *csvBookings) request(f *form, cells []string) booking.Request {
	cell := func(column string) string {
		if i := slices.Index(r.columns, column); i >= 0 {
			return cells[i]
		}
		return ""
	}
	request := booking.Request{
		Event: r.event, Code: cell(fieldCode), Email: cell(fieldEmail), Name: cell("name"),
		Note: cell("note"),
	}
	if text := cell(fieldEvent); text != "" {
		request.Event = f.event(fieldEvent, text)
	} else if request.Event == (booking.Selector{}) {
		f.bad.Add(fieldEvent, "is missing")
	}
	seats := seatsInput{quantity: cell(fieldQuantity)}
	if text := cell(fieldType); text != "" {
		seats.ticketType = &text
	}
	if text := cell(fieldLines); text != "" {
		seats.lines = strings.Split(text, ",")
	}
	request.Quantity, request.Lines = seats.read(f)
	request.Hold, request.TTL = f.hold(cell(fieldHold), cell(fieldTTL))
	if text := cell(fieldKey); text != "" {
		request.Key = f.key(&text)
	}
	return request
}

// hold reads whether seats are only to be held, and for how many seconds, which says so by itself.
func (f *form) hold(hold, seconds string) (held bool, ttl time.Duration) {
	switch hold {
	case "", "true", "false":
		held = hold == "true" || hold == "" && seconds != ""
	default:
		f.bad.Add(fieldHold, fmt.Sprintf("must be true or false, got %.40q", hold))
	}
	if seconds == "" {
		return held, 0
	}
	if n := f.count(fieldTTL, seconds); !f.has(fieldTTL) {
		var reason string
		ttl, reason = httpapi.TTL(int64(n))
		f.bad.Add(fieldTTL, reason)
	}
	return held, ttl
}
