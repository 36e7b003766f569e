package storage

import "testing"

// What guards the seats when all else fails is the schema: nobody may have taken it down.
func TestAStructureThatIsNotEvbooksIsNamed(t *testing.T) {
	single(t)
	const check = `CHECK (held >= 0 AND confirmed >= 0 AND held + confirmed <= capacity)`
	for _, tt := range []struct{ sql, want string }{
		{`DROP INDEX bookings_event`, "index bookings_event is missing"},
		{`DROP TABLE idempotency_keys`, "table idempotency_keys is missing"},
		{`DROP TABLE journal`, "table journal is missing"},
		{`DROP TABLE markers`, "table markers is missing"},
		{`PRAGMA writable_schema = on;
			UPDATE sqlite_schema SET sql = replace(sql, '` + check + `', 'CHECK (1)')
			WHERE name = 'events'`, "table events is not as evbook makes it"},
		{`ALTER TABLE events ADD COLUMN extra TEXT`, "table events is not as evbook makes it"},
		{`CREATE TRIGGER generous AFTER INSERT ON bookings
			BEGIN UPDATE events SET capacity = capacity + 1; END`,
			"trigger generous is not evbook's"},
		{`CREATE TRIGGER migrations_too AFTER INSERT ON bookings
			BEGIN UPDATE events SET capacity = capacity + 1; END`,
			"trigger migrations_too is not evbook's"},
		{`CREATE TABLE extra (x)`, "table extra is not evbook's"},
		{`CREATE VIEW peek AS SELECT email FROM bookings`, "view peek is not evbook's"},
		{`CREATE UNIQUE INDEX extra ON bookings (id)`, "index extra is not evbook's"},
	} {
		path := season(t)
		tamper(t, path, tt.sql)
		found := findings(t, path).Findings
		if len(found) != 1 || found[0] != (Finding{"structure of the file", tt.want}) {
			t.Errorf("%s: got %+v, want %s", tt.sql, found, tt.want)
		}
	}
}

// A newer evbook may have changed what it likes; its own verify judges that.
func TestAStructureThatANewerEvbookHasMadeIsNotJudged(t *testing.T) {
	path := season(t)
	tamper(t, path, nextSchema(), "ALTER TABLE events ADD COLUMN extra TEXT")
	if r := findings(t, path); len(r.Findings) > 0 {
		t.Errorf("got %+v", r)
	}
}
