package config

import (
	"maps"
	"strings"
	"testing"
)

func set(name, value string) change { return change{name: name, value: value} }
func unset(name string) change      { return change{name: name, remove: true} }

func TestOnlyTheLineConcernedIsChanged(t *testing.T) {
	const file = "# club\n\n# The hall's.\ndb:   'a.db'  # not b.db\n\n\ntz: UTC\n# the end\n"
	tests := []struct {
		name, content string
		change        change
		want          string
	}{
		{"a new value", file, set("db", "b.db"),
			"# club\n\n# The hall's.\ndb:   'b.db'  # not b.db\n\n\ntz: UTC\n# the end\n"},
		{"the same value again", file, set("tz", "UTC"), file},
		{"a new key", file, set("currency", "SEK"), file + "currency: SEK\n"},
		{"a key less", file, unset("tz"),
			"# club\n\n# The hall's.\ndb:   'a.db'  # not b.db\n\n\n# the end\n"},
		{"the last key less", "# a\ntz: UTC\n# b\n", unset("tz"), "# a\n# b\n"},
		{"nothing there", "", set("tz", "UTC"), "tz: UTC\n"},
		{"nothing but comments", "# later\n", set("tz", "UTC"), "# later\ntz: UTC\n"},
		{"only a start", "---\n", set("tz", "UTC"), "---\ntz: UTC\n"},
		{"no line end", "db: a.db", set("tz", "UTC"), "db: a.db\ntz: UTC\n"},
		{"no line end, last key", "db: a.db", set("db", "b.db"), "db: b.db"},
		{"Windows line ends", "db: a.db # x\r\ntz: UTC\r\n", set("db", "b.db"),
			"db: b.db # x\r\ntz: UTC\r\n"},
		{"a key more on Windows", "db: a.db\r\n", set("tz", "UTC"), "db: a.db\r\ntz: UTC\r\n"},
		{"indented", "  db: a.db\n  tz: UTC\n", set("tz", "CET"), "  db: a.db\n  tz: CET\n"},
		{"quoted key", "\"db\": a.db\n", set("db", "b.db"), "\"db\": b.db\n"},
		{"a number", "db: a.db\n", set("db", "007"), "db: \"007\"\n"},
		{"a word of YAML", "db: a.db\n", set("db", "true"), "db: \"true\"\n"},
		{"an empty value", "tz: UTC # x\n", set("tz", ""), "tz: \"\" # x\n"},
		{"signs of YAML", "", set("db", "#a: b #c"), "db: '#a: b #c'\n"},
		{"quotes", "db: a\n", set("db", `a"b'c`), `db: a"b'c` + "\n"},
		{"the comment in the value", "db: 'a # b' # b\n", set("db", "x"), "db: 'x' # b\n"},
		{"double quotes", "db: \"a\" # b\n", set("db", `c"d`), `db: "c\"d" # b` + "\n"},
		{"a number in its place", "lock_timeout: 10 # s\ntz: 5\n", set("lock_timeout", "10s"),
			"lock_timeout: 10s # s\ntz: 5\n"},
		{"a number to remove", "lock_timeout: 10\ntz: 5\n", unset("tz"), "lock_timeout: 10\n"},
		{"nothing in its place", "tz:\ndb: ~\n", set("tz", "UTC"), "tz: UTC\ndb: ~\n"},
		{"a list elsewhere", "db: [a, b]\ntz: UTC\n", set("tz", "CET"), "db: [a, b]\ntz: CET\n"},
		{"a long value", "", set("db", strings.Repeat("long ", 99)+"db"),
			"db: " + strings.Repeat("long ", 99) + "db\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, changed, err := edited([]byte(tt.content), tt.change)
			if err != nil || !changed || string(got) != tt.want {
				t.Errorf("got  %q (%v, %v)\nwant %q", got, changed, err, tt.want)
			}
		})
	}
}

// Such files are written anew as a whole; what matters is that they say the same.
func TestFilesOfOtherFormsAreChangedToo(t *testing.T) {
	tests := []struct {
		name, content string
		change        change
		want          string
	}{
		{"JSON", `{"tz": "UTC", "lock_timeout": "5s"}`, set("tz", "CET"),
			`{"tz": "CET", "lock_timeout": "5s"}` + "\n"},
		{"JSON of several lines", "{\n  \"db\": \"a\",\n  \"tz\": \"UTC\"\n}\n", set("tz", "CET"),
			"{\n  \"db\": \"a\",\n  \"tz\": \"CET\"\n}\n"},
		{"a key more in JSON", `{"tz": "UTC"}`, set("db", "a"), `{"tz": "UTC", "db": "a"}` + "\n"},
		{"a key less in JSON", `{"tz": "UTC", "db": "a"}`, unset("tz"), `{"db": "a"}` + "\n"},
		{"old line ends", "tz: UTC\rdb: a\r", unset("db"), "tz: UTC\n"},
		{"Unicode line ends", "tz: UTC\u2028db: a\u0085", set("db", "b"), "tz: UTC\ndb: b\n"},
		{"null", "# x\n~\n", set("tz", "UTC"), "# x\ntz: UTC\n"},
		{"an end", "# x\ndb: a # y\n...\n", set("tz", "UTC"), "# x\ndb: a # y\ntz: UTC\n"},
		{"a byte order mark", "\ufefftz: UTC # x\n", set("tz", "CET"), "tz: CET # x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, changed, err := edited([]byte(tt.content), tt.change)
			if err != nil || !changed || string(got) != tt.want {
				t.Errorf("got  %q (%v, %v)\nwant %q", got, changed, err, tt.want)
			}
		})
	}
}

func TestValuesOfSeveralLinesAreReplacedAsAWhole(t *testing.T) {
	for _, content := range []string{
		"# x\ntz: >-\n  Europe\n  Rome\ndb: a\n", "# x\ntz: Europe\n  Rome\ndb: a\n",
		"# x\ntz:\n  Europe\ndb: a\n", "# x\n? tz\n: UTC\ndb: a\n", "# x\ntz: !!str 5\ndb: a\n",
		"# x\ntz:\n- UTC\n- CET\ndb: a\n", "# x\ntz:\n  zone: UTC\ndb: a\n",
		"# x\ntz: |\n  a\ndb: a\n",
	} {
		for _, c := range []change{set("tz", "CET"), unset("tz")} {
			got, _, err := edited([]byte(content), c)
			if err != nil {
				t.Errorf("%q: %v", content, err)
				continue
			}
			values, err := meanings(got)
			if err != nil || values["tz"].text != c.value || values["db"].text != "a" {
				t.Errorf("%q became %q: %v (%v)", content, got, values, err)
			}
			if !c.remove && !strings.Contains(string(got), "# x\n") {
				t.Errorf("the comment of %q is lost: %q", content, got)
			}
		}
	}
}

func TestRemovingWhatIsNotThereChangesNothing(t *testing.T) {
	for _, content := range []string{"", "# x\n", "{}", "tz: UTC\n"} {
		got, changed, err := edited([]byte(content), unset("db"))
		if err != nil || changed || string(got) != content {
			t.Errorf("%q became %q (%v, %v)", content, got, changed, err)
		}
	}
}

func FuzzEditChangesOneKeyAlone(f *testing.F) {
	f.Add("# x\ndb: a.db # y\n\ntz: UTC\n", "b.db", false)
	f.Add("{tz: UTC, db: \"a\"}", "a # b", false)
	f.Add("tz: >-\n  UTC\ndb: |\n  x\n", "", true)
	f.Add("\ufeffdb: a\r\n...\n", "\u2028", false)
	f.Add("\rdb: a\u2028tz: UTC", "x", true)
	f.Add("db: [a, {b: c}]\ntz: 5\nlock_timeout:\n", "x", false)
	f.Fuzz(func(t *testing.T, content, value string, remove bool) {
		before, err := meanings([]byte(content))
		if err != nil {
			t.Skip()
		}
		after, _, err := edited([]byte(content), change{"db", value, remove})
		if err != nil {
			checkLine(t, err.Error())
			return
		}
		got, err := meanings(after)
		if err != nil {
			t.Fatalf("%q became %q: %v", content, after, err)
		}
		if db, there := got["db"]; there == remove || db.text != value && !remove {
			t.Errorf("%q became %q, for %q", content, after, value)
		}
		delete(before, "db")
		delete(got, "db")
		if !maps.Equal(got, before) {
			t.Errorf("%q became %q", content, after)
		}
	})
}
