package storage

import (
	"slices"
	"strings"
	"testing"

	"evbook/internal/pgcluster"
)

func TestADatabaseTellsHowItKeepsWhatItAcknowledges(t *testing.T) {
	s, err := Open(t.Context(), in(empty(t), Options{Actor: "test"}))
	must(t, err)
	defer s.Close()
	d, err := s.Durability(t.Context())
	must(t, err)
	engine, settings := "SQLite 3.", []string{"journal_mode=wal", "synchronous=full"}
	if pgcluster.OnPostgres() { // that of the tests is as fast as it is unsafe
		engine, settings = "PostgreSQL ", []string{"synchronous_commit=on", "fsync=off"}
		if d.Lasting {
			t.Errorf("what is never synced is said to last: %+v", d)
		}
	}
	for _, setting := range settings {
		if !strings.HasPrefix(d.Engine, engine) || !slices.Contains(d.Settings, setting) {
			t.Errorf("got %+v, want %s and %s", d, engine, setting)
		}
	}
}
