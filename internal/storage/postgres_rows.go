package storage

import (
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"
)

// statements are the steps of a batch as they are sent: rows of one kind that follow each other go
// as one statement, which takes the server half the time.
func statements(b *batch) []step {
	sent := make([]step, 0, len(b.steps))
	for i := 0; i < len(b.steps); {
		n := 1
		for t := b.steps[i].table; t != nil && i+n < len(b.steps) && b.steps[i+n].table == t; {
			n++
		}
		if n == 1 {
			sent = append(sent, b.steps[i])
		} else {
			sent = append(sent, arrayed(b.steps[i:i+n]))
		}
		i += n
	}
	return sent
}

// arrayed is the statement for several rows of a table.
func arrayed(rows []step) step {
	t := rows[0].table
	s := step{sql: t.many, table: t, args: make([]any, len(t.kinds))}
	for i, kind := range t.kinds {
		switch kind {
		case 'n':
			s.args[i] = column(rows, i, func(v any) pgtype.Int8 {
				return pgtype.Int8{Int64: number(v), Valid: true}
			})
		case 't':
			s.args[i] = column(rows, i, func(v any) pgtype.Text {
				return pgtype.Text{String: storableText(v.(string)), Valid: true}
			})
		case 'b':
			s.args[i] = column(rows, i, func(v any) []byte { return v.([]byte) })
		}
	}
	return s
}

// column is one column of rows as an array; the zero value is NULL.
func column[T any](rows []step, i int, value func(any) T) array[T] {
	values := make(array[T], len(rows))
	for n, row := range rows {
		if v := row.args[i]; v != nil {
			values[n] = value(v)
		}
	}
	return values
}

// array is one of PostgreSQL, of which the driver is given the places of the values: it would have
// to make a copy of each value of [pgtype.FlatArray].
type array[T any] []T

var _ pgtype.ArrayGetter = array[pgtype.Int8]{}

// Dimensions are those of a plain row of values.
func (a array[T]) Dimensions() []pgtype.ArrayDimension {
	return []pgtype.ArrayDimension{{Length: int32(len(a)), LowerBound: 1}}
}

// Index gives the place of a value.
func (a array[T]) Index(i int) any { return &a[i] }

// IndexType is of the type that Index gives.
func (a array[T]) IndexType() any { return new(T) }

// number is a number of any kind that rows are made of.
func number(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int:
		return int64(v)
	case driver.Valuer:
		if stored, err := v.Value(); err == nil {
			return number(stored)
		}
	}
	panic(fmt.Sprintf("%T is no number of a row", v))
}
