package storage

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// A server that sends everybody away, as one does that is starting, is not asked without pause.
func TestAServerThatIsAwayIsLookedForNowAndThen(t *testing.T) {
	address := postgresAddress(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	var asked atomic.Int64
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			conn.Close()
		}
	}()
	e := engineAt(t, address)
	there := e.config.ConnConfig.Port
	must(t, e.drop())
	e.config.ConnConfig.Port = uint16(listener.Addr().(*net.TCPAddr).Port)
	for over := time.Now().Add(400 * time.Millisecond); time.Now().Before(over); {
		_, err := e.begin(t.Context())
		err = e.classify("x", err)
		if booking.KindOf(err) != booking.Unavailable || !strings.Contains(err.Error(), "reached") {
			t.Fatalf("got %v", err)
		}
		time.Sleep(time.Millisecond)
	}
	if n := asked.Load(); n < 2 || n > 10 {
		t.Errorf("asked %d times within 400 ms", n)
	}
	e.config.ConnConfig.Port = there
	time.Sleep(e.away.pause)
	if _, err := e.begin(t.Context()); err != nil || e.away != (away{}) {
		t.Errorf("back again: %v, %+v", err, e.away)
	}
}

func TestPausesGrowAndEnd(t *testing.T) {
	var a away
	for range 20 {
		a.note(net.ErrClosed)
	}
	if a.pause != longestPause || a.still() == nil {
		t.Errorf("got %+v", a)
	}
}

// A server ends connections for many reasons, and not all have a code that tells so.
func TestAConnectionThatTheServerHasEndedIsMadeAnew(t *testing.T) {
	address := postgresAddress(t)
	for name, query := range map[string]string{
		"idle in a transaction": "&idle_in_transaction_session_timeout=20",
		"idle":                  "&idle_session_timeout=20",
	} {
		s := openPostgresAt(t, address+query)
		sel := event(t, s, 5)
		e := engineAt(t, address+query)
		tx, err := e.begin(t.Context())
		must(t, err)
		var b batch
		b.query(func(scanner) error { return nil }, `SELECT 1`)
		must(t, tx.run(t.Context(), &b))
		time.Sleep(200 * time.Millisecond)
		if err, ended := tx.run(t.Context(), &b).(again); ended != (name != "idle") {
			t.Errorf("%s: %v", name, err)
		}
		tx.rollback()
		_, err = s.Event(t.Context(), sel)
		must(t, err)
	}
}

// A server that is frozen takes connections and acknowledges what it is sent, but answers nothing.
func TestAServerThatDoesNotAnswerBeforeCommitIsLeft(t *testing.T) {
	s := newSight(t)
	for _, stage := range []string{"look", "first"} {
		w := writerOf(s.store)
		w.engine.(*pgEngine).patience = 200 * time.Millisecond
		fault := s.arm(pgcluster.Stall, stage)
		verdict := make(chan error, 1)
		go func() {
			_, err := s.store.Book(context.Background(), s.ask(false, ""))
			verdict <- err
		}()
		<-fault.Struck()
		hears(t, verdict, "")
		fault.Lift()
	}
	sound(t, s.truth)
}

func TestPatienceIsForTheWaitForALockToo(t *testing.T) {
	address := postgresAddress(t)
	for query, want := range map[string]time.Duration{
		"": soon, "&lock_timeout=2min": 2 * time.Minute, "&lock_timeout=0": -workPatience,
	} {
		if got := engineAt(t, address+query).patience; got != want+workPatience {
			t.Errorf("%q: %s", query, got)
		}
	}
}
