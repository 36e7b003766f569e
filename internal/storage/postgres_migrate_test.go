package storage

import (
	"database/sql"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// migrateAt sets a database up.
func migrateAt(t testing.TB, address string) error {
	t.Helper()
	config, err := readAddress(address, soon)
	must(t, err)
	_, err = migratePostgres(t.Context(), Masked(address), config.ConnConfig)
	return err
}

func identityAt(t testing.TB, address string) identity {
	t.Helper()
	return engineAt(t, address).identity
}

func TestManyWhoSetUpAtOnceMakeOneDatabase(t *testing.T) {
	address := pgcluster.Address(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := migrateAt(t, address); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	id := identityAt(t, address)
	if id.version != schemaVersion || id.oldestWriter != oldestWriter ||
		len(id.key) != referenceKeyBytes {
		t.Errorf("%+v", id)
	}
	must(t, migrateAt(t, address))
	if again := identityAt(t, address); !slices.Equal(again.key, id.key) {
		t.Error("another key was made")
	}
}

// A key that is lost must not be replaced: the references of the bookings would lead elsewhere.
func TestASetUpThatWasCutOffIsCompleted(t *testing.T) {
	address := pgcluster.Address(t)
	for before := range 2 { // the second time, all is done
		from, to, err := Migrate(t.Context(), Options{Address: address})
		if err != nil || from != before*schemaVersion || to != schemaVersion {
			t.Fatalf("from %d to %d, %v", from, to, err)
		}
	}
	tamperPostgres(t, address, `DELETE FROM meta`)
	err := identityAt(t, address).checkPostgres("x")
	if booking.KindOf(err) != booking.Unavailable {
		t.Fatal(err)
	}
	must(t, migrateAt(t, address))
	must(t, identityAt(t, address).checkPostgres("x"))

	tamperPostgres(t, address, `DELETE FROM meta`,
		`INSERT INTO events (id, name, description, venue, capacity, held, confirmed, price,
			currency, status, zone, version, created_at)
			VALUES (1, '', '', '', 5, 0, 1, 0, 'EUR', 'open', 'UTC', 1, 1)`,
		`INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name,
			note, cancel_reason, created_at, updated_at)
			VALUES (1, 1, 1, 'confirmed', 0, 'EUR', '', '', '', '', 1, 1)`)
	must(t, migrateAt(t, address))
	if id := identityAt(t, address); id.finished() {
		t.Error("bookings were given another key")
	}
	_, err = Open(t.Context(), Options{Address: address, ReadOnly: true})
	if err == nil || !strings.Contains(err.Error(), "has no key for its references") {
		t.Errorf("opened: %v", err)
	}
}

func TestTheTablesOfAnotherProgramAreLeftAlone(t *testing.T) {
	address := pgcluster.Address(t)
	tamperPostgres(t, address, `CREATE TABLE events (id int)`)
	if kind := kindOfConnecting(t, address); kind != booking.Unavailable {
		t.Errorf("connecting: %q", kind)
	}
	err := migrateAt(t, address)
	if booking.KindOf(err) != booking.Unavailable ||
		!strings.Contains(err.Error(), "it has tables of another program") {
		t.Errorf("got %v", err)
	}
	if n := rowsAt(t, address, `information_schema.tables WHERE table_schema =
		current_schema()`); n != 1 {
		t.Errorf("%d tables", n)
	}
}

func TestOtherSchemasAreRefusedWithAWayOut(t *testing.T) {
	address := postgresAddress(t)
	for name, tt := range map[string]struct {
		sql, hint string
		refused   bool
	}{
		"older":              {`schema = 3, oldest_writer = 3`, "evbook migrate up", true},
		"newer":              {`schema = 99, oldest_writer = 99`, "newer evbook", true},
		"newer, may write":   {`schema = 99, oldest_writer = 3`, "", false},
		"the one it is made": {`schema = 4, oldest_writer = 3`, "", false},
	} {
		tamperPostgres(t, address, `UPDATE meta SET `+tt.sql)
		err := identityAt(t, address).checkPostgres("x")
		var e *booking.Error
		if errors.As(err, &e) != tt.refused || tt.refused && !strings.Contains(e.Hint, tt.hint) {
			t.Errorf("%s: got %+v", name, err)
		}
	}
}

// A change of the schema is two files with one number: `move` and rolling upgrades rest on it.
func TestBothEnginesHaveOneNumberForTheirSchema(t *testing.T) {
	for engine, dir := range map[string]fs.FS{
		"sqlite": migrations, "postgres": postgresMigrations,
	} {
		files, err := fs.Glob(dir, "*/*.sql")
		must(t, err)
		last := slices.Max(files)
		if _, name, _ := strings.Cut(last, "/"); !strings.HasPrefix(name, "00004_") ||
			schemaVersion != 4 {
			t.Errorf("%s: the last is %s, the schema is %d", engine, last, schemaVersion)
		}
	}
}

// Text is compared by its bytes, as in SQLite: every list has one order.
func TestNoTextIsSortedByALanguage(t *testing.T) {
	address := postgresAddress(t)
	columns := `information_schema.columns WHERE table_schema = current_schema()
		AND data_type = 'text'`
	if n := rowsAt(t, address, columns); n < 20 {
		t.Errorf("only %d columns of text: the test looks in the wrong place", n)
	}
	if n := rowsAt(t, address, columns+` AND collation_name IS DISTINCT FROM 'C'`); n != 0 {
		t.Errorf("%d columns", n)
	}
}

// The same tables have the same columns in both engines, so that a database can move.
func TestBothEnginesHaveTheSameColumns(t *testing.T) {
	address := postgresAddress(t)
	own := map[string]bool{"meta.schema": true, "markers.void": true}
	s := open(t)
	rows, err := inFile(s).db.Query(`SELECT m.name || '.' || c.name FROM sqlite_schema m,
		pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name <> 'migrations'
		AND m.name NOT LIKE 'sqlite%'`)
	must(t, err)
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		known[name] = true
	}
	config, err := readAddress(address, soon)
	must(t, err)
	must(t, withPostgres(config.ConnConfig, func(db *sql.DB) error {
		rows, err := db.Query(`SELECT table_name || '.' || column_name
			FROM information_schema.columns WHERE table_schema = current_schema()
			AND table_name <> 'migrations'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			must(t, rows.Scan(&name))
			if !known[name] && !own[name] {
				t.Errorf("%s is PostgreSQL's alone", name)
			}
			delete(known, name)
		}
		return rows.Err()
	}))
	for name := range known {
		t.Errorf("%s is SQLite's alone", name)
	}
}
