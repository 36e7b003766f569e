package main

import (
	"strings"
	"sync"
	"testing"

	"evbook/internal/pgcluster"
)

func TestOneOfManyWhoSetADatabaseUpAtOnceDoesIt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, h house) {
		if h.db != "" {
			h.db = pgcluster.Address(t) // where nothing is set up
		}
		var mu sync.Mutex
		said := map[string]int{}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				o := h.run("migrate", "up", "--fields", "before,state", "-o", "csv", "--no-header")
				mu.Lock()
				defer mu.Unlock()
				if o.code != 0 {
					t.Errorf("exit code %d: %s", o.code, o.stderr)
				}
				said[strings.TrimSpace(o.stdout)]++
			})
		}
		all.Wait()
		if said["0,current"] != 1 || len(said) != 2 {
			t.Errorf("they say %v, want one who found nothing", said)
		}
		h.event(t, "Go Meetup", 40)
		h.verify(t)
	})
}
