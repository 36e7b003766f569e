package storage

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"
)

func (s *sqliteSource) inspect(v *verification, structure bool) {
	v.integrity()
	if structure && v.schema <= schemaVersion {
		v.structure()
	}
	v.foreignKeys()
}

func (s *sqliteSource) ended(v *verification) error {
	switch sqliteCode(v.err) {
	case sqlite3.SQLITE_CORRUPT: // a find, and the end of looking
		v.note("integrity of the file", v.err.Error())
		return nil
	case sqlite3.SQLITE_ERROR: // a statement that the structure found above has no tables for
		if len(v.report.Findings) > 0 {
			return nil
		}
	}
	return v.err
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
func (v *verification) structure() {
	if v.err != nil {
		return
	}
	wanted, err := ownStructure(v.ctx, v.schema)
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
