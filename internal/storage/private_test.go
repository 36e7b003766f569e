package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// readAsNobody is a helper: it reads all there is with no more rights than anybody, and says what
// it saw, or why not.
func readAsNobody(work task, _ orders) error {
	if err := becomeNobody(); err != nil {
		return err
	}
	sayOutcome(readAll(work.Path))
	return nil
}

func readAll(path string) (seats int, err error) {
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: path, ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	e, err := s.Event(ctx, booking.Selector{ID: 1})
	if err != nil {
		return 0, err
	}
	if _, err := s.Bookings(ctx, BookingQuery{Page: Page{Limit: DefaultLimit}}); err != nil {
		return 0, err
	}
	r, err := s.Verify(ctx)
	if len(r.Findings) > 0 {
		err = fmt.Errorf("found %v", r.Findings)
	}
	return e.Confirmed, err
}

// writeAsNobody is a helper: it tries to book with no more rights than anybody.
func writeAsNobody(work task, _ orders) error {
	if err := becomeNobody(); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: work.Path, Create: true})
	if err == nil {
		_, err = s.Book(ctx, seat(booking.Selector{ID: 1}, "nobody"))
		s.Close()
	}
	sayOutcome(1, err)
	return nil
}

// sayOutcome says the number of seats, or kind, message and hint of the error.
func sayOutcome(seats int, err error) {
	var e *booking.Error
	switch {
	case err == nil:
		say("READY\n%d seats", seats)
	case errors.As(err, &e):
		say("READY\n%s|%s|%s", e.Kind, e.Message, e.Hint)
	default:
		say("READY\n%v", err)
	}
}

// asNobody runs a helper on a file and gives what it said.
func asNobody(t testing.TB, role, path string) string {
	t.Helper()
	return strings.Join(launch(t, task{Role: role, Path: path}).finish(t), "\n")
}

// publicFolder is one that everybody can look into; those of the testing package are not.
func publicFolder(t testing.TB) string {
	t.Helper()
	need(t, "permissions as Unix has them", hasRights())
	folder, err := os.MkdirTemp("", "evbook")
	must(t, err)
	t.Cleanup(func() {
		must(t, os.Chmod(folder, 0o700))
		must(t, os.RemoveAll(folder))
	})
	must(t, os.Chmod(folder, 0o755))
	return folder
}

// medium makes a folder and all files in it readable to everybody and writable to nobody.
func medium(t testing.TB, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	must(t, err)
	for _, file := range files {
		must(t, os.Chmod(file, 0o444))
	}
	must(t, os.Chmod(folder, 0o555))
}

// copyInUse copies a database with its log while it is open, as a snapshot of a disk would.
func copyInUse(t testing.TB, to string) {
	t.Helper()
	from := filepath.Join(t.TempDir(), "events.db")
	s := openAt(t, from)
	defer s.Close()
	if _, err := s.Book(context.Background(), seat(event(t, s, 40), "k")); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		data, err := os.ReadFile(from + end)
		must(t, err)
		must(t, os.WriteFile(to+end, data, 0o600))
	}
}

func TestReadOnlyMediaCanBeRead(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, path string){
		"closed": func(t *testing.T, path string) { mine(t, path) },
		"with an empty log": func(t *testing.T, path string) {
			mine(t, path)
			write(t, path+"-wal", "")
		},
		"with a log and its index": func(t *testing.T, path string) { copyInUse(t, path) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := publicFolder(t)
			path := filepath.Join(folder, "events.db")
			prepare(t, path)
			medium(t, folder)
			before := snapshot(t, folder)
			if got := asNobody(t, "read", path); got != "1 seats" {
				t.Errorf("reading: %s", got)
			}
			got := asNobody(t, "write", path)
			if fields := strings.Split(got, "|"); len(fields) != 3 ||
				fields[0] != string(booking.Unavailable) || !strings.Contains(fields[1], path) ||
				fields[2] == "" {
				t.Errorf("writing: %s", got)
			}
			if after := snapshot(t, folder); after != before {
				t.Errorf("the folder was\n%sand is now\n%s", before, after)
			}
		})
	}
}

func TestALogWithoutItsIndexOnReadOnlyMediaIsTold(t *testing.T) {
	folder := publicFolder(t)
	path := filepath.Join(folder, "events.db")
	copyInUse(t, path)
	must(t, os.Remove(path+"-shm"))
	medium(t, folder)
	before := snapshot(t, folder)
	got := asNobody(t, "read", path)
	if !strings.HasPrefix(got, "unavailable|"+path) {
		t.Errorf("got %s", got) // and never the event without the booking that is in the log
	}
	if after := snapshot(t, folder); after != before {
		t.Errorf("the folder was\n%sand is now\n%s", before, after)
	}
}

func TestWhatCannotBeReadIsToldAndLeftAsItIs(t *testing.T) {
	for name, tt := range map[string]struct {
		hide func(t *testing.T, folder, path string)
		want string
	}{
		"file": {func(t *testing.T, _, path string) { must(t, os.Chmod(path, 0)) },
			"unavailable|cannot read %s: permission denied|check the permissions of the file"},
		"folder": {func(t *testing.T, folder, _ string) { must(t, os.Chmod(folder, 0)) },
			"unavailable|cannot look at %s: permission denied|check the permissions of its folder"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(publicFolder(t), "hidden")
			must(t, os.Mkdir(folder, 0o755))
			path := filepath.Join(folder, "events.db")
			mine(t, path)
			tt.hide(t, folder, path)
			for _, role := range []string{"read", "write"} {
				if got := asNobody(t, role, path); got != fmt.Sprintf(tt.want, path) {
					t.Errorf("%s: %s", role, got)
				}
			}
			must(t, os.Chmod(folder, 0o700))
			must(t, os.Chmod(path, 0o600))
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) != 3 { // the database and its two lock files
				t.Errorf("%v, %v", entries, err)
			}
		})
	}
}

func TestAFolderWithoutRoomForANewFileIsTold(t *testing.T) {
	folder := publicFolder(t)
	medium(t, folder)
	got := asNobody(t, "write", filepath.Join(folder, "events.db"))
	if !strings.HasPrefix(got, "unavailable|cannot lock "+folder) ||
		!strings.HasSuffix(got, "permission denied|"+
			"writing needs permission to create files beside the database") {
		t.Errorf("got %s", got)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// createUnderUmask is a helper: it makes a database and a backup under the umask that Run names,
// books, and waits with all files open.
func createUnderUmask(work task, o orders) error {
	mask, err := strconv.ParseInt(work.Run, 8, 0)
	if err != nil {
		return err
	}
	setUmask(int(mask))
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: work.Path, Create: true, Serving: work.Serving})
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
		Name: "Go Meetup", Capacity: 4, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
	}})
	if err != nil {
		return err
	}
	if _, err := s.Backup(ctx, work.Path+".copy"); err != nil {
		return err
	}
	return o.ready()
}

func TestAllFilesArePrivateWhateverTheUmask(t *testing.T) {
	need(t, "permissions as Unix has them", hasRights())
	for _, umask := range []string{"0", "022", "077"} {
		for _, serving := range []bool{false, true} {
			folder := t.TempDir()
			path := filepath.Join(folder, "events.db")
			p := launch(t, task{Role: "umask", Path: path, Run: umask, Serving: serving})
			p.await(t)
			var names []string
			entries, err := os.ReadDir(folder)
			must(t, err)
			for _, entry := range entries {
				names = append(names, strings.TrimPrefix(entry.Name(), "events.db"))
				if info, err := entry.Info(); err != nil || info.Mode() != 0o600 {
					t.Errorf("umask %s: %s has %v, %v", umask, entry.Name(), info.Mode(), err)
				}
			}
			if got := fmt.Sprint(names); got != "[ -shm -wal .copy .lock .turn]" {
				t.Errorf("umask %s: the files are %s", umask, got)
			}
			p.start(t)
			p.finish(t)
		}
	}
}
