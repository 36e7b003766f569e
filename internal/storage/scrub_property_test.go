package storage

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// randomPast opens a database with pages of a random size that has a random past: texts of many
// lengths, rows that grew, shrank and went, pages that were freed and used again. Some of that was
// done by a program that leaves what it erases, as the first evbook did.
func randomPast(t testing.TB, r *rand.Rand) (*Store, booking.Selector) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.db")
	size := 512 << r.IntN(8)
	tamper(t, path, fmt.Sprintf("PRAGMA page_size = %d", size),
		fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	s := openAt(t, path)
	sel := event(t, s, booking.MaxCapacity)
	for range 1 + r.IntN(4) {
		rows := seatRows(sel, 1+r.IntN(200))
		for i := range rows {
			rows[i].Key = booking.Key{}
			rows[i].Name = strings.Repeat("n", r.IntN(50))
			rows[i].Note = strings.Repeat("ñ", r.IntN(1+r.IntN(booking.MaxNote)))
		}
		results, err := s.BookMany(t.Context(), rows, true)
		must(t, err)
		for range r.IntN(20) {
			_, err := s.CancelBooking(t.Context(), booking.Cancellation{
				Reference: results[r.IntN(len(results))].Receipt.Booking.Reference,
				Reason:    strings.Repeat("r", r.IntN(booking.MaxReason)),
			})
			if booking.KindOf(err) != booking.Conflict { // cancelled before
				must(t, err)
			}
		}
		secure, k := r.IntN(2), 1+r.IntN(7)
		tamper(t, path, fmt.Sprintf("PRAGMA secure_delete = %d", secure),
			fmt.Sprintf(`UPDATE bookings SET note = printf('%%.*c', id * %d %% 5000, 'g')
				WHERE id %% %d = 0`, r.IntN(9999), k),
			fmt.Sprintf(`INSERT INTO bookings (id, event_id, quantity, status, unit_price,
					currency, email, name, note, cancel_reason, created_at, updated_at)
				SELECT id * 3 + 100000, event_id, quantity, status, unit_price, currency, email,
					name, note || note, cancel_reason, created_at, updated_at
				FROM bookings WHERE id %% %d < 3`, k),
			`DELETE FROM bookings WHERE id > 100000`,
			`DELETE FROM idempotency_keys`)
	}
	return s, sel
}

// integrity is what SQLite itself thinks of the file.
func integrity(t testing.TB, path string) (said string) {
	t.Helper()
	must(t, withDB(path, nil, func(db *sql.DB) error {
		return db.QueryRow(`PRAGMA integrity_check`).Scan(&said)
	}))
	return said
}

func TestScrubbingChangesNothingThatIsThere(t *testing.T) {
	databases := uint64(12)
	if long() {
		databases = 300
	}
	wiped := 0
	for seed := range databases {
		r := rand.New(rand.NewPCG(seed, 0))
		s, sel := randomPast(t, r)
		before := dump(t, s.path)
		pages, err := inFile(s).unclean(t.Context())
		must(t, err)
		wiped += len(pages)
		if inLog, err := inFile(s).scrub(t.Context()); inLog || err != nil {
			t.Fatalf("seed %d: %v, %v", seed, inLog, err)
		}
		if dump(t, s.path) != before {
			t.Fatalf("seed %d: rows have changed", seed)
		}
		if said := integrity(t, s.path); said != "ok" {
			t.Fatalf("seed %d: %s", seed, said)
		}
		if pages, err := inFile(s).unclean(t.Context()); len(pages) > 0 || err != nil {
			t.Errorf("seed %d: %d pages are unclean, %v", seed, len(pages), err)
		}
		_, err = s.Book(t.Context(), seat(sel, "after"))
		must(t, err)
		sound(t, s)
	}
	if wiped < 100 {
		t.Errorf("only %d pages were wiped: the test is blind", wiped)
	}
}

// A damaged list of free pages may name one that is in use: wiping it would take what can still be
// rescued.
func TestNothingIsWipedInAFileThatIsDamaged(t *testing.T) {
	s := open(t)
	sel := event(t, s, booking.MaxCapacity)
	_, err := s.BookMany(t.Context(), seatRows(sel, 300), true)
	must(t, err)
	path := s.path
	must(t, s.Close())
	var leaf, trunk int64
	tamper(t, path, `CREATE TABLE passing AS SELECT printf('%.*c', 9000, 'x') FROM bookings`,
		`DROP TABLE passing`, `PRAGMA wal_checkpoint(TRUNCATE)`)
	must(t, withDB(path, nil, func(db *sql.DB) error {
		return db.QueryRow(`SELECT max(pageno) FROM dbstat WHERE name = 'bookings'`).Scan(&leaf)
	}))
	file, err := os.ReadFile(path)
	must(t, err)
	trunk = int64(binary.BigEndian.Uint32(file[32:]))
	if trunk == 0 {
		t.Fatal("there are no free pages")
	}
	binary.BigEndian.PutUint32(file[(trunk-1)*4096+8:], uint32(leaf))
	must(t, os.WriteFile(path, file, 0o600))
	s = openAt(t, path)
	before := dump(t, path)
	_, err = inFile(s).scrub(t.Context())
	refusedAs(t, err, booking.Unavailable, path+" is damaged")
	if dump(t, path) != before {
		t.Error("rows have changed")
	}
}
