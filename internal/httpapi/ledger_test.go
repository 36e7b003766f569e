package httpapi

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"testing"
)

// ledger looks at the file of a site from outside, whatever the door says of it.
type ledger struct {
	testing.TB
	db *sql.DB
	// tables are the names of all that there are.
	tables []string
	// version is that of the file when the last digest was made.
	version string
	last    string
}

func newLedger(t testing.TB, s *site) *ledger {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // versions are told to one connection
	t.Cleanup(func() { db.Close() })
	l := &ledger{TB: t, db: db}
	l.rows("SELECT name FROM sqlite_master WHERE type = 'table'", func(row []any) {
		l.tables = append(l.tables, fmt.Sprint(row[0]))
	})
	return l
}

// digest is a hash of every row of every table. It is made anew where others have written.
func (l *ledger) digest() string {
	l.Helper()
	version := ""
	l.rows("PRAGMA data_version", func(row []any) { version = fmt.Sprint(row[0]) })
	if version == l.version {
		return l.last
	}
	hash := sha256.New()
	for _, table := range l.tables {
		l.rows("SELECT * FROM "+table, func(row []any) { fmt.Fprintf(hash, "%s %v\n", table, row) })
	}
	l.version, l.last = version, hex.EncodeToString(hash.Sum(nil))
	return l.last
}

// rows hands the rows of a query on, one by one.
func (l *ledger) rows(query string, each func(row []any)) {
	l.Helper()
	rows, err := l.db.Query(query)
	if err != nil {
		l.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		l.Fatal(err)
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			l.Fatal(err)
		}
		each(values)
	}
	if err := rows.Err(); err != nil {
		l.Fatal(err)
	}
}

func TestADigestTellsOfEveryChange(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	l := newLedger(t, s)
	if len(l.tables) < 9 {
		t.Errorf("the file has the tables %v", l.tables)
	}
	before := l.digest()
	s.must("GET", "/events", "")
	if l.digest() != before {
		t.Error("reading changes the digest")
	}
	s.must("PATCH", "/events/1", `{"venue":"Hall"}`)
	if l.digest() == before {
		t.Error("a change is not seen")
	}
}
