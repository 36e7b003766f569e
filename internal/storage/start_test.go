package storage

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
)

// starters is how many processes start at once on a file that is missing.
const starters = 60

// openFirst is a helper that opens a database that may not exist, and says what the first
// booking's reference will be: a proof of the key it found.
func openFirst(work task, o orders) error {
	if err := o.ready(); err != nil {
		return err
	}
	s, err := Open(context.Background(), Options{Path: work.Path, Create: true})
	if err != nil {
		return err
	}
	say("%s", s.refs.reference(1))
	return s.Close()
}

// migrateUnlocked is a helper that sets a database up as prepare does, but without the lock. It
// says "FAILED" and why when it cannot.
func migrateUnlocked(work task, o orders) error {
	if err := o.ready(); err != nil {
		return err
	}
	if err := prepareUnlocked(work.Path); err != nil {
		say("FAILED %v", err)
	}
	return nil
}

func prepareUnlocked(path string) error {
	ctx := context.Background()
	state, err := recognise(path)
	if err != nil {
		return err
	}
	if state == missing {
		if err := createFile(ctx, path, DefaultLockTimeout); err != nil {
			return err
		}
	}
	return withDB(path, writeSettings(DefaultLockTimeout), func(db *sql.DB) error {
		return migrate(ctx, db)
	})
}

func TestSixtyFirstStartsAtOnceMakeOneDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	first := map[string]int{}
	for _, lines := range crowd(t, starters, task{Role: "start", Path: path}) {
		for _, line := range lines {
			first[line]++
		}
	}
	if len(first) != 1 {
		t.Errorf("the processes work with %d reference keys: %v", len(first), first)
	}
	s := openAt(t, path)
	sound(t, s)
	var applied, keys int
	err := inFile(s).db.QueryRow(`SELECT (SELECT count(*) FROM migrations WHERE version_id > 0),
		(SELECT count(*) FROM meta)`).Scan(&applied, &keys)
	if err != nil || applied != schemaVersion || keys != 1 {
		t.Errorf("%d migrations applied, %d keys, %v; want %d, 1", applied, keys, err,
			schemaVersion)
	}
}

// Why a first start takes the lock: without it, some of the processes fail.
func TestFirstStartsWithoutTheLockFail(t *testing.T) {
	const rounds = 5
	for round := range rounds {
		path := filepath.Join(t.TempDir(), "events.db")
		failed := 0
		for _, lines := range crowd(t, starters, task{Role: "unlocked", Path: path}) {
			failed += len(lines)
		}
		t.Logf("round %d: %d of %d failed", round+1, failed, starters)
		if failed > 0 {
			return
		}
	}
	t.Errorf("none of %d failed in %d rounds: the lock is not proven to be needed", starters,
		rounds)
}
