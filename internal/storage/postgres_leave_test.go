package storage

import (
	"context"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// Who waits for an event that another program has locked can go at any time. What others wait for
// goes on, and so does what is being committed.
func TestAGroupThatEverybodyHasLeftIsCut(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address)
	sel := event(t, s, 5)
	free := lockElsewhere(t, address, sel)
	ctx, leave := context.WithCancel(t.Context())
	verdict := booked(ctx, s, sel)
	waits(t, verdict)
	leave()
	hears(t, verdict, booking.Interrupted)
	const waiting = "pg_stat_activity WHERE wait_event_type = 'Lock'"
	for end := time.Now().Add(soon); rowsAt(t, address, waiting) > 0; {
		if time.Now().After(end) {
			t.Fatal("the server waits on, with what it has locked before")
		}
		time.Sleep(10 * time.Millisecond)
	}

	ctx, leave = context.WithCancel(t.Context())
	late, end := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer end()
	verdict = booked(late, s, sel)
	waits(t, verdict)
	gone, stays := booked(ctx, s, sel), booked(t.Context(), s, sel) // in one group
	waits(t, stays)
	hears(t, verdict, booking.Busy)
	waits(t, stays)
	leave()
	waits(t, gone)
	free()
	hears(t, gone, "")
	hears(t, stays, "")
	confirmed(t, s, sel, 2)
	sound(t, s)
}

func TestWhatIsBeingCommittedIsNotCut(t *testing.T) {
	s := newSight(t)
	fault := s.arm(pgcluster.Stall, "save")
	ctx, leave := context.WithCancel(t.Context())
	verdict := make(chan error, 1)
	go func() {
		_, err := s.store.Book(ctx, s.ask(false, ""))
		verdict <- err
	}()
	<-fault.Struck()
	leave()
	waits(t, verdict)
	fault.Lift()
	hears(t, verdict, "")
	sound(t, s.truth)
}

func TestWhoHasLeftBeforeAGroupBeginsIsNotWaitedFor(t *testing.T) {
	var w work
	cut := func(ctx context.Context) bool {
		select {
		case <-ctx.Done():
			return true
		case <-time.After(50 * time.Millisecond):
			return false
		}
	}
	one, two := &call{}, &call{}
	w.leave(one)
	if ctx := w.begin([]*call{one}); !cut(ctx) || w.commits(ctx) {
		t.Error("it is committed for nobody")
	}
	w.end()
	ctx := w.begin([]*call{one, two})
	if !w.commits(ctx) {
		t.Error("not committed for one")
	}
	if w.leave(two); cut(ctx) {
		t.Error("cut at its COMMIT")
	}
	if w.over(); !cut(ctx) || w.commits(ctx) {
		t.Error("carried out once more for nobody")
	}
	w.end()
}

// Who has waited behind a COMMIT, which may wait for a standby, does not hear of other writers.
func TestWhoWaitsBehindACommitIsToldThatItTakesLong(t *testing.T) {
	s := newSight(t)
	fault := s.arm(pgcluster.Stall, "save")
	w := writerOf(s.store)
	verdict := make(chan error, 1)
	go func() {
		_, err := s.store.Book(t.Context(), s.ask(false, ""))
		verdict <- err
	}()
	<-fault.Struck()
	err := w.do(t.Context(), 50*time.Millisecond, &call{command: probe{}})
	if booking.KindOf(err) != booking.Busy || !strings.Contains(err.Error(), "within 50ms") {
		t.Errorf("got %v", err)
	}
	fault.Lift()
	hears(t, verdict, "")
}
