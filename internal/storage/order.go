package storage

import (
	"fmt"
	"slices"
	"strings"

	"evbook/internal/booking"
)

// sorting is one thing by which a list of T can be sorted.
type sorting[T any] struct {
	name string
	// column is what SQL sorts by before the row number; "" for the row number alone. It must not
	// come from a caller.
	column string
	// value gives what the column has of an entry; nil without a column.
	value func(T) sortValue
	// text is true for columns of text, nullable for those that may have nothing.
	text, nullable bool
}

// order is a sorting and its direction. Descending is the ascending order backwards, but that
// entries without a value come last in both.
type order[T any] struct {
	sorting[T]
	descending bool
}

// parseOrder reads the name of a sorting, with a minus before it for descending. The first one
// known is the default.
func parseOrder[T any](known []sorting[T], text string, bad *booking.Fields) order[T] {
	if text == "" {
		return order[T]{sorting: known[0]}
	}
	name, descending := strings.CutPrefix(text, "-")
	for _, s := range known {
		if s.name == name {
			return order[T]{s, descending}
		}
	}
	bad.Add("sort", fmt.Sprintf("must be one of %s, with - before it for descending, got %.40q",
		strings.Join(sortNames(known), ", "), text))
	return order[T]{sorting: known[0]}
}

func sortNames[T any](known []sorting[T]) []string {
	names := make([]string, len(known))
	for i, s := range known {
		names[i] = s.name
	}
	return names
}

// by is what stands after ORDER BY. The row number makes the order one and the same at each
// reading.
func (o order[T]) by() string {
	direction := ""
	if o.descending {
		direction = " DESC"
	}
	switch {
	case o.column == "":
		return "id" + direction
	case o.nullable:
		return o.column + direction + " NULLS LAST, id" + direction
	}
	return o.column + direction + ", id" + direction
}

// called is the name of the order, whatever SQL it takes.
func (o order[T]) called() string {
	if o.descending {
		return "-" + o.name
	}
	return o.name
}

// after adds the condition that an entry comes after the one with the value and the row.
func (o order[T]) after(f *filter, v sortValue, row int64) {
	sign := ">"
	if o.descending {
		sign = "<"
	}
	pair := "(" + o.column + ", id) " + sign + " (?, ?)"
	switch {
	case o.column == "":
		f.where("id "+sign+" ?", row)
	case v == sortValue{}:
		f.where(o.column+" IS NULL AND id "+sign+" ?", row)
	case o.nullable:
		f.where("("+pair+" OR "+o.column+" IS NULL)", v.arg(), row)
	default:
		f.where(pair, v.arg(), row)
	}
}

func (o order[T]) valueOf(entry T) sortValue {
	if o.column == "" {
		return sortValue{}
	}
	return o.value(entry)
}

// fits is true for values that the order can have given.
func (o order[T]) fits(v sortValue) bool {
	switch {
	case o.column == "":
		return v == sortValue{}
	case o.text:
		return v.Text != nil && v.Number == nil
	case v.Number == nil:
		return o.nullable && v.Text == nil
	}
	return v.Text == nil
}

// ordered gives each value once, in a fixed order, so that how often and in which order they were
// named makes no other list.
func ordered[S ~string](values []S) []S {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
