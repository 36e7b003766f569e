package storage

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"evbook/internal/booking"
)

// crowdOnPostgres has bookers of three servers take the seats of one event, and tells how many
// were told that they have one. Each server may change its engine first.
func crowdOnPostgres(t *testing.T, address string, seats int, change func(*grouper)) int {
	t.Helper()
	var servers []*Store
	for range 3 {
		s := openPostgresAt(t, address)
		for _, w := range writersOf(s) {
			change(w.group)
		}
		servers = append(servers, s)
	}
	sel := event(t, servers[0], seats)
	var booked atomic.Int64
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			for n := range 4 {
				_, err := servers[i%3].Book(t.Context(), seat(sel, fmt.Sprintf("%d-%d", i, n)))
				if err == nil {
					booked.Add(1)
				} else if booking.KindOf(err) != booking.SoldOut {
					t.Logf("booker %d: %v", i, err)
				}
			}
		})
	}
	all.Wait()
	return int(booked.Load())
}

func TestThreeServersNeverOversell(t *testing.T) {
	address := postgresAddress(t)
	if n := crowdOnPostgres(t, address, 50, func(*grouper) {}); n != 50 {
		t.Errorf("%d of 50 seats are booked", n)
	}
	sound(t, openPostgresAt(t, address))
}

// Two guards stand behind the lock of the row: the CHECK of the counters, and the primary key of
// the journal. Without all three the same crowd must oversell.
func TestThreeServersWithoutTheGuardsOversell(t *testing.T) {
	address := postgresAddress(t)
	tamperPostgres(t, address, dropGuards, `ALTER TABLE journal DROP CONSTRAINT journal_pkey`)
	for range 20 { // on a machine where little happens at once, not every crowd meets
		if crowdOnPostgres(t, address, 50, func(g *grouper) { g.dialect.lockRows = "" }) > 50 {
			return
		}
	}
	t.Error("nothing is oversold: the test is blind")
}
