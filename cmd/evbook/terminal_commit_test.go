//go:build unix

package main

import (
	"strings"
	"testing"

	"evbook/internal/pgcluster"
)

// commitStalls gives a house whose next COMMIT does not reach the database until the fault is
// lifted.
func commitStalls(t *testing.T) (house, *pgcluster.Fault) {
	t.Helper()
	h := newHouse(t)
	proxy := pgcluster.NewProxy(t, emptyDatabase(t))
	h.db = proxy.Address
	h.event(t, "Go Meetup", 10)
	return h, proxy.Arm(pgcluster.Stall, func(m pgcluster.Message) bool {
		return m.SQL == "COMMIT" && (m.Type == 'E' || m.Type == 'Q')
	})
}

func TestCtrlCDuringCommitIsToldTheVerdictOrThatItIsUnknown(t *testing.T) {
	t.Parallel()
	for command, hint := range map[string]string{
		"evbook book --event 1 --qty 2 --idempotency-key k": "with the same idempotency key",
		"evbook book --event 1 --qty 2":                     "look before you repeat it",
	} {
		for _, patient := range []bool{true, false} {
			h, fault := commitStalls(t)
			x := h.terminal(t, 160)
			x.start(command + " --db '" + h.db + "'")
			<-fault.Struck()
			x.press("C-c")
			x.awaitText("Ctrl-C again leaves that open")
			want, told := 0, "Booked 2 seats"
			if patient {
				fault.Lift()
			} else {
				want, told = 10, hint
				x.press("C-c")
			}
			shown, code := x.end()
			if !patient {
				fault.Lift()
			}
			if code != want || !strings.Contains(shown, told) {
				t.Errorf("%s ends with %d:\n%s", command, code, shown)
			}
		}
	}
}

func TestWhatCtrlCHasLeftOpenIsSettledByTheKey(t *testing.T) {
	t.Parallel()
	h, fault := commitStalls(t)
	x := h.terminal(t, 160)
	command := "evbook book --event 1 --qty 2 --idempotency-key k --db '" + h.db + "'"
	x.start(command)
	<-fault.Struck()
	x.press("C-c")
	x.awaitText("Ctrl-C again leaves that open")
	x.press("C-c")
	if shown, code := x.end(); code != 10 {
		t.Errorf("it ends with %d:\n%s", code, shown)
	}
	fault.Lift()
	if shown, code := x.run(command); code != 0 {
		t.Errorf("again it ends with %d:\n%s", code, shown)
	}
	if e := ask[eventAnswer](t, h, "event", "show", "1"); e.Confirmed != 2 {
		t.Errorf("%d seats are booked, not 2", e.Confirmed)
	}
}
