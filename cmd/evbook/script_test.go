package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"evbook/internal/pgcluster"
)

// scriptTest is the key of a script's test among its values.
const scriptTest = "test"

// TestScripts runs the specification of the command line, every script in an empty folder of its
// own. They show what a person sees on a terminal; those about the other formats say so. What they
// say is true of both engines; scripts about files stop where they are run on the other one.
func TestScripts(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		runScripts(t, "sqlite", func(*testscript.Env) {})
	})
	t.Run("postgres", func(t *testing.T) {
		pgcluster.Address(t) // where there is no PostgreSQL, this is skipped once and not by each
		runScripts(t, "postgres", func(env *testscript.Env) {
			env.Setenv("EVBOOK_DB", emptyDatabase(env.T().(testing.TB)))
			env.Values[scriptTest] = env.T()
		})
	})
}

// runScripts runs every script on one engine, of which the scripts may ask: [postgres].
func runScripts(t *testing.T, engine string, prepare func(*testscript.Env)) {
	testscript.Run(t, testscript.Params{
		Dir:                "../../testdata/script",
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			env.Setenv("EVBOOK_OUTPUT", "table")
			env.Vars = append(env.Vars, through(theContract().Proxy(env.T().(testing.TB)))...)
			prepare(env)
			return nil
		},
		Condition: func(asked string) (bool, error) {
			if asked != "sqlite" && asked != "postgres" {
				return false, fmt.Errorf("unknown condition %q", asked)
			}
			return asked == engine, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  status,
			"capture": capture,
			"await":   await,
			"sql":     sql,
			"schema":  schema,
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

// schema makes a schema in which nothing is set up. Its address is kept in ADDRESS, and in parts in
// HOST, PORT, SECRET (the password), and SCHEMA.
func schema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: schema")
	}
	address := pgcluster.Address(ts.Value(scriptTest).(testing.TB))
	at, err := url.Parse(address)
	ts.Check(err)
	secret, _ := at.User.Password()
	for name, value := range map[string]string{
		"ADDRESS": address, "HOST": at.Hostname(), "PORT": at.Port(), "SECRET": secret,
		"SCHEMA": at.Query().Get("search_path"),
	} {
		ts.Setenv(name, value)
	}
}

// sql changes the database behind evbook's back: "sql 'update events set confirmed = 4'".
func sql(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sql STATEMENT")
	}
	if address := ts.Getenv("EVBOOK_DB"); address != "" {
		ts.Check(pgcluster.Execute(address, args[0]))
		return
	}
	ts.Check(ts.Exec("sqlite3", "events.db", args[0]))
}
