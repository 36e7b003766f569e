package storage

import (
	"os"
	"testing"
)

// long says whether the long forms of the proofs are wanted: EVBOOK_LONG=1.
func long() bool { return os.Getenv("EVBOOK_LONG") == "1" }

// trials is how often a test repeats what the race detector cannot see: a process is killed, a disk
// fails, one goroutine makes random calls. The plain and the long run give that proof. Under the
// detector, which makes SQLite ten times slower, a few trials show that the test works. What many
// goroutines do at once is done there, too, if not for as long.
func trials(plain, longer int) int {
	switch {
	case underRace:
		return min(plain, max(fewTrials, plain/10))
	case long():
		return longer
	}
	return plain
}

// fewTrials are enough to come across what some of a few trials must bring about.
const fewTrials = 5

// single skips a long test under the race detector of which one goroutine does everything: there is
// nothing to be seen, and the plain run proves all of it.
func single(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("NOT PROVEN HERE: one goroutine does everything, ten times slower")
	}
}

// missed repeats a crowd without a guard until that was missed.
func missed(t *testing.T, tellsOfIt func() bool) {
	t.Helper()
	met(t, "anything goes wrong without the guard", tellsOfIt)
}

// met repeats a crowd until what it is for has happened once, since not every crowd meets on a
// machine that is busy or slow.
func met(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for range 20 {
		if happened() {
			return
		}
	}
	t.Errorf("it never happens that %s: the harness is blind", what)
}
