package storage

import (
	"context"
	"database/sql"
)

// insertedAtOnce are the numbers of rows that one statement may insert, the largest first: few, so
// that few statements have to be prepared. Row by row a third of the time would go into calling the
// database.
var insertedAtOnce = [...]int{32, 8}

// insert is a statement that inserts so many rows of a table.
type insert struct {
	table *table
	rows  int
}

// together is how many steps at the beginning of some are carried out by one statement.
func together(steps []step) int {
	t := steps[0].table
	if t == nil || t.head == "" {
		return 1
	}
	same := 1
	for same < len(steps) && same < insertedAtOnce[0] && steps[same].table == t {
		same++
	}
	for _, n := range insertedAtOnce {
		if n <= same {
			return n
		}
	}
	return 1
}

// insertion gives the prepared form of an insert.
func (e *sqliteEngine) insertion(ctx context.Context, i insert) (*sql.Stmt, error) {
	if stmt, ok := e.inserts[i]; ok {
		return stmt, nil
	}
	stmt, err := e.stmt(ctx, i.table.several(i.rows))
	if err == nil {
		e.inserts[i] = stmt
	}
	return stmt, err
}
