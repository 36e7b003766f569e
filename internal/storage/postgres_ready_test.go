package storage

import (
	"context"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// readiness is how a store answers whether it is ready, which must not take long.
func readiness(t testing.TB, s *Store) booking.Kind {
	t.Helper()
	began := time.Now()
	err := s.Ready(context.Background())
	if took := time.Since(began); took > readyPatience+soon {
		t.Errorf("asking took %s", took)
	}
	return booking.KindOf(err)
}

func TestAStoreWithBusyReadersIsReady(t *testing.T) {
	s := openPostgresAt(t, postgresAddress(t))
	pool := s.read.source.(*pgSource).pool
	for range pool.Config().MaxConns {
		conn, err := pool.Acquire(t.Context())
		must(t, err)
		defer conn.Release()
	}
	if kind := readiness(t, s); kind != "" {
		t.Errorf("got %s", kind)
	}
}

func TestAStoreIsReadyWhenItsServerIsBack(t *testing.T) {
	server := pgcluster.Start(t, pgcluster.Config{})
	s := openPostgresAt(t, server.Address(t, postgresSchema(t)...))
	sel := event(t, s, 5)
	for round := range 2 { // the second time, somebody has asked before the server goes
		server.Kill(t)
		if kind := readiness(t, s); kind != booking.Unavailable {
			t.Errorf("round %d: killed, it is %q", round, kind)
		}
		_, err := s.Book(t.Context(), seat(sel, ""))
		if booking.KindOf(err) != booking.Unavailable {
			t.Errorf("round %d: a booking hears %v", round, err)
		}
		server.Restart(t)
		if kind := readiness(t, s); kind != "" {
			time.Sleep(longestPause) // the writer tried in vain a moment ago
			if kind = readiness(t, s); kind != "" {
				t.Errorf("round %d: back again, it is %q", round, kind)
			}
		}
		_, err = s.Book(t.Context(), seat(sel, ""))
		must(t, err)
	}
	sound(t, s)
}

func TestAStandbyIsReadyForReadersAlone(t *testing.T) {
	address := shadowed(postgresAddress(t))
	const recovering = `CREATE OR REPLACE FUNCTION pg_is_in_recovery() RETURNS boolean
		LANGUAGE sql AS `
	tamperPostgres(t, address, recovering+`'SELECT false'`)
	s := openPostgresAt(t, address)
	reader, err := Open(t.Context(), Options{Address: address, ReadOnly: true})
	must(t, err)
	defer reader.Close()
	if kind := readiness(t, s); kind != "" {
		t.Errorf("a primary is %s", kind)
	}
	tamperPostgres(t, address, recovering+`'SELECT true'`)
	if kind := readiness(t, s); kind != booking.Unavailable {
		t.Errorf("for who writes it is %q", kind)
	}
	if kind := readiness(t, reader); kind != "" {
		t.Errorf("for who reads it is %s", kind)
	}
}

// A file was moved to a database that was empty and open, or an address leads elsewhere now.
func TestADatabaseThatIsAnotherOneIsNeitherReadNorWritten(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address)
	sel := event(t, s, 5)
	_, err := s.Book(t.Context(), seat(sel, ""))
	must(t, err)
	tamperPostgres(t, address, `UPDATE meta SET reference_key = decode(repeat('11', 32), 'hex')`)
	_, single := s.Event(t.Context(), sel)
	_, list := s.Bookings(t.Context(), BookingQuery{Page: Page{Limit: 5}})
	_, moment := s.Verify(t.Context())
	_, write := s.Book(t.Context(), seat(sel, ""))
	for name, err := range map[string]error{
		"one": single, "a list": list, "a moment": moment, "a booking": write,
		"readiness": s.Ready(t.Context()),
	} {
		if booking.KindOf(err) != booking.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := rowsAt(t, address, "bookings"); n != 1 {
		t.Errorf("%d bookings", n)
	}
}

// What happens to the schema while a server is running: another evbook brings it up to date, or
// somebody puts an older backup in its place.
func TestASchemaThatIsAnotherOneIsNeitherReadNorWritten(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address)
	sel := event(t, s, 5)
	use := func() (read, write error) {
		_, read = s.Event(t.Context(), sel)
		_, write = s.Book(t.Context(), seat(sel, ""))
		return read, write
	}
	for _, tt := range []struct {
		schema, oldest string
		read, write    booking.Kind
		says           string
	}{
		{"99", "99", booking.Unavailable, booking.Unavailable, "newer evbook"},
		{"3", "3", booking.Unavailable, booking.Unavailable, "older schema"},
		{"99", "3", "", "", ""},
		{"4", "3", "", "", ""},
	} {
		tamperPostgres(t, address, `UPDATE meta SET schema = `+tt.schema+`, oldest_writer = `+
			tt.oldest)
		read, write := use()
		if booking.KindOf(read) != tt.read || booking.KindOf(write) != tt.write {
			t.Errorf("schema %s, oldest writer %s: %v, %v", tt.schema, tt.oldest, read, write)
		}
		for _, err := range []error{read, write} {
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("schema %s: %v", tt.schema, err)
			}
		}
		if kind := readiness(t, s); kind != tt.read {
			t.Errorf("schema %s: ready %q", tt.schema, kind)
		}
	}
}
