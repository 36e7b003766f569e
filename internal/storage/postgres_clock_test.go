package storage

import (
	"fmt"
	"testing"
	"time"

	"evbook/internal/booking"
)

// shadowed is the address of a database in which functions of the server's are hidden by others of
// the same name.
func shadowed(address string) string { return address + ",pg_catalog" }

// aheadBy sets the clock of a database ahead of that of its server.
func aheadBy(t testing.TB, address string, hours int) {
	t.Helper()
	tamperPostgres(t, address, fmt.Sprintf(`CREATE OR REPLACE FUNCTION clock_timestamp()
		RETURNS timestamptz LANGUAGE sql
		AS $$ SELECT pg_catalog.clock_timestamp() + interval '%d hours' $$`, hours))
}

// One clock is for all: that of the database. A server of which the clock is slow would otherwise
// show holds that have lapsed.
func TestWhatIsReadIsAsTheClockOfTheDatabaseHasIt(t *testing.T) {
	address := shadowed(postgresAddress(t))
	aheadBy(t, address, 2)
	s := openPostgresAt(t, address)
	sel := event(t, s, 5)
	made := hold(t, s, sel, 1, time.Hour)
	if left := time.Until(made.ExpiresAt); left < 2*time.Hour {
		t.Fatalf("the hold ends in %s: the clock of the database is not asked", left)
	}
	status := func(s *Store) booking.Status {
		b, err := s.Booking(t.Context(), made.Reference)
		must(t, err)
		return b.Status
	}
	if got := status(s); got != booking.Held {
		t.Errorf("at once: %s", got)
	}
	aheadBy(t, address, 4)
	if got := status(openPostgresAt(t, address)); got != booking.Expired {
		t.Errorf("an hour too late, who opens it sees it %s", got)
	}
	event(t, s, 5) // a group hears of the time
	if got := status(s); got != booking.Expired {
		t.Errorf("an hour too late, who has written sees it %s", got)
	}
}
