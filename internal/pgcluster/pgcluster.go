// Package pgcluster gives tests a real PostgreSQL: throw-away clusters, made with the server
// binaries that are installed (Debian's package postgresql), each schema for one test. Only tests
// import it. Whatever ends a test, SIGKILL included, no process and no file is left behind.
package pgcluster

import (
	"errors"
	"net/url"
	"os"
	"sync"
	"testing"
)

// clusterEnv carries the address of the cluster from a test binary to the processes that it starts,
// so that they use the same. Who sets it beforehand has the tests use a server of theirs.
const clusterEnv = "EVBOOK_TEST_POSTGRES"

// errMissing is wrapped by what is wrong when this machine has no PostgreSQL to test with.
var errMissing = errors.New("PostgreSQL's server binaries are missing")

// shared is the cluster of this test binary; it is made when it is first asked for.
var shared = sync.OnceValues(func() (*Server, error) {
	if given := os.Getenv(clusterEnv); given != "" {
		base, err := url.Parse(given)
		return &Server{base: base}, err
	}
	s, err := newServer(Config{Settings: map[string]string{
		"fsync": "off", "full_page_writes": "off",
	}})
	if err != nil {
		return nil, err
	}
	return s, os.Setenv(clusterEnv, s.base.String())
})

// endShared ends the cluster of this test binary, which has been asked for.
func endShared() error {
	s, err := shared()
	if err != nil {
		return nil // who asked was told
	}
	return errors.Join(s.end(), os.Unsetenv(clusterEnv))
}

// Address gives the address of an empty schema in the cluster that all tests of this binary and
// their helper processes share; its fsync is off. Scripts of SQL are run there first. The schema is
// dropped at the end of the test, which fails if somebody still has a lock there. A machine without
// PostgreSQL skips the test; with EVBOOK_NOSKIP=1 that is a failure.
func Address(t testing.TB, scripts ...string) string {
	t.Helper()
	s, err := shared()
	need(t, err)
	return s.Address(t, scripts...)
}

// need skips a proof that this machine cannot give, and fails the test on any other error.
func need(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errMissing) && os.Getenv("EVBOOK_NOSKIP") != "1":
		t.Skipf("NOT PROVEN HERE: %v", err)
	default:
		t.Fatal(err)
	}
}
