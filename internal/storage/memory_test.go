package storage

import (
	"context"
	"testing"

	"evbook/internal/booking"
)

// reading counts the questions that are asked in transactions of an engine, whose state may be
// made out to be another.
type reading struct {
	engine
	asked int
	feign func(state) state
}

type readingTx struct {
	transaction
	engine *reading
}

func (e *reading) begin(ctx context.Context) (transaction, error) {
	tx, err := e.engine.begin(ctx)
	return readingTx{tx, e}, err
}

func (tx readingTx) state() state { return tx.engine.feign(tx.transaction.state()) }

func (tx readingTx) run(ctx context.Context, b *batch) error {
	for _, s := range b.steps {
		if s.row != nil {
			tx.engine.asked++
		}
	}
	return tx.transaction.run(ctx, b)
}

// readingStore is a store that counts what it asks.
func readingStore(t *testing.T, feign func(state) state) (*Store, *reading) {
	t.Helper()
	s := open(t)
	e := &reading{engine: writerOf(s).engine, feign: feign}
	writerOf(s).engine = e
	return s, e
}

func asItIs(s state) state { return s }

func always(state) state { return state{opened: 1} }

func TestWhatTheLastGroupHasLeftIsNotReadAgain(t *testing.T) {
	s, e := readingStore(t, asItIs)
	sel := event(t, s, 5)
	e.asked = 0
	mustBook(t, s, sel)
	if e.asked != 2 {
		t.Errorf("%d questions were asked, want 2: for the event and a number", e.asked)
	}
	e.asked = 0
	for range 4 {
		mustBook(t, s, sel)
	}
	for range 2 { // refusals change nothing, so nothing is forgotten
		if _, err := s.Book(t.Context(), seat(sel, "")); booking.KindOf(err) != booking.SoldOut {
			t.Errorf("a sixth seat of five: %v", err)
		}
	}
	if e.asked != 0 {
		t.Errorf("%d questions were asked although nobody else has written", e.asked)
	}
	confirmed(t, s, sel, 5)
}

func mustBook(t *testing.T, s *Store, sel booking.Selector) {
	t.Helper()
	if _, err := s.Book(t.Context(), seat(sel, "")); err != nil {
		t.Fatal(err)
	}
}

// What another process has done counts at once: here it closes the event, opens it again, and books
// a seat. The control takes every state for the one it knows: it does not see that the event is
// closed, and only the database keeps it from selling.
func TestWhatOthersHaveWrittenIsReadAgain(t *testing.T) {
	for name, feign := range map[string]func(state) state{"looking": asItIs, "control": always} {
		t.Run(name, func(t *testing.T) {
			s, _ := readingStore(t, feign)
			other := openAt(t, s.path)
			sel := event(t, s, 5)
			mustBook(t, s, sel)
			mustBook(t, s, sel)
			_, err := other.CloseEvent(t.Context(), sel)
			must(t, err)
			_, err = s.Book(t.Context(), seat(sel, ""))
			if name == "control" {
				if booking.KindOf(err) == booking.Closed {
					t.Error("the control has noticed")
				}
				return
			}
			if booking.KindOf(err) != booking.Closed {
				t.Errorf("a seat of a closed event: %v", err)
			}
			_, err = other.OpenEvent(t.Context(), sel)
			must(t, err)
			mustBook(t, other, sel)
			mustBook(t, s, sel)
			confirmed(t, s, sel, 4)
		})
	}
}

// A group that is taken back, or whose fate had to be found out, teaches nothing that is not true.
func TestOnlyWhatIsCommittedIsRemembered(t *testing.T) {
	for name, fate := range map[string]func(error) func(
		context.Context, transaction, *batch) (bool, error){
		"kept": kept, "undone": undone, "before": before,
	} {
		t.Run(name, func(t *testing.T) {
			s, f, sel := faultyStore(t)
			mustBook(t, s, sel)
			f.fail(fate(errLost), nil)
			booked := 2
			if _, err := s.Book(t.Context(), seat(sel, "")); err == nil {
				booked++
			}
			mustBook(t, s, sel)
			confirmed(t, s, sel, booked)
		})
	}
}
