package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

const (
	// maxRow is the longest row of a file of bookings, in bytes.
	maxRow = 64 << 10
	// maxLine is the same with the end of the line.
	maxLine = maxRow + len("\r\n")
)

// byteOrderMark is what some programs put before UTF-8.
const byteOrderMark = "\ufeff"

// rowReader reads a file of bookings.
type rowReader interface {
	// next gives the next row, which is refused when its values are bad, or [io.EOF]. Any other
	// error concerns the file: there is no telling what comes after it.
	next() (httpapi.Row, error)
}

// readFrom reads all rows of the file that was named.
func (a *app) readFrom(ctx context.Context, in bookInput) ([]httpapi.Row, error) {
	var f form
	var event booking.Selector
	if in.event != "" {
		event = f.event(fieldEvent, in.event)
	}
	key := f.key(in.key)
	f.bad.Add(fieldKey, httpapi.BadRowKey(key, booking.MaxRows))
	f.require("from", *in.from)
	if *in.from == "-" && a.env.InTerminal {
		f.bad.Add("from", "nothing is piped to the standard input; pipe a file, or name one")
	}
	if err := f.err(nil); err != nil {
		return nil, err
	}
	rows, err := a.readRowsOf(ctx, *in.from, event)
	if err != nil {
		return nil, err
	}
	httpapi.GiveKeys(rows, key)
	return rows, nil
}

// readRowsOf reads the rows of a named file, or of the standard input. It ends with the context, as
// reading from a pipe does not.
func (a *app) readRowsOf(
	ctx context.Context, path string, event booking.Selector,
) ([]httpapi.Row, error) {
	type outcome struct {
		rows []httpapi.Row
		err  error
	}
	read := make(chan outcome, 1)
	go func() {
		from, name := a.env.In, "the standard input"
		if path != "-" {
			file, err := os.Open(path)
			if err != nil {
				read <- outcome{err: unreadable(path, err)}
				return
			}
			defer file.Close()
			from, name = file, path
		}
		rows, err := readRows(from, name, event)
		read <- outcome{rows, err}
	}()
	select {
	case got := <-read:
		return got.rows, got.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// readRows reads every row. The file is called name in errors, and the event is that of rows that
// name none.
func readRows(from io.Reader, name string, event booking.Selector) ([]httpapi.Row, error) {
	rationed := &ration{from: from}
	rationed.refill()
	buffered := bufio.NewReaderSize(rationed, maxLine)
	reader, err := newRowReader(buffered, rationed, event)
	if err != nil {
		return nil, inFile(name, err)
	}
	var rows []httpapi.Row
	for {
		row, err := reader.next()
		switch {
		case err == io.EOF && len(rows) == 0:
			return nil, inFile(name, errNoRows())
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return nil, inFile(name, err)
		case len(rows) == booking.MaxRows:
			return nil, inFile(name, booking.TooManyRows())
		}
		rows = append(rows, row)
	}
}

// newRowReader finds out the format by the first byte that is no white space.
func newRowReader(
	from *bufio.Reader, rationed *ration, event booking.Selector,
) (rowReader, error) {
	start, err := from.Peek(len(byteOrderMark))
	if err != nil && err != io.EOF {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte{0xff, 0xfe}) || bytes.HasPrefix(start, []byte{0xfe, 0xff}) {
		return nil, booking.Errorf(booking.Invalid, "the text is UTF-16, not UTF-8").
			WithHint("save it as UTF-8")
	}
	marked := string(start) == byteOrderMark
	if marked {
		if _, err := from.Discard(len(byteOrderMark)); err != nil {
			return nil, err
		}
	}
	switch first, err := firstByte(from); {
	case err == io.EOF:
		return nil, errNoRows()
	case err != nil:
		return nil, err
	case first == '{' && marked:
		return nil, booking.Errorf(booking.Invalid,
			"there is a byte order mark before the JSON").WithHint("save it without")
	case first == '{':
		return &jsonRows{from: from, rationed: rationed, event: event}, nil
	case first == '[':
		return nil, booking.Errorf(booking.Invalid, "this is a JSON array").
			WithHint("write one object in each line, as jq -c '.[]' does")
	}
	return newCSVBookings(from, rationed, event)
}

// firstByte looks ahead for the first byte that is no white space.
func firstByte(from *bufio.Reader) (byte, error) {
	for n := 1; ; n++ {
		text, err := from.Peek(n)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return 0, errLongRow(1)
		case err != nil:
			return 0, err
		case strings.IndexByte(" \t\r\n", text[n-1]) < 0:
			return text[n-1], nil
		}
	}
}

// jsonRows reads one JSON object from each line; blank lines are skipped.
type jsonRows struct {
	from     *bufio.Reader
	rationed *ration
	event    booking.Selector
	line     int
}

func (r *jsonRows) next() (httpapi.Row, error) {
	for {
		r.rationed.refill()
		text, err := r.from.ReadSlice('\n')
		r.line++
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return httpapi.Row{}, errLongRow(r.line)
		case err != nil && err != io.EOF:
			return httpapi.Row{}, err
		case err == io.EOF && len(text) == 0:
			return httpapi.Row{}, io.EOF
		case len(bytes.TrimSpace(text)) == 0:
			continue
		}
		row := httpapi.Row{Line: r.line}
		var refusal *booking.Error
		row.Request, err = httpapi.ReadRow(text, r.event)
		if errors.As(err, &refusal) {
			row.Refuse(refusal)
			err = nil
		}
		return row, err
	}
}

// ration bounds what one row may read, since a quotation mark that never closes would take in all
// of a file that never ends.
type ration struct {
	from io.Reader
	left int
}

// refill allows another row: what is read ahead, and the row itself.
func (r *ration) refill() { r.left = 2 * maxRow }

// Read reads as long as the row may go on.
func (r *ration) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, endlessRow{}
	}
	n, err := r.from.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// endlessRow is the failure of a row that uses its ration up.
type endlessRow struct{}

func (endlessRow) Error() string { return "the row does not end" }

func errNoRows() *booking.Error {
	return booking.Errorf(booking.Invalid, "no rows to book").
		WithHint("a row is a line such as {\"event_id\":1,\"quantity\":2}, " +
			"or 1,2 below a line event_id,quantity")
}

func errLongRow(line int) *booking.Error {
	return booking.Errorf(booking.Invalid, "line %d: the row is longer than %d bytes", line, maxRow)
}

// inFile says in which file an error is.
func inFile(name string, err error) error {
	var e *booking.Error
	if !errors.As(err, &e) {
		return unreadable(name, err)
	}
	return booking.Errorf(e.Kind, "%s: %s", name, e.Message).WithHint("%s", e.Hint)
}

// unreadable is a file that cannot be opened or read to its end.
func unreadable(name string, err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return booking.Errorf(booking.Invalid, "cannot read %s: %w", name, err)
}
