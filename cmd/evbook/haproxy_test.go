//go:build unix

package main

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"evbook/internal/pgcluster"
)

// fleetClients is how many book over HTTP behind HAProxy, fleetShells how many loops of commands
// book beside them.
const fleetClients, fleetShells = 2_000, 4

// onPostgres is a house with a database of its own on PostgreSQL.
func onPostgres(t *testing.T) house {
	t.Helper()
	h := newHouse(t)
	h.db = emptyDatabase(t)
	return h
}

// come lets clients come in within some time, at a moment of its own each, who book one seat behind
// HAProxy. They have ended when the group has.
func (p *patrons) come(
	ctx context.Context, f *fleet, event string, within time.Duration, crowd *sync.WaitGroup,
) {
	for range fleetClients {
		crowd.Go(func() {
			time.Sleep(rand.N(within))
			p.book(ctx, f.proxy, event)
		})
	}
}

func TestTwoThousandClientsOfThreeServersGetAllSeatsAndNoMore(t *testing.T) {
	h := onPostgres(t)
	f := newFleet(t, h, "--require-sync=false")
	const seats = 500
	event := h.event(t, "Go Meetup", seats)
	p := newPatrons()
	var crowd sync.WaitGroup
	for range fleetShells {
		crowd.Go(func() {
			for p.command(t.Context(), h, event) {
			}
		})
	}
	until(t, "the first command to book", func() bool { return p.count() > 0 })
	p.come(t.Context(), f, event, time.Millisecond, &crowd)
	crowd.Wait()
	p.prove(t, h, event)
	if len(p.booked) != seats {
		t.Errorf("%d of %d seats are sold", len(p.booked), seats)
	}
	f.proveAllWereUsed(t)
}

// proveAllWereUsed insists that HAProxy has led somebody to each server.
func (f *fleet) proveAllWereUsed(t *testing.T) {
	t.Helper()
	for i, s := range f.servers {
		s.signal(t, syscall.SIGTERM)
		s.waitFor(t)
		if n := strings.Count(s.stderr.String(), "method=POST"); n < fleetClients/10 {
			t.Errorf("server %d had %d requests", i, n)
		}
	}
}

// disturb kills each server and starts it again, and then restarts each in order, one after the
// other: a rolling upgrade.
func (f *fleet) disturb(t *testing.T) {
	t.Helper()
	for i, s := range f.servers {
		s.signal(t, syscall.SIGSTOP) // so that somebody waits for it
		time.Sleep(200 * time.Millisecond)
		s.kill()
		f.start(t, i)
	}
	for i, s := range f.servers {
		s.signal(t, syscall.SIGTERM)
		s.waitFor(t)
		f.start(t, i)
		time.Sleep(time.Second) // until HAProxy has found it
	}
}

func TestServersKilledAndRestartedBehindHAProxyLoseNoBooking(t *testing.T) {
	h := onPostgres(t)
	f := newFleet(t, h, "--require-sync=false")
	const seats = fleetClients * 9 / 10
	event := h.event(t, "Go Meetup", seats)
	p := newPatrons()
	var crowd sync.WaitGroup
	p.come(t.Context(), f, event, 8*time.Second, &crowd)
	for range fleetShells {
		crowd.Go(func() {
			for p.command(t.Context(), h, event) {
				time.Sleep(time.Second)
			}
		})
	}
	f.disturb(t)
	crowd.Wait()
	p.prove(t, h, event)
	if len(p.booked) != seats {
		t.Errorf("%d of %d seats are sold", len(p.booked), seats)
	}
	if len(p.repeated) == 0 {
		t.Error("nobody had to ask again: proves nothing")
	}
}

// The control: whoever asks again without the key of the first time may book twice.
func TestClientsThatForgetTheirKeysBookTwice(t *testing.T) {
	// A COMMIT takes a tenth of a second, so that one can be met.
	h := newHouse(t)
	h.db = pgcluster.Start(t, pgcluster.Config{Settings: map[string]string{
		"commit_delay": "100000", "commit_siblings": "0",
	}}).Address(t)
	h.must(t, "migrate", "up")
	f := newFleet(t, h, "--require-sync=false")
	event := h.event(t, "Go Meetup", 1_000_000)
	p := newPatrons()
	p.forgetful = true
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var crowd sync.WaitGroup
	t.Cleanup(crowd.Wait)
	for range 64 {
		crowd.Go(func() {
			for p.book(ctx, f.proxy, event) {
			}
		})
	}
	until(t, "a COMMIT after some bookings", func() bool {
		const committing = `SELECT 1 FROM pg_stat_activity WHERE state = 'active' ` +
			`AND query ILIKE 'commit%'`
		return p.count() > 100 && len(pgcluster.Query(t, h.db, committing)) > 0
	})
	for _, s := range f.servers {
		s.kill()
	}
	stop()
	crowd.Wait()
	lost, extra := p.compare(t, h, event)
	if len(extra) == 0 || len(lost) > 0 {
		t.Errorf("%d bookings are nobody's: the proof would not see a client that books twice; "+
			"lost are %q", len(extra), lost)
	}
	t.Logf("%d of %d bookings are nobody's", len(extra), len(extra)+p.count())
}
