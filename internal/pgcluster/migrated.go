package pgcluster

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Migrated gives the address of an empty database of evbook's, as Prepared does: the SQL files of a
// folder make its tables, which have the schema of a number.
func Migrated(t testing.TB, folder string, schema int) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.sql")) // in the order of their names
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations in %s: %v", folder, err)
	}
	var scripts []string
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, string(script))
	}
	return Prepared(t, fmt.Sprintf(`INSERT INTO meta (one, schema, oldest_writer, reference_key)
		VALUES (1, %d, %[1]d, decode(repeat('5e', 32), 'hex'))`, schema), scripts...)
}
