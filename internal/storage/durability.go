package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Durability is how a database keeps what it acknowledges, as it says itself.
type Durability struct {
	// Engine is the database with its version.
	Engine string
	// Settings are those that it depends on, as name=value, of the connections that write.
	Settings []string
	// FileSystem is the kind of file system that a file is on; empty where nobody can tell.
	FileSystem string
	// Lasting says whether what is acknowledged outlives a power cut.
	Lasting bool
}

// Durability asks the database how it keeps what it acknowledges. Errors: Forbidden.
func (s *Store) Durability(ctx context.Context) (Durability, error) {
	if err := s.caller.Scope.OwnerOnly(); err != nil {
		return Durability{}, err
	}
	d, err := s.read.source.durability(ctx)
	return d, s.classify(err)
}

// durability asks a connection that is opened as the writing one is.
func (s *sqliteSource) durability(ctx context.Context) (Durability, error) {
	var journal string
	var level int
	err := withDB(s.place.path, writeSettings(s.timeout), func(db *sql.DB) error {
		err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&journal)
		if err != nil {
			return err
		}
		return db.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&level)
	})
	if err != nil {
		return Durability{}, err
	}
	kind, _ := fileSystemOf(s.place.path)
	levels := []string{"off", "normal", "full", "extra"}
	return Durability{
		Engine: "SQLite " + SQLiteVersion(),
		Settings: []string{
			"journal_mode=" + strings.ToLower(journal),
			fmt.Sprintf("synchronous=%s", levels[level]),
		},
		FileSystem: kind,
		Lasting:    levels[level] == "full" && kind != inMemory,
	}, nil
}

// durability tells the settings of a connection as [insist] leaves one that writes.
func (s *pgSource) durability(ctx context.Context) (d Durability, err error) {
	var version, fsync, commit, pages, standbys string
	err = s.pool.QueryRow(ctx, `SELECT current_setting('server_version'),
		current_setting('fsync'), current_setting('full_page_writes'),
		CASE WHEN current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')
			THEN 'on' ELSE current_setting('synchronous_commit') END,
		current_setting('synchronous_standby_names')`).
		Scan(&version, &fsync, &pages, &commit, &standbys)
	return Durability{
		Engine: "PostgreSQL " + version,
		Settings: []string{
			"synchronous_commit=" + commit, "fsync=" + fsync, "full_page_writes=" + pages,
			"synchronous_standby_names=" + standbys,
		},
		Lasting: fsync == "on" && pages == "on",
	}, err
}
