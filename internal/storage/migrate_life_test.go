package storage

import (
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"evbook/internal/booking"
)

// schemaTwo makes a database of the last schema before there were holds; see schemaOne.
func schemaTwo(t testing.TB, bookings int) string {
	t.Helper()
	path := schemaOne(t, bookings)
	must(t, withDB(path, writeSettings(soon), func(db *sql.DB) error {
		provider, err := newMigrations(db)
		if err != nil {
			return err
		}
		_, err = provider.UpTo(t.Context(), lifeSchema-1)
		return err
	}))
	return path
}

// old opens a database as it is, for reading.
func old(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// allOf reads all that there is.
func allOf(t testing.TB, s *Store) (
	events []booking.Event, bookings []booking.Booking, journal []booking.Entry,
) {
	t.Helper()
	must(t, s.EachEvent(t.Context(), EventQuery{}, func(e booking.Event) error {
		events = append(events, e)
		return nil
	}))
	must(t, s.EachBooking(t.Context(), BookingQuery{}, func(b booking.Booking) error {
		bookings = append(bookings, b)
		return nil
	}))
	must(t, s.EachEntry(t.Context(), JournalQuery{}, func(e booking.Entry) error {
		journal = append(journal, e)
		return nil
	}))
	return events, bookings, journal
}

// Verify compares the structure with that of a database that was never of another schema.
func TestADatabaseFromBeforeThereWereHoldsKeepsAllItHas(t *testing.T) {
	path := schemaTwo(t, 5000)
	before := old(t, path)
	events, bookings, journal := allOf(t, before)
	must(t, before.Close())
	s := openAt(t, path)
	sound(t, s)
	nowEvents, nowBookings, nowJournal := allOf(t, s)
	if len(bookings) != 5000 || !reflect.DeepEqual(nowEvents, events) ||
		!reflect.DeepEqual(nowBookings, bookings) || !reflect.DeepEqual(nowJournal, journal) {
		t.Errorf("%d events, %d bookings, %d entries are not as they were", len(nowEvents),
			len(nowBookings), len(nowJournal))
	}
}

// The CHECK on the states is changed in place, where a slip would leave a table without it.
func TestAMigratedDatabaseGuardsTheStatesOfBookings(t *testing.T) {
	for name, path := range map[string]string{
		"migrated": schemaTwo(t, 3), "new": filepath.Join(t.TempDir(), "events.db"),
	} {
		s := openAt(t, path)
		if name == "new" {
			seats(t, s, event(t, s, 3), 3)
		}
		must(t, s.Close())
		for change, allowed := range map[string]bool{
			`status = 'waiting'`:                  true,
			`status = 'left'`:                     true,
			`status = 'held', expires_at = 1`:     true,
			`status = 'held'`:                     false,
			`status = 'expired'`:                  false,
			`status = 'nonsense'`:                 false,
			`quantity = 0`:                        false,
			`extensions = -1`:                     false,
			`event_id = 99`:                       false,
			`unit_price = -1, status = 'waiting'`: false,
		} {
			err := withDB(path, writeSettings(soon), func(db *sql.DB) error {
				tx, err := db.Begin()
				if err != nil {
					return err
				}
				defer tx.Rollback()
				_, err = tx.Exec(`UPDATE bookings SET ` + change + ` WHERE id = 1`)
				return err
			})
			if (err == nil) != allowed {
				t.Errorf("%s: %s: %v", name, change, err)
			}
		}
	}
}

// everyRead asks a store for all that can be read, and gives the errors by question.
func everyRead(t testing.TB, s *Store, ref booking.Reference) map[string]error {
	t.Helper()
	ctx, sel := t.Context(), booking.Selector{ID: 1}
	answers := everyAnswer(s, sel, ref, filepath.Join(t.TempDir(), "copy.db"))
	delete(answers, "book")
	delete(answers, "cancel")
	note := func(question string, err error) { answers[question] = err }
	_, err := s.Events(ctx, EventQuery{Available: 1, Sort: "available", Page: Page{Limit: 1}})
	note("available events", err)
	_, err = s.SuggestEvents(ctx, EventWish{
		Statuses: booking.EventStatuses(), Now: s.now(), Limit: 5,
	})
	note("suggested events", err)
	_, err = s.SuggestBookings(ctx, BookingWish{Limit: 5})
	note("suggested bookings", err)
	_, err = s.Slugs(ctx)
	note("slugs", err)
	_, err = s.Journal(ctx, JournalQuery{Booking: ref, Page: Page{Limit: 5}})
	note("journal", err)
	_, err = s.Concerned(ctx, booking.Forgetting{Retention: booking.MinRetention})
	note("concerned", err)
	for _, state := range booking.Statuses() {
		q := bookingsOf(sel, Page{Limit: 5})
		q.Status = []booking.Status{state}
		_, err = s.Bookings(ctx, q)
		note("bookings "+string(state), err)
	}
	return answers
}

// What only reads cannot bring a file up to date; it takes what is not there for none.
func TestEveryQuestionToAnOldDatabaseIsAnswered(t *testing.T) {
	for schema, path := range map[int]string{
		1: schemaOne(t, 3), 2: schemaTwo(t, 3), 3: schemaThree(t, 3), 4: season(t),
	} {
		s := old(t, path)
		ref := s.refs.reference(1)
		for question, err := range everyRead(t, s, ref) {
			if err != nil {
				t.Errorf("schema %d: %s: %v", schema, question, err)
			}
		}
		if s.schema != schema {
			t.Errorf("schema %d is %d: the test is blind", schema, s.schema)
		}
		wait, err := s.Explain(t.Context(), ref)
		if err != nil || wait.Reason != "it is not on the waitlist" {
			t.Errorf("schema %d: %+v, %v", schema, wait, err)
		}
	}
}

// Who opened a file to read it before another evbook brought it up to date knows nothing of holds
// and of who waits: it must not answer as if there were none.
func TestAStoreThatWasOpenedBeforeAMigrationAnswersNothingWrong(t *testing.T) {
	for schema, path := range map[int]string{1: schemaOne(t, 3), 2: schemaTwo(t, 3)} {
		before := old(t, path)
		feed, err := before.Feed(t.Context(), JournalQuery{})
		must(t, err)
		defer feed.Close()
		newer := openAt(t, path)
		sel := booking.Selector{ID: 1}
		_, err = newer.EditEvent(t.Context(), sel, booking.Edit{Capacity: new(10)})
		must(t, err)
		hold(t, newer, sel, 1, 0)
		answers := everyRead(t, before, before.refs.reference(1))
		_, answers["feed"] = feed.Next(t.Context())
		delete(answers, "verify") // looks for itself what schema it is
		delete(answers, "backup") // copies whatever there is
		for question, err := range answers {
			want := inFile(before).place.path +
				" was brought up to date by another evbook while it was open"
			if booking.KindOf(err) != booking.Unavailable || err.Error() != want {
				t.Errorf("schema %d: %s: %v", schema, question, err)
			}
		}
		for question, err := range everyRead(t, old(t, path), before.refs.reference(1)) {
			if err != nil {
				t.Errorf("opened anew: %s: %v", question, err)
			}
		}
	}
}

// A migration that is killed leaves the schema that was, or one of those on the way, and the next
// start goes on from there.
func TestAMigrationThatIsKilledIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	const bookings = 2000
	kills := 6
	if long() {
		kills = 60
	}
	for schema, make := range map[int]func(testing.TB, int) string{1: schemaOne, 2: schemaTwo} {
		whole, err := os.ReadFile(make(t, bookings))
		must(t, err)
		left := map[int]int{}
		// More of them on a machine that is so busy that the kills come too early, or too late.
		for kill := 0; kill < kills || left[schema] == 0 && kill < 20*kills; kill++ {
			path := filepath.Join(t.TempDir(), "events.db")
			must(t, os.WriteFile(path, whole, 0o600))
			p := launch(t, task{Role: "start", Path: path})
			p.await(t)
			p.start(t)
			time.Sleep(rand.N(120 * time.Millisecond))
			p.kill()
			between := old(t, path)
			left[between.schema]++
			must(t, between.Close())
			s := openAt(t, path)
			sound(t, s)
			if _, all, _ := allOf(t, s); len(all) != bookings {
				t.Errorf("%d bookings of %d", len(all), bookings)
			}
			must(t, s.Close())
		}
		t.Logf("from schema %d, left after a kill: %v", schema, left)
		if left[schema] == 0 {
			t.Errorf("no migration from schema %d was cut off: the test is blind", schema)
		}
	}
}
