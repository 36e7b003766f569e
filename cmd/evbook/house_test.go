package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// rooms says which packages of ours each package may import.
var rooms = map[string][]string{
	"cmd/evbook": {"internal/cli"},
	"internal/cli": {
		"internal/config", "internal/httpapi", "internal/bench", "internal/storage",
		"internal/booking",
	},
	"internal/httpapi": {"internal/storage", "internal/booking"},
	"internal/bench":   {"internal/storage", "internal/booking"},
	"internal/storage": {"internal/booking"},
	"internal/booking": {},
	"internal/config":  {},
	// Tests alone import these, so that the program is not linked with them and they stand in no
	// other row.
	"internal/contract":  {},
	"internal/pgcluster": {},
	"internal/yardstick": {},
}

// keepers says which packages alone may import something from outside, and why.
var keepers = []struct {
	prefix string
	rooms  []string
	why    string
}{
	{"github.com/spf13/viper", []string{"internal/config"},
		"viper turns bad values into zeros unless it is read once, strictly"},
	{"github.com/spf13/cobra", []string{"internal/cli"}, "commands are one door, not a rule"},
	{"github.com/olekukonko/tablewriter", []string{"internal/cli"}, "tables are for people"},
	{"database/sql", []string{"internal/storage"}, "SQL has one home"},
	{"modernc.org/", []string{"internal/storage"}, "drivers have one home"},
	{"github.com/jackc/pgx", []string{"internal/storage", "internal/pgcluster"},
		"drivers have one home, and its tests"},
	{"testing", []string{"internal/pgcluster", "internal/contract", "internal/yardstick"},
		"what tests need is not for users"},
	{"github.com/gofrs/flock", []string{"internal/storage", "internal/config"},
		"a queue belongs to the one who writes the file"},
	{"github.com/pressly/goose", []string{"internal/storage"}, "the schema belongs to storage"},
	{"net/http", []string{
		"internal/httpapi", "internal/cli", "internal/contract", "internal/bench",
	}, "HTTP is the other door, and bench knocks at it"},
	{"github.com/getkin/kin-openapi", []string{"internal/contract"}, notLinked},
	{"github.com/santhosh-tekuri/jsonschema", []string{"internal/contract"}, notLinked},
	{"log", []string{"internal/httpapi", "internal/cli"}, "errors are returned, doors log them"},
}

const notLinked = "it would cost milliseconds at every start of the program"

// pure says what the rules must never touch.
var pure = []string{"os", "io", "net/http", "log", "math/rand", "sync", "context"}

type source struct {
	room, path string
	file       *ast.File
	text       []byte
}

// sources parses every Go file of the house.
func sources(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	fset := token.NewFileSet()
	var all []source
	for _, dir := range []string{"cmd", "internal"} {
		top := filepath.Join(root, dir)
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
			if err != nil {
				return err
			}
			room, err := filepath.Rel(root, filepath.Dir(path))
			all = append(all, source{filepath.ToSlash(room), path, file, text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 20 {
		t.Fatalf("found only %d files: this test looks in the wrong place", len(all))
	}
	return fset, all
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func TestEachPackageImportsOnlyWhatTheDesignAllows(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		if s.isTest() {
			continue
		}
		allowed, known := rooms[s.room]
		if !known {
			t.Errorf("%s: package %s has no row in the table of rooms", s.path, s.room)
		}
		for _, spec := range s.file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			ours, isOurs := strings.CutPrefix(path, "evbook/")
			if isOurs && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s: %s may import only %v", s.path, ours, s.room, allowed)
			}
			if why := banned(s.room, path); why != "" {
				t.Errorf("%s imports %s: %s", s.path, path, why)
			}
		}
	}
}

// banned gives the reason why a package must not import something from outside, or "".
func banned(room, path string) string {
	for _, k := range keepers {
		if under(path, k.prefix) && !slices.Contains(k.rooms, room) {
			return fmt.Sprintf("only %v may, because %s", k.rooms, k.why)
		}
	}
	for _, p := range pure {
		if room == "internal/booking" && under(path, p) {
			return "the rules are pure: no file, no network, no clock, no concurrency"
		}
	}
	return ""
}

func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/")
}

func TestBansCanFail(t *testing.T) {
	for _, c := range [][2]string{
		{"internal/httpapi", "github.com/spf13/viper"}, {"internal/cli", "database/sql"},
		{"internal/booking", "os/exec"}, {"internal/config", "net/http"},
		{"internal/httpapi", "github.com/getkin/kin-openapi/openapi3"},
	} {
		if banned(c[0], c[1]) == "" {
			t.Errorf("%s may import %s", c[0], c[1])
		}
	}
}

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	fset, all := sources(t)
	for _, s := range all {
		if lines := bytes.Count(s.text, []byte("\n")); lines > 400 {
			t.Errorf("%s has %d lines, at most 400: which concept is missing?", s.path, lines)
		}
		for n, line := range strings.Split(string(s.text), "\n") {
			if width := len([]rune(strings.ReplaceAll(line, "\t", "    "))); width > 100 {
				t.Errorf("%s:%d is %d columns wide, at most 100", s.path, n+1, width)
			}
			if strings.Contains(line, "TO"+"DO") || strings.Contains(line, "FIX"+"ME") {
				t.Errorf("%s:%d leaves work for later", s.path, n+1)
			}
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || s.isTest() {
				continue
			}
			first, last := fset.Position(fn.Pos()).Line, fset.Position(fn.End()).Line
			if last-first+1 > 70 {
				t.Errorf("%s:%d: %s has %d lines, at most 70", s.path, first, fn.Name.Name,
					last-first+1)
			}
			if fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s:%d: init() runs before anybody asked for it", s.path, first)
			}
		}
	}
}

func TestEveryPackageAndExportedNameIsExplained(t *testing.T) {
	_, all := sources(t)
	explained := map[string]bool{}
	for _, s := range all {
		if s.isTest() {
			continue
		}
		explained[s.room] = explained[s.room] || s.file.Doc != nil
		for _, decl := range s.file.Decls {
			for _, name := range undocumented(decl) {
				t.Errorf("%s: %s has no comment", s.path, name)
			}
		}
	}
	for room, ok := range explained {
		if !ok {
			t.Errorf("package %s has no comment", room)
		}
	}
}

// undocumented names what a declaration exports without a word.
func undocumented(decl ast.Decl) (names []string) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	expr := fn.Recv.List[0].Type
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	name, ok := expr.(*ast.Ident)
	return ok && name.IsExported()
}
