package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

func mustSet(tb testing.TB, path, name, value string) {
	tb.Helper()
	if _, err := Set(tb.Context(), path, name, value); err != nil {
		tb.Fatal(err)
	}
}

func content(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// hasMode checks the rights of a file or a folder; Windows has others.
func hasMode(tb testing.TB, path string, want fs.FileMode) {
	tb.Helper()
	info, err := os.Stat(path)
	if err != nil {
		tb.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want && runtime.GOOS != "windows" {
		tb.Errorf("%s has the mode %o, want %o", filepath.Base(path), got, want)
	}
}

func TestWhatIsWrittenIsPrivate(t *testing.T) {
	for name, write := range map[string]func(path string) error{
		"set": func(path string) error {
			_, err := Set(t.Context(), path, "tz", "UTC")
			return err
		},
		"init": func(path string) error { return Init(t.Context(), path) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "a", "b")
			path := filepath.Join(folder, fileName)
			if err := write(path); err != nil {
				t.Fatal(err)
			}
			hasMode(t, filepath.Dir(folder), 0o700)
			hasMode(t, folder, 0o700)
			hasMode(t, path, 0o600)
			hasMode(t, path+".lock", 0o600)
		})
	}
}

func TestAnOpenFileIsMadePrivateWhenItIsWritten(t *testing.T) {
	path := write(t, "tz: UTC\n")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	mustSet(t, path, "db", secretURL)
	hasMode(t, path, 0o600)
}

// viper's own writer saves all that it knows, also what stands in variables.
func TestOnlyWhatWasSetIsWritten(t *testing.T) {
	t.Setenv("EVBOOK_DB", secretURL)
	path := write(t, "# mine\ntz: UTC\n")
	mustSet(t, path, "currency", "SEK")
	if got, want := content(t, path), "# mine\ntz: UTC\ncurrency: SEK\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASetPasswordIsWrittenAndNotShown(t *testing.T) {
	path := write(t, "")
	s, err := Set(t.Context(), path, "db", secretURL)
	if err != nil || s.Value != "postgres://***@db.example/evbook" {
		t.Errorf("shown as %q (%v)", s.Value, err)
	}
	if got := content(t, path); got != "db: "+secretURL+"\n" {
		t.Errorf("written as %q", got)
	}
}

func TestWhatIsWrongIsNotWritten(t *testing.T) {
	large := "# " + strings.Repeat("x", maxFileSize-10) + "\n"
	tests := []struct{ name, content, key, value, says string }{
		{"unknown key", "tz: UTC\n", "zone", "UTC", `unknown key "zone": write one of addr`},
		{"near key", "tz: UTC\n", "lock-timeout", "5s", `did you mean "lock_timeout"`},
		{"bad value", "tz: UTC\n", "lock_timeout", "5", `lock_timeout "5" is not a duration`},
		{"two lines", "", "db", "a\nb", "control characters"},
		{"an escape", "", "tz", "\x1b[2J", "control characters"},
		{"not UTF-8", "", "db", "\xff", "not UTF-8"},
		{"a secret", "", "addr", secretURL, "postgres://***@"},
		{"unknown key in the file", "dbs: x\n", "tz", "UTC", `line 1: unknown key "dbs"`},
		{"not YAML", "[", "tz", "UTC", "not YAML"},
		{"too large", large, "db", strings.Repeat("x", 20), "would be larger than 64 KiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.content)
			_, err := Set(t.Context(), path, tt.key, tt.value)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error %v, want %q in it", err, tt.says)
			}
			checkLine(t, err.Error())
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is told: %s", err)
			}
			if got := content(t, path); got != tt.content {
				t.Errorf("the file is %.60q now", got)
			}
		})
	}
}

func TestABadValueIsMendedBySettingOrRemovingIt(t *testing.T) {
	path := write(t, "addr: x\ntz: UTC\n")
	mustSet(t, path, "addr", "localhost:1")
	if was, err := Unset(t.Context(), path, "addr"); !was || err != nil {
		t.Errorf("%v, %v", was, err)
	}
	if got := content(t, path); got != "tz: UTC\n" {
		t.Errorf("got %q", got)
	}
}

// Whoever has made two mistakes mends them by two commands, whatever they are.
func TestBadValuesAreMendedOneByOne(t *testing.T) {
	path := write(t, "addr: x\nlock_timeout: 10\ndb: [a.db]\ntz:\ncurrency: SEK\n")
	mustSet(t, path, "lock_timeout", "10s")
	mustSet(t, path, "db", "b.db")
	if was, err := Unset(t.Context(), path, "tz"); !was || err != nil {
		t.Errorf("%v, %v", was, err)
	}
	if _, err := Validate(path); err == nil {
		t.Error("addr is still wrong, and nobody says so")
	}
	mustSet(t, path, "addr", "localhost:1")
	c, err := Validate(path)
	if err != nil || c.DB != "b.db" || c.LockTimeout != 10*time.Second || c.Currency != "SEK" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestUnsettingNothingWritesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	if was, err := Unset(t.Context(), filepath.Join(folder, fileName), "tz"); was || err != nil {
		t.Errorf("no file: %v, %v", was, err)
	}
	if _, err := os.Stat(folder); !missing(err) {
		t.Errorf("a folder was made (%v)", err)
	}
	path := write(t, "db: a\n")
	if was, err := Unset(t.Context(), path, "tz"); was || err != nil {
		t.Errorf("no key: %v, %v", was, err)
	}
	if _, err := Unset(t.Context(), path, "zone"); err == nil {
		t.Error("an unknown key is no error")
	}
}

func TestALinkStaysALink(t *testing.T) {
	path := write(t, "tz: UTC\n")
	link := filepath.Join(t.TempDir(), fileName)
	if err := os.Symlink(path, link); err != nil {
		t.Skip("NOT PROVEN HERE: needs links: ", err)
	}
	mustSet(t, link, "tz", "CET")
	if to, err := os.Readlink(link); err != nil || to != path {
		t.Errorf("the link leads to %q (%v)", to, err)
	}
	if got := content(t, path); got != "tz: CET\n" {
		t.Errorf("got %q", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Set(t.Context(), link, "tz", "UTC"); err == nil ||
		!strings.Contains(err.Error(), "is a link to nothing") {
		t.Errorf("a link to nothing: %v", err)
	}
	if err := Init(t.Context(), link); err == nil ||
		!strings.Contains(err.Error(), "is a link to nothing") {
		t.Errorf("init over a link to nothing: %v", err)
	}
}

func TestFilesThatMustNotBeWrittenAreLeftAlone(t *testing.T) {
	path := write(t, "tz: UTC\n")
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	var write *WriteError
	_, err := Set(t.Context(), path, "tz", "CET")
	if !errors.As(err, &write) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("read-only file: %v", err)
	}
	if got := content(t, path); got != "tz: UTC\n" {
		t.Errorf("the read-only file is %q now", got)
	}
	_, err = Set(t.Context(), filepath.Join(path, fileName), "tz", "CET")
	if !errors.As(err, &write) {
		t.Errorf("below a file: %v", err)
	}
	checkLine(t, err.Error())
	for _, place := range []string{os.DevNull, t.TempDir()} {
		if _, err := Set(t.Context(), place, "tz", "CET"); err == nil ||
			!strings.Contains(err.Error(), "is not a regular file") {
			t.Errorf("%s: %v", place, err)
		}
		if err := Init(t.Context(), place); err == nil ||
			!strings.Contains(err.Error(), "is not a regular file") {
			t.Errorf("init over %s: %v", place, err)
		}
		if _, err := os.Stat(place + ".lock"); !missing(err) {
			t.Errorf("%s: a lock was left", place)
		}
	}
}

// crowd sets every key at the same time and tells how many are not in the file afterwards.
func crowd(tb testing.TB, set func(path, name, value string) error) (lost int) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), fileName)
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, s := range Defaults() {
		all.Go(func() {
			<-start
			if err := set(path, s.Key, s.Value); err != nil {
				tb.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
	values, err := meanings([]byte(content(tb, path)))
	if err != nil {
		tb.Fatal(err)
	}
	return len(Defaults()) - len(values)
}

func TestOfManyWhoSetAtOnceNoneIsLost(t *testing.T) {
	for range 10 {
		lost := crowd(t, func(path, name, value string) error {
			_, err := Set(t.Context(), path, name, value)
			return err
		})
		if lost > 0 {
			t.Fatalf("%d keys were lost", lost)
		}
	}
}

// The control: the same crowd without the lock.
func TestWithoutTheLockSomeAreLost(t *testing.T) {
	for range 100 {
		lost := crowd(t, func(path, name, value string) error {
			before, err := os.ReadFile(path)
			if err != nil && !missing(err) {
				return err
			}
			after, _, err := edited(before, change{name: name, value: value})
			own := path + name
			return errors.Join(err, os.WriteFile(own, after, 0o600), os.Rename(own, path))
		})
		if lost > 0 {
			return
		}
	}
	t.Error("nothing was ever lost: this crowd proves nothing")
}

func TestReadersMeetTheOldFileOrTheNewOne(t *testing.T) {
	path := write(t, "tz: UTC\n")
	done := make(chan error, 1)
	go func() {
		for i := range 100 {
			if _, err := Set(t.Context(), path, "db", strings.Repeat("x", i+1)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
			if c := mustLoad(t, source(t, nil, "--config", path)); c.TZ != "UTC" {
				t.Fatalf("got %+v", c)
			}
		}
	}
}

func TestWaitingForTheLockEndsWithTheContext(t *testing.T) {
	path := write(t, "tz: UTC\n")
	other := flock.New(path + ".lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := Set(ctx, path, "tz", "CET")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	want := fmt.Sprintf("config file %s is being changed by others", path)
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A writer that is killed leaves its unfinished file, with all the passwords in it; the next one
// takes it away.
func TestNothingIsLeftBesideTheFileButItsLock(t *testing.T) {
	path := write(t, "tz: UTC\n")
	left := filepath.Join(filepath.Dir(path), "."+fileName+".new")
	if err := os.WriteFile(left, []byte("tz: U"), 0o400); err != nil {
		t.Fatal(err)
	}
	mustSet(t, path, "tz", "CET")
	_, _ = Set(t.Context(), path, "addr", "x")
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 || entries[1].Name() != fileName+".lock" {
		t.Errorf("there are %v (%v)", entries, err)
	}
}
