package storage

import (
	"context"
	"testing"

	"evbook/internal/booking"
)

func TestWhoWatchesIsToldOfEveryGroupWhenTheLockIsFreeAgain(t *testing.T) {
	path := somewhere(t)
	told := make(chan Group, 9)
	s, err := Open(t.Context(), in(path, Options{
		Create: true, Actor: "test",
		Observe: func(g Group) {
			release, err := newFileLock(path).acquire() // for ever, where the writer has it
			if err != nil {
				t.Error(err)
				return
			}
			release()
			told <- g
		},
	}))
	must(t, err)
	t.Cleanup(func() { s.Close() })
	sel := event(t, s, 3)
	if g := <-told; g.Commands != 1 || len(g.Refused) > 0 || g.Commit <= 0 ||
		len(g.Entries) == 0 || g.Entries[0].Kind != booking.EventCreated {
		t.Errorf("creating an event: %+v", g)
	}
	_, err = s.Book(t.Context(), booking.Request{Event: sel, Quantity: 2})
	must(t, err)
	if g := <-told; len(g.Entries) != 1 || g.Entries[0].Confirmed != 2 || g.Waited < 0 {
		t.Errorf("booking: %+v", g)
	}
	if _, err = s.Book(t.Context(), booking.Request{Event: sel, Quantity: 2}); err == nil {
		t.Fatal("oversold")
	}
	if g := <-told; g.Commands != 1 || g.Commit != 0 || len(g.Entries) > 0 ||
		len(g.Refused) != 1 || g.Refused[0] != booking.SoldOut {
		t.Errorf("a refusal: %+v", g)
	}
}

func TestAStoreIsReadyAgainWhenTheDatabaseTakesWhatIsWritten(t *testing.T) {
	full := fullError(t)
	for name, commit := range map[string]func(context.Context, transaction, *batch) (bool, error){
		"before COMMIT": before(full), "at COMMIT": undone(full),
	} {
		s, f, sel := faultyStore(t)
		must(t, s.Ready(t.Context()))
		f.fail(commit, nil)
		_, err := s.Book(t.Context(), seat(sel, "a"))
		if booking.KindOf(err) != booking.Unavailable {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := s.Book(t.Context(), booking.Request{Event: sel, Quantity: 41}); err == nil {
			t.Fatal("oversold")
		}
		f.fail(commit, nil) // a refusal has shown nothing: it is tried anew
		if err := s.Ready(t.Context()); booking.KindOf(err) != booking.Unavailable {
			t.Errorf("%s, still full: %v", name, err)
		}
		must(t, s.Ready(t.Context()))
		f.fail(commit, nil) // who is ready does not write
		must(t, s.Ready(t.Context()))
		sound(t, s)
	}
}

func TestAStoreIsNotReadyForADatabaseOfTheFuture(t *testing.T) {
	s := open(t)
	must(t, s.Ready(t.Context()))
	release, err := writerOf(s).engine.lock()
	must(t, err)
	e := writerOf(s).engine.(*sqliteEngine)
	must(t, e.exec(t.Context(), "UPDATE meta SET oldest_writer = 99"))
	must(t, e.exec(t.Context(), "PRAGMA user_version = 99"))
	release()
	if err := s.Ready(t.Context()); booking.KindOf(err) != booking.Unavailable {
		t.Errorf("ready: %v", err)
	}
}
