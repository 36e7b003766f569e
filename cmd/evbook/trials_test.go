package main

import "os"

// long says whether the long forms of the proofs are wanted: EVBOOK_LONG=1.
func long() bool { return os.Getenv("EVBOOK_LONG") == "1" }

// trials is how often a test repeats what the race detector cannot see, such as the kill of a
// process. The plain and the long run give that proof; under the detector a few trials show that
// the test works.
func trials(plain, longer int) int {
	const few = 10 // enough to come across what some of them must bring about
	switch {
	case underRace:
		return min(plain, few)
	case long():
		return longer
	}
	return plain
}
