package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInitHoldsEveryKeyWithItsDefault(t *testing.T) {
	path := filepath.Join(t.TempDir(), fileName)
	if err := Init(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if c := mustLoad(t, source(t, nil, "--config", path)); c != defaults() {
		t.Errorf("got %+v", c)
	}
	values, err := meanings([]byte(content(t, path)))
	if err != nil || len(values) != len(keys()) {
		t.Errorf("got %v (%v)", values, err)
	}
	for _, k := range keys() {
		if !strings.Contains(content(t, path), "\n# "+k.about+"\n"+k.name+": ") {
			t.Errorf("%s is not explained", k.name)
		}
	}
}

func TestInitNeverOverwrites(t *testing.T) {
	path := write(t, "tz: UTC\n")
	var write *WriteError
	if err := Init(t.Context(), path); !errors.As(err, &write) || !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	if got := content(t, path); got != "tz: UTC\n" {
		t.Errorf("got %q", got)
	}
}

func TestOneOfManyInitsMakesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", fileName)
	made := make(chan error, 8)
	for range cap(made) {
		go func() { made <- Init(t.Context(), path) }()
	}
	count := 0
	for range cap(made) {
		switch err := <-made; {
		case err == nil:
			count++
		case !errors.Is(err, fs.ErrExist):
			t.Error(err)
		}
	}
	if count != 1 {
		t.Errorf("%d of them made the file", count)
	}
	if _, err := Validate(path); err != nil {
		t.Error(err)
	}
}

func TestReadersMeetTheWholeNewFileOrNone(t *testing.T) {
	for range 20 {
		path := filepath.Join(t.TempDir(), fileName)
		done := make(chan error, 1)
		go func() { done <- Init(t.Context(), path) }()
		var text []byte
		for len(text) == 0 {
			var err error
			if text, err = os.ReadFile(path); err == nil && string(text) != initial() {
				t.Fatalf("a reader met %q", text)
			}
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}
