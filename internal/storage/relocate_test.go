package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// unused gives the address of a schema in which there is nothing, not even evbook's tables.
func unused(t testing.TB) string {
	t.Helper()
	return pgcluster.Address(t)
}

// moved moves a file to an address, and fails the test if that does.
func moved(t testing.TB, from, to string) Relocated {
	t.Helper()
	done, err := Relocate(t.Context(), Relocation{From: from, To: to})
	must(t, err)
	return done
}

// notMoved fails the test unless a move is refused in such words, and all is left as it is.
func notMoved(t testing.TB, from, to string, kind booking.Kind, want string) {
	t.Helper()
	_, err := Relocate(t.Context(), Relocation{From: from, To: to})
	if booking.KindOf(err) != kind || !strings.Contains(fmt.Sprint(err), want) {
		t.Fatalf("got %v (%s), want %q", err, booking.KindOf(err), want)
	}
}

func TestWhatWasBegunInAFileGoesOnAfterTheMove(t *testing.T) {
	path, address := empty(t), unused(t)
	old := openAt(t, path)
	sel := event(t, old, 3)
	booked, err := old.Book(t.Context(), seat(sel, "k"))
	must(t, err)
	hold := seat(sel, "h")
	hold.Hold, hold.Quantity = true, 2
	held, err := old.Book(t.Context(), hold)
	must(t, err)
	waiting, err := old.Join(t.Context(), booking.Joining{
		Event: sel, Quantity: 1, Email: "ann@example.com",
	})
	must(t, err)
	token := makeToken(t, old, sel)

	done := moved(t, path, address)
	want := Relocated{From: path, To: Masked(address), Events: 1, Bookings: 3, Entries: 4}
	if done != want {
		t.Errorf("got %+v, want %+v", done, want)
	}
	s := openPostgresAt(t, address)
	replayed, err := s.Book(t.Context(), seat(sel, "k"))
	if err != nil || !replayed.Replayed ||
		replayed.Booking.Reference != booked.Booking.Reference {
		t.Errorf("the key gives %+v, %v", replayed, err)
	}
	opens(t, s, booked.Booking.Reference, booked.Secret, 0)
	_, err = s.Confirm(t.Context(), booking.Confirmation{Reference: held.Booking.Reference})
	must(t, err)
	_, err = s.CancelBooking(t.Context(), booking.Cancellation{Reference: booked.Booking.Reference})
	must(t, err)
	offered, err := s.Booking(t.Context(), waiting.Booking.Reference)
	if err != nil || offered.Status != booking.Held {
		t.Errorf("who waited has %+v, %v", offered, err)
	}
	known, err := s.Token(t.Context(), token.Token.ID)
	if err != nil || !known.Accepts(token.Credential, s.now()) {
		t.Errorf("the token is %+v, %v", known, err)
	}
	next, err := s.CreateEvent(t.Context(), booking.NewEvent{EventDetails: booking.EventDetails{
		Name: "Next", Capacity: 9, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
	}})
	must(t, err)
	_, err = s.Book(t.Context(), seat(booking.Selector{ID: next.Event.ID}, "new"))
	must(t, err)
	sound(t, s)
}

// Everybody hears it: who has the file open, who opens it, and evbooks that do not know of moves.
func TestAFileThatWasMovedIsOfNoUseToAnybody(t *testing.T) {
	path, address := season(t), unused(t)
	old := openAt(t, path)
	_, err := old.Event(t.Context(), booking.Selector{ID: 1})
	must(t, err)
	moved(t, path, address)
	want := path + " was moved to " + Masked(address)
	_, writing := old.Book(t.Context(), seat(booking.Selector{ID: 1}, ""))
	_, reading := old.Event(t.Context(), booking.Selector{ID: 1})
	_, toWrite := Open(t.Context(), Options{Path: path})
	_, toRead := Open(t.Context(), Options{Path: path, ReadOnly: true})
	for how, err := range map[string]error{
		"writing": writing, "reading": reading, "opened to write": toWrite,
		"opened to read": toRead,
	} {
		if booking.KindOf(err) != booking.Unavailable || err.Error() != want {
			t.Errorf("%s: got %v, want %q", how, err, want)
		}
	}
	header, err := readHeader(path)
	must(t, err)
	if state, err := recogniseHeader(path, header); state != newer || err != nil {
		t.Errorf("an older evbook takes the file for its own: %v, %v", state, err)
	}
}

// The rows of every table are the same afterwards, each of them, byte by byte. Nothing was moved
// that is not in the list, and nothing in the list was left out.
func TestEveryColumnIsMoved(t *testing.T) {
	path, address := season(t), unused(t)
	key := identityOf(t, path).key
	moved(t, path, address)
	found := map[string][]string{}
	for _, pair := range pgcluster.Query(t, address, `SELECT table_name || ' ' || column_name
		FROM information_schema.columns WHERE table_schema = current_schema()
			AND table_name NOT IN ('migrations', 'markers', 'meta')
		ORDER BY table_name, ordinal_position`) {
		table, column, _ := strings.Cut(pair, " ")
		found[table] = append(found[table], column)
	}
	listed := map[string][]string{}
	for _, t := range movedTables() {
		listed[t.name] = t.columns
	}
	if !reflect.DeepEqual(found, listed) {
		t.Errorf("the database has\n%v, moved are\n%v", found, listed)
	}
	is := pgcluster.Query(t, address, `SELECT encode(reference_key, 'hex') FROM meta`)[0]
	if is != fmt.Sprintf("%x", key) {
		t.Error("the key of the references is another one")
	}
	for _, table := range movedTables() {
		n := pgcluster.Query(t, address, table.count())[0]
		if n == "0" {
			t.Errorf("%s is empty: nothing is proven of it", table.name)
		}
	}
}

// identityOf is what a file says of itself.
func identityOf(t testing.TB, path string) identity {
	t.Helper()
	s, id, err := identifyToRead(t.Context(), path, path)
	must(t, err)
	must(t, s.close())
	return id
}

// A row that arrives as another one is noticed before anything is committed.
func TestAMoveThatIsNotFaithfulIsTakenBack(t *testing.T) {
	path, address := season(t), postgresAddress(t)
	tamperPostgres(t, address, `CREATE FUNCTION bend() RETURNS trigger LANGUAGE plpgsql
		AS $$ BEGIN NEW.note := NEW.note || ' '; RETURN NEW; END $$`,
		`CREATE TRIGGER bend BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION bend()`)
	notMoved(t, path, address, booking.Unsound, "does not give the")
	if n := rowsAt(t, address, "events"); n != 0 {
		t.Errorf("%d events are left", n)
	}
	sound(t, openAt(t, path))
	tamperPostgres(t, address, `DROP TRIGGER bend ON bookings`)
	moved(t, path, address)
}

func TestNothingIsMovedOntoWhatIsThere(t *testing.T) {
	path, address := season(t), postgresAddress(t)
	s := openPostgresAt(t, address)
	event(t, s, 3)
	notMoved(t, path, address, booking.Conflict, " is not empty")
	if n := rowsAt(t, address, "events"); n != 1 {
		t.Errorf("%d events are there", n)
	}
	foreign := pgcluster.Address(t, `CREATE TABLE guests (name text)`)
	notMoved(t, path, foreign, booking.Unavailable, "is not an evbook database")
	notMoved(t, path, path, booking.Invalid, "is not the address")
	notMoved(t, address, address, booking.Invalid, "only files can be moved")
	missing := filepath.Join(t.TempDir(), "none.db")
	notMoved(t, missing, address, booking.Unavailable, "there is no database")
	if _, err := os.Stat(missing); err == nil {
		t.Error("a file was made")
	}
	sound(t, openAt(t, path))
}

// A server that was started too early knows the key of the empty database: with it, every reference
// would lead elsewhere.
func TestWhoHadTheEmptyDatabaseOpenStartsAgain(t *testing.T) {
	path, address := season(t), postgresAddress(t)
	early := openPostgresAt(t, address)
	_, err := early.Events(t.Context(), EventQuery{Page: Page{Limit: 1}})
	must(t, err)
	moved(t, path, address)
	_, reading := early.Event(t.Context(), booking.Selector{ID: 1})
	_, writing := early.Book(t.Context(), seat(booking.Selector{ID: 1}, ""))
	for _, err := range []error{reading, writing} {
		if booking.KindOf(err) != booking.Unavailable ||
			!strings.Contains(err.Error(), "is another database than a moment ago") {
			t.Errorf("got %v", err)
		}
	}
	sound(t, openPostgresAt(t, address))
}

func TestADatabaseThatIsNotSoundIsNotMoved(t *testing.T) {
	path, address := season(t), unused(t)
	tamper(t, path, unguarded, `UPDATE events SET confirmed = 7 WHERE id = 1`)
	notMoved(t, path, address, booking.Unsound, path+" is not sound: ")
	if n := rowsAt(t, address, "events"); n != 0 {
		t.Errorf("%d events are there", n)
	}
}

func TestAMoveThatIsRepeatedFindsThatAllIsDone(t *testing.T) {
	path, address := season(t), unused(t)
	first := moved(t, path, address)
	again := moved(t, path, address)
	if first.Already || !again.Already || again.Bookings != first.Bookings {
		t.Errorf("first %+v, then %+v", first, again)
	}
	notMoved(t, path, unused(t), booking.Unavailable, "was moved to "+Masked(address))
}

// What was sold from the file after a move that was cut off is in nobody's interest to lose.
func TestAFileThatHasChangedSinceItWasMovedIsNotTakenForTheSame(t *testing.T) {
	path, address := season(t), unused(t)
	before := filepath.Join(t.TempDir(), "before.db")
	must(t, restore(path, before))
	moved(t, path, address)
	s := openAt(t, before)
	_, err := s.Book(t.Context(), seat(booking.Selector{ID: 1}, ""))
	must(t, err)
	notMoved(t, before, address, booking.Conflict, " is not empty")
	_, err = Relocate(t.Context(), Relocation{From: before, To: address})
	var refusal *booking.Error
	if !errors.As(err, &refusal) ||
		!strings.Contains(refusal.Hint, "before.db, or a copy of it, was moved there before") {
		t.Errorf("the hint of %v is another one", err)
	}
	sound(t, s)
}

func TestAMoveTellsInWhichStageItIs(t *testing.T) {
	path, address := crowded(t), unused(t)
	var begun []Stage
	last := 0
	_, err := Relocate(t.Context(), Relocation{
		From: path, To: address,
		Progress: func(stage Stage, done, total int) {
			if done == 0 {
				begun, last = append(begun, stage), 0
			}
			if done < last || done > total || stage != begun[len(begun)-1] {
				t.Errorf("%s: %d of %d after %d", stage, done, total, last)
			}
			last = done
		},
	})
	must(t, err)
	if want := []Stage{Checking, Moving, Comparing, Checking}; !slices.Equal(begun, want) {
		t.Errorf("got %q", begun)
	}
}
