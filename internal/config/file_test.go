package config

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func isPrint(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) })
}

func TestFileIsTakenFromTheFirstPlaceThatHasOne(t *testing.T) {
	tests := []struct {
		name, os string
		absent   []string
		want     string
	}{
		{"all", "linux", nil, "own"},
		{"no own folder", "linux", []string{"own"}, "xdg"},
		{"no XDG folder", "linux", []string{"own", "xdg"}, "home"},
		{"macOS", "darwin", []string{"own", "xdg"}, "home"},
		{"Windows", "windows", []string{"own", "xdg"}, "appdata"},
		{"Windows has no home", "windows", []string{"own", "xdg", "appdata"}, "default"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			own := write(t, "tz: own", fileName)
			xdg := write(t, "tz: xdg", "evbook", fileName)
			home := write(t, "tz: home", ".config", "evbook", fileName)
			appdata := write(t, "tz: appdata", "evbook", fileName)
			files := map[string]string{"own": own, "xdg": xdg, "home": home, "appdata": appdata}
			for _, name := range tt.absent {
				if err := os.Remove(files[name]); err != nil {
					t.Fatal(err)
				}
			}
			src := source(t, map[string]string{
				"EVBOOK_CONFIG_DIR": filepath.Dir(own),
				"XDG_CONFIG_HOME":   filepath.Dir(filepath.Dir(xdg)),
				"HOME":              filepath.Dir(filepath.Dir(filepath.Dir(home))),
				"AppData":           filepath.Dir(filepath.Dir(appdata)),
			})
			src.OS = tt.os
			want := strings.TrimSuffix(tt.want, "default")
			if c := mustLoad(t, src); c.TZ != want {
				t.Errorf("got that of %q, want %q", c.TZ, want)
			}
		})
	}
}

func TestNamedFileBeatsTheUsualPlaces(t *testing.T) {
	env := map[string]string{
		"EVBOOK_CONFIG_DIR": filepath.Dir(write(t, "tz: usual")),
		"EVBOOK_CONFIG":     write(t, "tz: variable"),
	}
	if c := mustLoad(t, source(t, env)); c.TZ != "variable" {
		t.Errorf("got that of %q", c.TZ)
	}
	if c := mustLoad(t, source(t, env, "--config", write(t, "tz: flag"))); c.TZ != "flag" {
		t.Errorf("got that of %q", c.TZ)
	}
	if c := mustLoad(t, source(t, env, "--config=none")); c.TZ != "" {
		t.Errorf("got that of %q", c.TZ)
	}
	env["EVBOOK_CONFIG"] = "none"
	if c := mustLoad(t, source(t, env)); c.TZ != "" {
		t.Errorf("got that of %q", c.TZ)
	}
}

// A search for a name would find the program itself, or what somebody left in the folder.
func TestWorkingDirectoryIsNotSearched(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"evbook", "evbook.yaml", "config.yaml", "config.json", "none"} {
		if err := os.WriteFile(name, []byte("tz: "+name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"XDG_CONFIG_HOME": ".", "EVBOOK_CONFIG": "none"}
	if c := mustLoad(t, source(t, env)); c != defaults() {
		t.Errorf("got %+v", c)
	}
	delete(env, "EVBOOK_CONFIG")
	if err := os.Remove("evbook"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("evbook", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("evbook/config.yaml", []byte("tz: relative"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := mustLoad(t, source(t, env)); c != defaults() {
		t.Errorf("a relative XDG_CONFIG_HOME counts: %+v", c)
	}
}

func TestUnusableFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.yaml")
	wild := filepath.Join(dir, "\x1b[31m")
	long := filepath.Join(dir, strings.Repeat("x", 300))
	binary := write(t, "\x7fELF\x02\x01\x01\x00\x00\x00", "evbook")
	large := write(t, "# "+strings.Repeat("x", maxFileSize))
	toml := write(t, "db = \"a.db\"\n", "config.toml")
	tests := []struct {
		name, path string
		parts      []string
	}{
		{"missing", missing, []string{missing, "does not exist", "--config none"}},
		{"below a file", large + "/x", []string{"does not exist"}},
		{"a folder", dir, []string{dir, "is not a regular file", "--config none"}},
		{"a device", os.DevNull, []string{"is not a regular file"}},
		{"unprintable", wild, []string{`\x1b[31m`, "does not exist"}},
		{"name too long", long, []string{"cannot be read (file name too long)"}},
		{"too large", large, []string{large, "is larger than 64 KiB", "name a YAML file"}},
		{"the program", binary, []string{binary, "not YAML", "control characters"}},
		{"another format", toml, []string{toml, "line 1", "not a list of keys and values"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refuses(t, source(t, nil, "--config", tt.path),
				append(tt.parts, "(flag --config)")...)
			refuses(t, source(t, map[string]string{"EVBOOK_CONFIG": tt.path}),
				append(tt.parts, "(variable EVBOOK_CONFIG)")...)
		})
	}
	refuses(t, source(t, nil, "--config="), "flag --config names no file", "--config none")
}

func TestUnusableFileInAUsualPlaceIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, fileName), 0o700); err != nil {
		t.Fatal(err)
	}
	refuses(t, source(t, map[string]string{"EVBOOK_CONFIG_DIR": dir}),
		filepath.Join(dir, fileName), "found in a usual place", "is not a regular file")
}

func TestLargestFileIsRead(t *testing.T) {
	content := "tz: UTC\n#"
	content += strings.Repeat("x", maxFileSize-len(content))
	if c := mustLoad(t, source(t, nil, "--config", write(t, content))); c.TZ != "UTC" {
		t.Errorf("got %q", c.TZ)
	}
}

func TestLoadWritesNothing(t *testing.T) {
	home := t.TempDir()
	t.Chdir(home)
	mustLoad(t, source(t, map[string]string{"HOME": home, "EVBOOK_CONFIG_DIR": home}))
	left, err := os.ReadDir(home)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}
