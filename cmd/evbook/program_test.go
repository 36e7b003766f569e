package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"evbook/internal/pgcluster"
)

// watchedEnv names the evbook that the race detector watches, if it is on.
const watchedEnv = "EVBOOK_TEST_WATCHED"

// TestMain puts evbook on the PATH of all tests. It is a program of its own: that of the tests is
// linked with what reads the contract, for which thousands of processes would pay.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "evbook-")
	if err == nil {
		err = programs(folder)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = pgcluster.Main(m)
	}
	os.RemoveAll(folder)
	os.Exit(code)
}

// programs builds evbook without the race detector: a command has one goroutine that does anything,
// and starts ten times faster so. If the tests have the detector, so has a second one, for servers.
func programs(folder string) error {
	if err := buildProgram(folder); err != nil {
		return err
	}
	path := folder + string(os.PathListSeparator) + os.Getenv("PATH")
	if err := os.Setenv("PATH", path); err != nil || !underRace {
		return err
	}
	watched := filepath.Join(folder, "watched")
	if err := buildProgram(watched, "-race"); err != nil {
		return err
	}
	return os.Setenv(watchedEnv, filepath.Join(watched, "evbook"))
}

// buildProgram builds evbook in a folder.
func buildProgram(folder string, flags ...string) error {
	args := append([]string{"build", "-buildvcs=false", "-o", folder + string(os.PathSeparator)},
		flags...)
	if text, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		return fmt.Errorf("go %q: %w: %s", args, err, text)
	}
	return nil
}
