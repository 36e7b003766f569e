package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain puts evbook on the PATH of all tests. It is a program of its own: that of the tests is
// linked with what reads the contract, for which thousands of processes would pay.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "evbook")
	if err == nil {
		err = buildProgram(dir)
	}
	if err == nil {
		err = os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// buildProgram builds evbook in a folder, with the race detector where the tests have it.
func buildProgram(dir string) error {
	args := []string{"build", "-buildvcs=false", "-o", dir, "."}
	own, _ := debug.ReadBuildInfo()
	if slices.Contains(own.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = slices.Insert(args, 1, "-race")
	}
	if text, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("go %q: %w: %s", args, err, text)
	}
	return nil
}

// TestScripts runs the specification of the command line, every script in an empty folder of its
// own. They show what a person sees on a terminal; those about the other formats say so.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "../../testdata/script",
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			env.Setenv("EVBOOK_OUTPUT", "table")
			// Else every process of a race run sleeps a second before it ends.
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			env.Vars = append(env.Vars, through(theContract().Proxy(env.T().(testing.TB)))...)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  status,
			"capture": capture,
			"await":   await,
		},
	})
}

// status runs a command and insists on its exit code: "status 4 evbook check --event 1 --qty 2".
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// capture keeps the standard output of the last command in a variable: "capture REFERENCE".
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: capture VARIABLE")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// await waits for a whole line in a file and keeps it in a variable: "await ADDR addr.txt".
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await VARIABLE FILE")
	}
	path := ts.MkAbs(args[1])
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		text, err := os.ReadFile(path)
		if line, whole := strings.CutSuffix(string(text), "\n"); err == nil && whole {
			ts.Setenv(args[0], line)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("no line in %s within 10 s", args[1])
}
