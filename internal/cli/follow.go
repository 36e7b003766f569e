package cli

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// What rows that are shown as they come have room for: they cannot wait for the widest one.
const (
	whenWidth      = len("2006-01-02 15:04:05")
	kindWidth      = 19
	referenceWidth = 17
	numberWidth    = 5
)

// printFollowed prints some rows of a list that has no end at once; only the first ones get a
// header. People get the text, columns if it is nil.
func printFollowed[T any](a *app, rows []T, list listing[T], text func(*page)) error {
	if len(rows) == 0 {
		return nil
	}
	defer func() { a.global.noHeader = true }()
	if text == nil {
		text = func(p *page) { followed(p, rows, list) }
	}
	switch {
	case a.config.Output == formatJSON:
		return a.show(answer{envelope: list.envelope(rows, "")})
	case a.forPeople() && a.picked == nil:
		return a.print(answer{text: text})
	}
	out := a.stream()
	err := list.write(a, out, func(row func(T) error) error { return visitAll(rows, nil, row) })
	return errors.Join(err, out.Flush())
}

// followed adds rows in columns that have their widths before all rows have come.
func followed[T any](p *page, rows []T, list listing[T]) {
	if !p.bare {
		p.line("%s", followedLine(list.columns, titles(list.columns)))
	}
	for _, row := range rows {
		p.line("%s", followedLine(list.columns, list.cells(row)))
	}
}

// followedLine lines cells up. One that is too long moves the rest of its line.
func followedLine(columns []column, cells []string) string {
	var line strings.Builder
	for i, c := range columns {
		if i > 0 {
			line.WriteString(gap)
		}
		width := max(c.least, len(c.title)) // zones have long names
		room := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(cells[i])))
		if c.right {
			line.WriteString(room + cells[i])
		} else {
			line.WriteString(cells[i] + room)
		}
	}
	return strings.TrimRight(line.String(), " ")
}
