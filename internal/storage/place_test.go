package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// everyAnswer asks a store for all that it can be asked for, and gives the errors by question.
func everyAnswer(
	s *Store, sel booking.Selector, ref booking.Reference, out string,
) map[string]error {
	ctx := context.Background()
	answers := map[string]error{}
	note := func(question string, err error) { answers[question] = err }
	_, err := s.Event(ctx, sel)
	note("event", err)
	_, err = s.Codes(ctx, CodeQuery{Event: sel, Page: Page{Limit: 1}})
	note("codes", err)
	_, err = s.Explain(ctx, ref)
	note("explain", err)
	_, err = s.Events(ctx, EventQuery{Page: Page{Limit: 1}})
	note("events", err)
	_, err = s.Check(ctx,
		booking.AvailabilityRequest{Event: sel, Quantity: 1})
	note("check", err)
	_, err = s.Booking(ctx, ref)
	note("booking", err)
	_, err = s.Bookings(ctx, bookingsOf(sel, Page{Limit: 1}))
	note("bookings", err)
	_, err = s.Verify(ctx)
	note("verify", err)
	_, err = s.Backup(ctx, out)
	note("backup", err)
	note("ready", s.Ready(ctx))
	_, err = s.Book(ctx, seat(sel, "after"))
	note("book", err)
	_, err = s.CancelBooking(ctx, booking.Cancellation{Reference: ref})
	note("cancel", err)
	return answers
}

// unsettling is something that happens to the file of an open database, and how it is put right,
// if it can be.
type unsettling struct {
	do, undo func(t testing.TB, path string)
}

func unsettlings() map[string]unsettling {
	rename := func(t testing.TB, from, to string) { must(t, os.Rename(from, to)) }
	return map[string]unsettling{
		"moved": {
			func(t testing.TB, path string) { rename(t, path, path+".aside") },
			func(t testing.TB, path string) { rename(t, path+".aside", path) },
		},
		"with its folder renamed": {
			func(t testing.TB, path string) {
				rename(t, filepath.Dir(path), filepath.Dir(path)+".aside")
			},
			func(t testing.TB, path string) {
				rename(t, filepath.Dir(path)+".aside", filepath.Dir(path))
			},
		},
		"removed": {func(t testing.TB, path string) { must(t, os.Remove(path)) }, nil},
		"replaced": {func(t testing.TB, path string) {
			other := filepath.Join(t.TempDir(), "other.db")
			mine(t, other)
			rename(t, other, path)
		}, nil},
	}
}

// Who holds a file open goes on writing to it wherever it is. What is acknowledged then is lost.
func TestADatabaseThatIsNotWhereItWasAnswersNothing(t *testing.T) {
	single(t)
	need(t, "open files that can be moved, as on Unix", hasRights())
	for name, u := range unsettlings() {
		for _, serving := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "house", "events.db")
				must(t, os.Mkdir(filepath.Dir(path), 0o700))
				s, err := Open(t.Context(), Options{Path: path, Create: true, Serving: serving})
				must(t, err)
				t.Cleanup(func() { s.Close() })
				sel := event(t, s, 40)
				r, err := s.Book(t.Context(), named(sel.ID, "before"))
				must(t, err)
				u.do(t, path)
				out := filepath.Join(t.TempDir(), "copy.db")
				for question, err := range everyAnswer(s, sel, r.Booking.Reference, out) {
					if booking.KindOf(err) != booking.Unavailable {
						t.Errorf("%s: %v", question, err)
					}
				}
				u.afterwards(t, s, path, sel, r.Booking)
			})
		}
	}
}

// afterwards fails the test unless the store works again when the file is put back, and nothing
// that was refused is in any file.
func (u unsettling) afterwards(
	t *testing.T, s *Store, path string, sel booking.Selector, before booking.Booking,
) {
	t.Helper()
	if u.undo != nil {
		u.undo(t, path)
		if _, err := s.Book(t.Context(), named(sel.ID, "put-back")); err != nil {
			t.Errorf("put back where it was: %v", err)
		}
		must(t, s.Close())
		again := openAt(t, path)
		confirmed(t, again, sel, 2)
		b, err := again.Booking(t.Context(), before.Reference)
		if err != nil || !reflect.DeepEqual(b, before) {
			t.Errorf("what was acknowledged before is now %+v, %v", b, err)
		}
		return
	}
	must(t, s.Close())
	if _, err := os.Stat(path); err == nil { // what came in its place has a booking of its own
		confirmed(t, openAt(t, path), booking.Selector{ID: 1}, 1)
	}
}

func TestARefusalBecauseOfThePlaceSaysSo(t *testing.T) {
	need(t, "open files that can be moved, as on Unix", hasRights())
	s := open(t)
	sel := event(t, s, 40)
	must(t, os.Rename(s.path, s.path+".aside"))
	_, err := s.Book(t.Context(), seat(sel, "k"))
	_, readErr := s.Event(t.Context(), sel)
	for _, err := range []error{err, readErr} {
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Hint == "" ||
			e.Message != s.path+" was moved, removed or replaced while it was open" {
			t.Errorf("got %+v", err)
		}
	}
}

// Without the name of its log a database takes in only what this process writes, and nobody else
// sees it. What was acknowledged before is saved all the same.
func TestALogThatWasRemovedEndsTheWritingAndLosesNothing(t *testing.T) {
	need(t, "open files that can be removed, as on Unix", hasRights())
	for _, serving := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "events.db")
		s, err := Open(t.Context(), Options{Path: path, Create: true, Serving: serving})
		must(t, err)
		t.Cleanup(func() { s.Close() })
		sel := event(t, s, 40)
		_, err = s.Book(t.Context(), seat(sel, "before"))
		must(t, err)
		must(t, os.Remove(path+"-wal"))
		for i := range 3 {
			_, err := s.Book(t.Context(), seat(sel, "after"))
			var e *booking.Error
			if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Hint == "" ||
				!strings.HasPrefix(e.Message, path+"-wal, the log of the database, was removed") {
				t.Errorf("try %d: %v", i+1, err)
			}
		}
		// As if the process were killed now: what was acknowledged is in the file by itself.
		whole, err := os.ReadFile(path)
		must(t, err)
		elsewhere := filepath.Join(t.TempDir(), "events.db")
		must(t, os.WriteFile(elsewhere, whole, 0o600))
		confirmed(t, openAt(t, elsewhere), sel, 1)
		must(t, s.Close())
		confirmed(t, openAt(t, path), sel, 1)
	}
}

// Once others have made another log, ours must stay out of the file, whether they still run when we
// close or not: its pages do not fit theirs.
func TestALogThatOthersHaveReplacedStaysOutOfTheFile(t *testing.T) {
	need(t, "open files that can be removed, as on Unix", hasRights())
	for _, othersRun := range []bool{true, false} {
		c := newCampaign(t, 10_000, task{Writers: 1})
		s := openAt(t, c.work.Path)
		seats(t, s, c.sel, 600) // so that the tables have pages that some bookings do not touch
		s = reopened(t, s)
		seats(t, s, c.sel, 300)
		must(t, os.Remove(c.work.Path+"-wal"))
		must(t, os.Remove(c.work.Path+"-shm"))
		others := bookWithLogOfTheirOwn(t, c)
		_, err := s.Book(t.Context(), seat(c.sel, "after"))
		if booking.KindOf(err) != booking.Unavailable {
			t.Errorf("got %v", err)
		}
		if _, err := s.Event(t.Context(), c.sel); booking.KindOf(err) != booking.Unavailable {
			t.Errorf("reading: got %v", err)
		}
		if othersRun {
			must(t, s.Close())
		}
		others.kill()
		must(t, s.Close())
		said := acks(t, others.lines)
		if len(said) == 0 {
			t.Fatal("nothing was acknowledged: the test is blind")
		}
		// Looked at elsewhere: this process has the connection that was given up still open.
		c.work.Path = copied(t, c.work.Path)
		c.check(t, said)
	}
}

// bookWithLogOfTheirOwn starts a process that books, and waits until its log has grown.
func bookWithLogOfTheirOwn(t testing.TB, c *campaign) *process {
	t.Helper()
	others := launch(t, c.work)
	others.await(t)
	others.start(t)
	for end := time.Now().Add(soon); ; time.Sleep(time.Millisecond) {
		if log, err := os.Stat(c.work.Path + "-wal"); err == nil && log.Size() > 1<<16 {
			return others
		}
		if time.Now().After(end) {
			t.Fatal("the others do not book")
		}
	}
}

// copied puts a copy of a database that nobody writes to, with its log, elsewhere.
func copied(t testing.TB, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "events.db")
	for _, end := range []string{"", "-wal"} {
		text, err := os.ReadFile(path + end)
		must(t, err)
		must(t, os.WriteFile(to+end, text, 0o600))
	}
	return to
}

// A log that is removed before anything was written to it is missed just as well.
func TestALogThatWasRemovedBeforeTheFirstBookingIsMissed(t *testing.T) {
	need(t, "open files that can be removed, as on Unix", hasRights())
	path := filepath.Join(t.TempDir(), "events.db")
	first := openAt(t, path)
	sel := event(t, first, 10)
	must(t, first.Close())
	s := openAt(t, path)
	must(t, os.Remove(path+"-wal"))
	must(t, os.Remove(path+"-shm"))
	if _, err := s.Book(t.Context(), seat(sel, "k")); booking.KindOf(err) != booking.Unavailable {
		t.Errorf("got %v", err)
	}
}

// Two names of one file have two logs and two locks: the same seats would be sold in each.
func TestAFileWithTwoNamesIsRefused(t *testing.T) {
	need(t, "hard links that are counted, as on Unix", hasRights())
	folder := t.TempDir()
	path, link := filepath.Join(folder, "events.db"), filepath.Join(folder, "link.db")
	mine(t, path)
	must(t, os.Link(path, link))
	const sentence = " has 2 names (hard links), a database must have one"
	stays(t, folder, path, path+sentence)
	stays(t, folder, link, link+sentence)
	must(t, os.Remove(link))
	confirmed(t, openAt(t, path), booking.Selector{ID: 1}, 1)
}

// The folder before ".." is the one that the link leads to, for a file that is made as for one that
// is there.
func TestAFileIsMadeWhereItIsFoundAgain(t *testing.T) {
	there, here := t.TempDir(), t.TempDir()
	must(t, os.Mkdir(filepath.Join(there, "sub"), 0o700))
	link := filepath.Join(here, "link")
	must(t, os.Symlink(filepath.Join(there, "sub"), link))
	path := link + "/../x.db"
	mine(t, path)
	for _, name := range []string{path, filepath.Join(there, "x.db")} {
		s, err := Open(t.Context(), Options{Path: name})
		must(t, err)
		confirmed(t, s, booking.Selector{ID: 1}, 1)
		must(t, s.Close())
	}
	if entries, err := os.ReadDir(here); err != nil || len(entries) != 1 {
		t.Errorf("beside the link: %v, %v", entries, err)
	}
}
