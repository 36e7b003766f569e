package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"evbook/internal/pgcluster"
)

// engineEnv says on which engine the tests run: "postgres", or anything else for SQLite.
const engineEnv = "EVBOOK_TEST_ENGINE"

func onPostgres() bool { return os.Getenv(engineEnv) == "postgres" }

// aPlace gives the name of a database that nobody has used yet: a file that is to be made, or the
// address of one that is set up.
func aPlace(t testing.TB) string {
	t.Helper()
	if onPostgres() {
		return postgresAddress(t)
	}
	return filepath.Join(t.TempDir(), "events.db")
}

// optionsAt open a database for tests.
func optionsAt(place string) Options {
	if IsAddress(place) {
		return Options{Address: place, Actor: "test"}
	}
	return Options{Path: place, Create: true, Actor: "test"}
}

// emptied gives a database, and what empties it while nobody has it open, since making one takes
// long.
func emptied(t testing.TB) (place string, empty func() error) {
	t.Helper()
	place = aPlace(t)
	if onPostgres() {
		return place, func() error {
			pgcluster.Query(t, place, `TRUNCATE events, bookings, pools, ticket_types, codes,
				journal, idempotency_keys, markers, tokens, token_events;
				SELECT setval('booking_numbers', 1, false)`)
			return nil
		}
	}
	must(t, openAt(t, place).Close())
	template, err := os.ReadFile(place)
	must(t, err)
	return place, func() error {
		for _, name := range []string{place + "-wal", place + "-shm"} {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err // they are there after a failure only
			}
		}
		return os.WriteFile(place, template, 0o600)
	}
}
