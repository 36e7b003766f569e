package storage

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"evbook/internal/booking"
)

// seat asks for one seat under a key.
func seat(sel booking.Selector, key string) booking.Request {
	return booking.Request{Event: sel, Quantity: 1, Key: booking.Key{Scope: "test", Text: key}}
}

// confirmed fails the test unless so many seats of the event are booked, by as many bookings.
func confirmed(t testing.TB, s *Store, sel booking.Selector, want int) {
	t.Helper()
	p, err := s.Bookings(context.Background(), bookingsOf(sel, Page{Limit: MaxLimit}))
	must(t, err)
	e, err := s.Event(context.Background(), sel)
	if err != nil || e.Confirmed != want || len(p.Bookings) != want {
		t.Errorf("%d seats in %d bookings, %v; want %d", e.Confirmed, len(p.Bookings), err, want)
	}
	sound(t, s)
}

func TestAnErrorAtCommitIsAnsweredWithTheTruth(t *testing.T) {
	full := fullError(t)
	for name, tt := range map[string]struct {
		commit func(context.Context, transaction, *batch) (bool, error)
		settle error
		kind   booking.Kind
		inFile bool
	}{
		"kept":                {commit: kept(errLost), inFile: true},
		"undone":              {commit: undone(errLost), kind: booking.Internal},
		"undone, disk full":   {commit: undone(full), kind: booking.Unavailable},
		"kept, not settled":   {kept(errLost), errLost, booking.Unknown, true},
		"undone, not settled": {undone(errLost), errLost, booking.Unknown, false},
		"kept, then full":     {kept(errLost), full, booking.Unknown, true},
		"undone, then full":   {undone(errLost), full, booking.Unknown, false},
		"before":              {commit: before(errLost), kind: booking.Internal},
		"before, disk full":   {commit: before(full), kind: booking.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			s, f, sel := faultyStore(t)
			ctx := context.Background()
			f.fail(tt.commit, tt.settle)
			first, err := s.Book(ctx, seat(sel, "k"))
			if booking.KindOf(err) != tt.kind {
				t.Errorf("got %q: %v, want %q", booking.KindOf(err), err, tt.kind)
			}
			if begun, _ := f.counts(); begun > 1 {
				t.Errorf("it was tried %d times", begun)
			}
			again, err := s.Book(ctx, seat(sel, "k"))
			if err != nil || again.Replayed != tt.inFile {
				t.Errorf("the same key gives %+v, %v", again, err)
			}
			if tt.kind == "" && !reflect.DeepEqual(again.Booking, first.Booking) {
				t.Errorf("the same key gives %+v, first was %+v", again.Booking, first.Booking)
			}
			if _, err := s.Book(ctx, seat(sel, "other")); err != nil {
				t.Errorf("the next booking: %v", err)
			}
			confirmed(t, s, sel, 2)
		})
	}
}

func TestAnUnknownAnswerSaysHowToSettleIt(t *testing.T) {
	s, f, sel := faultyStore(t)
	f.fail(kept(errLost), errors.New("cannot look"))
	keyed, bare := book(seat(sel, "k")), book(seat(sel, ""))
	for i, err := range groupOf(t, s, keyed, bare) {
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unknown || !errors.Is(err, errLost) {
			t.Fatalf("got %+v", err)
		}
		if want := []string{
			"repeat it with the same idempotency key: that settles what happened",
			"look before you repeat it: it may have been done",
		}[i]; e.Hint != want {
			t.Errorf("hint %q, want %q", e.Hint, want)
		}
	}
}

// groupOf runs commands as one group, and gives their verdicts.
func groupOf(t testing.TB, s *Store, commands ...command) []error {
	t.Helper()
	calls := make([]*call, len(commands))
	for i, c := range commands {
		b, ok := c.(*errand[booking.Request, booking.Receipt])
		keyed := ok && b.key.Text != ""
		calls[i] = &call{
			command: c, caller: s.caller, keyed: keyed, done: make(chan struct{}),
		}
	}
	w := writersOf(s)[0]
	release, err := w.engine.lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	w.group.run(w.engine, calls)
	verdicts := make([]error, len(calls))
	for i, c := range calls {
		<-c.done
		verdicts[i] = c.err
	}
	return verdicts
}

// fiveSeats are commands that each book a seat, with the name given to the third.
func fiveSeats(sel booking.Selector, third string) []command {
	var commands []command
	for i := range 5 {
		ask := seat(sel, fmt.Sprint(i))
		if i == 2 {
			ask.Name = third
		}
		commands = append(commands, book(ask))
	}
	return commands
}

func TestACommandThatFailsBeforeCommitFailsAlone(t *testing.T) {
	s, _, sel := faultyStore(t)
	tamper(t, placeOf(s), poison(placeOf(s), "NEW.name = 'poison'")...)
	commands := fiveSeats(sel, "poison")
	for range writtenAtOnce[0] { // so many that their rows are written together
		commands = append(commands, book(seat(sel, "")))
	}
	for i, err := range groupOf(t, s, commands...) {
		if (err != nil) != (i == 2) || i == 2 && booking.KindOf(err) != booking.Internal {
			t.Errorf("command %d: %v", i, err)
		}
	}
	tamper(t, placeOf(s), antidote(placeOf(s))) // verify would name it
	confirmed(t, s, sel, len(commands)-1)
}

// panicking is a command that fails when the seat that it has booked is on the sheet already.
type panicking struct{ command }

func (c panicking) decide(sheet *booking.Sheet, by booking.Caller, now time.Time) error {
	if err := c.command.decide(sheet, by, now); err != nil {
		return err
	}
	panic("what follows is broken")
}

func TestACommandThatPanicsLeavesNothingAndHarmsNobodyElse(t *testing.T) {
	s, _, sel := faultyStore(t)
	commands := fiveSeats(sel, "")
	commands[2] = panicking{book(seat(sel, "panic"))}
	for i, err := range groupOf(t, s, commands...) {
		if (err != nil) != (i == 2) || i == 2 && booking.KindOf(err) != booking.Internal {
			t.Errorf("command %d: %v", i, err)
		}
	}
	confirmed(t, s, sel, 4)
}

func TestAFaultAtCommitIsOneForTheWholeGroup(t *testing.T) {
	full := fullError(t)
	for name, tt := range map[string]struct {
		commit func(context.Context, transaction, *batch) (bool, error)
		settle error
		kind   booking.Kind
		booked int
		begun  int
	}{
		"kept":              {commit: kept(errLost), booked: 5, begun: 1},
		"undone, disk full": {commit: undone(full), kind: booking.Unavailable, begun: 1},
		"before, disk full": {commit: before(full), kind: booking.Unavailable, begun: 1},
		"not settled":       {kept(errLost), errLost, booking.Unknown, 5, 1},
		// Whatever it was, it may have been one of the five: each is tried by itself.
		"before, anything": {commit: before(errLost), booked: 5, begun: 6},
		// It is certain that nothing of it happened, so that trying each is no second booking.
		"undone, anything": {commit: undone(errLost), booked: 5, begun: 6},
	} {
		t.Run(name, func(t *testing.T) {
			s, f, sel := faultyStore(t)
			f.fail(tt.commit, tt.settle)
			for i, err := range groupOf(t, s, fiveSeats(sel, "")...) {
				if booking.KindOf(err) != tt.kind {
					t.Errorf("command %d: %q: %v, want %q", i, booking.KindOf(err), err, tt.kind)
				}
			}
			if begun, _ := f.counts(); begun != tt.begun {
				t.Errorf("%d transactions, want %d", begun, tt.begun)
			}
			confirmed(t, s, sel, tt.booked)
			for i, err := range groupOf(t, s, fiveSeats(sel, "")...) {
				if err != nil {
					t.Errorf("repeating command %d: %v", i, err)
				}
			}
			confirmed(t, s, sel, 5)
		})
	}
}

func TestAGroupThatMayBeInIsNeverRunAgain(t *testing.T) {
	s, f, sel := faultyStore(t)
	var commands []command
	for range 5 {
		commands = append(commands, book(seat(sel, ""))) // no key would tell a second time
	}
	f.fail(kept(errLost), errLost)
	for i, err := range groupOf(t, s, commands...) {
		if booking.KindOf(err) != booking.Unknown {
			t.Errorf("command %d: %v", i, err)
		}
	}
	confirmed(t, s, sel, 5)
}

func TestRefusedCommandsWriteNothing(t *testing.T) {
	s, f, sel := faultyStore(t)
	// A COMMIT would fail now, so none may come.
	f.fail(undone(errLost), nil)
	_, err := s.Book(context.Background(), booking.Request{Event: sel, Quantity: 41})
	if booking.KindOf(err) != booking.SoldOut {
		t.Errorf("got %v", err)
	}
	confirmed(t, s, sel, 0)
}

// What changes nothing is answered only after a COMMIT of its own: what the answer rests on may lie
// in the log without being synced.
func TestWhatChangesNothingIsCommittedAllTheSame(t *testing.T) {
	for name, again := range map[string]func(*Store, booking.Selector) error{
		"a booking repeated": func(s *Store, sel booking.Selector) error {
			_, err := s.Book(context.Background(), seat(sel, "k"))
			return err
		},
		"an event that is open already": func(s *Store, sel booking.Selector) error {
			_, err := s.OpenEvent(context.Background(), sel)
			return err
		},
		"an edit of nothing": func(s *Store, sel booking.Selector) error {
			_, err := s.EditEvent(context.Background(), sel, booking.Edit{})
			return err
		},
	} {
		s, f, sel := faultyStore(t)
		if _, err := s.Book(context.Background(), seat(sel, "k")); err != nil {
			t.Fatal(err)
		}
		f.fail(undone(errLost), errors.New("cannot look"))
		if err := again(s, sel); booking.KindOf(err) != booking.Unknown {
			t.Errorf("%s: answered %v without a COMMIT", name, err)
		}
		f.fail(nil, nil)
		if err := again(s, sel); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		confirmed(t, s, sel, 1)
	}
}
