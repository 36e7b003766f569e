package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// shortly is how a test measures.
func shortly(more ...string) []string {
	return append([]string{"bench", "--duration", "200ms", "--clients", "4"}, more...)
}

// door serves the database of a user. between may answer in its place, and says whether it did.
func (w *world) door(between func(http.ResponseWriter, *http.Request) bool) string {
	w.t.Helper()
	store, err := storage.Open(w.t.Context(), storage.Options{
		Path: w.db, Create: true, Actor: httpapi.Actor, Serving: true,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	behind := httpapi.New(store, httpapi.Options{Open: true})
	server := httptest.NewServer(http.HandlerFunc(
		func(answer http.ResponseWriter, r *http.Request) {
			if !between(answer, r) {
				behind.ServeHTTP(answer, r)
			}
		}))
	w.t.Cleanup(func() {
		server.Close()
		store.Close()
	})
	return server.URL
}

func honest(http.ResponseWriter, *http.Request) bool { return false }

func TestABenchmarkWhoseAcknowledgementsAreFalseIsUnsound(t *testing.T) {
	var calls atomic.Int64
	// One booking in ten is acknowledged, and never made.
	lying := func(answer http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || r.URL.Path != "/bookings" || calls.Add(1)%10 != 0 {
			return false
		}
		answer.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(answer, `{"success":true}`)
		return true
	}
	w := newWorld(t)
	stdout, stderr, code := w.run(shortly("--url", w.door(lying), "--yes", "-o", "json")...)
	for _, says := range []string{
		`"success":false`, `"verdict":"unsound"`, `"check":"lost"`, `"code":"unsound"`, `"left":[]`,
	} {
		if code != 11 || stderr != "" || !strings.Contains(stdout, says) {
			t.Errorf("exit %d, want %s in %s%s", code, says, stdout, stderr)
		}
	}
	w = newWorld(t)
	stdout, stderr, code = w.run(shortly("--url", w.door(honest), "--yes")...)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "\nSound: ") {
		t.Errorf("the control is not sound: exit %d, %s%s", code, stdout, stderr)
	}
}

func TestEventsThatABenchmarkCannotCancelAreNamed(t *testing.T) {
	w := newWorld(t)
	url := w.door(func(answer http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPatch {
			return false
		}
		answer.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(answer,
			`{"message":"busy, nothing was changed","error":{"code":"busy"}}`)
		return true
	})
	stdout, stderr, code := w.run(shortly("--url", url, "--events", "2", "--yes")...)
	if code != 6 || !strings.Contains(stdout, "\nLeft behind: events 1, 2.\n") ||
		!strings.Contains(stderr, "not cancel its events 1, 2: busy, nothing was changed\n") ||
		!strings.Contains(stderr, "evbook event cancel 1 --yes") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
}

func TestABenchmarkWhoseCallsFailFails(t *testing.T) {
	var calls atomic.Int64
	say := func(status int, text string) func(answer http.ResponseWriter, r *http.Request) bool {
		return func(answer http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/bookings" || calls.Add(1)%20 == 0 {
				return false
			}
			answer.WriteHeader(status)
			_, _ = io.WriteString(answer, text)
			return true
		}
	}
	for _, c := range []struct {
		status, exit int
		text, says   string
	}{
		{500, 1, `{"message":"oh","error":{"code":"internal"}}`, "Failed:      book internal"},
		{401, 7, `{"message":"who","error":{"code":"unauthenticated"}}`, "book unauthenticated"},
		{502, 10, "<html>", "Unknown:     book unknown"},
		{409, 0, `{"message":"gone","error":{"code":"sold_out"}}`, "Refused:     book sold_out"},
	} {
		w := newWorld(t)
		url := w.door(say(c.status, c.text))
		stdout, stderr, code := w.run(shortly("--url", url, "--yes")...)
		if code != c.exit || !strings.Contains(stdout, c.says) ||
			!strings.Contains(stdout, "\nSound: ") || (stderr != "") != (c.exit != 0) {
			t.Errorf("%d: exit %d, want %d: %s%s", c.status, code, c.exit, stdout, stderr)
		}
	}
}

func TestAnEventThatABenchmarkMayHaveMadeIsNamed(t *testing.T) {
	w := newWorld(t)
	url := w.door(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && r.URL.Path == "/events" {
			panic(http.ErrAbortHandler)
		}
		return false
	})
	_, stderr, code := w.run(shortly("--url", url, "--yes")...)
	if code != 10 || !strings.Contains(stderr, "not answered") ||
		!strings.Contains(stderr, "Perhaps left behind: benchmark of ") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

func TestAServerThatNeverBooksEndsABenchmarkWithItsError(t *testing.T) {
	w := newWorld(t)
	url := w.door(func(answer http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/bookings" {
			panic(http.ErrAbortHandler)
		}
		return false
	})
	stdout, stderr, code := w.run(shortly("--url", url, "--yes", "-o", "json")...)
	if code != 10 || !strings.Contains(stdout, `"acknowledged":0`) ||
		!strings.Contains(stdout, `"verdict":"sound"`) ||
		!strings.Contains(stderr, "not answered") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
}

func TestABenchmarkOfWhatIsNotPassingAsksFirst(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	before := w.must("verify")
	line := shortly("--db", w.db)
	_, stderr, code := w.run(line...)
	if code != 5 || !strings.Contains(stderr, "this would make 1 event in "+w.db) ||
		!strings.Contains(stderr, "--yes does it") {
		t.Errorf("without a terminal: exit %d, %s", code, stderr)
	}
	w.interactive, w.in = true, "n\n"
	_, stderr, code = w.run(line...)
	if code != 5 || !strings.Contains(stderr, "book for 200ms and cancel all of it? [y/N]") {
		t.Errorf("refused: exit %d, %s", code, stderr)
	}
	if after := w.must("verify"); after != before {
		t.Errorf("who was not allowed has changed something: %s", after)
	}
	w.in = "y\n"
	stdout, stderr, code := w.run(line...)
	if code != 0 || !strings.Contains(stdout, "journal_mode=wal, synchronous=full") ||
		!strings.Contains(stderr, clearLine+"loading: 0.") ||
		!strings.HasSuffix(stderr, "cancelling events"+clearLine) {
		t.Errorf("agreed: exit %d, %s%q", code, stdout, stderr)
	}
	list := w.must("event", "list", "-o", "plain", "--fields", "status")
	if list != "open\ncancelled\n" {
		t.Errorf("the events are %q", list)
	}
}

func TestABenchmarkOfNothingNamedLeavesNothingBehind(t *testing.T) {
	w := newWorld(t) // whose EVBOOK_DB is not to be touched
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	stdout := w.must(shortly("-o", "json", "--mix", "book=1,check=1", "--keys")...)
	for _, says := range []string{
		`"target":"a temporary database"`, `"mix":"book=1,check=1","keys":true`,
		`"verdict":"sound"`,
		`"engine":"SQLite 3.`, `"syncs_per_second_before":`, `"operation":"check"`,
	} {
		if !strings.Contains(stdout, says) {
			t.Errorf("no %s in %s", says, stdout)
		}
	}
	if strings.Contains(stdout, `"acknowledged":0,`) {
		t.Errorf("nothing was booked: %s", stdout)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if _, missing := os.Stat(w.db); err != nil || len(left) > 0 || missing == nil {
		t.Errorf("left %v, %v; %s: %v", left, err, w.db, missing)
	}
}

func TestATableOfABenchmarkFitsIntoItsTerminal(t *testing.T) {
	w := newWorld(t)
	t.Setenv("TMPDIR", t.TempDir())
	w.width, w.vars["NO_COLOR"] = 80, "1"
	for line := range strings.Lines(w.must(shortly("--capacity", "10")...)) {
		head, _, _ := strings.Cut(line, ":")
		if n := len([]rune(line)); n > 81 && !slices.Contains(benchDetails(), head) {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	var broken bytes.Buffer
	if code := w.runTo(brokenWriter{}, &broken, shortly()...); code != 1 {
		t.Errorf("an answer that is lost: exit %d, %s", code, &broken)
	}
}

// benchDetails are the lines that are as long as what they tell.
func benchDetails() []string { return []string{"Measured", "Database", "Disk", "Note"} }

func badWordsForBench() []badWords {
	const here = "http://127.0.0.1:1"
	return slices.Concat(
		with([]string{"bench"}, "--clients",
			"0", "--clients: must be a whole number from 1 to 10000, got 0", "-1", "got -1",
			"10001", "got 10001", "", "--clients: is empty", "1.5", "is not a whole number", "many",
			"is not a number"),
		with([]string{"bench"}, "--duration",
			"0s", "--duration: must be from 100ms to 1h", "99ms", "got 99ms", "1h1s", "got 1h0m1s",
			"10", `--duration: "10" is not a duration`, "", "is not a duration", "-1s",
			"is not a duration"),
		with([]string{"bench"}, "--events",
			"0", "--events: must be a whole number from 1 to 1000, got 0", "1001", "got 1001", "x",
			"is not a number"),
		with([]string{"bench"}, "--capacity",
			"0", "--capacity: must be", "10000001", "from 1 to 10000000, got 10000001"),
		with([]string{"bench"}, "--mix",
			"", `--mix: "" is no operation`, "bok=1", "write book, check or show", "book=0",
			"from 1 to 1000", "book,book", "names book twice", "book=1;check=2", "must have"),
		with([]string{"bench", "--yes"}, "--url",
			"", "--url: ", "localhost", "--url: ", "ftp://x", "is not the address of a server",
			"http://ann:geheim@x", "--url: holds a user or password"),
		[]badWords{
			{[]string{"bench", "--url", here, "--db", "x.db"}, "cannot stand together with --db"},
			{[]string{"bench", "--events", "x", "--mix", "y", "--clients", "0"},
				`--events: "x" is not a number, write only the digits 0 to 9; --mix: "y" is no`},
			{[]string{"bench", "now"}, "now"},
		},
	)
}
