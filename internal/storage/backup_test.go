package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"evbook/internal/booking"
)

func TestABackupWhileOthersBookIsSoundAndWorks(t *testing.T) {
	s := open(t)
	sel, ctx := event(t, s, 100_000), context.Background()
	// Acknowledged before the backup: these must be in it.
	first := map[string]booking.Booking{}
	for i := range 20 {
		key := fmt.Sprintf("before-%d", i)
		r, err := s.Book(ctx, seat(sel, key))
		must(t, err)
		first[key] = r.Booking
	}
	var bookers sync.WaitGroup
	stop := make(chan struct{})
	for i := range 8 {
		bookers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.Book(ctx, seat(sel, fmt.Sprintf("%d-%d", i, n))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var copies []string
	for i := range 3 {
		out := filepath.Join(t.TempDir(), fmt.Sprintf("copy %d?.db", i))
		b, err := s.Backup(ctx, out)
		if err != nil {
			t.Error(err)
			break
		}
		info, err := os.Stat(out)
		if err != nil || b.Path != out || b.Bytes != info.Size() || info.Mode() != 0o600 {
			t.Errorf("got %+v, the file is %v, %v", b, info, err)
		}
		copies = append(copies, out)
	}
	close(stop)
	bookers.Wait()
	for _, out := range copies {
		works(t, out, sel, first)
	}
}

// works opens a copy as a database of its own and asks it for what was booked before it was made.
func works(t *testing.T, path string, sel booking.Selector, first map[string]booking.Booking) {
	t.Helper()
	ctx := context.Background()
	s := openAt(t, path)
	sound(t, s)
	was, err := s.Event(ctx, sel)
	must(t, err)
	for key, want := range first {
		if got, err := s.Booking(ctx, want.Reference); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("the copy has %+v, %v, want %+v", got, err, want)
		}
		r, err := s.Book(ctx, seat(sel, key))
		if err != nil || !r.Replayed || r.Booking.Reference != want.Reference {
			t.Errorf("repeating %s in the copy: %+v, %v", key, r, err)
		}
	}
	if _, err := s.Book(ctx, seat(sel, "new-in-the-copy")); err != nil {
		t.Error(err)
	}
	if now, err := s.Event(ctx, sel); err != nil || now.Confirmed != was.Confirmed+1 {
		t.Errorf("%d seats, %v; there were %d", now.Confirmed, err, was.Confirmed)
	}
	sound(t, s)
}

func TestABackupOverwritesNothing(t *testing.T) {
	s := open(t)
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	write(t, file, "precious")
	must(t, os.Symlink("nowhere", link))
	before := snapshot(t, folder)
	for _, out := range []string{file, link, folder, s.path} {
		_, err := s.Backup(context.Background(), out)
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Conflict ||
			e.Message != out+" exists already" || e.Hint == "" {
			t.Errorf("got %v", err)
		}
	}
	if after := snapshot(t, folder); after != before {
		t.Errorf("the folder was\n%sand is now\n%s", before, after)
	}
	sound(t, s)
}

func TestABackupThatFailsLeavesNothingBehind(t *testing.T) {
	s := open(t)
	event(t, s, 4)
	folder := t.TempDir()
	out := filepath.Join(folder, "copy.db")
	cut, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Backup(cut, out)
	if booking.KindOf(err) != booking.Interrupted {
		t.Errorf("interrupted: %v", err)
	}
	none := filepath.Join(folder, "none", "copy.db")
	_, err = s.Backup(context.Background(), none)
	if booking.KindOf(err) != booking.Unavailable ||
		err.Error() != "cannot create "+none+": no such file or directory" {
		t.Errorf("without a folder: %v", err)
	}
	tamper(t, s.path, `UPDATE events SET confirmed = 3`)
	_, err = s.Backup(context.Background(), out)
	if booking.KindOf(err) != booking.Unsound || err.Error() !=
		"the copy is not sound: confirmed seats: event 1: counter says 3, bookings say 0" {
		t.Errorf("of an unsound database: %v", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestABackupBearsTheNameItWasGiven(t *testing.T) {
	s := open(t)
	event(t, s, 4)
	for _, name := range []string{"plain.db", "file:x.db", "file:x.db?mode=memory", ":memory:"} {
		folder := t.TempDir()
		t.Chdir(folder)
		b, err := s.Backup(context.Background(), name)
		if err != nil || b.Path != name {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
		entries, err := os.ReadDir(folder)
		must(t, err)
		if len(entries) != 1 || entries[0].Name() != name {
			t.Errorf("%s: the folder has %v", name, entries)
		}
		if r := findings(t, name); len(r.Findings) > 0 || r.Events != 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestAStoreThatOnlyReadsCanBeBackedUp(t *testing.T) {
	path := season(t)
	s, err := Open(context.Background(), Options{Path: path, ReadOnly: true})
	must(t, err)
	defer s.Close()
	out := filepath.Join(t.TempDir(), "copy.db")
	if _, err := s.Backup(context.Background(), out); err != nil {
		t.Fatal(err)
	}
	if r := findings(t, out); len(r.Findings) > 0 || r.Bookings != 13 {
		t.Errorf("got %+v", r)
	}
}

// SQLite would take such a file for its own, and evbook such a one for its lock.
func TestABackupIsNoWorkingFileOfTheDatabase(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "events.db")
	mine(t, path)
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(folder, link))
	for _, suffix := range []string{"-wal", "-shm", "-journal", ".lock", ".turn"} {
		_ = os.Remove(path + suffix) // else it is refused because it exists
		for _, out := range []string{path + suffix, filepath.Join(link, "events.db"+suffix)} {
			_, err := s.Backup(t.Context(), out)
			var e *booking.Error
			if !errors.As(err, &e) || e.Kind != booking.Invalid || e.Hint == "" ||
				e.Message != out+" is the name of a working file of the database" {
				t.Errorf("%s: %v", out, err)
			}
			if _, err := os.Lstat(out); err == nil {
				t.Errorf("%s was made", out)
			}
		}
	}
	for _, name := range []string{"other.db-wal", "events.db.copy", "events.db-wal2"} {
		if _, err := s.Backup(t.Context(), filepath.Join(folder, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADamagedDatabaseIsBlamedAndNotItsCopy(t *testing.T) {
	path := season(t)
	erase(t, path, "bookings")
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	defer s.Close()
	folder := t.TempDir()
	_, err = s.Backup(t.Context(), filepath.Join(folder, "copy.db"))
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Message != path+" is damaged" {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
