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

// standbys is where the leader tells of them. Whoever makes a copy to become one is there too, under
// another name.
const standbys = ` FROM pg_stat_replication WHERE state = 'streaming' AND application_name ~ '^pg\d$'`

// Superuser is the address of the superuser and a database on the leader.
func (p *Patroni) Superuser(database string) string {
	return p.Address("postgres", p.password, database)
}

// AwaitStandbys waits until the leader can be written to and all others follow it, one of them
// synchronously, unless the file for Patroni wants none.
func (p *Patroni) AwaitStandbys(t testing.TB) {
	t.Helper()
	for over := time.Now().Add(patroniPatience); ; time.Sleep(200 * time.Millisecond) {
		said, err := query(p.Superuser("postgres"), "SELECT sync_state"+standbys)
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
	port := Query(t, p.Superuser("postgres"), "SELECT inet_server_port()")[0]
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
	senders := Query(t, p.Superuser("postgres"), "SELECT pid"+standbys)
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

// Environ is an environment in which PostgreSQL's programs work on the leader with the password of
// the superuser. They have to name a user.
func (p *Patroni) Environ() []string {
	ports := make([]string, len(p.nodes))
	for i, n := range p.nodes {
		ports[i] = strconv.Itoa(n.port)
	}
	return []string{
		"PATH=" + p.bin + string(os.PathListSeparator) + os.Getenv("PATH"), "PGSSLMODE=disable",
		"PGPORT=" + strings.Join(ports, ","), "PGPASSWORD=" + p.password,
	}
}
