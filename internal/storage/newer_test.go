package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// nextSchema makes a database one that a newer evbook has made.
func nextSchema() string { return fmt.Sprintf("PRAGMA user_version = %d", schemaVersion+1) }

// forbidden makes a database one that a newer evbook has made and only such may write.
func forbidden() []string {
	return []string{
		nextSchema(), fmt.Sprintf("UPDATE meta SET oldest_writer = %d", schemaVersion+1),
	}
}

func TestANewerSchemaThatLetsUsWriteIsWrittenTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	mine(t, path)
	tamper(t, path, nextSchema(), "ALTER TABLE events ADD COLUMN extra TEXT")
	s := openAt(t, path)
	sel := booking.Selector{ID: 1}
	if _, err := s.Book(t.Context(), seat(sel, "k2")); err != nil {
		t.Error(err)
	}
	confirmed(t, s, sel, 2)
}

// A file with a log can only be looked at through SQLite, which keeps its own files beside it. The
// database itself stays as it is.
func TestANewerSchemaThatForbidsUsIsLeftAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	mine(t, path)
	tamper(t, path, forbidden()...)
	before, err := os.ReadFile(path)
	must(t, err)
	for _, o := range []Options{{Path: path, Create: true}, {Path: path, Serving: true}} {
		if _, err := Open(t.Context(), o); booking.KindOf(err) != booking.Unavailable {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("%d bytes of the database are now %d other ones, %v", len(before), len(after), err)
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		t.Errorf("%d bytes were written to the log", log.Size())
	}
}

// While an old server runs, a newer evbook may change the schema under it.
func TestAStoreThatIsForbiddenTheDatabaseWhileItIsOpenLeavesIt(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	_, err := s.Book(t.Context(), seat(sel, "before"))
	must(t, err)
	tamper(t, s.path, forbidden()...)
	_, err = s.Book(t.Context(), seat(sel, "after"))
	_, readErr := s.Event(t.Context(), sel)
	for _, err := range []error{err, readErr, s.Ready(t.Context())} {
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Hint == "" ||
			e.Message != fmt.Sprintf("%s was made by a newer evbook (schema %d, this one knows %d)",
				s.path, schemaVersion+1, schemaVersion) {
			t.Errorf("got %+v", err)
		}
	}
	tamper(t, s.path, fmt.Sprintf("UPDATE meta SET oldest_writer = %d", schemaVersion))
	_, err = s.Book(t.Context(), seat(sel, "allowed"))
	must(t, err)
	confirmed(t, s, sel, 2)
}

// References are made with the key of the database: with another one, nobody's would be found.
func TestADatabaseThatHasLostItsKeyGetsNoOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	mine(t, path)
	tamper(t, path, "DELETE FROM meta")
	for _, o := range []Options{
		{Path: path}, {Path: path, Create: true}, {Path: path, Serving: true},
		{Path: path, ReadOnly: true},
	} {
		s, err := Open(t.Context(), o)
		if err == nil {
			s.Close()
		}
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Hint == "" ||
			!strings.HasPrefix(e.Message, path+" has no key for its references") {
			t.Errorf("%+v: got %v", o, err)
		}
	}
	var keys int
	must(t, withDB(path, writeSettings(soon), func(db *sql.DB) error {
		return db.QueryRow(`SELECT count(*) FROM meta`).Scan(&keys)
	}))
	if keys != 0 {
		t.Error("there is a new key")
	}
}

func TestASetUpCutOffBeforeItsKeyIsCompleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	must(t, openAt(t, path).Close())
	tamper(t, path, "DELETE FROM meta")
	completes(t, path, nil)
}
