package storage

import (
	"context"
	"net"
	"net/url"
	"testing"
	"time"

	"evbook/internal/booking"
)

// behindADeafOne puts a server in front of that of an address, one that never answers, as one does
// that has lost its power. It is given up after a second.
func behindADeafOne(t testing.TB, address string) string {
	t.Helper()
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { deaf.Close() })
	at, err := url.Parse(address)
	must(t, err)
	at.Host = deaf.Addr().String() + "," + at.Host
	at.RawQuery += "&connect_timeout=1"
	return at.String()
}

// Who asks whether the database is ready has no time to wait for a server without power. Each who
// asks finds the search where the one before has left it, and all connections profit from it.
func TestAServerWithoutPowerIsWaitedForOnce(t *testing.T) {
	address := postgresAddress(t)
	config, err := readAddress(behindADeafOne(t, address), soon)
	must(t, err)
	s, err := newPostgresSource(t.Context(), "x", config)
	must(t, err)
	defer s.close()
	s.key = engineAt(t, address).identity.key
	within := func(do func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		return do(ctx)
	}
	ready := func(ctx context.Context) error {
		_, err := s.ready(ctx)
		return err
	}
	if within(ready) == nil {
		t.Fatal("ready at once: the test is blind")
	}
	for end := time.Now().Add(patience); within(ready) != nil; {
		if time.Now().After(end) {
			t.Fatal("never ready")
		}
	}
	must(t, within(func(ctx context.Context) error {
		_, err := s.schema(ctx)
		return err
	}))
	must(t, within(func(ctx context.Context) error {
		conn, err := connectTo(ctx, s.pool.Config())
		if err != nil {
			return err
		}
		return hangUp(conn)
	}))
}

func TestTheServerThatWasReachedLastComesFirst(t *testing.T) {
	config, err := readAddress("postgres://one,two:5433,three/x?sslmode=prefer", soon)
	must(t, err)
	r := &route{names: map[string]string{"10.0.0.2": "two", "10.0.0.3": "three"}}
	for _, tt := range []struct{ number, port, first string }{
		{"", "", "one"}, {"10.0.0.2", "5433", "two"}, {"10.0.0.2", "5432", "one"},
		{"10.0.0.3", "5432", "three"}, {"10.0.0.9", "5432", "one"},
	} {
		r.number, r.port = tt.number, tt.port
		c := config.ConnConfig.Copy()
		must(t, r.order(t.Context(), c))
		if c.Host != tt.first || c.TLSConfig == nil || c.Fallbacks[0].Host != tt.first ||
			c.Fallbacks[0].TLSConfig != nil || len(c.Fallbacks) != 5 {
			t.Errorf("%+v: first %s with %d others", tt, c.Host, len(c.Fallbacks))
		}
	}
}

func TestAServerThatDoesNotAnswerIsNotAwaitedForLongerThanALock(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer deaf.Close()
	address := "postgres://ann@" + deaf.Addr().String() + "/events?sslmode=disable"
	o := Options{Address: address, LockTimeout: farAway}
	for name, ask := range map[string]func() error{
		"open":    func() error { _, err := Open(t.Context(), o); return err },
		"migrate": func() error { _, _, err := Migrate(t.Context(), o); return err },
		"doctor":  func() error { _, err := Doctor(t.Context(), o); return err },
	} {
		began := time.Now()
		if err := ask(); err != nil && booking.KindOf(err) != booking.Busy {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > (farAway+connectTimeout)/2 {
			t.Errorf("%s took %s", name, took)
		}
	}
}
