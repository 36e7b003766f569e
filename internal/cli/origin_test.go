package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagless are fields for which there are commands instead of flags (hold create, ticket-type
// close, code disable, book --from) or only the configuration.
func flagless() []string {
	return []string{"hold", "closed", "disabled", "retention", "bookings", "atomic"}
}

func TestEveryFieldThatARequestCanHaveWrongIsNamedByAFlag(t *testing.T) {
	flags := map[string]bool{}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { flags[f.Name] = true })
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(&app{}, nil))
	fields := fieldNames(t)
	if len(fields) < 30 {
		t.Fatalf("only %d fields were found: %v", len(fields), fields)
	}
	for _, field := range fields {
		if flags[flagOf(field)] == slices.Contains(flagless(), field) {
			t.Errorf("field %s: --%s is a flag: %t", field, flagOf(field), flags[flagOf(field)])
		}
	}
}

func TestNoReasonOfTheRulesNamesAField(t *testing.T) {
	var names []string
	for _, field := range fieldNames(t) {
		if strings.Contains(field, "_") {
			names = append(names, field)
		}
	}
	named := regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\b`)
	sources(t, "../booking", func(n ast.Node) {
		if text := literal(n); strings.Contains(text, " ") && named.MatchString(text) {
			t.Errorf("%q names a field, which the command line has a flag for", text)
		}
	})
}

// fieldNames are those that the rules and the storage complain of, and that HTTP takes.
func fieldNames(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	note := func(n ast.Node) {
		if text := literal(n); text != "" {
			found[text] = true
		}
	}
	for _, dir := range []string{"../booking", "../storage"} {
		sources(t, dir, func(n ast.Node) {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if ok && f.Sel.Name == "Add" && len(n.Args) == 2 {
					note(n.Args[0])
				}
			case *ast.CompositeLit:
				if of, ok := n.Type.(*ast.Ident); ok && of.Name == "timeEdit" {
					note(n.Elts[0])
				}
			}
		})
	}
	sources(t, "../httpapi", func(n ast.Node) {
		if f, ok := n.(*ast.FuncDecl); ok && f.Name.Name == "names" {
			ast.Inspect(f.Body, func(n ast.Node) bool { note(n); return true })
		}
	})
	return slices.Sorted(maps.Keys(found))
}

// literal is the text of a string that stands in the source; "" for all else.
func literal(n ast.Node) string {
	if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, _ := strconv.Unquote(lit.Value)
		return text
	}
	return ""
}

// sources visits all that stands in the files of a package, its tests apart.
func sources(t *testing.T, dir string, visit func(ast.Node)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool { visit(n); return true })
	}
}
