package config

import (
	"maps"
	"strings"
	"testing"
)

func TestGoodFilesAreUnderstood(t *testing.T) {
	tests := map[string]string{
		"empty":             "",
		"blank lines":       "\n\n\n",
		"comments only":     "# nothing yet\n",
		"null":              "~\n",
		"an empty map":      "{}\n",
		"only a start":      "---\n",
		"a byte order mark": "\ufefftz: UTC\n",
		"Windows line ends": "tz: UTC\r\ncurrency: SEK\r\n",
		"start and end":     "---\ntz: UTC\n...\n",
		"flow style":        "{tz: UTC, db: \"a, b.db\"}",
		"JSON":              `{"tz": "UTC", "lock_timeout": "5s"}`,
		"quoted number":     "db: '007'\n",
		"block text":        "tz: >-\n  UTC\n",
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			c := mustLoad(t, source(t, nil, "--config", write(t, content)))
			if strings.Contains(content, "UTC") != (c.TZ == "UTC") {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestBadFilesAreRefusedWithTheLine(t *testing.T) {
	tests := []struct {
		name, content string
		parts         []string
	}{
		{"unknown key", "tz: UTC\ndatabase: x\n", []string{
			`line 2: unknown key "database": write one of addr, behind_proxy, color`}},
		{"near key", "lock_timout: 5s\n", []string{
			`line 1: unknown key "lock_timout": did you mean "lock_timeout"`}},
		{"key like the flag", "lock-timeout: 5s", []string{`did you mean "lock_timeout"`}},
		{"key like the variable", "EVBOOK_DB: x", []string{`unknown key "EVBOOK_DB"`}},
		{"key in capitals", "DB: x", []string{`unknown key "DB": did you mean "db"`}},
		{"two cases of one key", "db: a\nDb: b\n", []string{`line 2: unknown key "Db"`}},
		{"dotted key", "db.path: x\n", []string{`unknown key "db.path"`}},
		{"nested under unknown", "server:\n  addr: x\n", []string{`line 1: unknown key "server"`}},
		{"nested under known", "db:\n  path: x\n", []string{"line 2: db holds further keys"}},
		{"merge key", "x: &x {db: a}\n<<: *x\n", []string{`unknown key "x"`}},
		{"merge key alone", "<<: {db: a}\n", []string{`unknown key "<<"`}},
		{"list for a text", "db: [a.db, b.db]\n", []string{
			"line 1: db holds a list, not text: write a path, such as events.db"}},
		{"empty value", "db:\n", []string{"line 1: db has no value: write a path"}},
		{"null value", "tz: ~\n", []string{"tz has no value: write the name of a zone"}},
		{"number", "currency: 978\n", []string{`currency "978" is a number, not text`}},
		{"number for a duration", "lock_timeout: 300\n", []string{
			`line 1: lock_timeout "300" is a number, not text: write a unit, such as 10s`}},
		{"fraction for a duration", "lock_timeout: 1.5\n", []string{"write a unit, such as 10s"}},
		{"octal", "db: 007\n", []string{`db "007" is a number`}},
		{"bool", "output: true\n", []string{`output "true" is of type "!!bool"`}},
		{"date", "tz: 2026-12-01\n", []string{`tz "2026-12-01" is of type "!!timestamp"`}},
		{"binary", "db: !!binary YS5kYg==\n", []string{`is of type "!!binary"`}},
		{"tag of its own", "db: !include a.db\n", []string{`"a.db" is of type "!include"`}},
		{"alias", "tz: &x UTC\ndb: *x\n", []string{`line 2: db holds the alias "x"`}},
		{"unknown alias", "db: *x\n", []string{"not YAML (unknown anchor"}},
		{"key twice", "db: a\ntz: UTC\ndb: b\n", []string{
			"line 3: db is set in line 1 already: remove one of the two"}},
		{"list as a key", "? [db]\n: x\n", []string{"line 1: a key is not a word"}},
		{"list at the top", "- db: a\n", []string{"line 1: not a list of keys and values"}},
		{"text at the top", "db\n", []string{"line 1: not a list of keys and values"}},
		{"two documents", "db: a\n---\ndb: b\n", []string{"line 2: there is a second document"}},
		{"bad second document", "db: a\n---\n[\n", []string{"not YAML (line "}},
		{"no space after the colon", "db:a.db\n", []string{"not a list of keys and values"}},
		{"tab", "db:\n\tpath: x\n", []string{"not YAML (line 2"}},
		{"open quote", "db: \"a\n", []string{"not YAML (line 2"}},
		{"invalid UTF-8", "db: \xff\n", []string{"not YAML"}},
		{"NUL", "db: a\x00b\n", []string{"not YAML", "control characters"}},
		{"long key", strings.Repeat("k", 60_000) + ": x\n", []string{"not YAML"}},
		{"escape in a key", `"\e[31m": x`, []string{`unknown key "\x1b[31m"`}},
		{"escape in a tag", "db: !%1b[31m x\n", []string{"line 1"}},
		{"deep", strings.Repeat("[", 60_000), []string{"not YAML"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := write(t, tt.content)
			refuses(t, source(t, nil, "--config", file), append(tt.parts, "config file "+file)...)
		})
	}
}

func TestNearestNameIsSuggestedOnlyWhenItIsNear(t *testing.T) {
	tests := []struct{ word, want string }{
		{"currancy", "currency"},
		{"curency", "currency"},
		{"crurency", "currency"},
		{"Output", "output"},
		{"adr", "addr"},
		{"address", ""},
		{"dbs", "db"},
		{"ab", "db"},
		{"xy", ""},
		{"", ""},
		{"shutdowntimeout", "shutdown_timeout"},
		{"timeout", ""},
		{"ada", ""},
		{"bd", "db"},
	}
	for _, tt := range tests {
		if got := Nearest(tt.word, names(keys())); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func FuzzFileGivesTextsOrOneLine(f *testing.F) {
	f.Add("db: a.db\nlock_timeout: 5s\n")
	f.Add("{tz: UTC, db: [a, *b], <<: {x: 1}}")
	f.Add("? [a]\n: !!binary x\n---\n")
	f.Add("db: &a\n  db: *a\n")
	f.Add("\"\\e\": |\n  x\n%TAG ! x\n")
	known := make(map[string]bool)
	for _, k := range keys() {
		known[k.name] = true
	}
	f.Fuzz(func(t *testing.T, content string) {
		settings := make(map[string]any)
		if err := (strictYAML{}).Decode([]byte(content), settings); err != nil {
			checkLine(t, err.Error())
			return
		}
		for name, value := range maps.All(settings) {
			if _, text := value.(string); !known[name] || !text {
				t.Errorf("%q is %#v", name, value)
			}
		}
	})
}

func TestASwitchIsWrittenAsInYAML(t *testing.T) {
	for written, want := range map[string]bool{
		"true": true, "false": false, `"true"`: true, "'false'": false,
	} {
		src := source(t, nil, "--config", write(t, "require_sync: "+written))
		if c := mustLoad(t, src); c.RequireSync != want {
			t.Errorf("%s became %v", written, c.RequireSync)
		}
	}
	for _, written := range []string{"yes", "True", "1", "on", "~"} {
		src := source(t, nil, "--config", write(t, "require_sync: "+written))
		refuses(t, src, "require_sync", "write true or false")
	}
}
