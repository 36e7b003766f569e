package storage

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// structureFile is what verify compares a database with. It is written anew by
// `go test ./internal/storage -run TheStructureIs -update`.
const structureFile = "postgres/structure.txt"

var update = flag.Bool("update", false, "write the structure anew")

// What the migrations make is what verify expects; if they are changed, so must be the file.
func TestTheStructureIsThatOfTheMigrations(t *testing.T) {
	var lines []string
	s := openPostgresAt(t, postgresAddress(t))
	must(t, s.read.each(t.Context(), func(scan scanner) error {
		var name, text string
		err := scan(&name, &text)
		lines = append(lines, name+": "+text+"\n")
		return err
	}, selectPostgresStructure()))
	slices.Sort(lines)
	got := strings.Join(lines, "")
	if *update {
		must(t, os.WriteFile(structureFile, []byte(got), 0o600))
	} else if got != postgresStructure {
		t.Errorf("%s is not what the migrations make; run go test ./internal/storage"+
			" -run TheStructureIs -update:\n%s", structureFile, got)
	}
}

func TestAStructureOnPostgresThatIsNotEvbooksIsNamed(t *testing.T) {
	const guard = `ALTER TABLE events DROP CONSTRAINT events_check`
	for _, tt := range []struct{ sql, want string }{
		{``, ""},
		{guard, "constraint events.events_check is missing"},
		{guard + `; ALTER TABLE events ADD CONSTRAINT events_check CHECK (held >= 0)`,
			"constraint events.events_check is not as evbook makes it"},
		{`DROP INDEX bookings_event`, "index bookings.bookings_event is missing"},
		{`CREATE UNIQUE INDEX extra ON bookings (created_at)`,
			"index bookings.extra is not evbook's"},
		{`DROP TABLE markers`, "column markers.id is missing"},
		{`ALTER TABLE bookings ALTER note DROP NOT NULL`,
			"column bookings.note is not as evbook makes it"},
		{`ALTER TABLE journal DROP CONSTRAINT journal_pkey`,
			"constraint journal.journal_pkey is missing"},
		{`ALTER TABLE bookings DROP CONSTRAINT bookings_event_id_fkey`,
			"constraint bookings.bookings_event_id_fkey is missing"},
		{`CREATE RULE generous AS ON INSERT TO bookings DO INSTEAD NOTHING`,
			"rule bookings.generous is not evbook's"},
		{strings.Join(poison("postgres://", "true"), ";"),
			"trigger bookings.poisoned is not evbook's"},
		{`CREATE TABLE another_programs (x int)`, ""},
		{`UPDATE meta SET schema = 99; ALTER TABLE events ADD COLUMN extra text`, ""},
	} {
		address := postgresAddress(t)
		tamperPostgres(t, address, tt.sql)
		found := findings(t, address).Findings
		if tt.want == "" && len(found) == 0 {
			continue
		}
		if len(found) == 0 || found[0] != (Finding{atStructure, tt.want}) {
			t.Errorf("%s: got %+v, want %q", tt.sql, found, tt.want)
		}
	}
}

func TestAJournalOnPostgresNamesOnlyBookingsThatAreThere(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address)
	_, err := s.Book(t.Context(), booking.Request{Event: event(t, s, 10), Quantity: 1})
	must(t, err)
	tamperPostgres(t, address, `UPDATE journal SET booking_id = 99 WHERE booking_id IS NOT NULL`)
	want := Finding{"bookings of the journal",
		"event 1: entry 2 is about a booking that is not there"}
	if found := findings(t, address).Findings; !slices.Contains(found, want) {
		t.Errorf("got %+v, want %+v", found, want)
	}
}
