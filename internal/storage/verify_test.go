package storage

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// season makes a database in which everything has happened once: event 1 has bookings in row 1
// (3 seats, one given back) and 3 (1 seat), row 2 is cancelled, event 2 has the booking in row 4,
// event 3 is deleted. Keys "a" and "b" stand for row 1 and event 2. Event 4 has what heldSeason
// makes, event 5 what plannedSeason makes; token 1 is for event 5.
func season(t testing.TB) string {
	t.Helper()
	path := empty(t)
	s := openAt(t, path)
	ctx := context.Background()
	sel := event(t, s, 10)
	three := seat(sel, "a")
	three.Quantity = 3
	first, err := s.Book(ctx, three)
	must(t, err)
	second, err := s.Book(ctx, seat(sel, ""))
	must(t, err)
	_, err = s.CancelBooking(ctx, booking.Cancellation{Reference: second.Booking.Reference})
	must(t, err)
	_, err = s.CancelBooking(ctx, booking.Cancellation{
		Reference: first.Booking.Reference, Part: booking.Part{Quantity: new(1)},
	})
	must(t, err)
	_, err = s.Book(ctx, seat(sel, ""))
	must(t, err)
	other, err := s.CreateEvent(ctx, booking.NewEvent{
		EventDetails: booking.EventDetails{
			Name: "Talk", Capacity: 5, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
		},
		Key: booking.Key{Scope: "test", Text: "b"},
	})
	must(t, err)
	_, err = s.Book(ctx, seat(booking.Selector{ID: other.Event.ID}, ""))
	must(t, err)
	_, err = s.DeleteEvent(ctx, event(t, s, 7))
	must(t, err)
	heldSeason(t, s)
	plannedSeason(t, s)
	makeToken(t, s, booking.Selector{ID: 5})
	must(t, s.Close())
	return path
}

// heldSeason makes an event in which everything has happened to holds: that in row 5 is held (2
// seats, extended once), that in row 6 confirmed in part (2 of 3 seats), that in row 7 released,
// that in row 8 expired.
func heldSeason(t testing.TB, s *Store) {
	t.Helper()
	ctx, now := context.Background(), time.Now()
	sel := event(t, s, 20)
	setClock(s, now.Add(-time.Hour))
	var refs []booking.Reference
	for seats, ttl := range []time.Duration{
		0, 0, 2 * time.Hour, 2 * time.Hour, 2 * time.Hour, time.Minute,
	} {
		if ttl > 0 {
			refs = append(refs, hold(t, s, sel, seats, ttl).Reference)
		}
	}
	setClock(s, now)
	_, err := s.Extend(ctx, booking.Extension{Reference: refs[0], TTL: 20 * time.Hour})
	must(t, err)
	_, err = s.Confirm(ctx, booking.Confirmation{
		Reference: refs[1], Part: booking.Part{Quantity: new(2)},
	})
	must(t, err)
	_, err = s.Release(ctx, booking.Release{Reference: refs[2]})
	must(t, err)
	if n, err := s.Sweep(ctx); n != 1 || err != nil {
		t.Fatalf("%d holds have lapsed, %v", n, err)
	}
}

// findings verifies a database that nobody has open.
func findings(t testing.TB, path string) Report {
	t.Helper()
	s, err := Open(context.Background(), in(path, Options{ReadOnly: true}))
	must(t, err)
	defer s.Close()
	r, err := s.Verify(context.Background())
	must(t, err)
	for i, f := range r.Findings {
		r.Findings[i].Detail = reference.ReplaceAllStringFunc(f.Detail, func(text string) string {
			ref, err := booking.ParseReference(text)
			must(t, err)
			return fmt.Sprintf("in row %d", s.refs.row(ref))
		})
	}
	return r
}

// besidesStructure leaves out that a schema on PostgreSQL has lost its guards to tamper.
func (r Report) besidesStructure() []Finding {
	return slices.DeleteFunc(r.Findings, func(f Finding) bool {
		return f.Check == atStructure
	})
}

// reference matches what findings call a booking, which differs from database to database.
var reference = regexp.MustCompile(`EVB-\w{5}-\w{5}-\w`)

func TestASoundDatabaseHasNoFinding(t *testing.T) {
	r := findings(t, season(t))
	if len(r.Findings) > 0 || r.Events != 4 || r.Bookings != 13 || r.Entries != 33 {
		t.Errorf("got %+v", r)
	}
	empty := somewhere(t)
	must(t, openAt(t, empty).Close())
	if r := findings(t, empty); len(r.Findings) > 0 || r.Events+r.Bookings+r.Entries > 0 {
		t.Errorf("an empty one: %+v", r)
	}
}

// tampering is a change that breaks one invariant and keeps all others, but for those named.
type tampering struct {
	check, detail, sql string
	others             []string
}

// entrySeven writes the next entry in the journal of event 1, about a booking in a row or NULL.
func entrySeven(kind, row string) string {
	return fmt.Sprintf(`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id,
			capacity, held, confirmed, detail)
		VALUES (1, 7, 0, '', '%s', %s, 0, 0, 0, '');
		UPDATE events SET version = 7 WHERE id = 1`, kind, row)
}

func tamperingsWithSeats() []tampering {
	return []tampering{
		{check: "seats within capacity",
			detail: "event 1: 0 held and 3 confirmed of 2 seats",
			sql: `UPDATE events SET capacity = 2 WHERE id = 1;
				UPDATE journal SET capacity = 2 WHERE event_id = 1 AND kind = 'event.created'`},
		{check: "confirmed seats",
			detail: "event 1: counter says 4, bookings say 3",
			sql: `UPDATE events SET confirmed = 4 WHERE id = 1;
				UPDATE journal SET confirmed = 1 WHERE event_id = 1 AND kind = 'event.created'`},
		{check: "held seats",
			detail: "event 1: counter says 2, bookings say 0",
			sql: `UPDATE events SET held = 2 WHERE id = 1;
				UPDATE journal SET held = 2 WHERE event_id = 1 AND kind = 'event.created'`},
		{check: "values of events",
			detail: "event 1: open, price -1",
			sql:    `UPDATE events SET price = -1 WHERE id = 1`},
		{check: "values of events",
			detail: "event 1: gone, price 0",
			sql:    `UPDATE events SET status = 'gone' WHERE id = 1`,
			others: []string{"status of the event"}},
		{check: "values of events",
			detail: "event 1: open, price 0",
			sql:    `UPDATE events SET starts_at = 7, ends_at = 7 WHERE id = 1`},
		{check: "values of bookings",
			detail: "booking in row 1 of event 1: confirmed, seats 2, price -1",
			sql:    `UPDATE bookings SET unit_price = -1 WHERE id = 1`},
		{check: "values of bookings",
			detail: "booking in row 2 of event 1: cancelled, seats 0, price 0",
			sql:    `UPDATE bookings SET quantity = 0 WHERE id = 2`,
			others: []string{"journal of the booking"}},
		{check: "values of bookings",
			detail: "booking in row 2 of event 1: lost, seats 1, price 0",
			sql:    `UPDATE bookings SET status = 'lost' WHERE id = 2`,
			others: []string{"journal of the booking", "steps of the booking"}},
		{check: "status of the event",
			detail: "event 1: closed with 3 seats taken; journal: created",
			sql:    `UPDATE events SET status = 'closed' WHERE id = 1`},
		{check: "status of the event",
			detail: "event 1: open with 3 seats taken; journal: closed",
			sql:    entrySeven("event.closed", "NULL")},
		{check: "status of the event",
			detail: "event 1: cancelled with 3 seats taken; journal: cancelled",
			sql: entrySeven("event.cancelled", "NULL") + `;
				UPDATE events SET status = 'cancelled' WHERE id = 1`},
	}
}

func tamperingsWithTheJournal() []tampering {
	return []tampering{
		{check: "journal of the event",
			detail: "event 1: has 3 confirmed, 0 held, 11 seats; journal says 3, 0, 10",
			sql:    `UPDATE events SET capacity = 11 WHERE id = 1`},
		{check: "journal of the event",
			detail: "event 1: has 3 confirmed, 0 held, 10 seats; journal says 4, 0, 10",
			sql: `UPDATE journal SET confirmed = 1
				WHERE event_id = 1 AND kind = 'event.created'`},
		{check: "journal of the event",
			detail: "event 1: has 3 confirmed, 0 held, 10 seats; journal says 3, 1, 10",
			sql: `UPDATE journal SET held = 1
				WHERE event_id = 1 AND kind = 'event.created'`},
		{check: "journal without gaps",
			detail: "event 1: version 7, journal has 6 entries from 1 to 6",
			sql:    `UPDATE events SET version = 7 WHERE id = 1`},
		{check: "journal without gaps",
			detail: "event 1: version 6, journal has 6 entries from 1 to 7",
			sql:    `UPDATE journal SET event_seq = 7 WHERE event_id = 1 AND event_seq = 6`},
		{check: "journal without gaps",
			detail: "event 1: version 6, journal has 6 entries from 0 to 6",
			sql:    `UPDATE journal SET event_seq = 0 WHERE event_id = 1 AND event_seq = 1`},
		{check: "kinds of journal entries",
			detail: "event 1: entry 7 is a booking.noted",
			sql:    entrySeven("booking.noted", "NULL")},
		{check: "journal of deleted events",
			detail: "event 3 is gone, but its journal does not end with its deletion",
			sql:    `DELETE FROM journal WHERE event_id = 3 AND kind = 'event.deleted'`},
		{check: "journal of deleted events",
			detail: "event 3 is gone, but its journal does not end with its deletion",
			sql: `UPDATE journal SET kind = 'event.edited'
				WHERE event_id = 3 AND kind = 'event.deleted'`},
		{check: "journal of deleted events",
			detail: "event 3 is gone, but its journal does not end with its deletion",
			sql:    `UPDATE journal SET event_seq = 3 WHERE event_id = 3 AND event_seq = 2`},
	}
}

func tamperingsWithBookings() []tampering {
	const (
		of2 = "booking in row 2 of event 1: cancelled"
		of3 = "booking in row 3 of event 1: confirmed"
		of5 = "booking in row 5 of event 4: held"
		of7 = "booking in row 7 of event 4: released"
	)
	seats, steps := "journal of the booking", "steps of the booking"
	deadline := "deadline of the booking"
	return []tampering{
		{check: seats,
			detail: "booking in row 1 of event 1: confirmed, seats 2; journal: seats 3, held 0",
			sql: `UPDATE journal SET confirmed = 0 WHERE kind = 'booking.reduced';
				UPDATE journal SET confirmed = -1 WHERE event_id = 1 AND kind = 'event.created'`},
		{check: seats, detail: of2 + ", seats 2; journal: seats 0, held 0",
			sql: `UPDATE bookings SET quantity = 2 WHERE id = 2`},
		{check: seats, detail: of7 + ", seats 3; journal: seats 0, held 0",
			sql: `UPDATE bookings SET quantity = 3 WHERE id = 7`},
		{check: seats, detail: of5 + ", seats 2; journal: seats 0, held 3",
			sql: `UPDATE journal SET held = 3 WHERE booking_id = 5 AND held > 0;
				UPDATE journal SET held = -1 WHERE event_id = 4 AND kind = 'event.created'`},
		{check: steps, detail: of3 + "; journal: confirmed 0, cancelled 0, released 0, expired 0",
			sql: `UPDATE journal SET kind = 'booking.reduced' WHERE booking_id = 3`},
		{check: seats, detail: of2 + ", seats 1; journal: seats 0, held 0",
			sql: `UPDATE journal SET kind = 'booking.reduced'
				WHERE booking_id = 2 AND confirmed < 0`, others: []string{steps}},
		{check: deadline, detail: of5 + ", no deadline, extended 1; journal: held 1, extended 1",
			sql: `UPDATE bookings SET expires_at = NULL WHERE id = 5`},
		{check: deadline, detail: of5 + ", deadline, extended 0; journal: held 1, extended 1",
			sql: `UPDATE bookings SET extensions = 0 WHERE id = 5`},
		{check: steps, detail: of7 + "; journal: confirmed 0, cancelled 0, released 0, expired 1",
			sql: `UPDATE journal SET kind = 'booking.expired' WHERE kind = 'booking.released'`},
	}
}

func tamperingsWithRecords() []tampering {
	return []tampering{
		{check: "journal names the right event",
			detail: "booking in row 4 of event 2: entry 7 of event 1 is about it",
			sql:    entrySeven("booking.reduced", "4")},
		{check: "answers of idempotency keys",
			detail: "an answer of test cannot be read",
			sql:    `UPDATE idempotency_keys SET answer = '{' WHERE key = 'b'`},
		{check: "idempotency keys",
			detail: "a key of test names neither a booking nor an event that ever was",
			sql:    `UPDATE idempotency_keys SET event_id = 9 WHERE key = 'b'`},
		{check: "idempotency keys",
			detail: "a key of test names neither a booking nor an event that ever was",
			sql:    `UPDATE idempotency_keys SET event_id = NULL WHERE key = 'b'`},
		{check: "foreign keys",
			detail: "row 2 of idempotency_keys points to nothing in bookings",
			sql:    `UPDATE idempotency_keys SET booking_id = 99 WHERE key = 'b'`},
		{check: "folded text of events",
			detail: "event 1: is not found by its name, venue and slug",
			sql:    `UPDATE events SET name = 'Rust Meetup' WHERE id = 1`},
		{check: "folded text of events",
			detail: "event 1: is not found by its name, venue and slug",
			sql:    `UPDATE events SET slug = 'rust-meetup' WHERE id = 1`},
		{check: "folded text of events",
			detail: "event 2: is not found by its name, venue and slug",
			sql:    `UPDATE events SET search_folded = '' WHERE id = 2`},
		{check: "folded text of bookings",
			detail: "booking in row 3 of event 1: is not found by its e-mail and name",
			sql:    `UPDATE bookings SET email_folded = 'ada@example.com' WHERE id = 3`},
		{check: "folded text of bookings",
			detail: "booking in row 3 of event 1: is not found by its e-mail and name",
			sql:    `UPDATE bookings SET name = 'Ada' WHERE id = 3`},
	}
}

func TestEveryBrokenInvariantIsNamed(t *testing.T) {
	single(t)
	proven := map[string]bool{}
	whole := season(t)
	path := somewhere(t)
	for _, tt := range slices.Concat(tamperingsWithSeats(), tamperingsWithTheJournal(),
		tamperingsWithBookings(), tamperingsWithRecords(), tamperingsWithTheWaitlist(),
		tamperingsWithThePlan(), tamperingsWithTokens()) {
		if tt.check == "foreign keys" && pgcluster.OnPostgres() {
			continue // there none is broken while it is there, and its absence is found
		}
		must(t, restore(whole, path))
		tamper(t, path, unguarded, tt.sql)
		found := findings(t, path).besidesStructure()
		if len(found) == 0 || found[0] != (Finding{tt.check, tt.detail}) {
			t.Errorf("%s: got %+v, want %s: %s", tt.sql, found, tt.check, tt.detail)
			continue
		}
		var others []string
		for _, f := range found[1:] {
			others = append(others, f.Check)
		}
		if !slices.Equal(others, tt.others) {
			t.Errorf("%s: breaks also %q, want %q", tt.sql, found[1:], tt.others)
		}
		proven[tt.check] = true
	}
	for _, i := range invariants {
		if !proven[i.check] {
			t.Errorf("nothing breaks %q here", i.check)
		}
	}
}

func TestAPageThatWasLostIsFound(t *testing.T) {
	path := season(t)
	erase(t, path, "bookings_event")
	found := findings(t, path).Findings
	if len(found) == 0 {
		t.Error("nothing is found")
	}
	for _, f := range found {
		if f.Check != "integrity of the file" {
			t.Errorf("got %+v", f)
		}
	}
}

// erase writes zeros over the first page of a table or an index of a closed database.
func erase(t testing.TB, path, name string) {
	t.Helper()
	var page int64
	must(t, withDB(path, writeSettings(soon), func(db *sql.DB) error {
		return db.QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = $1`, name).Scan(&page)
	}))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt(make([]byte, 4096), (page-1)*4096)
	must(t, err)
	must(t, f.Close())
}

func TestAReportIsNotEndless(t *testing.T) {
	path := season(t)
	tamper(t, path, `WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n
			WHERE i < 1099)
		INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name,
			note, cancel_reason, created_at, updated_at)
			SELECT i, 1, 1, 'cancelled', 0, 'EUR', '', '', '', '', 0, 0 FROM n`)
	if r := findings(t, path); len(r.Findings) != maxFindings || r.Bookings != 1013 {
		t.Errorf("%d findings about %d bookings", len(r.Findings), r.Bookings)
	}
}

func TestFindingsNameNobody(t *testing.T) {
	// Ticket types and pools have names too, which are nobody's.
	ofOrganisers := strings.NewReplacer("t.name", "", "p.name", "")
	for _, i := range invariants {
		query := ofOrganisers.Replace(i.query)
		if regexp.MustCompile(`\b(email|name|note|b\.name)\b`).MatchString(query) {
			t.Errorf("%s reads personal data", i.check)
		}
		if !strings.Contains(i.query, "format(") {
			t.Errorf("%s does not say what it found", i.check)
		}
	}
}
