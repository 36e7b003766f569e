package storage

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"evbook/internal/booking"
)

// chunkRows is how many entries are read ahead at a time.
const chunkRows = 256

// list is one reading of a list: which entries, in which order. What callers typed is only ever a
// parameter of its statement.
type list[T any] struct {
	filter
	order[T]
	// columns is the statement up to FROM and the table.
	columns string
	scan    func(scanner) (T, error)
	// number is what a cursor names an entry by, row the row number behind it. ok is false for
	// numbers that no entry can have.
	number func(T) uint64
	row    func(uint64) (row int64, ok bool)
	// digest stands for filters and order: only a list with the same ones goes on from a cursor.
	digest string
}

// startAt makes the list start after a cursor.
func (l *list[T]) startAt(c cursor) error {
	row, ok := l.row(c.Entry)
	var bad booking.Fields
	switch {
	case c.List != l.digest:
		bad.Add("cursor", "belongs to a list with other filters or in another order; "+
			"start without a cursor")
	case !ok || !l.order.fits(c.sortValue):
		bad.Add("cursor", "was changed; start without a cursor")
	default:
		l.order.after(&l.filter, c.sortValue, row)
	}
	return bad.Err()
}

func (l *list[T]) statement() string {
	return l.columns + l.filter.text() + " ORDER BY " + l.order.by()
}

// page reads the entries of one page and the cursor of the next, empty on the last one.
func (l *list[T]) page(ctx context.Context, r *reader, limit int) (
	entries []T, next string, err error,
) {
	text := l.statement() + fmt.Sprintf(" LIMIT $%d", len(l.args)+1)
	err = r.each(ctx, func(scan scanner) error {
		entry, err := l.scan(scan)
		entries = append(entries, entry)
		return err
	}, text, append(l.args, limit+1)...)
	if len(entries) > limit {
		entries = entries[:limit]
		last := entries[limit-1]
		next = cursor{l.digest, l.order.valueOf(last), l.number(last)}.String()
	}
	return entries, next, err
}

// each visits all entries as they are at one moment. An error of visit ends it. Rows are read ahead
// of what visit does with them: in a long list either takes about half the time.
func (l *list[T]) each(ctx context.Context, r *reader, visit func(T) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	chunks, read := make(chan []T, 1), make(chan error, 1)
	go func() {
		read <- l.readAhead(ctx, r, chunks)
		close(chunks)
	}()
	var err error
	for chunk := range chunks {
		for i := 0; i < len(chunk) && err == nil; i++ {
			err = visit(chunk[i])
		}
		if err != nil {
			stop()
		}
	}
	return cmp.Or(err, <-read)
}

// readAhead reads all entries in chunks, until the context ends.
func (l *list[T]) readAhead(ctx context.Context, r *reader, chunks chan<- []T) error {
	var chunk []T
	hand := func() error {
		select {
		case chunks <- chunk:
			chunk = make([]T, 0, chunkRows)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := r.each(ctx, func(scan scanner) error {
		entry, err := l.scan(scan)
		if err != nil {
			return err
		}
		if chunk = append(chunk, entry); len(chunk) < chunkRows {
			return nil
		}
		return hand()
	}, l.statement(), l.args...)
	if err != nil {
		return err
	}
	return hand()
}

// filter is the conditions that the entries of a list meet, and their parameters.
type filter struct {
	conditions []string
	args       []any
}

// where adds a condition, in which each question mark stands for the next of the args.
func (f *filter) where(condition string, args ...any) {
	for _, arg := range args {
		f.args = append(f.args, arg)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(f.args)), 1)
	}
	f.conditions = append(f.conditions, condition)
}

// text is what stands in the statement for the conditions; nothing where there are none.
func (f *filter) text() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// oneOf adds the condition that a column has one of some values; none at all take every row.
func oneOf[S ~string](f *filter, column string, values []S) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, value := range values {
		args[i] = string(value)
	}
	marks := strings.Repeat(", ?", len(args))[2:]
	f.where(column+" IN ("+marks+")", args...)
}
