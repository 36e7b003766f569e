//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"evbook/internal/pgcluster"
)

// failoverClients is how many book, one seat after the other, while the database's leader dies.
const failoverClients = 24

// longestOutage is how long nobody may be able to book when the leader dies.
const longestOutage = 30 * time.Second

// replicated starts three servers of PostgreSQL as docs/deploy/patroni.yml has them, with some texts
// of it replaced, and sets a database up there. It gives the address for servers of evbook.
func replicated(t *testing.T, h *house, pairs ...string) (*pgcluster.Patroni, string) {
	t.Helper()
	p := pgcluster.StartPatroni(t, pgcluster.PatroniFiles{
		Patroni: deployed(t, "patroni.yml", pairs...), Etcd: deployed(t, "etcd.env"),
	})
	pgcluster.Query(t, p.Superuser("postgres"), "CREATE DATABASE evbook")
	pgcluster.Query(t, p.Superuser("evbook"), deployed(t, "roles.sql"))
	password := rand.Text()
	for _, role := range []string{"evbook", "evbook_owner"} {
		pgcluster.Query(t, p.Superuser("evbook"),
			fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'", role, password))
	}
	h.db = p.Address("evbook_owner", password, "evbook")
	h.must(t, "migrate", "up")
	h.db = p.Address("evbook", password, "evbook")
	return p, h.db
}

// bookDuring lets clients book behind HAProxy while something happens to the database, and gives
// what they were told. All have heard the end of what they asked for.
func bookDuring(t *testing.T, f *fleet, event string, happens func(p *patrons)) *patrons {
	t.Helper()
	p := newPatrons()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var crowd sync.WaitGroup
	t.Cleanup(crowd.Wait)
	for range failoverClients {
		crowd.Go(func() {
			for ctx.Err() == nil && p.book(t.Context(), f.proxy, event) {
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	crowd.Go(func() {
		for ctx.Err() == nil && p.command(t.Context(), f.house, event) {
		}
	})
	happens(p)
	stop()
	crowd.Wait()
	return p
}

// awaitBookings waits until somebody else has booked.
func (p *patrons) awaitBookings(t *testing.T, more int) {
	t.Helper()
	before := p.count()
	until(t, "bookings", func() bool { return p.count() >= before+more })
}

func TestAFailoverLosesNoBookingOfASynchronousStandby(t *testing.T) {
	need(t, "haproxy")
	t.Run("synchronous", failOver)
	if long() {
		t.Run("asynchronous", loseBookings)
	}
}

// failOver kills the leader under load, once or, in the long form, three times.
func failOver(t *testing.T) {
	h := newHouse(t)
	database, address := replicated(t, &h)
	f := newFleet(t, h, address)
	event := h.event(t, "Go Meetup", 1_000_000)
	failovers := 1
	if long() {
		failovers = 3
	}
	p := bookDuring(t, f, event, func(p *patrons) {
		for n := 1; ; n++ {
			p.awaitBookings(t, 200)
			restart := database.KillLeader(t)
			p.awaitBookings(t, 200)
			if n == failovers {
				return
			}
			restart(t)
			database.AwaitStandbys(t)
		}
	})
	p.prove(t, h, event)
	gap := p.longestGap()
	t.Logf("nobody could book for %s at most", gap.Round(time.Millisecond))
	if gap > longestOutage || gap < time.Second {
		t.Errorf("the longest time without a booking is %s: it should be at most %s, and long "+
			"enough for a leader to have been missed", gap, longestOutage)
	}
}

// loseBookings is the control: a leader that does not wait for its standbys dies with bookings that
// it has acknowledged.
func loseBookings(t *testing.T) {
	h := newHouse(t)
	database, address := replicated(t, &h, "synchronous_mode: true", "synchronous_mode: false",
		"synchronous_mode_strict: true", "synchronous_mode_strict: false")
	f := newFleet(t, h, address, "--require-sync")
	event := h.event(t, "Go Meetup", 1_000_000)
	p := bookDuring(t, f, event, func(p *patrons) {
		p.awaitBookings(t, 200)
		database.PauseReplication(t)
		p.awaitBookings(t, 100)
		database.KillLeader(t)
		p.awaitBookings(t, 100)
	})
	lost, _ := p.compare(t, h, event)
	if len(lost) == 0 {
		t.Error("nothing is lost: the proof is blind")
	}
	t.Logf("%d of %d acknowledged bookings are lost", len(lost), len(p.booked))
}
