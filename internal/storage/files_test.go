package storage

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// aboutFiles names the test files, and the tests in others, that are not run on PostgreSQL, each
// with its reason.
func aboutFiles() map[string]string {
	const naively = "a control that writes to the file by itself"
	return map[string]string{
		"backup_test.go":            "a backup is a copy of the file",
		"backup_kill_test.go":       "as above",
		"disk_linux_test.go":        "a disk that is full is the server's",
		"doctor_test.go":            "what lies around a file",
		"fair_test.go":              "the queue before the file",
		"file_system_linux_test.go": "where a file lies",
		"kill_start_test.go":        "the file is made while others look",
		"log_test.go":               "the length of the log beside the file",
		"migrate_test.go":           "older files",
		"migrate_life_test.go":      "older files",
		"naive_test.go":             "what SQLite does without our guards",
		"newer_test.go":             "files of newer schemas",
		"place_test.go":             "files that are moved, replaced and linked",
		"private_test.go":           "the modes of files",
		"recognise_test.go":         "files of others",
		"relocate_again_test.go":    "from a file",
		"relocate_crowd_test.go":    "from a file",
		"relocate_kill_test.go":     "from a file",
		"relocate_test.go":          "from a file",
		"scrub_test.go":             "the bytes of the file",
		"sqlite_rows_test.go":       "how SQLite is written to",
		"scrub_beside_test.go":      "as above",
		"scrub_property_test.go":    "as above",
		"settle_test.go":            "how SQLite's engine settles",
		"start_test.go":             "the file is made by many at once",
		"stopped_test.go":           "the lock of a file",
		"strace_test.go":            "system calls on the file",
		"structure_test.go":         "the schema as SQLite tells it",
		"synced_test.go":            "system calls on the file",
		"version_test.go":           "SQLite's version",

		"TestWhatTheLastGroupHasLeftIsNotReadAgain":              "SQLite's notice of others",
		"TestWhatOthersHaveWrittenIsReadAgain":                   "SQLite's notice of others",
		"TestAHolderThatDiesLetsTheNextOneIn":                    "the lock of a file",
		"TestClosingAStoreInLineDoesNotHang":                     "the lock of a file",
		"TestHoldsAreFoundByTheirIndex":                          "how SQLite plans a question",
		"TestWhoeverGivesUpInLineHasChangedNothing":              "the lock of a file",
		"TestBookingsOfAnEventAreReadThroughItsIndex":            "how SQLite plans a question",
		"TestWhoWaitsIsFoundByIndexes":                           "how SQLite plans a question",
		"TestADatabaseFromBeforeThereWereHoldsCanBeRead":         "an older file",
		"TestADryRunLeavesAnOldSchemaAsItIs":                     "an older file",
		"TestADryRunMakesNoDatabase":                             "whether a file is there",
		"TestADryRunWaitsForTheLock":                             "the lock of a file",
		"TestAFeedEndsWhenItsFileOrLogIsReplaced":                "a file that is replaced",
		"TestAFeedGivesTheWholeSeason":                           "checkpoints and backups",
		"TestAFileThatIsReadAsImmutableIsNotFollowed":            "a file on read-only media",
		"TestAPageThatWasLostIsFound":                            "the pages of a file",
		"TestAStoreIsNotReadyForADatabaseOfTheFuture":            "a file of a newer schema",
		"TestACodeWithoutTheGuardIsUsedTooOften":                 naively,
		"TestACrowdWithoutTheGuardEndsBookingsTwice":             naively,
		"TestCapacityLoweredWithoutTheGuardOversells":            naively,
		"TestMovesWithoutTheGuardLoseSeats":                      naively,
		"TestSeatsThatAreOfferedLaterAreSnatched":                naively,
		"TestADatabaseFromBeforeThereWereTokensHasNone":          "an older file",
		"TestTheTextOfATokenIsNotInTheFiles":                     "the bytes of the file",
		"TestTokensLeaveOlderWritersAtWork":                      "files of older evbooks",
		"TestWhoWatchesIsToldOfEveryGroupWhenTheLockIsFreeAgain": "the lock of a file",
		"TestWithoutTheLockFilesNothingIsOversold":               "the lock of a file",
	}
}

//go:embed *_test.go
var testFiles embed.FS

// notOnPostgres lists the tests that the second pass leaves out. Those in files about PostgreSQL
// need none: they have one in the first.
func notOnPostgres() (names []string) {
	files, err := fs.Glob(testFiles, "postgres_*_test.go")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	for name := range aboutFiles() {
		if strings.HasPrefix(name, "Test") {
			names = append(names, name)
		} else {
			files = append(files, name)
		}
	}
	test := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	for _, name := range files {
		text, err := testFiles.ReadFile(name)
		if err != nil {
			panic(err) // the table names what is not there
		}
		for _, found := range test.FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names
}

// fileWords are what a test names that is about a file.
var fileWords = regexp.MustCompile(`PRAGMA (user_version|writable|wal_|quick|integrity)|"-wal"|` +
	`sqlite_|newFileLock|queryPlan\(|inFile\(|schemaOne|schemaThree|"\w+ naively"|\*sqliteEngine|` +
	`\bos\.(Stat|ReadFile|Rename|Remove|WriteFile|Chmod)\(`)

func TestWhatIsAboutFilesIsNotAskedOfPostgreSQL(t *testing.T) {
	table := aboutFiles()
	unknown := maps.Clone(table)
	entries, err := testFiles.ReadDir(".")
	must(t, err)
	for _, entry := range entries {
		text, err := testFiles.ReadFile(entry.Name())
		must(t, err)
		delete(unknown, entry.Name())
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, entry.Name(), text, 0)
		must(t, err)
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(fn.Name.Name, "Test") || fn.Name.Name == "TestMain" {
				continue
			}
			delete(unknown, fn.Name.Name)
			body := text[fset.Position(fn.Pos()).Offset:fset.Position(fn.End()).Offset]
			word := fileWords.Find(body)
			if word != nil && table[entry.Name()] == "" && table[fn.Name.Name] == "" &&
				!strings.HasPrefix(entry.Name(), "postgres_") {
				t.Errorf("%s in %s says %q, but is not in the table: can it be run on PostgreSQL?",
					fn.Name.Name, entry.Name(), word)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		t.Errorf("the table names %s, which is not there", name)
	}
}
