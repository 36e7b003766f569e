package httpapi

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// seats is what a client may say about the seats that it wants.
type seats struct {
	quantity         int
	ticketType, code string
	lines            []booking.LineRequest
}

// take reads one member.
func (s *seats) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "quantity":
		return readCount(value, &s.quantity), true
	case "type":
		return readTypeName(value, &s.ticketType), true
	case "lines":
		return readLines(value, &s.lines), true
	case "code":
		return readText(value, &s.code), true
	}
	return "", false
}

// asked gives the number of seats, and the lines where ticket types are named: in lines, or by one
// type beside the quantity. It complains when it cannot be told which seats are meant.
func (s *seats) asked(f *form) (quantity int, lines []booking.LineRequest) {
	switch {
	case f.has("lines"):
		if f.has("type") {
			f.complain("type", "is given beside lines; the lines name the types already")
		}
		if len(s.lines) == 0 { // what is wrong with them is told already, and no number with it
			return 1, nil
		}
		return s.quantity, s.lines
	case s.ticketType != "" && booking.ValidateQuantity(s.quantity) == nil:
		// A bad number stays one of the quantity, which is where the client has it.
		return s.quantity, []booking.LineRequest{{Type: s.ticketType, Quantity: s.quantity}}
	}
	f.require("quantity")
	return s.quantity, nil
}

// readTypeName reads the name of a ticket type.
func readTypeName(value jsontext.Value, into *string) (reason string) {
	reason = readText(value, into)
	if reason == "" && *into == "" {
		return emptyType
	}
	return reason
}

const emptyType = "is empty; leave it out, or name a ticket type"

// emptyLines is why lines without any line are bad.
const emptyLines = "is empty; leave it out, or say how many seats of which ticket types"

// lineBody is the seats of one ticket type.
type lineBody struct{ booking.LineRequest }

func (b *lineBody) names() []string { return []string{"type", "quantity"} }

// take reads one member.
func (b *lineBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "type":
		return readTypeName(value, &b.Type), true
	case "quantity":
		return readCount(value, &b.Quantity), true
	}
	return "", false
}

// readLines reads an array of objects with a ticket type and a number of seats. Of more lines than
// a booking can have it reads one too many, which the rules refuse.
func readLines(value jsontext.Value, into *[]booking.LineRequest) (reason string) {
	if value.Kind() != '[' {
		return "must be an array, got " + describe(value)
	}
	dec := jsontext.NewDecoder(bytes.NewReader(value), jsontext.AllowDuplicateNames(true))
	must(dec.ReadToken())
	var lines []booking.LineRequest
	for dec.PeekKind() != ']' && len(lines) <= booking.MaxLines {
		line, err := readLine(must(dec.ReadValue()), len(lines)+1)
		if err != nil {
			return err.Error()
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return emptyLines
	}
	*into = lines
	return ""
}

// readLine reads one line, which is told from others by its place, counted from 1.
func readLine(value jsontext.Value, place int) (booking.LineRequest, error) {
	var f form
	var b lineBody
	called := fmt.Sprintf("line %d", place)
	if err := readObject(bytes.NewBuffer(value), called, &f, &b); err != nil {
		return b.LineRequest, err
	}
	f.require("type", "quantity")
	if err := f.err(); err != nil {
		return b.LineRequest, fmt.Errorf("%s: %w", called, err)
	}
	return b.LineRequest, nil
}

// must gives a part of a JSON value that the decoder has found to be valid.
func must[T any](part T, err error) T {
	if err != nil {
		panic(err)
	}
	return part
}

// seats reads the parameters that say which seats are meant.
func (q *query) seats() *seats {
	s := &seats{ticketType: q.text("type"), code: q.text("code"), lines: q.lines()}
	if q.has("type") && s.ticketType == "" {
		q.complain("type", emptyType)
	}
	if q.has("quantity") {
		s.quantity = q.count("quantity")
	}
	return s
}

// lines reads the parameter that says how many seats of which ticket types: adult:1,child:2. A
// colon in the name of a type is no matter, since the last one counts.
func (q *query) lines() []booking.LineRequest {
	if !q.has("lines") {
		return nil
	}
	var lines []booking.LineRequest
	for part := range strings.SplitSeq(q.text("lines"), ",") {
		at := strings.LastIndexByte(part, ':')
		if at < 1 {
			q.complain("lines", strconv.Quote(clip(part))+" is not a ticket type with a number "+
				"of seats; write adult:1,child:2")
			return nil
		}
		n, reason := parseWhole(part[at+1:], strconv.IntSize)
		if reason != "" {
			q.complain("lines", strconv.Quote(clip(part[:at]))+": "+reason)
			return nil
		}
		lines = append(lines, booking.LineRequest{Type: part[:at], Quantity: int(n)})
	}
	return lines
}

// partBody says which seats of a booking are meant; all of them when it says nothing.
type partBody struct {
	quantity int
	lines    []booking.LineRequest
}

// take reads one member.
func (b *partBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "quantity":
		return readCount(value, &b.quantity), true
	case "lines":
		return readLines(value, &b.lines), true
	}
	return "", false
}

// part is what the body says.
func (b *partBody) part(f *form) booking.Part {
	return booking.Part{Quantity: given(f, "quantity", &b.quantity), Lines: b.lines}
}

// part reads the parameters that say which seats of a booking are meant.
func (q *query) part() booking.Part {
	s := q.seats()
	return booking.Part{Quantity: given(&q.form, "quantity", &s.quantity), Lines: s.lines}
}
