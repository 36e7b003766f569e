package cli

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"evbook/internal/config"
	"evbook/internal/storage"
)

func TestOnlyAddressesOfThisMachineAreServedWithoutProtection(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:8080": true, "127.1.2.3:0": true, "[::1]:8080": true, "localhost:0": true,
		"LOCALHOST:0": true, "Localhost:0": true, "0.0.0.0:8080": false, ":8080": false,
		"[::]:8080": false, "192.168.0.1:8080": false, "localhost.invalid:0": false,
		"[::ffff:127.0.0.1]:0": true, "[::ffff:192.168.0.1]:0": false, "[fe80::1%lo]:0": false,
		"8080": false, "": false,
	} {
		c := config.Config{Addr: addr}
		at, err := safePlace(t.Context(), c)
		if (err == nil) != want || at.here != want {
			t.Errorf("%q: %+v %v", addr, at, err)
		}
		c.TLSCert = "cert.pem"
		if at, err := safePlace(t.Context(), c); at.here != want {
			t.Errorf("%q with TLS: %+v %v", addr, at, err)
		}
	}
}

func TestAnAnswerMayTakeLongerThanTheWaitForTheLock(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	store, err := storage.Open(t.Context(), storage.Options{Path: w.db})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	for _, wait := range []time.Duration{time.Millisecond, 10 * time.Second, time.Hour} {
		a := &app{env: Env{Err: &bytes.Buffer{}, Now: time.Now}}
		a.config.LockTimeout = wait
		a.config.RateLimits = "off"
		plan := serving{logger: slog.New(slog.DiscardHandler)}
		server := a.newServer(store, plan, func() bool { return false })
		if server.WriteTimeout < wait+5*time.Second || server.WriteTimeout < 30*time.Second {
			t.Errorf("lock timeout %s: answers are cut off after %s", wait, server.WriteTimeout)
		}
	}
}
