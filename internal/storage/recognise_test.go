package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// snapshot writes down every file of a folder: name, kind, permissions, time, size and bytes. That
// a folder was read, or a lock taken and given back, does not show.
func snapshot(t testing.TB, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s %s", info.Name(), info.Mode())
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(filepath.Join(folder, info.Name()))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, " %d %s %x", len(data), info.ModTime(), sha256.Sum256(data))
		}
		text.WriteString("\n")
	}
	return text.String()
}

// foreign makes another program's database with the settings, and leaves its log beside it.
func foreign(t testing.TB, path string, settings ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range append(settings, `CREATE TABLE events (id INTEGER PRIMARY KEY)`,
		`INSERT INTO events VALUES (1)`) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	abandon(t, path)
}

// abandon leaves the files of an open database as if its program had been killed: closing it later
// changes other files than those that lie there now.
func abandon(t testing.TB, path string) {
	t.Helper()
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		data, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = errors.Join(os.Rename(name, name+".open"), os.WriteFile(name, data, 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Remove(name + ".open") })
	}
}

// mine makes a database of evbook's, with an event of 40 seats and a booking.
func mine(t testing.TB, path string) {
	t.Helper()
	s := openAt(t, path)
	if _, err := s.Book(context.Background(), seat(event(t, s, 40), "k")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNotOursIsToldAndLeftAsItIs(t *testing.T) {
	const other = " is not an evbook database: it is an SQLite file of another program"
	const noSQLite = " is not an evbook database: it is no SQLite file at all"
	for name, tt := range map[string]struct {
		make func(t *testing.T, path string)
		want string
	}{
		"another program's": {func(t *testing.T, path string) { foreign(t, path) }, other},
		"another program's, with a log": {func(t *testing.T, path string) {
			foreign(t, path, "PRAGMA journal_mode = WAL", "PRAGMA user_version = 1")
		}, other},
		"text": {func(t *testing.T, path string) {
			write(t, path, strings.Repeat("not a database\n", 100))
		}, noSQLite},
		"one byte": {func(t *testing.T, path string) { write(t, path, "S") }, noSQLite},
		"cut off in the header": {func(t *testing.T, path string) {
			mine(t, path)
			must(t, os.Truncate(path, headerBytes-1))
		}, noSQLite},
		"a newer schema": {func(t *testing.T, path string) {
			s := open(t)
			_, err := s.Backup(t.Context(), path) // has no log, and must not get one
			must(t, err)
			tamper(t, path, forbidden()...)
		}, fmt.Sprintf(" was made by a newer evbook (schema %d, this one knows %d)",
			schemaVersion+1, schemaVersion)},
		"a folder": {func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) },
			" is a folder, not a database file"},
		"a pipe": {func(t *testing.T, path string) {
			need(t, "pipes as Unix has them", hasRights())
			must(t, makePipe(path))
		},
			" is not a regular file"},
		"a link to nothing": {func(t *testing.T, path string) {
			must(t, os.Symlink("nowhere.db", path))
		}, " is a link to nowhere.db, which does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "events.db")
			tt.make(t, path)
			stays(t, folder, path, path+tt.want)
		})
	}
}

// stays fails the test unless each way to open the path is refused with the message and a hint,
// and the folder stays as it is.
func stays(t *testing.T, folder, path, message string) {
	t.Helper()
	before := snapshot(t, folder)
	for _, o := range []Options{
		{Path: path, Create: true}, {Path: path}, {Path: path, ReadOnly: true},
		{Path: path, Create: true, Serving: true},
	} {
		s, err := Open(context.Background(), o)
		if err == nil {
			s.Close()
		}
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Message != message ||
			e.Hint == "" {
			t.Errorf("%+v: got %q: %v, want %s", o, booking.KindOf(err), err, message)
		}
	}
	if after := snapshot(t, folder); after != before {
		t.Errorf("the folder was\n%sand is now\n%s", before, after)
	}
}

// A server's address may hold a password.
func TestAnAddressOfAServerIsRefusedWithoutRepeatingIt(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, address := range []string{
		"postgres://ada:secret@db.example/evbook", "postgresql://ada:secret@db.example/evbook",
	} {
		_, err := Open(t.Context(), Options{Path: address, Create: true})
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Hint == "" ||
			strings.Contains(fmt.Sprintf("%+v", *e), "secret") {
			t.Errorf("%s: got %+v", address, err)
		}
	}
}

func TestAFolderThatIsNoneIsTold(t *testing.T) {
	folder := t.TempDir()
	none := filepath.Join(folder, "none")
	stays(t, folder, filepath.Join(none, "events.db"), "the folder "+none+" does not exist")
	file := filepath.Join(folder, "file")
	write(t, file, "x")
	path := filepath.Join(file, "events.db")
	stays(t, folder, path, file+" is not a folder")
}

func TestAMissingOrEmptyFileIsMadeOnlyWhenAskedFor(t *testing.T) {
	for _, name := range []string{"missing", "empty"} {
		folder := t.TempDir()
		path := filepath.Join(folder, "events.db")
		if name == "empty" {
			must(t, os.WriteFile(path, nil, 0o644))
		}
		before := snapshot(t, folder)
		for _, o := range []Options{{Path: path}, {Path: path, Create: true, ReadOnly: true}} {
			_, err := Open(context.Background(), o)
			if booking.KindOf(err) != booking.Unavailable ||
				err.Error() != "there is no database "+path {
				t.Errorf("%s: %+v: %v", name, o, err)
			}
		}
		if after := snapshot(t, folder); after != before {
			t.Errorf("%s: the folder was\n%sand is now\n%s", name, before, after)
		}
		mine(t, path)
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestAllNamesOfADatabaseShareItsLock(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "events.db")
	mine(t, path)
	sel := booking.Selector{ID: 1}
	link, way := filepath.Join(folder, "link.db"), filepath.Join(folder, "way")
	must(t, os.Symlink("events.db", link))
	must(t, os.Symlink(folder, way))
	must(t, os.Mkdir(filepath.Join(folder, "sub"), 0o700))
	down := filepath.Join(t.TempDir(), "down")
	must(t, os.Symlink(filepath.Join(folder, "sub"), down))
	release, err := newFileLock(path).acquire()
	must(t, err)
	held := true
	defer func() {
		if held {
			release()
		}
	}()
	t.Chdir(folder)
	names := []string{
		link, filepath.Join(way, "link.db"), "events.db", "./sub/../events.db",
		down + "/../events.db", // not beside down: beside what it points to
	}
	for _, name := range names {
		o := Options{Path: name, LockTimeout: 50 * time.Millisecond}
		s, err := Open(context.Background(), o)
		must(t, err)
		_, err = s.Book(context.Background(), seat(sel, name))
		if booking.KindOf(err) != booking.Busy {
			t.Errorf("%s: %v", name, err)
		}
		must(t, s.Close())
	}
	release()
	held = false
	for _, name := range names {
		s := openAt(t, name)
		if _, err := s.Book(context.Background(), seat(sel, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		must(t, s.Close())
	}
	confirmed(t, openAt(t, path), sel, 1+len(names))
}

func TestAnyPathThatTheSystemAllowsWorks(t *testing.T) {
	single(t)
	for _, name := range []string{
		"a b.db", "a?mode=memory.db", "a#b.db", "100%.db", "%41.db", "Zoë 李.db", ":memory:",
		"file:x.db", "a&cache=shared", "+", "'; DROP TABLE events;.db", `back\slash.db`, "-wal",
		"new\nline.db",
	} {
		folder := t.TempDir()
		path := filepath.Join(folder, name)
		mine(t, path)
		entries, err := os.ReadDir(folder)
		must(t, err)
		var names []string
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		want := fmt.Sprint([]string{name, name + ".lock", name + ".turn"})
		if fmt.Sprint(names) != want {
			t.Errorf("got %q, want %q", names, want)
		}
		s, err := Open(context.Background(), Options{Path: path, ReadOnly: true})
		must(t, err)
		confirmed(t, s, booking.Selector{ID: 1}, 1)
		if _, err := s.Backup(context.Background(), path+".copy"); err != nil {
			t.Errorf("%q: backup: %v", name, err)
		}
		must(t, s.Close())
	}
}
