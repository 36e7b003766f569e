package storage

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"
)

// maxFindings bounds a report; one broken page can break thousands of rows.
const maxFindings = 100

// Report is what a verification found.
type Report struct {
	// Events, Bookings and Entries (of the journal) say how much was looked at.
	Events, Bookings, Entries int
	// Findings is empty when all is sound. It holds at most a hundred.
	Findings []Finding
}

// Finding is one thing that must not be.
type Finding struct {
	// Check names the rule that is broken.
	Check string
	// Detail names the event or booking, with the numbers that differ.
	Detail string
}

// Verify checks the database from the outside: SQLite's own integrity check, the foreign keys, and
// every seat, recomputed from the bookings and from the journal. It looks at one moment, while
// others go on booking. What it finds is in the report; an error means that it could not look.
// Errors: Forbidden.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	if err := cmp.Or(s.caller.Scope.OwnerOnly(), s.read.place.check()); err != nil {
		return Report{}, err
	}
	report, err := s.verify(ctx, true)
	return report, classify(s.path, err)
}

// verify judges the structure too unless it is that of a copy, which is as good as its original.
// Of a schema that a newer evbook has made, only what will always hold is judged.
func (s *Store) verify(ctx context.Context, structure bool) (Report, error) {
	conn, err := s.read.db.Conn(ctx)
	if err != nil {
		return Report{}, err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Report{}, err
	}
	defer tx.Rollback()
	v := verification{ctx: ctx, tx: tx, refs: s.refs}
	var version int
	v.count(&version, `PRAGMA user_version`)
	v.integrity()
	if structure && version <= schemaVersion {
		v.structure(version)
	}
	v.foreignKeys()
	for _, i := range invariants {
		if version >= i.since && (i.lasting || version <= schemaVersion) {
			v.collect(i.check, i.query)
		}
	}
	if version == schemaVersion {
		v.folded()
	}
	v.count(&v.report.Events, `SELECT count(*) FROM events`)
	v.count(&v.report.Bookings, `SELECT count(*) FROM bookings`)
	v.count(&v.report.Entries, `SELECT count(*) FROM journal`)
	switch sqliteCode(v.err) {
	case sqlite3.SQLITE_CORRUPT: // a find, and the end of looking
		v.note("integrity of the file", v.err.Error())
		v.err = nil
	case sqlite3.SQLITE_ERROR: // a statement that the structure found above has no tables for
		if len(v.report.Findings) > 0 {
			v.err = nil
		}
	}
	return v.report, v.err
}

// verification is a verification under way. The first error ends it.
type verification struct {
	ctx    context.Context // of the one call that this value lives for
	tx     *sql.Tx
	refs   *permutation
	report Report
	err    error
}

// each calls found for every row of a query.
func (v *verification) each(query string, found func(scanner) error) {
	if v.err != nil {
		return
	}
	rows, err := v.tx.QueryContext(v.ctx, query)
	if err != nil {
		v.err = err
		return
	}
	defer rows.Close()
	for rows.Next() && v.err == nil {
		v.err = found(rows.Scan)
	}
	if v.err == nil {
		v.err = rows.Err()
	}
}

// collect notes what breaks an invariant. Bookings are named by their references: row numbers stay
// in here.
func (v *verification) collect(check, query string) {
	v.each(query, func(scan scanner) error {
		var row sql.NullInt64
		var detail string
		if err := scan(&row, &detail); err != nil {
			return err
		}
		if row.Valid {
			detail = fmt.Sprintf("booking %s %s", v.refs.reference(row.Int64), detail)
		}
		v.note(check, detail)
		return nil
	})
}

func (v *verification) note(check, detail string) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, Finding{check, detail})
	}
}

func (v *verification) integrity() {
	v.each(`PRAGMA integrity_check`, func(scan scanner) error {
		var line string
		err := scan(&line)
		if line != "ok" {
			for text := range strings.Lines(line) {
				v.note("integrity of the file", strings.TrimSpace(text))
			}
		}
		return err
	})
}

// structure compares the tables, indexes and triggers with those that evbook makes in a schema: a
// CHECK that is gone guards nothing.
func (v *verification) structure(version int) {
	if v.err != nil {
		return
	}
	wanted, err := ownStructure(v.ctx, version)
	if err != nil {
		v.err = err
		return
	}
	v.each(selectStructure, func(scan scanner) error {
		name, text, err := scanStructure(scan)
		switch want, known := wanted[name]; {
		case err != nil:
			return err
		case !known:
			v.note("structure of the file", name+" is not evbook's")
		case want != text:
			v.note("structure of the file", name+" is not as evbook makes it")
		}
		delete(wanted, name)
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		v.note("structure of the file", name+" is missing")
	}
}

const selectStructure = `SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema
	WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'migrations'`

func scanStructure(scan scanner) (name, text string, err error) {
	err = scan(&name, &text)
	return name, text, err
}

// ownStructure is what the migrations up to a schema make, found out by making it in memory.
func ownStructure(ctx context.Context, version int) (map[string]string, error) {
	db, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection would have a database of its own
	provider, err := newMigrations(db)
	if err != nil {
		return nil, err
	}
	if _, err := provider.UpTo(ctx, int64(version)); err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, selectStructure)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	wanted := map[string]string{}
	for rows.Next() {
		name, text, err := scanStructure(rows.Scan)
		if err != nil {
			return nil, err
		}
		wanted[name] = text
	}
	return wanted, rows.Err()
}

func (v *verification) foreignKeys() {
	v.each(`PRAGMA foreign_key_check`, func(scan scanner) error {
		var table, parent string
		var row, index sql.NullInt64
		err := scan(&table, &row, &parent, &index)
		v.note("foreign keys", fmt.Sprintf("row %d of %s points to nothing in %s", row.Int64,
			table, parent))
		return err
	})
}

func (v *verification) count(into *int, query string) {
	v.each(query, func(scan scanner) error { return scan(into) })
}
