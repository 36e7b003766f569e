package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/httpapi"
)

// listing is a list as a command shows it. Rows come one after the other; in the formats for
// programs none is kept.
type listing[T any] struct {
	// what it is a list of, for people: "events".
	what   string
	record func(T) httpapi.Record
	// name is the row for -o name.
	name func(T) string
	// columns and cells are the row for people, those for -o wide included.
	columns []column
	cells   func(T) []string
	// envelope is the answer that HTTP would give of one page.
	envelope func(page []T, next string) httpapi.Envelope
	// page visits the rows of one page and gives the cursor of the next; all visits every row.
	page func(visit func(T) error) (next string, err error)
	all  func(visit func(T) error) error
}

// showList prints one page of a list, or all of it.
func showList[T any](a *app, cmd *cobra.Command, l listing[T], all bool) error {
	if all {
		l.page = func(visit func(T) error) (string, error) { return "", l.all(visit) }
	}
	var next string
	shown := 0
	each := func(row func(T) error) (err error) {
		next, err = l.page(func(v T) error {
			shown++
			return row(v)
		})
		return err
	}
	if a.config.Output == formatJSON && !all {
		var rows []T
		if err := each(func(v T) error { rows = append(rows, v); return nil }); err != nil {
			return err
		}
		return a.show(answer{envelope: l.envelope(rows, next)})
	}
	out := a.stream()
	if err := l.write(a, out, each); err != nil {
		_ = out.Flush() // what was read so far; the error says that it is not all
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	a.more(cmd, shown, l.what, next)
	return nil
}

// write writes the rows in the format that is wanted.
func (l listing[T]) write(a *app, out io.Writer, each func(row func(T) error) error) error {
	switch format := a.config.Output; {
	case format == formatJSON:
		return httpapi.EncodeList(out, "all "+l.what, a.picked,
			func(row func(httpapi.Record) error) error {
				return each(func(v T) error { return row(l.record(v)) })
			})
	case format == formatNDJSON:
		return each(func(v T) error {
			_, err := out.Write(append(l.record(v).JSON(a.picked), '\n'))
			return err
		})
	case format == formatName:
		return each(func(v T) error {
			_, err := fmt.Fprintln(out, l.name(v))
			return err
		})
	case a.forPeople():
		return l.writeTable(a, out, each)
	case format == formatMarkdown && a.picked == nil:
		return l.writeRows(a, out, titles(l.columns), l.cells, each)
	}
	var zero T
	return l.writeRows(a, out, a.titles(l.record(zero)), func(v T) []string {
		return cells(l.record(v), a.picked)
	}, each)
}

// writeTable lays all rows out at once.
func (l listing[T]) writeTable(a *app, out io.Writer, each func(row func(T) error) error) error {
	columns, cell := l.columns, l.cells
	if a.picked != nil {
		var zero T
		columns = fieldColumns(a.titles(l.record(zero)))
		cell = func(v T) []string { return cells(l.record(v), a.picked) }
	}
	var rows [][]string
	err := each(func(v T) error {
		rows = append(rows, cell(v))
		return nil
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	var b bytes.Buffer
	p := a.page(&b)
	p.table(columns, rows)
	if p.err != nil {
		return p.err
	}
	_, err = out.Write(b.Bytes())
	return err
}

// tabulate adds rows to a page as a table.
func tabulate[T any](p *page, l listing[T], rows []T) {
	texts := make([][]string, len(rows))
	for i, row := range rows {
		texts[i] = l.cells(row)
	}
	p.table(l.columns, texts)
}

// writeRows writes row by row.
func (l listing[T]) writeRows(
	a *app, out io.Writer, titles []string, row func(T) []string, each func(func(T) error) error,
) error {
	w := newRowWriter(a.config.Output, out)
	if err := a.head(w, titles); err != nil {
		return err
	}
	err := each(func(v T) error { return w.write(row(v)) })
	if err != nil {
		return err
	}
	return w.flush()
}

// titles are the heads of columns.
func titles(columns []column) []string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = c.title
	}
	return texts
}

// fieldColumns are columns of fields as they are.
func fieldColumns(names []string) []column {
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = column{title: strings.ToUpper(name), flexible: true}
	}
	return columns
}

// visitAll visits what was read, unless there was an error.
func visitAll[T any](rows []T, err error, visit func(T) error) error {
	for i := 0; err == nil && i < len(rows); i++ {
		err = visit(rows[i])
	}
	return err
}
