//go:build unix

package main

import (
	"strings"
	"syscall"
	"testing"

	"evbook/internal/pgcluster"
)

// An address leads to a standby by mistake, or on purpose, to be ready when that leads.
func TestAServerSaysThatItsDatabaseIsAStandby(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	primary := pgcluster.Start(t, pgcluster.Config{})
	h.db = primary.Address(t)
	h.must(t, "migrate", "up")
	h.db = primary.Standby(t, "copy").At(t, h.db)
	o := h.run("serve", "--addr", "127.0.0.1:0")
	if o.code != 8 || !strings.Contains(o.stderr, "cannot be written: it is a standby") {
		t.Errorf("exit code %d: %s", o.code, o.stderr)
	}
	h.db += "&target_session_attrs=any"
	s := h.serve(t)
	s.signal(t, syscall.SIGTERM)
	s.waitFor(t)
	said := s.stderr.String()
	if strings.Count(said, "is a standby: nothing can be booked") != 1 ||
		strings.Contains(said, "check=replication") {
		t.Errorf("the log says\n%s", said)
	}
}
