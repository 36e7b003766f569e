package storage

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"evbook/internal/booking"
)

// lockElsewhere has another program lock an event until free is called.
func lockElsewhere(t *testing.T, address string, sel booking.Selector) (free func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	_, err = conn.Exec(t.Context(), fmt.Sprintf(
		`BEGIN; SELECT 1 FROM events WHERE id = %d FOR UPDATE`, sel.ID))
	must(t, err)
	return func() {
		_, err := conn.Exec(t.Context(), `ROLLBACK`)
		must(t, err)
	}
}

// booked asks for a seat in the background and gives the verdict when it comes.
func booked(ctx context.Context, s *Store, sel booking.Selector) <-chan error {
	verdict := make(chan error, 1)
	go func() {
		_, err := s.Book(ctx, booking.Request{Event: sel, Quantity: 1})
		verdict <- err
	}()
	return verdict
}

// waits fails the test if there is a verdict within a moment.
func waits(t *testing.T, verdict <-chan error) {
	t.Helper()
	select {
	case err := <-verdict:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
}

// The second event has another lane. The control has one writer for both.
func TestAnEventThatIsLockedElsewhereKeepsNoOtherWaiting(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address)
	first, second := event(t, s, 5), event(t, s, 5)
	free := lockElsewhere(t, address, first)
	verdict := booked(t.Context(), s, first)
	waits(t, verdict)
	hears(t, booked(t.Context(), s, second), "")
	waits(t, verdict)
	free()
	hears(t, verdict, "")

	writerOf(s)
	free = lockElsewhere(t, address, first)
	verdict = booked(t.Context(), s, first)
	waits(t, verdict)
	other := booked(t.Context(), s, second)
	waits(t, other)
	free()
	hears(t, verdict, "")
	hears(t, other, "")
}

// lookedUp is an engine for a finder on which something happens after each look.
type lookedUp struct {
	engine
	then func()
}

func (e lookedUp) begin(ctx context.Context) (transaction, error) {
	tx, err := e.engine.begin(ctx)
	return lookedUpTx{tx, e.then}, err
}

type lookedUpTx struct {
	transaction
	then func()
}

func (tx lookedUpTx) look(ctx context.Context, b *batch) (bool, error) {
	lasting, err := tx.transaction.look(ctx, b)
	tx.then()
	return lasting, err
}

// namedStore opens a store with an event that has a slug, and has something done whenever it has
// looked for names.
func namedStore(t *testing.T, then func()) (s *Store, sel booking.Selector) {
	t.Helper()
	s = openPostgresAt(t, postgresAddress(t))
	sel = event(t, s, 5)
	_, err := s.EditEvent(t.Context(), sel, booking.Edit{Slug: new("meetup")})
	must(t, err)
	f := s.write.(*lanes).finder
	f.engine = lookedUp{f.engine, then}
	return s, sel
}

func TestWhoGivesUpWhileEventsAreLookedForHasChangedNothing(t *testing.T) {
	looking := make(chan struct{})
	s, sel := namedStore(t, func() { <-looking })
	slug := booking.Selector{Slug: "meetup"}
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := booked(ctx, s, slug)
	late, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer end()
	tooLate := booked(late, s, slug)
	stays := booked(t.Context(), s, slug)
	waits(t, stays)
	cancel()
	hears(t, cancelled, booking.Interrupted)
	hears(t, tooLate, booking.Busy)
	hears(t, booked(t.Context(), s, sel), "") // needs no look
	close(looking)
	hears(t, stays, "")
	confirmed(t, s, sel, 2)
}

func TestWhatIsMovedWhileItIsLookedForIsFoundWhereItIs(t *testing.T) {
	var meanwhile []func()
	s, first := namedStore(t, func() {
		if len(meanwhile) > 0 {
			do := meanwhile[0]
			meanwhile = meanwhile[1:]
			do()
		}
	})
	ref := seats(t, s, first, 1)[0]
	other := openPostgresAt(t, placeOf(s))
	second := event(t, other, 5)
	meanwhile = []func(){func() {
		_, err := other.Move(t.Context(), booking.Move{Reference: ref, Event: second})
		must(t, err)
	}, func() {
		_, err := other.EditEvent(t.Context(), first, booking.Edit{Slug: new("former")})
		must(t, err)
		_, err = other.EditEvent(t.Context(), second, booking.Edit{Slug: new("meetup")})
		must(t, err)
	}}
	back, err := s.CancelBooking(t.Context(), booking.Cancellation{Reference: ref})
	if err != nil || back.Event.ID != second.ID {
		t.Errorf("got %+v, %v", back, err)
	}
	r, err := s.Book(t.Context(), seat(booking.Selector{Slug: "meetup"}, "k"))
	if err != nil || r.Event.ID != second.ID || len(meanwhile) > 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	sound(t, s)
}

// What the finder cannot find, since its connection is gone, the lane finds.
func TestALaneLooksItselfWhereTheFinderCannot(t *testing.T) {
	s, sel := namedStore(t, func() {})
	f := s.write.(*lanes).finder
	must(t, f.close())
	hears(t, booked(t.Context(), s, booking.Selector{Slug: "meetup"}), "")
	confirmed(t, s, sel, 1)
}

func TestGroupsOfSeveralLanesAreToldOfOneAtATime(t *testing.T) {
	inside, groups := 0, 0
	s, err := Open(t.Context(), Options{
		Address: postgresAddress(t), Serving: true, Actor: "test", Observe: func(g Group) {
			inside++ // the race detector watches this, too
			if inside > 1 {
				t.Error("told of two groups at once")
			}
			time.Sleep(time.Millisecond)
			groups += g.Commands
			inside--
		},
	})
	must(t, err)
	var verdicts []<-chan error
	for range 4 {
		sel := event(t, s, 50)
		for range 20 {
			verdicts = append(verdicts, booked(t.Context(), s, sel))
		}
	}
	for _, verdict := range verdicts {
		must(t, <-verdict)
	}
	must(t, s.Close())
	if groups != 84 {
		t.Errorf("told of %d commands, want 84", groups)
	}
}

// barred is an engine that does not write for a while.
type barred struct {
	engine
	bar *atomic.Bool
}

func (e barred) begin(ctx context.Context) (transaction, error) {
	if e.bar.Load() {
		return nil, isStandby("x")
	}
	return e.engine.begin(ctx)
}

// What one lane can do says nothing of another's connection.
func TestEachLaneThatFailsIsTriedByItself(t *testing.T) {
	s := openPostgresAt(t, postgresAddress(t))
	first, second := event(t, s, 5), event(t, s, 5)
	var bar atomic.Bool
	bar.Store(true)
	w := s.write.(*lanes).lane([]int64{first.ID})
	w.engine = barred{w.engine, &bar}
	hears(t, booked(t.Context(), s, first), booking.Unavailable)
	hears(t, booked(t.Context(), s, second), "")
	if kind := readiness(t, s); kind != booking.Unavailable {
		t.Errorf("while a lane fails it is %q", kind)
	}
	bar.Store(false)
	if kind := readiness(t, s); kind != "" || len(s.write.failing()) > 0 {
		t.Errorf("when it does not any more it is %q", kind)
	}
}
