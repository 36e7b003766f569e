package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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

// Otherwise a server whose clock is an hour late would write markers that go at once, and take for
// not made what was.
func TestMarkersGoByTheClockTheyAreMadeBy(t *testing.T) {
	address := shadowed(postgresAddress(t))
	aheadBy(t, address, 2)
	event(t, openPostgresAt(t, address), 5)
	soonest := aMarker(t)
	stamp(soonest, time.Now().Add(2*time.Hour-soon))
	var early, late int
	atPostgres(t, address, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT count(*) FILTER (WHERE id < $1),
			count(*) FILTER (WHERE id > $1) FROM markers`, soonest).Scan(&early, &late)
	})
	if early != 0 || late != 1 {
		t.Errorf("%d markers of another clock, %d of the right one", early, late)
	}
}
