package storage

import (
	"crypto/rand"
	"sync"
	"testing"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// checked fails the test unless the history can have happened.
func (h *history) checked(t *testing.T) {
	t.Helper()
	if events := h.impossible(t); len(events) > 0 {
		t.Errorf("impossible histories of events %v", events)
	}
	t.Log(h.outcomes())
}

// manyCalls are as many as it takes for everything to happen.
func manyCalls() int {
	if long() {
		return 20_000
	}
	return 2000
}

func TestHistoriesOfThreeServersAreOneAfterTheOther(t *testing.T) {
	h := historyOf(t, storesAt(t, postgresAddress(t), 3), manyCalls(), disturbed)
	h.checked(t)
	h.sawAll(t)
}

func TestHistoriesOfServersWhoseConnectionsAreKilledAreOneAfterTheOther(t *testing.T) {
	address := postgresAddress(t) + "&application_name=" + rand.Text()
	killHistory(t, address, 1, func() {
		err := pgcluster.Execute(address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE application_name = current_setting('application_name')
				AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2`)
		if err != nil {
			t.Error(err)
		}
	})
}

func TestHistoriesOfServersWhoseDatabaseIsKilledAreOneAfterTheOther(t *testing.T) {
	cluster := pgcluster.Start(t, pgcluster.Config{})
	killHistory(t, cluster.Address(t, postgresSchema(t)...), 10, func() {
		cluster.Kill(t)
		cluster.Restart(t)
	})
}

// killHistory checks the history of three servers at an address where something is killed before
// one of fifty calls, or of so many times as many.
func killHistory(t *testing.T, address string, seldom int, kill func()) {
	t.Helper()
	var one sync.Mutex
	times := 0
	h := historyOf(t, storesAt(t, address, 3), manyCalls(), func(c *client) {
		c.killed = true
		c.upset = func(*faulty) {
			one.Lock()
			defer one.Unlock()
			if times++; times%seldom == 0 {
				kill()
			}
		}
	})
	h.checked(t)
	if n := h.outcomes()[string(booking.Internal)]; n == 0 {
		t.Error("no call failed: the test is blind")
	}
}
