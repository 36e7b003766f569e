package cli

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// world is one user's terminal and database.
type world struct {
	t           testing.TB
	db          string
	in          string
	interactive bool
	// piped is true when the standard output is no terminal, whose width is 0 when unknown.
	piped bool
	width int
	vars  map[string]string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return &world{
		t: t, db: filepath.Join(t.TempDir(), "events.db"),
		vars: map[string]string{"TZ": "UTC", "EVBOOK_CONFIG": "none"},
	}
}

// run runs one command line and gives what it printed and its exit code.
func (w *world) run(args ...string) (stdout, stderr string, code int) {
	w.t.Helper()
	var out, err bytes.Buffer
	code = w.runTo(&out, &err, args...)
	return out.String(), err.String(), code
}

func (w *world) runTo(out, err io.Writer, args ...string) int {
	w.t.Helper()
	w.vars["EVBOOK_DB"] = w.db
	return Main(w.t.Context(), Env{
		In: strings.NewReader(w.in), Out: out, Err: err,
		Getenv: func(name string) (string, bool) {
			value, ok := w.vars[name]
			return value, ok
		},
		Now:        func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
		InTerminal: w.interactive, OutTerminal: !w.piped, ErrTerminal: w.interactive,
		Width: func() int { return w.width },
	}, args)
}

// must runs a command line that has to succeed, and gives its standard output.
func (w *world) must(args ...string) string {
	w.t.Helper()
	stdout, stderr, code := w.run(args...)
	if code != 0 {
		w.t.Fatalf("evbook %s: exit %d\n%s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// brokenWriter is a full disk.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAnAnswerThatCannotBeWrittenIsAFailure(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	for _, args := range [][]string{
		{"event", "list"}, {"event", "list", "-o", "json"}, {"check", "--event", "1", "--qty", "1"},
		{"verify"}, {"--help"}, {"--version"}, {"completion", "bash"}, {"completion", "zsh"},
	} {
		var stderr bytes.Buffer
		if code := w.runTo(brokenWriter{}, &stderr, args...); code != 1 {
			t.Errorf("%v: exit %d, want 1", args, code)
		}
		if !strings.Contains(stderr.String(), "error: cannot write the answer: disk full") {
			t.Errorf("%v: stderr %q", args, stderr.String())
		}
	}
}

func TestAChangeWhoseAnswerIsLostIsNotTakenForAFailure(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	w.must("event", "create", "--name", "Mistake", "--capacity", "5")
	reference := strings.TrimSpace(w.must("book", "--event", "1", "--qty", "2", "-o", "name"))
	w.must("event", "create", "--name", "Holds", "--capacity", "5")
	extended, confirmed, released := w.hold("3", "1"), w.hold("3", "1"), w.hold("3", "1")
	w.must("event", "create", "--name", "Next", "--capacity", "5")
	w.must("event", "create", "--name", "Full", "--capacity", "1")
	w.must("book", "--event", "5", "--qty", "1")
	waiting := w.wait("5", "1", "w@example.org")
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, c := range []struct{ line, done string }{
		{"event create --name X --capacity 5", "created event 6"},
		{"event edit 1 --capacity 6 -o json", "saved event 1"},
		{"event close 1 -o name", "event 1 is closed"},
		{"event open 1 -o json", "event 1 is open"},
		{"event delete 2", "deleted event 2"},
		{"book --event 1 --qty 1", "booked as EVB-"},
		{"book --event 1 --qty 1 -o name", "booked as EVB-"},
		{"booking cancel " + reference + " --qty 1", "gave 1 seat of " + reference + " back"},
		{"hold create --event 1 --qty 1", "held as EVB-"},
		{"hold extend " + extended + " --ttl 1h", "extended " + extended},
		{"hold confirm " + confirmed, "confirmed " + confirmed},
		{"hold release " + released, "gave 1 seat of " + released + " back"},
		{"booking edit " + confirmed + " --name Ada", "saved " + confirmed},
		{"booking change " + confirmed + " --qty 2", "changed " + confirmed},
		{"booking move " + confirmed + " --to-event 4", "moved " + confirmed},
		{"booking transfer " + confirmed + " --email a@b.org", "transferred " + confirmed},
		{"waitlist join --event 5 --qty 1 --email a@b.org", "joined the waitlist as EVB-"},
		{"waitlist leave " + waiting, waiting + " left the waitlist"},
		{"pool add boat --event 6 --capacity 5", `added pool "boat" to event 6`},
		{"pool edit boat --event 6 --capacity 4", `saved pool "boat" of event 6`},
		{"ticket-type add child --event 6", `added ticket type "child" to event 6`},
		{"ticket-type edit child --event 6 --price 1", `saved ticket type "child" of event 6`},
		{"ticket-type close child --event 6", `ticket type "child" of event 6 is closed`},
		{"ticket-type open child --event 6 -o json", `ticket type "child" of event 6 is open`},
		{"code add --event 6 --uses 5 --code VIP1", "added code VIP1"},
		{"code disable VIP1 --event 6", "disabled code VIP1"},
		{"event cancel 1 --yes", "cancelled event 1"},
		{"backup --out " + copied, "saved as " + copied},
	} {
		var stderr bytes.Buffer
		code := w.runTo(brokenWriter{}, &stderr, strings.Fields(c.line)...)
		if code != 10 {
			t.Errorf("%s: exit %d, want 10", c.line, code)
		}
		said := stderr.String()
		if !strings.HasPrefix(said, "error: "+c.done) ||
			!strings.Contains(said, "but the answer could not be written\n") ||
			!strings.HasSuffix(said, "\ncause: disk full\n") {
			t.Errorf("%s: stderr %q, want %q in it", c.line, said, c.done)
		}
	}
	if shown := w.must("booking", "list", "--event", "1", "-o", "name"); len(shown) < 45 {
		t.Errorf("the bookings whose answers were lost are not there:\n%s", shown)
	}
}

func TestCancellingAnEventWithBookingsAsksOnATerminal(t *testing.T) {
	for _, c := range []struct {
		typed string
		code  int
	}{
		{"y\n", 0}, {"YES\n", 0}, {"\n", 5}, {"n\n", 5}, {"", 5}, {"yep\n", 5},
	} {
		w := newWorld(t)
		w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
		w.must("book", "--event", "1", "--qty", "2")
		w.interactive, w.in = true, c.typed
		_, stderr, code := w.run("event", "cancel", "1")
		if code != c.code {
			t.Errorf("typed %q: exit %d, want %d\n%s", c.typed, code, c.code, stderr)
		}
		const question = `Cancel event 1 "Go Meetup" and give up 2 seats that are booked? [y/N]`
		if !strings.Contains(stderr, question) {
			t.Errorf("typed %q: the question is missing in %q", c.typed, stderr)
		}
	}
}

func TestTheQuestionSpeaksOfOneSeatAsOne(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	w.must("book", "--event", "1", "--qty", "1")
	w.interactive = true
	const question = `Cancel event 1 "Go Meetup" and give up 1 seat that is booked? [y/N]`
	if _, stderr, _ := w.run("event", "cancel", "1"); !strings.Contains(stderr, question) {
		t.Errorf("the question is missing in %q", stderr)
	}
}

func TestNobodyIsAskedWhereNobodyCanAnswer(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	w.must("book", "--event", "1", "--qty", "2")
	w.in = "y\n"
	refused := func(why string, args ...string) {
		t.Helper()
		_, stderr, code := w.run(append(args, "event", "cancel", "1")...)
		if code != 5 || strings.Contains(stderr, "[y/N]") {
			t.Errorf("%s: exit %d, stderr %q", why, code, stderr)
		}
	}
	refused("no terminal")
	w.interactive = true
	refused("--no-input", "--no-input")
	w.vars["CI"] = "true"
	refused("CI")
	delete(w.vars, "CI")
	w.vars["EVBOOK_NO_INPUT"] = "1"
	refused("EVBOOK_NO_INPUT")
	delete(w.vars, "EVBOOK_NO_INPUT")
	if _, stderr, code := w.run("event", "cancel", "1"); code != 0 {
		t.Errorf("with a terminal: exit %d, stderr %q", code, stderr)
	}
}

func TestAnEventWithoutBookingsIsCancelledWithoutAsking(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	w.interactive = true
	if _, stderr, code := w.run("event", "cancel", "1"); code != 0 || stderr != "" {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

func TestASecondRunRemembersNothingOfTheFirst(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5", "--venue", "Hall")
	w.must("event", "create", "--name", "Go Meetup 2", "--capacity", "5")
	if shown := w.must("event", "show", "2"); strings.Contains(shown, "Hall") {
		t.Errorf("the venue of the first event stands in the second:\n%s", shown)
	}
}
