package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evbook/internal/pgcluster"
)

// The tests of this package run twice, once on files and once on PostgreSQL. What they need to know
// of the difference is here; a place is a path or an address.

// somewhere names a database of its own for a test. No file is there yet; a database on PostgreSQL
// is set up, and empty.
func somewhere(t testing.TB) string {
	t.Helper()
	if pgcluster.OnPostgres() {
		return postgresAddress(t)
	}
	return filepath.Join(t.TempDir(), "events.db")
}

// empty is somewhere with an empty database. A file is a copy, since making one takes ten times as
// long.
func empty(t testing.TB) string {
	t.Helper()
	place := somewhere(t)
	if !IsAddress(place) {
		must(t, restore(emptyDatabase(), place))
	}
	return place
}

// placeOf tells where the database of a store is, for who opens it once more.
func placeOf(s *Store) string {
	if from, ok := s.read.source.(*pgSource); ok {
		return from.pool.Config().ConnString()
	}
	return s.path
}

// in adds a place to what else Open is to know.
func in(place string, o Options) Options {
	if IsAddress(place) {
		o.Address, o.Create, o.Serving = place, false, true // with lanes
	} else {
		o.Path = place
	}
	return o
}

// unguarded stands before statements that the schema would refuse.
const unguarded = "PRAGMA ignore_check_constraints = on; PRAGMA foreign_keys = off"

// tamper changes a database behind evbook's back. What concerns only files is left out on
// PostgreSQL, and unguarded takes the guards away for good.
func tamper(t testing.TB, place string, statements ...string) {
	t.Helper()
	if !IsAddress(place) {
		must(t, withDB(place, nil, func(db *sql.DB) error {
			_, err := db.Exec(strings.Join(statements, ";\n"))
			return err
		}))
		return
	}
	for i, statement := range statements {
		switch {
		case statement == unguarded:
			statements[i] = dropGuards
		case strings.HasPrefix(statement, "PRAGMA "):
			statements[i] = ""
		}
	}
	// Numbers that were not drawn must not be drawn later.
	statements = append(statements, `SELECT setval('booking_numbers', max(id)) FROM bookings`)
	pgcluster.Query(t, place, strings.Join(statements, ";\n"))
}

// poison are statements that let INSERTs of bookings fail where something is true of them.
func poison(place, condition string) []string {
	if !IsAddress(place) {
		return []string{"CREATE TRIGGER poisoned BEFORE INSERT ON bookings WHEN " + condition +
			" BEGIN SELECT RAISE(ABORT, 'poisoned'); END"}
	}
	return []string{
		`CREATE FUNCTION poisoned() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE 'poisoned'; END $$`,
		`CREATE TRIGGER poisoned BEFORE INSERT ON bookings FOR EACH ROW WHEN (` + condition +
			`) EXECUTE FUNCTION poisoned()`,
	}
}

// antidote takes poison away.
func antidote(place string) string {
	if IsAddress(place) {
		return "DROP FUNCTION poisoned() CASCADE"
	}
	return "DROP TRIGGER poisoned"
}

// dumpSchema is every row of every table of a schema on PostgreSQL.
func dumpSchema(t testing.TB, address string) string {
	t.Helper()
	tables := pgcluster.Query(t, address, `SELECT relname FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`)
	for i, table := range tables {
		tables[i] = fmt.Sprintf(`SELECT '%s ' || rows::text FROM %[1]s AS rows`, table)
	}
	rows := pgcluster.Query(t, address, strings.Join(tables, " UNION ALL ")+" ORDER BY 1")
	return strings.Join(rows, "\n")
}

// dropGuards drops all CHECKs and foreign keys of a schema on PostgreSQL.
const dropGuards = `DO $$
	DECLARE c record;
	BEGIN
		FOR c IN SELECT conrelid::regclass AS "table", conname FROM pg_constraint
			WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f')
		LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c."table", c.conname);
		END LOOP;
	END $$`

// peek reads one row behind evbook's back.
func peek(t testing.TB, s *Store, into []any, sql string, args ...any) {
	t.Helper()
	found, err := s.read.one(t.Context(), func(scan scanner) error { return scan(into...) }, sql,
		args...)
	if err != nil || !found {
		t.Fatalf("%s: %v, %v", sql, found, err)
	}
}

// engineOf is an engine of its own for a place.
func engineOf(t testing.TB, place string) engine {
	t.Helper()
	if IsAddress(place) {
		return engineAt(t, place)
	}
	e, err := newSQLiteEngine(place, soon)
	must(t, err)
	t.Cleanup(func() { must(t, e.close()) })
	return e
}

// writersOf gives the writers of a store, to be changed before they write.
func writersOf(s *Store) []*writer {
	if l, ok := s.write.(*lanes); ok {
		return l.writers
	}
	return []*writer{s.write.(*writer)}
}

// writerOf gives the writer of a store, to be changed before it writes. A store with lanes has none
// but this one from then on.
func writerOf(s *Store) *writer {
	if l, ok := s.write.(*lanes); ok {
		s.write = l.writers[0]
	}
	return s.write.(*writer)
}

// restore puts what is in one place, which nobody has open, into another in place of what is there.
func restore(from, to string) error {
	if IsAddress(to) {
		return restoreSchema(from, to)
	}
	whole, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	for _, name := range []string{to + "-wal", to + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.WriteFile(to, whole, 0o600)
}

// restoreSchema empties the tables of one schema and fills them with the rows of another, without
// asking foreign keys, and sets the sequences to the same numbers.
func restoreSchema(from, to string) error {
	at, err := url.Parse(from)
	if err != nil {
		return err
	}
	return pgcluster.Execute(to, fmt.Sprintf(`SET session_replication_role = replica; DO $$
		DECLARE old text := '%s'; name text; last bigint; called boolean;
		BEGIN
			FOR name IN SELECT relname FROM pg_class
				WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
			LOOP
				EXECUTE format('DELETE FROM %%I', name);
				EXECUTE format('INSERT INTO %%I SELECT * FROM %%I.%%I', name, old, name);
			END LOOP;
			FOR name IN SELECT relname FROM pg_class
				WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
			LOOP
				EXECUTE format('SELECT last_value, is_called FROM %%I.%%I', old, name)
					INTO last, called;
				PERFORM setval(format('%%I', name)::regclass, last, called);
			END LOOP;
		END $$`, at.Query().Get("search_path")))
}
