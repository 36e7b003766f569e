package storage

import (
	"context"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"evbook/internal/booking"
)

// restless is an engine on which somebody else commits between the first look and the locks, as it
// can happen where only rows are locked.
type restless struct {
	engine
	meanwhile func()
	begun     int
}

func (e *restless) begin(ctx context.Context) (transaction, error) {
	tx, err := e.engine.begin(ctx)
	e.begun++
	return &restlessTx{tx, e}, err
}

type restlessTx struct {
	transaction
	of *restless
}

func (tx *restlessTx) state() state { return state{} }

func (tx *restlessTx) look(ctx context.Context, b *batch) (lasting bool, err error) {
	_, err = tx.transaction.look(ctx, b)
	tx.transaction.rollback()
	if err != nil {
		return false, err
	}
	tx.of.meanwhile()
	tx.transaction, err = tx.of.engine.begin(ctx)
	return false, err
}

// restlessStore is a store with two events. Between each first look and the locks, another one
// carries a command out, if there is one.
func restlessStore(
	t testing.TB, other func(try int) command,
) (s *Store, e *restless, first, second booking.Selector) {
	t.Helper()
	s = open(t)
	e = &restless{engine: writerOf(s).engine}
	e.meanwhile = func() {
		c := other(e.begun)
		if c == nil {
			return
		}
		done := &call{command: c, done: make(chan struct{})}
		newGrouper(s.path, s.refs, s.dialect).run(e.engine, []*call{done})
		if done.err != nil {
			t.Errorf("the other one: %v", done.err)
		}
	}
	writerOf(s).engine = e
	return s, e, event(t, s, 40), event(t, s, 40)
}

func moveTo(ref booking.Reference, event booking.Selector) command {
	return newErrand(booking.Move{Reference: ref, Event: event}, booking.Key{},
		(*booking.Draft).Move, amends(ref, amendment{moves: true, event: event}))
}

func TestABookingIsFoundWhereItWasMovedMeanwhile(t *testing.T) {
	var ref booking.Reference
	var second booking.Selector
	s, e, first, second := restlessStore(t, func(try int) command {
		if try > 1 {
			return nil
		}
		return moveTo(ref, second)
	})
	ref = seats(t, s, first, 1)[0]
	e.begun = 0
	back, err := s.CancelBooking(t.Context(), booking.Cancellation{Reference: ref})
	if err != nil || back.Event.ID != second.ID || e.begun != 2 {
		t.Errorf("got %+v, %v at try %d", back, err, e.begun)
	}
	sound(t, s)
}

func TestWhatWasChangedMeanwhileIsReadAgain(t *testing.T) {
	var ref booking.Reference
	s, e, first, _ := restlessStore(t, func(int) command {
		return newErrand(booking.Amendment{Reference: ref, Note: new("gluten free")},
			booking.Key{}, (*booking.Draft).Amend, amends(ref, amendment{}))
	})
	ref = seats(t, s, first, 1)[0]
	e.begun = 0
	back, err := s.CancelBooking(t.Context(), booking.Cancellation{Reference: ref})
	if err != nil || back.Booking.Note != "gluten free" || e.begun != 1 {
		t.Errorf("got %+v, %v at try %d", back, err, e.begun)
	}
	sound(t, s)
}

func TestASlugLeadsWhereItWasGivenMeanwhile(t *testing.T) {
	var first, second booking.Selector
	rename := func(event booking.Selector, slug string) command {
		return newErrand(booking.Edit{Slug: &slug}, booking.Key{},
			func(d *booking.Draft, edit booking.Edit) (booking.Event, error) {
				return d.EditEvent(event, edit)
			}, func(n *needs) {
				n.reshaped(event)
				n.slug(slug)
			})
	}
	var renames []command
	s, e, first, second := restlessStore(t, func(int) (c command) {
		if len(renames) > 0 {
			c, renames = renames[0], renames[1:]
		}
		return c
	})
	_, err := s.EditEvent(t.Context(), first, booking.Edit{Slug: new("meetup")})
	must(t, err)
	e.begun, renames = 0, []command{rename(first, "former"), rename(second, "meetup")}
	_, err = s.Book(t.Context(), seat(booking.Selector{Slug: "meetup"}, "k"))
	if booking.KindOf(err) != booking.NotFound {
		t.Errorf("a slug that nobody has: %v", err)
	}
	r, err := s.Book(t.Context(), seat(booking.Selector{Slug: "meetup"}, "k"))
	if err != nil || r.Event.ID != second.ID || e.begun != 3 {
		t.Errorf("got %+v, %v at try %d", r, err, e.begun)
	}
	confirmed(t, s, first, 0)
	confirmed(t, s, second, 1)
}

func TestARequestThatWasRepeatedElsewhereMeanwhileIsReplayed(t *testing.T) {
	var first booking.Selector
	s, e, first, _ := restlessStore(t, func(try int) command {
		if try > 1 {
			return nil
		}
		return book(seat(first, "k"))
	})
	_, err := s.EditEvent(t.Context(), first, booking.Edit{Slug: new("meetup")})
	must(t, err)
	e.begun = 0
	r, err := s.Book(t.Context(), seat(booking.Selector{Slug: "meetup"}, "k"))
	if err != nil || !r.Replayed || e.begun != 2 {
		t.Errorf("got %+v, %v at try %d", r, err, e.begun)
	}
	confirmed(t, s, first, 1)
}

// What former tries have found is remembered, so it takes another event each time.
func TestWhoIsOvertakenEachTimeIsTold(t *testing.T) {
	var ref booking.Reference
	var others []booking.Selector
	s, e, first, _ := restlessStore(t, func(try int) command {
		return moveTo(ref, others[try-1])
	})
	for range maxTries {
		others = append(others, event(t, s, 1))
	}
	ref = seats(t, s, first, 1)[0]
	e.begun = 0
	_, err := s.CancelBooking(t.Context(), booking.Cancellation{Reference: ref})
	if booking.KindOf(err) != booking.Busy || e.begun != maxTries {
		t.Errorf("got %v at try %d", err, e.begun)
	}
	confirmed(t, s, others[maxTries-1], 1)
}

// Only who was in others' way is told so; what cannot be reached is looked for by who asks whether
// it is ready.
func TestWhatEndsInAgainEachTimeIsCalledByItsName(t *testing.T) {
	lost := booking.Errorf(booking.Unavailable, "x cannot be reached")
	for kind, causes := range map[booking.Kind][]error{
		booking.Busy: {
			errMissing, &pgconn.PgError{Code: "40001"}, &pgconn.PgError{Code: "40P01"},
			&pgconn.PgError{Code: "23505"},
		},
		booking.Unavailable: {
			lost, net.ErrClosed, &pgconn.PgError{Code: "57P01"}, &pgconn.PgError{Code: "08006"},
		},
	} {
		for _, cause := range causes {
			err := classify("x", again{cause}.tooOften("x"), postgresError)
			if booking.KindOf(err) != kind {
				t.Errorf("%v: %v, want %s", cause, err, kind)
			}
		}
	}
}
