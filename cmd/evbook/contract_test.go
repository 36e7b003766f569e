//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needNode gives the words that call a program that is written for Node.js: one on the PATH, or one
// that npx finds installed. It downloads nothing; without the program the test is skipped.
func needNode(t *testing.T, program string) []string {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return []string{program}
	}
	if exec.Command("npx", "--no-install", program, "--version").Run() == nil {
		return []string{"npx", "--no-install", program}
	}
	need(t, program)
	return nil
}

// runNode runs such a program to its end.
func (h house) runNode(t *testing.T, words []string, args ...string) outcome {
	t.Helper()
	cmd := h.command(t.Context(), words[0], append(words[1:], args...)...)
	cmd.Env = append(cmd.Env, "REDOCLY_TELEMETRY=off", "HOME="+h.dir)
	return finish(cmd)
}

// ofProject is the path of one of our files, wherever a program runs.
func ofProject(t *testing.T, parts ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, filepath.Join(parts...)))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// altered is a copy of one of our files in which one text has taken the place of another.
func (h house) altered(t *testing.T, path, before, after string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), before) {
		t.Fatalf("%s has no %q", path, before)
	}
	copied := h.path("altered-" + filepath.Base(path))
	changed := strings.Replace(string(text), before, after, 1)
	if err := os.WriteFile(copied, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

// The collection is what people import into Postman; newman is Postman without its windows.
func TestThePostmanCollectionSucceedsAgainstARealServer(t *testing.T) {
	t.Parallel()
	newman := needNode(t, "newman")
	h := newHouse(t)
	s := h.serve(t)
	walk := func(collection string) outcome {
		return h.runNode(t, newman, "run", collection, "--environment",
			ofProject(t, "testdata", "postman", "evbook.postman_environment.json"),
			"--env-var", "base_url="+s.url, "--color", "off",
			"--reporters", "cli,json", "--reporter-json-export", h.path("report.json"))
	}
	collection := ofProject(t, "testdata", "postman", "evbook.postman_collection.json")
	if o := walk(collection); o.code != 0 {
		t.Fatalf("newman ended with %d:\n%s%s", o.code, o.stdout, o.stderr)
	}
	var report struct {
		Run struct {
			Stats struct{ Assertions struct{ Total, Failed int } }
		}
	}
	text, err := os.ReadFile(h.path("report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	if report.Run.Stats.Assertions.Total < 250 {
		t.Errorf("newman has checked too little: %+v", report.Run.Stats)
	}
	h.verify(t)
	wrong := h.altered(t, collection, "to.have.status(404)", "to.have.status(400)")
	if o := walk(wrong); o.code == 0 {
		t.Errorf("newman does not see a wrong status: %s", o.stdout)
	}
}

func TestTheContractIsWhatRedoclyTakesForGood(t *testing.T) {
	t.Parallel()
	redocly := needNode(t, "redocly")
	h := newHouse(t)
	lint := func(path string) outcome { // which licence there is, is not for a contract to say
		return h.runNode(t, redocly, "lint", "--skip-rule", "info-license", path)
	}
	contract := ofProject(t, "internal", "httpapi", "openapi.yaml")
	if o := lint(contract); o.code != 0 || strings.Contains(o.stdout+o.stderr, "Warning was") {
		t.Errorf("redocly ended with %d:\n%s%s", o.code, o.stdout, o.stderr)
	}
	twice := h.altered(t, contract, "operationId: book\n", "operationId: check\n")
	if o := lint(twice); o.code == 0 {
		t.Errorf("redocly does not see an operation that is there twice: %s", o.stdout)
	}
}
