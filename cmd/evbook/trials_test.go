package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run the real main, in processes of its own: this test binary under the name evbook.
func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"evbook": main})
}

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

// watchedEnv names the evbook that the race detector watches, if it is on.
const watchedEnv = "EVBOOK_TEST_WATCHED"

// suite is all tests, with the evbook that they need.
type suite struct{ *testing.M }

// Run runs the tests. Under the race detector evbook is one without it: a command has one goroutine
// that does anything, and starts ten times faster so. Only servers are watched.
func (s suite) Run() int {
	if !underRace {
		return s.M.Run()
	}
	folder, err := os.MkdirTemp("", "evbook-")
	if err == nil {
		defer os.RemoveAll(folder)
		err = unwatched(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return s.M.Run()
}

// unwatched puts an evbook without the race detector into a folder, and that on the PATH.
func unwatched(folder string) error {
	watched, err := exec.LookPath("evbook")
	if err != nil {
		return err
	}
	build := exec.Command("go", "test", "-c", "-race=false", "-o",
		filepath.Join(folder, "evbook"), ".")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building evbook: %w: %s", err, out)
	}
	if err := os.Setenv(watchedEnv, watched); err != nil {
		return err
	}
	return os.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}
