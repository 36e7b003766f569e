package storage

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// roleOf makes a role that may do so much with the tables of a schema, and gives the address for
// it. It is gone at the end of the test.
func roleOf(t testing.TB, address, rights string) string {
	t.Helper()
	name := "role_" + strings.ToLower(rand.Text()[:8])
	tamperPostgres(t, address, `CREATE ROLE `+name+` LOGIN PASSWORD 'secret'`,
		inSchema(t, address, `GRANT USAGE ON SCHEMA %s TO `)+name,
		inSchema(t, address, `GRANT `+rights+` ON ALL TABLES IN SCHEMA %s TO `)+name)
	t.Cleanup(func() {
		must(t, pgcluster.Execute(address, `DROP OWNED BY `+name+`; DROP ROLE `+name))
	})
	at, err := url.Parse(address)
	must(t, err)
	at.User = url.UserPassword(name, "secret")
	return at.String()
}

// userOf is the role of an address.
func userOf(t testing.TB, address string) string {
	t.Helper()
	at, err := url.Parse(address)
	must(t, err)
	return at.User.Username()
}

// inSchema writes the schema of an address into a statement.
func inSchema(t testing.TB, address, statement string) string {
	t.Helper()
	at, err := url.Parse(address)
	must(t, err)
	return fmt.Sprintf(statement, at.Query().Get("search_path"))
}

// awaitReplication waits until so many synchronous standbys stream.
func awaitReplication(t testing.TB, address string, want int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		n := pgcluster.Query(t, address, `SELECT count(*) FROM pg_stat_replication
			WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')`)[0]
		if n == fmt.Sprint(want) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("there are never %d synchronous standbys", want)
}

func TestTheDoctorFindsAPostgresThatLosesBookings(t *testing.T) {
	server := pgcluster.Start(t, pgcluster.Config{Settings: map[string]string{
		"fsync": "off", "max_connections": "13", "synchronous_commit": "off",
	}})
	address := server.Address(t)
	is(t, examined(t, Options{Address: address}), "schema", Bad, "evbook migrate up")
	_, _, err := Migrate(t.Context(), Options{Address: address})
	must(t, err)
	found := examined(t, Options{Address: address})
	is(t, found, "server", Good, "PostgreSQL 1")
	is(t, found, "schema", Good, "4, that of this evbook")
	is(t, found, "rights", Doubtful, "may change the schema")
	is(t, found, "clock", Good, "from that of this machine")
	is(t, found, "disk", Bad, "fsync is off")
	is(t, found, "connections", Good, "a server of evbook needs 9")
	is(t, found, "checksums", Doubtful, "pg_checksums --enable")
	is(t, found, "replication", Doubtful, "there is no standby")
	is(t, found, "invariants", Good, "adds up")

	for range 3 {
		s := openPostgresAt(t, address)
		must(t, s.Ready(t.Context()))
	}
	is(t, examined(t, Options{Address: address}), "connections", Doubtful, "raise max_connections")
	server.Stop(t)
	is(t, examined(t, Options{Address: address}), "server", Bad, "cannot be reached")
	if d := examined(t, Options{Address: "postgres://[::1"}); len(d) != 1 {
		t.Errorf("%+v", d)
	}
}

// A role of its own that may read and write rows is enough, and one that may not is told what it
// lacks.
func TestTheDoctorKnowsTheRightsOfARole(t *testing.T) {
	address := postgresAddress(t)
	role := roleOf(t, address, "SELECT, INSERT, UPDATE")
	found := examined(t, Options{Address: role})
	is(t, found, "rights", Bad, "may not do all it has to with")
	is(t, found, "rights", Bad, "token_events")
	tamperPostgres(t, address, inSchema(t, address, `GRANT DELETE ON ALL TABLES IN SCHEMA %s TO `)+
		userOf(t, role), `GRANT USAGE ON SEQUENCE booking_numbers TO `+userOf(t, role))
	is(t, examined(t, Options{Address: role}), "rights", Good, "and no more")
}

// demands proves that who insists on a standby refuses to write as soon as none is waited for, over
// the connections that are there too.
func demands(t testing.TB, address string) {
	t.Helper()
	s, err := Open(t.Context(), Options{Address: address, RequireSync: true, Serving: true})
	must(t, err)
	defer s.Close()
	sel := event(t, s, 5000)
	must(t, s.Ready(t.Context()))
	awaits := func(names string, kind booking.Kind) {
		t.Helper()
		pgcluster.Query(t, address, `ALTER SYSTEM SET synchronous_standby_names = '`+names+`'`)
		pgcluster.Query(t, address, `SELECT pg_reload_conf()`)
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			_, err := s.Book(t.Context(), seat(sel, ""))
			ready := s.Ready(t.Context())
			if booking.KindOf(err) == kind && booking.KindOf(ready) == kind {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("standbys %q: %v; ready: %v", names, err, ready)
			}
		}
	}
	awaits("", booking.Unavailable)
	awaits("second", "")
}

// Each step of a cluster's life is told in words, and only where a synchronous standby streams may
// a server start that insists on it.
func TestWhatAFailoverLosesIsTold(t *testing.T) {
	server := pgcluster.Start(t, pgcluster.Config{})
	address := server.Address(t)
	_, _, err := Migrate(t.Context(), Options{Address: address})
	must(t, err)
	tells := func(state Health, words string) {
		t.Helper()
		is(t, examined(t, Options{Address: address}), "replication", state, words)
		s, err := Open(t.Context(), Options{Address: address, RequireSync: true})
		if (err == nil) != (state == Good) {
			t.Errorf("%s: with --require-sync: %v", words, err)
		}
		if err == nil {
			event(t, s, 3)
			must(t, s.Close())
		}
	}
	is(t, examined(t, Options{Address: address}), "disk", Good, "outlives a power cut")
	tells(Doubtful, "there is no standby")
	standby := server.Standby(t, "second")
	tells(Doubtful, "none of 1 standbys is synchronous: an acknowledged booking can be lost")
	pgcluster.Query(t, address, `ALTER SYSTEM SET synchronous_standby_names = 'second'`)
	pgcluster.Query(t, address, `SELECT pg_reload_conf()`)
	awaitReplication(t, address, 1)
	tells(Good, "outlives the loss of this server")
	demands(t, address)

	behind := examined(t, Options{Address: standby.At(t, address)})
	is(t, behind, "server", Bad, "a standby: nothing can be booked")
	hidden := roleOf(t, address, "SELECT")
	is(t, examined(t, Options{Address: hidden}), "replication", Doubtful,
		"GRANT pg_read_all_stats TO")
	standby.Kill(t)
	awaitReplication(t, address, 0)
	tells(Bad, "no synchronous standby streams (wanted is second)")
	pgcluster.Query(t, address, `ALTER SYSTEM SET synchronous_standby_names = ''`)
	pgcluster.Query(t, address, `SELECT pg_reload_conf()`)
}

// The roles of docs/deploy are as the doctor wants them: the owner moves, the other one serves.
func TestAnOwnerMovesAndTheServerOfAnotherRoleIsWell(t *testing.T) {
	owner, server := rolesAt(t)
	path := season(t)
	notMoved(t, path, server, booking.Unavailable, "may not make tables")
	moved(t, path, owner)
	found := examined(t, Options{Address: server})
	is(t, found, "rights", Good, "and no more")
	is(t, found, "schema", Good, "that of this evbook")
	sound(t, openPostgresAt(t, server))
}
