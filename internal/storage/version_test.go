package storage

import (
	"database/sql"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
)

func TestTheVersionOfSQLiteIsTheOneThatAnswers(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var got string
	if err := db.QueryRowContext(t.Context(), "SELECT sqlite_version()").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != SQLiteVersion() {
		t.Errorf("SQLite says %s, SQLiteVersion says %s", got, SQLiteVersion())
	}
}

func TestTheSchemaVersionIsTheLastMigration(t *testing.T) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	last := addFolded().Version
	for _, file := range files {
		version, err := goose.NumericComponent(file.Name())
		must(t, err)
		last = max(last, version)
	}
	if last != int64(SchemaVersion()) {
		t.Errorf("the last migration is %d, SchemaVersion says %d", last, SchemaVersion())
	}
}

// The driver is translated C and fits exactly one version of its C library; with another one it
// may corrupt memory. The toolchain alone would take any newer one.
func TestTheDriverHasTheCLibraryThatItWasMadeFor(t *testing.T) {
	listed, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f",
		"{{.Version}} {{.GoMod}}", "modernc.org/libc", "modernc.org/sqlite").Output()
	need(t, "the go command, to list the modules", err)
	libc, driver, ok := strings.Cut(strings.TrimSpace(string(listed)), "\n")
	if !ok {
		t.Fatalf("go list says %q", listed)
	}
	_, goMod, _ := strings.Cut(driver, " ")
	wants, err := os.ReadFile(goMod)
	need(t, "the go.mod of the driver in the module cache", err)
	named := regexp.MustCompile(`(?m)^\s*modernc\.org/libc (\S+)`).FindSubmatch(wants)
	if named == nil {
		t.Fatalf("%s names no modernc.org/libc", goMod)
	}
	if linked, _, _ := strings.Cut(libc, " "); linked != string(named[1]) {
		t.Errorf("modernc.org/libc %s is linked, the driver was made for %s: "+
			"undo the change of go.mod that raised it", linked, named[1])
	}
}
