package storage

import (
	"fmt"
	"strings"
)

// table is how rows of one kind are written.
type table struct {
	// one is the statement for one row, many that for several, of which each column is an array.
	one, many string
	// head and tail are what stands around the rows in a statement for several.
	head, tail string
	// kinds has a letter for each column: n for numbers, t for text, b for bytes.
	kinds string
}

// written is the table of rows that are written by one statement each, or by one for several, in
// which they stand between head and tail as a table with the columns column1, column2, ….
func written(one, head, tail, kinds string) table {
	return table{
		one: one, many: head + unnested(kinds) + tail, head: head, tail: tail, kinds: kinds,
	}
}

// insertion is the table of rows that are inserted. The columns of head, which ends before its
// bracket, are of these kinds.
func insertion(head, kinds string) table {
	places := make([]string, len(kinds))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	return written(head+") VALUES ("+strings.Join(places, ", ")+")", head+") ", "", kinds)
}

// several is the statement for so many rows in SQLite, all of whose columns are its parameters.
func (t *table) several(rows int) string {
	row := "(" + strings.Repeat("?, ", len(t.kinds)-1) + "?)"
	return t.head + "VALUES " + strings.Repeat(row+", ", rows-1) + row + t.tail
}

// unnested selects the rows that arrays of these kinds are the columns of, under the names that
// VALUES gives them. Side by side in the select list, since a table made of them would be stored
// before it is read.
func unnested(kinds string) string {
	types := map[rune]string{'n': "bigint", 't': "text", 'b': "bytea"}
	columns := make([]string, len(kinds))
	for i, kind := range kinds {
		columns[i] = fmt.Sprintf("unnest($%d::%s[]) AS column%[1]d", i+1, types[kind])
	}
	return "SELECT " + strings.Join(columns, ", ")
}

// put adds a row of a kind of which there may be many: an engine may send those that follow each
// other as one statement.
func (b *batch) put(t *table, values ...any) {
	b.steps = append(b.steps, step{sql: t.one, args: values, table: t})
}
