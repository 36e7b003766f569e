//go:build unix

package main

import (
	"strings"
	"testing"

	"evbook/internal/pgcluster"
)

// A move is interrupted when all rows have been copied, which changes nothing; repeated, it shows
// what it does and how far it is, and leaves one sentence.
func TestAMoveShowsHowFarItIsAndCanBeInterrupted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.event(t, "Go Meetup", 100_000)
	h.guests(t)
	h.must(t, strings.Fields("book --event 1 --from guests.csv")...)
	proxy := pgcluster.NewProxy(t, emptyDatabase(t))
	copied := func(m pgcluster.Message) bool { return strings.HasPrefix(m.SQL, "ANALYZE") }
	fault := proxy.Arm(pgcluster.Stall, copied)
	x := h.terminal(t, 100)
	move := "evbook move --from events.db --to '" + proxy.Address + "'"
	x.start(move)
	x.awaitText("Moving")
	<-fault.Struck()
	x.press("C-c")
	shown, code := x.end()
	if code != 130 || !strings.Contains(shown, "interrupted, nothing was changed") ||
		strings.Contains(shown, "Moving") {
		t.Errorf("interrupted, it ends with %d:\n%s", code, shown)
	}
	fault.Lift()
	h.must(t, strings.Fields("book --event 1 --qty 1")...)
	fault = proxy.Arm(pgcluster.Stall, copied)
	x.start(move)
	x.awaitText("Moving")
	<-fault.Struck()
	next := proxy.Arm(pgcluster.Stall, func(m pgcluster.Message) bool {
		return strings.HasPrefix(m.SQL, "SELECT id, event_id, quantity")
	})
	fault.Lift()
	<-next.Struck()
	x.awaitText("Comparing")
	next.Lift()
	shown, code = x.end()
	if code != 0 || !strings.HasPrefix(shown, "moved events.db to postgres://127.0.0.1:") ||
		strings.Count(shown, "\n") != 2 {
		t.Errorf("it ends with %d:\n%s", code, shown)
	}
}
