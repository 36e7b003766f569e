package pgcluster

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
)

// Address gives the address of an empty schema on this server, in which scripts of SQL were run. It
// is dropped at the end of the test, while the server runs, and the test fails if that takes longer
// than ten seconds: then somebody has kept a lock.
func (s *Server) Address(t testing.TB, scripts ...string) string {
	t.Helper()
	name := s.create(t, scripts)
	t.Cleanup(func() { s.drop(t, name) })
	return s.within(name)
}

// create makes a schema, and in it what the scripts make.
func (s *Server) create(t testing.TB, scripts []string) (name string) {
	t.Helper()
	name = "test_" + strings.ToLower(rand.Text()[:12])
	Query(t, s.base.String(), "CREATE SCHEMA "+name)
	for _, script := range scripts {
		Query(t, s.within(name), script)
	}
	return name
}

// drop removes a schema, unless the server is down.
func (s *Server) drop(t testing.TB, name string) {
	t.Helper()
	if s.isDown() {
		return
	}
	drop := fmt.Sprintf("SET lock_timeout = '10s'; DROP SCHEMA %s CASCADE", name)
	if err := Execute(s.base.String(), drop); err != nil {
		t.Errorf("the schema of the test cannot be dropped: %v", err)
	}
}

// within is the address of a schema.
func (s *Server) within(name string) string {
	own := *s.base
	own.RawQuery += "&search_path=" + name
	return own.String()
}

// isDown says whether the server was stopped by its test; one that was given runs for good.
func (s *Server) isDown() bool { return s.keep != nil && s.run == nil }
