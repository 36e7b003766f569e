package pgcluster

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patroniPatience bounds the wait until Patroni has brought something about: a leader, or a killed
// server that follows the new one.
const patroniPatience = 2 * time.Minute

// standbys is where the leader tells of them. Who makes a copy to become one is there too, under
// another name.
const standbys = ` FROM pg_stat_replication ` +
	`WHERE state = 'streaming' AND application_name ~ '^pg\d$'`

// AwaitStandbys waits until the leader can be written to and all others follow it, one of them
// synchronously, unless the file for Patroni wants none.
func (p *Patroni) AwaitStandbys(t testing.TB) {
	t.Helper()
	for over := time.Now().Add(patroniPatience); ; time.Sleep(200 * time.Millisecond) {
		said, err := query(p.Address("postgres", "postgres"), "SELECT sync_state"+standbys)
		if err == nil && len(said) == patroniNodes-1 &&
			slices.Contains(said, "sync") == p.synchronous {
			return
		}
		if time.Now().After(over) {
			t.Fatalf("the servers have no leader whom all others follow: %q, %v", said, err)
		}
	}
}

// KillLeader ends the leader and its Patroni with SIGKILL. What it gives starts them again.
func (p *Patroni) KillLeader(t testing.TB) (restart func(testing.TB)) {
	t.Helper()
	port := p.leaderPort(t)
	for _, n := range p.nodes {
		if strconv.Itoa(n.port) != port {
			continue
		}
		if err := p.kill(n); err != nil {
			t.Fatal(err)
		}
		return func(t testing.TB) {
			t.Helper()
			if err := p.startNode(n); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Fatalf("the leader listens at port %s, which is nobody's", port)
	return nil
}

// kill ends a server and its Patroni.
func (p *Patroni) kill(n *patroniNode) error {
	text, err := os.ReadFile(filepath.Join(p.data(n), "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	if err := n.run.Process.Kill(); err != nil {
		return err
	}
	_ = n.run.Wait() // it was killed
	n.run = nil
	server, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return errors.Join(killAll(server), server.Release())
}

// PauseReplication has the leader send nothing more to its standbys, for as long as it lives, and
// nobody notices for some seconds.
func (p *Patroni) PauseReplication(t testing.TB) {
	t.Helper()
	senders := Query(t, p.Address("postgres", "postgres"), "SELECT pid"+standbys)
	for _, sender := range senders {
		pid, err := strconv.Atoi(sender)
		if err != nil {
			t.Fatal(err)
		}
		if err := pause(pid); err != nil {
			t.Fatal(err)
		}
	}
	if len(senders) != patroniNodes-1 {
		t.Fatalf("the leader sends to %d standbys, not %d", len(senders), patroniNodes-1)
	}
}

// AwaitReplay waits until the standbys show all that was committed before. Who leads is found by
// asking one after the other, and one that does not know of a database or a role ends the search.
func (p *Patroni) AwaitReplay(t testing.TB) {
	t.Helper()
	address := p.Address("postgres", "postgres")
	until := Query(t, address, "SELECT pg_current_wal_lsn()")[0]
	for over := time.Now().Add(patroniPatience); ; time.Sleep(20 * time.Millisecond) {
		there := Query(t, address, "SELECT pid"+standbys+" AND replay_lsn >= '"+until+"'")
		if len(there) == patroniNodes-1 {
			return
		}
		if time.Now().After(over) {
			t.Fatalf("the standbys do not reach %s", until)
		}
	}
}

// Environ is an environment in which PostgreSQL's programs reach the leader, on the loopback, with
// the password of the superuser. They have to name a user.
func (p *Patroni) Environ(t testing.TB) []string {
	t.Helper()
	return []string{
		"PATH=" + p.bin + string(os.PathListSeparator) + os.Getenv("PATH"), "PGSSLMODE=disable",
		"PGPORT=" + p.leaderPort(t), "PGPASSWORD=" + p.password,
	}
}

func (p *Patroni) leaderPort(t testing.TB) string {
	t.Helper()
	return Query(t, p.Address("postgres", "postgres"), "SELECT inet_server_port()")[0]
}
