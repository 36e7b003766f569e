package cli

import (
	"strings"
	"testing"
	"time"
)

func TestNobodyWaitsForSeatsThatCannotComeFree(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{
		{"--name", "Small", "--capacity", "2"},
		{"--name", "Cancelled", "--capacity", "2"},
		{"--name", "Over", "--capacity", "2", "--ends-at", "2020-01-01 12:00"},
	} {
		w.must(append([]string{"event", "create"}, args...)...)
	}
	w.must("event", "cancel", "2")
	for _, c := range []struct{ event, quantity string }{{"1", "3"}, {"2", "1"}, {"3", "1"}} {
		began := time.Now()
		stdout, _, code := w.run("check", "--event", c.event, "--qty", c.quantity, "--wait", "1m")
		if code != 4 || !strings.HasPrefix(stdout, "No: ") || time.Since(began) > 10*time.Second {
			t.Errorf("event %s: exit %d after %s, %q", c.event, code, time.Since(began), stdout)
		}
	}
}

func TestAnAnswerOfTheExitCodeIsStillGivenToPrograms(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "2")
	for line, want := range map[string]string{
		"check --event 1 --qty 1 -q":         "",
		"check --event 1 --qty 1 -q -o name": "1\n",
		"check --event 1 --qty 9 -q -o json": `{"success":true,`,
		"verify -q":                          "",
		"verify -q -o json":                  `{"success":true,`,
		"event open 1 -q":                    "",
		"event open 1 -q -o name":            "1\n",
	} {
		stdout, stderr, _ := w.run(strings.Fields(line)...)
		if !strings.HasPrefix(stdout, want) || want == "" && stdout != "" || stderr != "" {
			t.Errorf("%s: stdout %q, stderr %q", line, stdout, stderr)
		}
	}
}
