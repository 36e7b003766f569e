package storage

import (
	"context"
	"database/sql"
)

// writtenAtOnce are the numbers of rows that one statement may write, the largest first: few, so
// that few statements have to be prepared. Row by row a third of the time would go into calling the
// database.
var writtenAtOnce = [...]int{32, 8}

// several is a statement that writes so many rows of a table.
type several struct {
	table *table
	rows  int
}

// together is how many steps at the beginning of some are carried out by one statement.
func together(steps []step) int {
	t := steps[0].table
	if t == nil {
		return 1
	}
	same := 1
	for same < len(steps) && same < writtenAtOnce[0] && steps[same].table == t {
		same++
	}
	for _, n := range writtenAtOnce {
		if n <= same {
			return n
		}
	}
	return 1
}

// rows gives the prepared form of a statement for several rows.
func (e *sqliteEngine) rows(ctx context.Context, s several) (*sql.Stmt, error) {
	if stmt, ok := e.several[s]; ok {
		return stmt, nil
	}
	stmt, err := e.stmt(ctx, s.table.several(s.rows))
	if err == nil {
		e.several[s] = stmt
	}
	return stmt, err
}
