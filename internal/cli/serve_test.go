package cli

import (
	"bytes"
	"testing"
	"time"

	"evbook/internal/storage"
)

func TestEveryNameOfThisMachineIsServedAndNoOther(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:8080": true, "127.1.2.3:0": true, "[::1]:8080": true, "localhost:0": true,
		"LOCALHOST:0": true, "Localhost:0": true, "0.0.0.0:8080": false, ":8080": false,
		"[::]:8080": false, "192.168.0.1:8080": false, "localhost.example.org:0": false,
		"8080": false, "": false,
	} {
		if got := onlyHere(addr) == nil; got != want {
			t.Errorf("onlyHere(%q) = %v", addr, got)
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
		server := a.newServer(store, func() bool { return false })
		if server.WriteTimeout < wait+5*time.Second || server.WriteTimeout < 30*time.Second {
			t.Errorf("lock timeout %s: answers are cut off after %s", wait, server.WriteTimeout)
		}
	}
}
