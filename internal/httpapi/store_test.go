package httpapi

import (
	"database/sql"
	"path/filepath"
	"testing"

	"evbook/internal/pgcluster"
	"evbook/internal/storage"
)

// The tests of this package run on files or, with EVBOOK_TEST_ENGINE=postgres, on PostgreSQL: what
// the door says must not depend on the engine.

// onlyOnFiles are the tests that are not run on PostgreSQL.
func onlyOnFiles() []string {
	return []string{
		// They look at every row of a file. What they prove is refused before any engine hears of
		// it.
		"TestADigestTellsOfEveryChange",
		"TestADoorThatBreaksUnderMutatedRequestsIsFound",
		"TestBadInputIsExplainedAndChangesNothing",
		"TestMutatedRequestsBreakNothingAndAreRefusedWithoutATrace",

		"TestAReplacedDatabaseEndsStreamsAndTheHubRecovers", // a file that is moved
		// It counts goroutines, and a pool of connections has some that come when they are needed.
		"TestStreamsThatEndedLeaveNothingBehind",
	}
}

// somewhere names an empty database for a test: a file that is not there yet, or the address of one
// that is set up.
func somewhere(t testing.TB) string {
	t.Helper()
	if !pgcluster.OnPostgres() {
		return filepath.Join(t.TempDir(), "events.db")
	}
	return pgcluster.Migrated(t, "../storage/postgres", storage.SchemaVersion())
}

// openStore opens the database in a place, until the end of the test.
func openStore(t testing.TB, place string, o storage.Options) *storage.Store {
	t.Helper()
	if storage.IsAddress(place) {
		o.Address = place
	} else {
		o.Path, o.Create = place, true
	}
	store, err := storage.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// tamper changes a database behind the back of the door.
func tamper(t testing.TB, place, statement string) {
	t.Helper()
	if storage.IsAddress(place) {
		pgcluster.Query(t, place, statement)
		return
	}
	db, err := sql.Open("sqlite", place)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
