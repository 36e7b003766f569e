package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"evbook/internal/booking"
)

// faulty is an engine on which transactions fail as they are told to.
type faulty struct {
	engine
	mu sync.Mutex
	// commit stands in for the next COMMIT, lost for the next look for a marker.
	commit func(context.Context, transaction, *batch) (sent bool, err error)
	lost   error
	// begun counts the transactions, settled the looks for a marker.
	begun, settled int
}

// faultyStore is a store on a faulty engine, with an event of 40 seats.
func faultyStore(t testing.TB) (*Store, *faulty, booking.Selector) {
	t.Helper()
	s := open(t)
	f := &faulty{engine: s.write.engine}
	s.write.engine = f
	return s, f, event(t, s, 40)
}

// fail makes the next COMMIT go wrong, and nothing else from then on.
func (f *faulty) fail(
	commit func(context.Context, transaction, *batch) (bool, error), settle error,
) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commit, f.lost, f.begun, f.settled = commit, settle, 0, 0
}

func (f *faulty) counts() (begun, settled int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.begun, f.settled
}

func (f *faulty) begin(ctx context.Context) (transaction, error) {
	tx, err := f.engine.begin(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun++
	return faultyTx{tx, f}, err
}

func (f *faulty) settle(ctx context.Context, marker []byte) (bool, error) {
	f.mu.Lock()
	lost := f.lost
	f.lost = nil
	f.settled++
	f.mu.Unlock()
	if lost != nil {
		return false, lost
	}
	return f.engine.settle(ctx, marker)
}

type faultyTx struct {
	transaction
	of *faulty
}

func (tx faultyTx) commit(ctx context.Context, b *batch) (bool, error) {
	tx.of.mu.Lock()
	commit := tx.of.commit
	tx.of.commit = nil
	tx.of.mu.Unlock()
	if commit != nil {
		return commit(ctx, tx.transaction, b)
	}
	return tx.transaction.commit(ctx, b)
}

// errLost is what the caller of a COMMIT gets to see in these tests.
var errLost = errors.New("the answer was lost")

// kept COMMITs and says that it failed.
func kept(cause error) func(context.Context, transaction, *batch) (bool, error) {
	return func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		if _, err := tx.commit(ctx, b); err != nil {
			return true, err
		}
		return true, cause
	}
}

// undone takes everything back where COMMIT should have been.
func undone(cause error) func(context.Context, transaction, *batch) (bool, error) {
	return func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		if err := tx.run(ctx, b); err != nil {
			return false, err
		}
		tx.rollback()
		return true, cause
	}
}

// before fails with the transaction open and COMMIT not sent.
func before(cause error) func(context.Context, transaction, *batch) (bool, error) {
	return func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		return false, cause
	}
}

// sqliteError provokes a real error of SQLite: its type cannot be made by hand.
func sqliteError(t testing.TB, code int, statements ...string) error {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "provoked.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err = db.Exec(statement); err != nil {
			break
		}
	}
	var e *sqlite.Error
	if !errors.As(err, &e) || e.Code()&0xff != code {
		t.Fatalf("provoked %v, want code %d", err, code)
	}
	return err
}

func fullError(t testing.TB) error {
	t.Helper()
	return sqliteError(t, sqlite3.SQLITE_FULL, "CREATE TABLE t (x)", "PRAGMA max_page_count = 2",
		"INSERT INTO t VALUES (zeroblob(100000))")
}

// seat asks for one seat under a key.
func seat(sel booking.Selector, key string) booking.Request {
	return booking.Request{Event: sel, Quantity: 1, Key: booking.Key{Scope: "test", Text: key}}
}

// confirmed fails the test unless so many seats of the event are booked, by as many bookings.
func confirmed(t testing.TB, s *Store, sel booking.Selector, want int) {
	t.Helper()
	p, err := s.Bookings(context.Background(), sel, Page{Limit: MaxLimit})
	if err != nil || p.Event.Confirmed != want || len(p.Bookings) != want {
		t.Errorf("%d seats in %d bookings, %v; want %d", p.Event.Confirmed, len(p.Bookings), err,
			want)
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
		"kept, disk full":     {commit: kept(full), inFile: true},
		"undone":              {commit: undone(errLost), kind: booking.Internal},
		"undone, disk full":   {commit: undone(full), kind: booking.Unavailable},
		"kept, not settled":   {kept(errLost), errLost, booking.Unknown, true},
		"undone, not settled": {undone(errLost), errLost, booking.Unknown, false},
		"kept, full, lost":    {kept(full), full, booking.Unknown, true},
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
			if tt.kind == "" && again.Booking != first.Booking {
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
	_, err := s.Book(context.Background(), seat(sel, "k"))
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != booking.Unknown || !errors.Is(err, errLost) ||
		e.Hint != "repeat with the same idempotency key: it settles what happened" {
		t.Errorf("got %+v", e)
	}
}

// groupOf runs commands as one group, and gives their verdicts.
func groupOf(t testing.TB, s *Store, commands ...command) []error {
	t.Helper()
	calls := make([]*call, len(commands))
	for i, c := range commands {
		calls[i] = &call{command: c, done: make(chan struct{})}
	}
	release, err := s.write.engine.lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	s.write.group.run(s.write.engine, calls)
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
		commands = append(commands, &book{ask: ask})
	}
	return commands
}

// tamper changes a database behind evbook's back.
func tamper(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestACommandThatFailsBeforeCommitFailsAlone(t *testing.T) {
	s, _, sel := faultyStore(t)
	tamper(t, s.path, `CREATE TRIGGER poisoned BEFORE INSERT ON bookings WHEN NEW.name = 'poison'
		BEGIN SELECT RAISE(ABORT, 'poisoned'); END`)
	for i, err := range groupOf(t, s, fiveSeats(sel, "poison")...) {
		if (err != nil) != (i == 2) || i == 2 && booking.KindOf(err) != booking.Internal {
			t.Errorf("command %d: %v", i, err)
		}
	}
	confirmed(t, s, sel, 4)
}

// panicking is a command whose rule panics after it has booked a seat.
type panicking struct{ book }

func (c *panicking) decide(d *booking.Draft) error {
	if err := c.book.decide(d); err != nil {
		return err
	}
	panic("a rule is broken")
}

func TestARulePanickingHarmsNobodyElse(t *testing.T) {
	s, _, sel := faultyStore(t)
	commands := fiveSeats(sel, "")
	commands[2] = &panicking{book{ask: seat(sel, "panic")}}
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
		commands = append(commands, &book{ask: seat(sel, "")}) // no key would tell a second time
	}
	f.fail(kept(errLost), errLost)
	for i, err := range groupOf(t, s, commands...) {
		if booking.KindOf(err) != booking.Unknown {
			t.Errorf("command %d: %v", i, err)
		}
	}
	confirmed(t, s, sel, 5)
}

func TestRefusedAndRepeatedCommandsWriteNothing(t *testing.T) {
	s, f, sel := faultyStore(t)
	ctx := context.Background()
	if _, err := s.Book(ctx, seat(sel, "k")); err != nil {
		t.Fatal(err)
	}
	// A COMMIT would fail now, so none may come.
	f.fail(undone(errLost), nil)
	if r, err := s.Book(ctx, seat(sel, "k")); err != nil || !r.Replayed {
		t.Errorf("got %+v, %v", r, err)
	}
	_, err := s.Book(ctx, booking.Request{Event: sel, Quantity: 40})
	if booking.KindOf(err) != booking.SoldOut {
		t.Errorf("got %v", err)
	}
	confirmed(t, s, sel, 1)
}
