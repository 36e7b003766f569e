package config

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// Setting is one key with the value that counts.
type Setting struct {
	// Key is its name in the file.
	Key string
	// Value is as it was written; what may be a password is replaced by ***.
	Value string
	// Origin is what set it: "flag --db", "variable EVBOOK_DB", "file PATH" or "default".
	Origin string
	// Description says in a few words what the key is for.
	Description string
}

const originDefault = "default"

func fileOrigin(path string) string { return "file " + printable(path) }

// Explain gives every key with its value and where that came from, always in the same order. It
// fails where [Load] fails.
func Explain(src Source) ([]Setting, error) { return gather(newViper(), src) }

// Defaults gives every key with its default, in the order of [Explain].
func Defaults() []Setting {
	var settings []Setting
	for _, k := range keys() {
		settings = append(settings, Setting{k.name, k.fallback, originDefault, k.about})
	}
	return settings
}

// Path gives the configuration file that is used or, where exists is false, that would be made.
// What exists may still be no file that can be used. It fails when no file is to be read, and when
// there is no usual place for one.
func Path(src Source) (path string, exists bool, err error) {
	path, origin, err := findFile(src)
	if err != nil {
		return "", false, err
	}
	if path == "" && origin != "" {
		return "", false, fmt.Errorf("no configuration file is used (%s): "+
			"name one with --config FILE", origin)
	}
	if path == "" {
		places := src.usualPlaces()
		if len(places) == 0 {
			return "", false, errors.New("there is no home folder for a configuration file: " +
				"name one with --config FILE")
		}
		path = places[0]
	}
	_, err = os.Lstat(path)
	return path, !missing(err), nil
}

// Validate checks a configuration file by itself, whatever flags and variables say, and gives the
// configuration that it makes with the defaults. Like [Load] it tells in one line what is wrong.
func Validate(path string) (Config, error) {
	content, err := readSmall(path, fileHint)
	if err != nil {
		return Config{}, fmt.Errorf("config file %s %w", printable(path), err)
	}
	v := newViper()
	if err := readContent(v, content); err != nil {
		return Config{}, fmt.Errorf("config file %s: %w", printable(path), err)
	}
	alone := Source{
		Getenv: func(string) (string, bool) { return "", false }, OS: runtime.GOOS,
	}
	if _, err := settle(v, alone, path); err != nil {
		return Config{}, err
	}
	return decode(v)
}

// keyNamed gives the key of a name, or says which name was meant.
func keyNamed(name string) (key, error) {
	all := keys()
	i := slices.IndexFunc(all, func(k key) bool { return k.name == name })
	if i >= 0 {
		return all[i], nil
	}
	hint := oneOf(all)
	if near := Nearest(name, names(all)); near != "" {
		hint = fmt.Sprintf("did you mean %q", near)
	}
	return key{}, fmt.Errorf("unknown key %s: %s", quoted(name), hint)
}

// initial is the content of a new file: every key with its default, explained.
func initial() string {
	var b strings.Builder
	b.WriteString("# Configuration of evbook. A flag counts before an EVBOOK_ variable, " +
		"a variable before this file.\n")
	for _, k := range keys() {
		fmt.Fprintf(&b, "\n# %s\n%s: %s\n", k.about, k.name, asYAML(textNode(k.fallback, 0)))
	}
	return b.String()
}
