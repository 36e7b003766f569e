package pgcluster

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// engineEnv says which engine the tests of this process run on; without it, on one after the other.
const engineEnv = "EVBOOK_TEST_ENGINE"

// OnPostgres says whether the tests of this process are to run on PostgreSQL, and not on SQLite.
func OnPostgres() bool { return os.Getenv(engineEnv) == "postgres" }

// Main runs the tests of a package and gives their exit code; TestMain calls it in place of m.Run
// where Address is used. They run on SQLite or, with EVBOOK_TEST_ENGINE=postgres, on PostgreSQL,
// but for those whose names are given. The cluster that they shared is gone when it returns.
func Main(m *testing.M, without ...string) int {
	flag.Parse() // m.Run would do it too late for leaveOut
	if OnPostgres() {
		leaveOut(without)
	}
	given := os.Getenv(clusterEnv)
	code := m.Run()
	if os.Getenv(clusterEnv) == given {
		return code // nobody asked for a cluster
	}
	if err := endShared(); err != nil {
		fmt.Println("the cluster of the tests:", err)
		return 1
	}
	return code
}

// Twice does what Main does for one engine, or, where EVBOOK_TEST_ENGINE names none, for both: then
// the tests run once more on PostgreSQL, in a process of its own, when all have passed on SQLite.
// Benchmarks and fuzz targets run once. A machine without PostgreSQL says so and has one pass; with
// EVBOOK_NOSKIP=1 that is a failure.
func Twice(m *testing.M, without ...string) int {
	began := time.Now()
	code := Main(m, without...)
	if code != 0 || os.Getenv(engineEnv) != "" || isSpecial() {
		return code
	}
	if err := again(time.Since(began)); err != nil {
		fmt.Println("the tests on PostgreSQL:", err)
		return 1
	}
	return 0
}

// leaveOut adds tests to those that are skipped unseen.
func leaveOut(names []string) {
	pattern := "^(" + strings.Join(names, "|") + ")$"
	skip := flag.Lookup("test.skip").Value
	if given := skip.String(); given != "" {
		pattern = given + "|" + pattern
	}
	_ = skip.Set(pattern) // any text is taken
}

// isSpecial says whether more or less is wanted than tests.
func isSpecial() bool {
	for _, name := range []string{"bench", "fuzz", "list"} {
		if flag.Lookup("test."+name).Value.String() != "" {
			return true
		}
	}
	return false
}

// again runs this process once more, for PostgreSQL and with the time that is left.
func again(spent time.Duration) error {
	if err := available(); err != nil {
		if os.Getenv("EVBOOK_NOSKIP") == "1" {
			return err
		}
		fmt.Println("NOT PROVEN HERE: the tests on PostgreSQL:", err)
		return nil
	}
	args := append(os.Args[1:len(os.Args):len(os.Args)], "-test.testlogfile=",
		"-test.coverprofile=")
	limit, err := time.ParseDuration(flag.Lookup("test.timeout").Value.String())
	if err != nil {
		return err
	}
	if limit > 0 {
		args = append(args, "-test.timeout="+max(limit-spent, time.Second).String())
	}
	fmt.Println("once more, on PostgreSQL")
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), engineEnv+"=postgres")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// available says what is missing for a cluster.
func available() error {
	_, err := binaries()
	_, noOwner := findOwner()
	return errors.Join(err, noOwner)
}
