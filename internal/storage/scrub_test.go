package storage

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// traces gives the marks that can be found in the files of a database, in whatever case.
func traces(t testing.TB, path string, marks []string) (found []string) {
	t.Helper()
	var all []byte
	for _, end := range []string{"", "-wal", "-shm", ".turn", ".lock"} {
		data, err := os.ReadFile(path + end)
		must(t, err)
		all = append(all, bytes.ToLower(data)...)
	}
	for _, mark := range marks {
		if bytes.Contains(all, []byte(strings.ToLower(mark))) {
			found = append(found, mark)
		}
	}
	return found
}

// busySeason books, and gives the marks that the texts of the bookings hold. Half of the bookings
// are cancelled with a reason: rows that grow on full pages have SQLite move others elsewhere.
func busySeason(t testing.TB, s *Store) (marks []string) {
	t.Helper()
	sel := event(t, s, booking.MaxCapacity)
	var refs []booking.Reference
	for i := range 600 {
		mark := fmt.Sprintf("M%04dX", i)
		r, err := s.Book(t.Context(), booking.Request{
			Event: sel, Quantity: 1, Email: "Mail-" + mark + "@Example.org", Name: "Name-" + mark,
			Note: "Note-" + mark + strings.Repeat("ñ", i%7*40),
			Key:  booking.Key{Scope: "test", Text: fmt.Sprint(i)},
		})
		must(t, err)
		marks, refs = append(marks, mark), append(refs, r.Booking.Reference)
	}
	for i := 0; i < len(refs); i += 2 {
		_, err := s.CancelBooking(t.Context(), booking.Cancellation{
			Reference: refs[i], Reason: marks[i] + strings.Repeat("r", i%11*40),
		})
		must(t, err)
	}
	return marks
}

// eraseOnly erases all personal data and copies the log into the file, as much as that does.
func eraseOnly(t testing.TB, s *Store) {
	t.Helper()
	all := booking.Forgetting{Retention: 1}
	must(t, s.eachConcerned(t.Context(), all, func(refs []booking.Reference) error {
		return s.alone(t.Context(), &forget{ask: all, refs: refs})
	}))
	if busy, err := inFile(s).cutLog(t.Context()); busy || err != nil {
		t.Fatalf("the log is not cut off: %v, %v", busy, err)
	}
}

func TestWhatIsForgottenIsInNoByteOfTheFiles(t *testing.T) {
	single(t)
	for _, serving := range []bool{false, true} {
		path := empty(t)
		s, err := Open(t.Context(), Options{Path: path, Create: true, Serving: serving})
		must(t, err)
		defer s.Close()
		marks := busySeason(t, s)
		if found := traces(t, path, marks); len(found) != len(marks) {
			t.Fatalf("only %d of %d marks are found before", len(found), len(marks))
		}
		for i, mark := range marks[:6] {
			ask := booking.Forgetting{Email: "mail-" + mark + "@example.org"}
			if i%2 == 1 {
				ask = booking.Forgetting{Booking: s.refs.reference(int64(i + 1))}
			}
			forgets(t, s, ask, 1)
			if found := traces(t, path, marks[i:i+1]); len(found) > 0 {
				t.Errorf("serving %v: found %s", serving, found)
			}
		}
		if found := traces(t, path, marks[6:]); len(found) != len(marks)-6 {
			t.Errorf("only %d others are left", len(found))
		}
		eraseOnly(t, s)
		wipes(t, s, marks)
	}
}

// Each guard is switched off by itself: if nothing were found then, the test above would prove
// nothing.
func TestErasedTextIsFoundWithoutTheGuards(t *testing.T) {
	single(t)
	t.Run("secure_delete", func(t *testing.T) {
		s := open(t)
		off := "PRAGMA secure_delete = OFF"
		must(t, writerOf(s).engine.(*sqliteEngine).exec(t.Context(), off))
		marks := busySeason(t, s)
		eraseOnly(t, s)
		if found := traces(t, s.path, marks); len(found) < len(marks)/2 {
			t.Errorf("found only %d of %d", len(found), len(marks))
		}
	})
	t.Run("wiping pages", func(t *testing.T) {
		s := open(t)
		marks := busySeason(t, s)
		eraseOnly(t, s)
		if found := traces(t, s.path, marks); len(found) == 0 {
			t.Error("SQLite left nothing behind")
		}
	})
	t.Run("cutting the log", func(t *testing.T) {
		s := open(t)
		customer(t, s, event(t, s, 10), "mail-M0001X@example.org")
		all := booking.Forgetting{Retention: 1}
		must(t, s.alone(t.Context(), &forget{ask: all, refs: []booking.Reference{
			s.refs.reference(1),
		}}))
		if found := traces(t, s.path, []string{"M0001X"}); len(found) == 0 {
			t.Error("the log holds no former version")
		}
	})
}

func TestWhatAMigrationMovedIsForgottenToo(t *testing.T) {
	single(t)
	const bookings = 2000
	s := openAt(t, schemaOne(t, bookings))
	var marks []string
	for i := range bookings {
		marks = append(marks, fmt.Sprintf("guest%d@example.com", i+1))
	}
	eraseOnly(t, s)
	if found := traces(t, s.path, marks); len(found) == 0 {
		t.Error("the migration moved nothing: this test proves nothing")
	}
	wipes(t, s, marks)
}

// wipes expects that scrubbing leaves none of the marks in the files, and the database sound.
func wipes(t *testing.T, s *Store, marks []string) {
	t.Helper()
	_, err := inFile(s).scrub(t.Context())
	must(t, err)
	if found := traces(t, s.path, marks); len(found) > 0 {
		t.Errorf("found %q", found)
	}
	sound(t, s)
}

// Before there was forgetting, evbook did not overwrite what it freed: pages with text became free,
// and some of them part of other tables since.
func TestWhatWasFreedWithoutBeingErasedIsForgottenToo(t *testing.T) {
	s := open(t)
	sel := event(t, s, booking.MaxCapacity)
	_, err := s.BookMany(t.Context(), seatRows(sel, 300), true)
	must(t, err)
	tamper(t, s.path, `INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency,
				email, name, note, cancel_reason, created_at, updated_at)
			SELECT id + 1000, event_id, quantity, status, unit_price, currency, email, name,
				printf('%.*c', 20 * id, 'x') || 'M0001X', cancel_reason, created_at, updated_at
			FROM bookings`,
		`DELETE FROM bookings WHERE id > 1000`)
	for key := range 200 {
		_, err := s.Book(t.Context(), seat(sel, fmt.Sprint(key)))
		must(t, err)
	}
	marks := []string{"M0001X", "xxxx"}
	eraseOnly(t, s)
	if found := traces(t, s.path, marks); len(found) < len(marks) {
		t.Errorf("found only %q: the test is blind", found)
	}
	wipes(t, s, marks)
}

func TestAReaderKeepsErasedTextInTheLogAndThatIsTold(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10)
	customer(t, s, sel, "ada@example.org")
	reading, err := inFile(s).db.BeginTx(t.Context(), nil)
	must(t, err)
	var n int
	must(t, reading.QueryRow(`SELECT count(*) FROM bookings`).Scan(&n))
	ask := booking.Forgetting{Email: "ada@example.org"}
	done, err := s.Forget(t.Context(), ask)
	if err != nil || done != (Erasure{Bookings: 1, InLog: true}) {
		t.Errorf("got %+v, %v", done, err)
	}
	_, err = s.Book(t.Context(), seat(sel, "meanwhile"))
	must(t, err)
	must(t, reading.Rollback())
	// Doing it again finds nobody, and cuts the log off all the same.
	_, err = s.Forget(t.Context(), ask)
	refusedAs(t, err, booking.NotFound, `no booking has the e-mail "ada@example.org"`)
	if found := traces(t, s.path, []string{"ada@example.org"}); len(found) > 0 {
		t.Errorf("found %s", found)
	}
}

func TestTheNextSweepRemovesWhatAReaderKept(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10)
	customer(t, s, sel, "ada@example.org")
	reading, err := inFile(s).db.BeginTx(t.Context(), nil)
	must(t, err)
	var n int
	must(t, reading.QueryRow(`SELECT count(*) FROM bookings`).Scan(&n))
	done, err := s.Forget(t.Context(), booking.Forgetting{Email: "ada@example.org"})
	if err != nil || !done.InLog {
		t.Fatalf("got %+v, %v", done, err)
	}
	must(t, reading.Rollback())
	done, err = s.Forget(t.Context(), booking.Forgetting{Retention: booking.MinRetention})
	if err != nil || done != (Erasure{}) {
		t.Errorf("got %+v, %v", done, err)
	}
	if found := traces(t, s.path, []string{"ada@example.org"}); len(found) > 0 {
		t.Errorf("found %s", found)
	}
}

// Wiping takes a look at the whole file, which is too long for each transfer.
func TestTheNextSweepRemovesWhatATransferLeft(t *testing.T) {
	s := open(t)
	ref := customer(t, s, event(t, s, 10), "ada@example.org")
	_, err := s.Transfer(t.Context(), booking.Transfer{Reference: ref, Email: "bob@example.org"})
	must(t, err)
	marks := []string{"ada@example.org"}
	if found := traces(t, s.path, marks); len(found) == 0 {
		t.Error("the transfer left nothing: this test proves nothing")
	}
	done, err := s.Forget(t.Context(), booking.Forgetting{Retention: booking.MinRetention})
	if err != nil || done != (Erasure{}) {
		t.Errorf("got %+v, %v", done, err)
	}
	if found := traces(t, s.path, marks); len(found) > 0 {
		t.Errorf("found %s", found)
	}
}

func TestOnlyWhatIsNotAllocatedIsWiped(t *testing.T) {
	page := make([]byte, 512)
	for i := range page {
		page[i] = 0xff
	}
	// A leaf of a table with two cells; from 400 on is content, with a freed block of 20 at 450.
	copy(page, []byte{tableLeaf, 450 >> 8, 450 & 0xff, 0, 2, 400 >> 8, 400 & 0xff, 0})
	copy(page[450:], []byte{0, 0, 0, 20})
	wiped := slices.Clone(page)
	for _, rest := range remains(wiped) {
		clear(rest)
	}
	for i := range page {
		free := i >= 12 && i < 400 || i >= 454 && i < 470
		if free && wiped[i] != 0 || !free && wiped[i] != page[i] {
			t.Fatalf("byte %d was %d and is %d", i, page[i], wiped[i])
		}
	}
	if rests := remains(wiped); len(rests) > 0 {
		t.Errorf("%d parts remain", len(rests))
	}
}

func FuzzNoPageCanHarm(f *testing.F) {
	f.Add([]byte{tableLeaf, 0, 20, 0, 2, 1, 144})
	f.Add([]byte{indexInterior, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{tableLeaf, 0, 100, 0, 0, 0, 90})
	f.Add([]byte{tableInterior})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, start []byte) {
		page := make([]byte, 512)
		copy(page, start)
		for _, rest := range remains(page) {
			if len(rest) == 0 || len(rest) > len(page) {
				t.Errorf("a part of %d bytes", len(rest))
			}
			clear(rest)
		}
	})
}
