package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestADryRunSaysWhatWouldHappenAndChangesNothing(t *testing.T) {
	w := hall(t, 10)
	w.must("event", "create", "--name", "Empty", "--capacity", "5")
	reference := strings.TrimSpace(w.must("book", "--event", "1", "--qty", "2",
		"--idempotency-key", "used", "-o", "name"))
	held := w.hold("1", "1")
	w.must("event", "create", "--name", "Full", "--capacity", "1")
	w.must("book", "--event", "3", "--qty", "1")
	waiting := w.wait("3", "1", "ada@example.org")
	state := func() string {
		return w.must("event", "list", "-o", "json") + w.must("booking", "list", "-o", "json") +
			w.must("log", "-o", "json") + w.must("verify")
	}
	before := state()
	for _, c := range []struct{ line, says, json string }{
		{"book --event 1 --qty 3", "Booked 3 seats for \"Go Meetup\". 4 left.",
			`"data":{"reference":null,"event_id":1,`},
		{"book --event 1 --qty 2 --idempotency-key used",
			"Booked 2 seats for \"Go Meetup\". 8 left.\nReference: " + reference,
			`"data":{"reference":"` + reference + `",`},
		{"booking cancel " + reference + " --qty 1", "Gave 1 seat of \"Go Meetup\" back. 8 left.",
			`"quantity":1,`},
		{"hold create --event 1 --qty 3", "Held 3 seats for \"Go Meetup\" until ",
			`"data":{"reference":null,"event_id":1,`},
		{"hold confirm " + held + " --name Ada", "Confirmed 1 seat for \"Go Meetup\". 7 left.",
			`"name":"Ada",`},
		{"hold extend " + held + " --ttl 1h", "Hold " + held + " of 1 seat for \"Go Meetup\" lasts",
			`"status":"held",`},
		{"hold release " + held, "Gave 1 seat of \"Go Meetup\" back. 8 left.",
			`"status":"released",`},
		{"booking edit " + reference + " --name Ada", "Saved booking " + reference,
			`"name":"Ada",`},
		{"booking change " + reference + " --qty 3", "Booking " + reference + " has 3 seats for " +
			"\"Go Meetup\". 6 left.", `"quantity":3,`},
		{"booking move " + reference + " --to-event 2", "Moved booking " + reference +
			": it has 2 seats for \"Empty\". 3 left.", `"event_id":2,`},
		{"booking transfer " + reference + " --email bob@example.org", "Booking " + reference +
			" for \"Go Meetup\" belongs to bob@example.org.", `"user_email":"bob@example.org",`},
		{"waitlist join --event 3 --qty 1 --email bob@example.org",
			"Waiting for 1 seat of \"Full\".", `"data":{"reference":null,"event_id":3,`},
		{"waitlist leave " + waiting, "Booking " + waiting + " left the waitlist of \"Full\"",
			`"status":"left",`},
		{"event create --name New --capacity 4", "Created event \"New\": 4 seats.",
			`"message":"created an event with 4 seats","data":{"id":null,`},
		{"event edit 1 --capacity 12", "Saved event 1 \"Go Meetup\": 12 seats. 9 left.",
			`"capacity":12,`},
		{"event close 1", "Event 1 \"Go Meetup\" is closed", `"status":"closed"`},
		{"event open 1", "Event 1 \"Go Meetup\" is on sale.", `"status":"open"`},
		{"event cancel 1 --yes", "Cancelled event 1 \"Go Meetup\", bookings cancelled with it: 2",
			`"status":"cancelled"`},
		{"event delete 2", "Deleted event 2 \"Empty\".", `"message":"deleted event 2"`},
	} {
		stdout, stderr, code := w.run(append(strings.Fields(c.line), "--dry-run")...)
		if code != 0 || !strings.HasPrefix(stdout, "Dry run: "+c.says) ||
			!strings.HasSuffix(stderr, "Nothing was changed.\n") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", c.line, code, stdout, stderr)
		}
		stdout, _, code = w.run(append(strings.Fields(c.line), "-n", "-o", "json")...)
		if code != 0 || !strings.HasPrefix(stdout, `{"success":true,`) ||
			!strings.Contains(stdout, c.json) ||
			!strings.HasSuffix(stdout, `,"dry_run":true}`+"\n") {
			t.Errorf("%s: exit %d, stdout %q", c.line, code, stdout)
		}
	}
	for line, want := range map[string]string{
		"hold create --event 1 --qty 3": "", "hold release " + held: held + "\n",
		"book --event 1 --qty 3": "", "event create --name New --capacity 4": "",
		"book --event 1 --qty 2 --idempotency-key used": reference + "\n", "event close 1": "1\n",
	} {
		if out := w.must(append(strings.Fields(line), "-n", "-o", "name")...); out != want {
			t.Errorf("%s: the name is %q, want %q", line, out, want)
		}
	}
	if after := state(); after != before {
		t.Errorf("a dry run has changed\n%sinto\n%s", before, after)
	}
}

func TestADryRunIsRefusedLikeTheRealThing(t *testing.T) {
	w := hall(t, 10)
	w.must("book", "--event", "1", "--qty", "2", "--idempotency-key", "used")
	for line, code := range map[string]int{
		"book --event 1 --qty 9":                               4,
		"book --event 7 --qty 1":                               3,
		"book --event 1 --qty 1 --idempotency-key used":        5,
		"booking cancel EVB-00000-00001-H":                     3,
		"hold create --event 1 --qty 9":                        4,
		"hold create --event 1 --qty 2 --idempotency-key used": 5,
		"hold confirm EVB-00000-00001-H":                       3,
		"hold extend EVB-00000-00001-H":                        3,
		"hold release EVB-00000-00001-H":                       3,
		"booking edit EVB-00000-00001-H --name Ada":            3,
		"booking change EVB-00000-00001-H --qty 2":             3,
		"booking move EVB-00000-00001-H --to-event 1":          3,
		"booking transfer EVB-00000-00001-H --email a@b.org":   3,
		"waitlist join --event 1 --qty 11 --email a@b.org":     5,
		"waitlist join --event 1 --qty 8 --email a@b.org":      5,
		"waitlist leave EVB-00000-00001-H":                     3,
		"event create --name X --capacity 1 --slug go":         5,
		"event edit 1 --capacity 1":                            5,
		"event delete 1":                                       5,
		"event cancel 1":                                       5,
		"event open 7":                                         3,
	} {
		_, dry, got := w.run(append(strings.Fields(line), "-n")...)
		_, real, want := w.run(strings.Fields(line)...)
		if got != code || want != code || dry != real {
			t.Errorf("%s: exit %d %q, in earnest %d %q", line, got, dry, want, real)
		}
	}
	// Where the real thing would ask, a dry run shows what a yes would do.
	w.interactive, w.in = true, "n\n"
	_, stderr, code := w.run("event", "cancel", "1", "-n")
	if code != 0 || strings.Contains(stderr, "[y/N]") {
		t.Errorf("on a terminal: exit %d, stderr %q", code, stderr)
	}
}

func TestADryRunNeedsNoDatabaseToCreateAnEvent(t *testing.T) {
	w := newWorld(t)
	stdout, _, code := w.run("event", "create", "--name", "New", "--capacity", "4", "-n")
	if code != 0 || stdout != "Dry run: Created event \"New\": 4 seats.\n" {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
	left, err := os.ReadDir(filepath.Dir(w.db))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, _, code := w.run("book", "--event", "1", "--qty", "1", "-n"); code != 8 {
		t.Errorf("book without a database: exit %d, want 8", code)
	}
	w.db = filepath.Join(w.db, "missing", "events.db")
	if _, _, code := w.run("event", "create", "--name", "X", "--capacity", "4", "-n"); code != 8 {
		t.Errorf("in a folder that does not exist: exit %d, want 8", code)
	}
	if _, err := os.Stat(filepath.Dir(w.db)); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
