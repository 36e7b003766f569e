package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"
)

// configured is a user whose configuration file does not exist yet.
func configured(t *testing.T) (w *world, file string) {
	t.Helper()
	w = newWorld(t)
	file = filepath.Join(t.TempDir(), "config.yaml")
	w.vars["EVBOOK_CONFIG"] = file
	return w, file
}

func TestAWrittenConfigurationWhoseAnswerIsLostIsNotTakenForAFailure(t *testing.T) {
	w, _ := configured(t)
	for _, c := range []struct{ line, done string }{
		{"config init", "made "},
		{"config set tz UTC -o json", "set tz in "},
		{"config unset tz -o name", "took tz out of "},
	} {
		var stderr bytes.Buffer
		code := w.runTo(brokenWriter{}, &stderr, strings.Fields(c.line)...)
		if code != 10 || !strings.HasPrefix(stderr.String(), "error: "+c.done) {
			t.Errorf("%s: exit %d, stderr %q", c.line, code, stderr.String())
		}
	}
	if code := w.runTo(brokenWriter{}, &bytes.Buffer{}, "config", "unset", "tz"); code != 1 {
		t.Errorf("nothing was changed: exit %d, want 1", code)
	}
}

func TestWritersOfTheConfigurationWaitNoLongerThanTheyWereTold(t *testing.T) {
	w, file := configured(t)
	w.must("config", "init")
	other := flock.New(file + ".lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, line := range []string{"config set tz UTC", "config unset tz"} {
		_, stderr, code := w.run(append(strings.Fields(line), "--lock-timeout", "20ms")...)
		if code != 6 || !strings.Contains(stderr, "is being changed by others\n") ||
			!strings.Contains(stderr, "hint:  nothing was changed") {
			t.Errorf("%s: exit %d, stderr %q", line, code, stderr)
		}
	}
	if _, stderr, code := w.run("config", "show"); code != 0 {
		t.Errorf("a reader waits: exit %d, stderr %q", code, stderr)
	}
}

func TestAConfigurationThatCannotBeUsedCanBeFoundCheckedAndMended(t *testing.T) {
	w, file := configured(t)
	w.must("config", "set", "addr", "localhost:1")
	w.vars["EVBOOK_OUTPUT"] = "xml"
	for _, line := range []string{"config path", "config set tz UTC", "config show"} {
		if _, stderr, code := w.run(strings.Fields(line)...); code != 2 {
			t.Errorf("%s with a bad variable: exit %d, stderr %q", line, code, stderr)
		}
	}
	if path := w.must("config", "path", "-o", "table"); path != file+"\n" {
		t.Errorf("the path is %q", path)
	}
}

// What is wrong in a file is mended by one command after the other, each of which says what is
// left.
func TestWhoeverMendsHalfOfAFileIsToldOfTheOther(t *testing.T) {
	w, file := configured(t)
	if err := os.WriteFile(file, []byte("lock_timeout: 10\naddr: x\ntz:\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ line, left string }{
		{"config set addr 127.0.0.1:9000", `line 1: lock_timeout "10" is a number`},
		{"config set lock_timeout 10s", "line 3: tz has no value"},
		{"config unset tz", ""},
	} {
		_, stderr, code := w.run(strings.Fields(c.line)...)
		if code != 0 || (stderr == "") != (c.left == "") || !strings.Contains(stderr, c.left) {
			t.Errorf("%s: exit %d, stderr %q, want %q in it", c.line, code, stderr, c.left)
		}
	}
	w.must("config", "validate")
}

func TestEveryKeyCanBeReadAndSet(t *testing.T) {
	w, _ := configured(t)
	w.must("config", "init")
	for _, key := range keyNames() {
		value := strings.TrimSuffix(w.must("config", "get", key), "\n")
		w.must("config", "set", key, value)
	}
}
