package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEachValueIsExplainedWithItsOrigin(t *testing.T) {
	file := write(t, "db: file.db\ntz: UTC\ncurrency: SEK\n")
	env := map[string]string{"EVBOOK_TZ": "CET", "EVBOOK_CURRENCY": "NOK", "EVBOOK_CONFIG": file}
	settings, err := Explain(source(t, env, "--currency", "DKK"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]string{
		"db":           {"file.db", "file " + file},
		"tz":           {"CET", "variable EVBOOK_TZ"},
		"currency":     {"DKK", "flag --currency"},
		"lock_timeout": {"10s", "default"},
	}
	for i, s := range settings {
		if pair, ok := want[s.Key]; ok && (s.Value != pair[0] || s.Origin != pair[1]) {
			t.Errorf("got %+v, want %v", s, pair)
		}
		if s.Key != Defaults()[i].Key || s.Description == "" {
			t.Errorf("got %+v in the place of %s", s, Defaults()[i].Key)
		}
	}
	if len(settings) != len(keys()) {
		t.Errorf("%d settings", len(settings))
	}
}

func TestPasswordsAreNotExplained(t *testing.T) {
	for name, src := range map[string]Source{
		"flag":     source(t, nil, "--db", secretURL),
		"variable": source(t, map[string]string{"EVBOOK_DB": secretURL}),
		"file":     source(t, nil, "--config", write(t, "db: "+secretURL)),
	} {
		settings, err := Explain(src)
		if err != nil {
			t.Fatal(err)
		}
		if got := settings[0].Value; got != "postgres://***@db.example/evbook" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAllBadValuesAreToldAtOnce(t *testing.T) {
	env := map[string]string{"EVBOOK_CURRENCY": "€"}
	refuses(t, source(t, env, "--addr", "x", "--config", write(t, "lock_timeout: soon")),
		`addr "x" (flag --addr)`, `; lock_timeout "soon" (file `, `(variable EVBOOK_CURRENCY)`)
}

func TestPathIsThatOfTheFileInUseOrOfTheOneToBeMade(t *testing.T) {
	home := t.TempDir()
	usual := filepath.Join(home, ".config", "evbook", fileName)
	named := write(t, "")
	own := filepath.Join(t.TempDir(), "own")
	tests := []struct {
		name   string
		env    map[string]string
		args   []string
		path   string
		exists bool
	}{
		{"a home without a file", map[string]string{"HOME": home}, nil, usual, false},
		{"an own folder", map[string]string{"HOME": home, "EVBOOK_CONFIG_DIR": own}, nil,
			filepath.Join(own, fileName), false},
		{"a flag", map[string]string{"HOME": home}, []string{"--config", named}, named, true},
		{"a flag, no file", nil, []string{"--config", "no.yaml"}, "no.yaml", false},
		{"a variable", map[string]string{"EVBOOK_CONFIG": named}, nil, named, true},
	}
	for _, tt := range tests {
		path, exists, err := Path(source(t, tt.env, tt.args...))
		if path != tt.path || exists != tt.exists || err != nil {
			t.Errorf("%s: %q, %v, %v", tt.name, path, exists, err)
		}
	}
	mustSet(t, usual, "tz", "UTC")
	env := map[string]string{"HOME": home, "EVBOOK_CONFIG_DIR": own}
	if path, exists, err := Path(source(t, env)); path != usual || !exists || err != nil {
		t.Errorf("the file that exists: %q, %v, %v", path, exists, err)
	}
}

func TestPathTellsWhyThereIsNone(t *testing.T) {
	for says, src := range map[string]Source{
		"(flag --config)":          source(t, nil, "--config", "none"),
		"(variable EVBOOK_CONFIG)": source(t, map[string]string{"EVBOOK_CONFIG": "none"}),
		"no home folder":           source(t, nil),
		"names no file":            source(t, nil, "--config="),
	} {
		path, _, err := Path(src)
		if err == nil || !strings.Contains(err.Error(), says) || path != "" {
			t.Errorf("%q, %v, want %q", path, err, says)
		}
	}
}

func TestNoFileLeavesEveryFileOut(t *testing.T) {
	file := write(t, "tz: UTC\n")
	env := map[string]string{"EVBOOK_CONFIG_DIR": filepath.Dir(file)}
	for _, src := range []Source{
		source(t, env), source(t, nil, "--config", file), source(t, nil, "--config", "missing"),
	} {
		src.NoFile = true
		if c := mustLoad(t, src); c != defaults() {
			t.Errorf("got %+v", c)
		}
	}
}

func TestAFileIsCheckedByItself(t *testing.T) {
	t.Setenv("EVBOOK_ADDR", "nonsense")
	c, err := Validate(write(t, "tz: UTC\n"))
	if err != nil || c.TZ != "UTC" || c.DB != "events.db" {
		t.Errorf("got %+v, %v", c, err)
	}
	for content, says := range map[string]string{
		"dbs: x":           `line 1: unknown key "dbs": did you mean "db"`,
		"addr: x\ntz: [a]": "line 2: tz holds a list",
		"addr: x\ndb: ''":  `db "" (file `,
		"db: " + secretURL + "\naddr: " + secretURL: `addr "postgres://***@db.example/evbook"`,
	} {
		_, err := Validate(write(t, content))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", content, err, says)
			continue
		}
		checkLine(t, err.Error())
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is told: %s", err)
		}
	}
	for _, path := range []string{os.DevNull, t.TempDir(), "missing.yaml"} {
		if _, err := Validate(path); err == nil {
			t.Errorf("%s is a good file", path)
		}
	}
}
