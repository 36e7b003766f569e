package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"evbook/internal/booking"
)

// schemaOne makes a database as the first evbook made it, with an event in row 1 and so many
// bookings of it, and gives its path.
func schemaOne(t testing.TB, bookings int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.db")
	ctx := t.Context()
	must(t, createFile(ctx, path, soon))
	must(t, withDB(path, writeSettings(soon), func(db *sql.DB) error {
		provider, err := newMigrations(db)
		if err != nil {
			return err
		}
		_, err = provider.UpTo(ctx, 1)
		return err
	}))
	numbers := fmt.Sprintf(`WITH RECURSIVE n(i) AS
		(SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT %d)`, bookings)
	tamper(t, path,
		`INSERT INTO meta VALUES (1, zeroblob(32), 1)`,
		fmt.Sprintf(`INSERT INTO events VALUES (1, 'strassenfest', 'Straßenfest', '', 'ÉCOLE', %d,
			0, %[1]d, 0, 'EUR', 'open', 'UTC', NULL, NULL, %[1]d + 1, 1)`, bookings),
		`INSERT INTO bookings `+numbers+` SELECT i, 1, 1, 'confirmed', 0, 'EUR',
			'Guest' || i || '@Example.com', 'GÄST ' || i, '', '', i, i FROM n`,
		fmt.Sprintf(`INSERT INTO journal VALUES (1, 1, 0, 'test', 'event.created', NULL, %d, 0, 0,
			'')`, bookings),
		`INSERT INTO journal `+numbers+` SELECT 1, i + 1, i, 'test', 'booking.confirmed', i, 0, 0,
			1, '' FROM n`)
	return path
}

func TestAnOldDatabaseIsBroughtUpToDateByTheFirstThatWrites(t *testing.T) {
	const bookings = 2*foldedChunk + 1
	path := schemaOne(t, bookings)
	s := openAt(t, path)
	sound(t, s)
	var version, oldestWriter, wrong int
	must(t, inFile(s).db.QueryRow(`PRAGMA user_version`).Scan(&version))
	must(t, inFile(s).db.QueryRow(`SELECT oldest_writer FROM meta`).Scan(&oldestWriter))
	must(t, inFile(s).db.QueryRow(`SELECT count(*) FROM bookings WHERE
		email_folded <> 'guest' || id || '@example.com' OR name_folded <> 'gäst ' || id`).
		Scan(&wrong))
	if version != schemaVersion || oldestWriter != lifeSchema || wrong > 0 {
		t.Errorf("schema %d, oldest writer %d, %d bookings not folded", version, oldestWriter,
			wrong)
	}
	var name, search string
	must(t, inFile(s).db.QueryRow(`SELECT name_folded, search_folded FROM events`).
		Scan(&name, &search))
	if name != "strassenfest" || search != "strassenfest\nécole\nstrassenfest" {
		t.Errorf("got %q, %q", name, search)
	}
}

// What only reads cannot bring a file up to date, and an old backup is there to be read.
func TestAnOldDatabaseCanBeRead(t *testing.T) {
	path := schemaOne(t, 3)
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	defer s.Close()
	sound(t, s)
	events, err := s.Events(t.Context(), EventQuery{Page: Page{Limit: 1}})
	if err != nil || len(events.Events) != 1 {
		t.Errorf("%+v, %v", events, err)
	}
	bookings, err := s.Bookings(t.Context(), BookingQuery{Page: Page{Limit: 9}})
	if err != nil || len(bookings.Bookings) != 3 {
		t.Errorf("%+v, %v", bookings, err)
	}
	waiting, err := s.Bookings(t.Context(), BookingQuery{Waitlist: true, Page: Page{Limit: 9}})
	if err != nil || len(waiting.Bookings) > 0 {
		t.Errorf("there was no waitlist: %+v, %v", waiting, err)
	}
	w, err := s.Explain(t.Context(), bookings.Bookings[0].Reference)
	if err != nil || w.Reason != "it is not on the waitlist" || w.Event.ID != 1 {
		t.Errorf("%+v, %v", w, err)
	}
	for _, q := range []EventQuery{{Search: "fest"}, {Sort: "name"}, {Sort: "-name"}} {
		q.Limit = 1
		_, err := s.Events(t.Context(), q)
		tooOld(t, err)
	}
	for _, q := range []BookingQuery{
		{Search: "guest"}, {Email: "guest1@example.com"}, {Sort: "name"}, {Sort: "-email"},
	} {
		q.Limit = 1
		_, err := s.Bookings(t.Context(), q)
		tooOld(t, err)
		tooOld(t, s.EachBooking(t.Context(), q, func(booking.Booking) error { return nil }))
	}
}

// What only reads an old backup must not call it sound without having looked.
func TestAnOldDatabaseIsVerifiedLikeAnyOther(t *testing.T) {
	for check, tampering := range map[string]string{
		"journal without gaps":  `UPDATE journal SET event_seq = 9 WHERE event_seq = 4`,
		"structure of the file": `DROP INDEX bookings_event`,
		"steps of the booking":  `UPDATE journal SET kind = 'booking.reduced' WHERE booking_id = 2`,
	} {
		path := schemaOne(t, 3)
		tamper(t, path, tampering)
		s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
		must(t, err)
		defer s.Close()
		r, err := s.Verify(t.Context())
		if err != nil || len(r.Findings) != 1 || r.Findings[0].Check != check {
			t.Errorf("%s: got %+v, %v", check, r.Findings, err)
		}
	}
}

// tooOld fails the test unless the error says that the file must be brought up to date, and how.
func tooOld(t testing.TB, err error) {
	t.Helper()
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != booking.Unavailable || e.Hint == "" {
		t.Errorf("got %v", err)
	}
}

// A migration that is cut off leaves the old schema, whole: here by an error in its last step.
func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	path := schemaOne(t, 3)
	tamper(t, path, `CREATE TRIGGER poisoned BEFORE UPDATE ON bookings WHEN NEW.id = 3
		BEGIN SELECT RAISE(ABORT, 'poisoned'); END`)
	if s, err := Open(t.Context(), Options{Path: path}); err == nil {
		s.Close()
		t.Fatal("the trigger does not fire: the test is blind")
	}
	tamper(t, path, `DROP TRIGGER poisoned`)
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	defer s.Close()
	var columns int
	must(t, inFile(s).db.QueryRow(`SELECT count(*) FROM pragma_table_info('events')`).
		Scan(&columns))
	if s.schema != 1 || columns != 16 {
		t.Errorf("schema %d, events have %d columns", s.schema, columns)
	}
	openAt(t, path)
	sound(t, s)
}
