package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/viper"
)

const (
	// fileName is never "evbook": a search for that name finds the program itself.
	fileName = "config.yaml"
	// maxFileSize is in bytes. All keys together need far less; what is larger is some other file.
	maxFileSize = 64 << 10
	// noFile stands in place of a path where no file is to be read.
	noFile = "none"

	fileHint = "name a YAML file, or read none with --config none"
	linkHint = "is a link to nothing: make what it leads to, or remove it"
)

// readFile reads the configuration file into v and gives its path, "" where there is no file.
func readFile(v *viper.Viper, src Source) (string, error) {
	if src.NoFile {
		return "", nil
	}
	path, origin, err := findFile(src)
	if err != nil || path == "" {
		return "", err
	}
	what := fmt.Sprintf("config file %s (%s)", printable(path), origin)
	content, err := readSmall(path, fileHint)
	if err != nil {
		return "", fmt.Errorf("%s %w", what, err)
	}
	if err := readContent(v, content); err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	return path, nil
}

// readContent reads the content of a configuration file into v.
func readContent(v *viper.Viper, content []byte) error {
	err := v.ReadConfig(bytes.NewReader(content))
	var parse viper.ConfigParseError
	if errors.As(err, &parse) {
		return parse.Unwrap()
	}
	return err
}

// findFile gives the file to read and who named it, "" where there is none. A file that was asked
// for has to exist; the usual places are only looked at. A link to nothing counts as a file: who
// has made it wants to hear that it leads nowhere.
func findFile(src Source) (path, origin string, err error) {
	if path, origin, ok, err := namedFile(src); ok {
		return path, origin, err
	}
	for _, path := range src.usualPlaces() {
		if _, err := os.Lstat(path); !missing(err) {
			return path, "found in a usual place", nil
		}
	}
	return "", "", nil
}

// namedFile gives the file that a flag, else a variable, names and which of them it was; "" where
// it asks for none.
func namedFile(src Source) (path, origin string, ok bool, err error) {
	path, origin, ok = src.lookup("config", "EVBOOK_CONFIG")
	switch {
	case ok && path == noFile:
		return "", origin, true, nil
	case ok && path == "":
		return "", origin, true, fmt.Errorf("%s names no file: %s", origin, fileHint)
	case ok && path == "-":
		return "", origin, true, fmt.Errorf("%s names the standard input, not a file: %s", origin,
			fileHint)
	}
	return path, origin, ok, nil
}

// usualPlaces lists where the file may be, best first. The standard library's answer for macOS,
// Library/Application Support, is not where people of the command line look.
func (src Source) usualPlaces() []string {
	var places []string
	if dir := src.env("EVBOOK_CONFIG_DIR"); dir != "" {
		places = append(places, filepath.Join(dir, fileName))
	}
	// The XDG specification has relative paths ignored.
	if dir := src.env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		places = append(places, filepath.Join(dir, "evbook", fileName))
	}
	if src.OS == "windows" {
		if dir := src.env("AppData"); dir != "" {
			places = append(places, filepath.Join(dir, "evbook", fileName))
		}
	} else if home := src.env("HOME"); home != "" {
		places = append(places, filepath.Join(home, ".config", "evbook", fileName))
	}
	return places
}

// missing tells whether an error of the file system means that there is nothing at the path. That
// includes a file in the place of a folder: some services run with HOME=/dev/null.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// readSmall gives the content of a regular file of at most maxFileSize. Its errors go on from the
// name of the file and end with a hint.
func readSmall(path, hint string) ([]byte, error) {
	// Asked before opening: opening a pipe waits for its writer.
	info, err := os.Stat(path)
	if err != nil {
		if _, linkErr := os.Lstat(path); missing(err) && linkErr == nil {
			return nil, errors.New(linkHint)
		}
		return nil, unreadable(err, hint)
	}
	if err := regular(info, hint); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err, hint)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, unreadable(err, hint)
	}
	if len(content) > maxFileSize {
		return nil, errors.New("is larger than 64 KiB: " + hint)
	}
	return content, nil
}

// unreadable words an error of the file system without the path, which is told already.
func unreadable(err error, hint string) error {
	if missing(err) {
		return errors.New("does not exist: " + hint)
	}
	return fmt.Errorf("cannot be read (%w): %s", withoutPath(err), hint)
}

// regular refuses folders, pipes and devices.
func regular(info fs.FileInfo, hint string) error {
	if !info.Mode().IsRegular() {
		return errors.New("is not a regular file: " + hint)
	}
	return nil
}

// withoutPath is the cause of an error of the file system, without the path.
func withoutPath(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// printable quotes a path that would do something to a terminal, and masks one that is a URL.
func printable(path string) string {
	path = masked(path)
	if strings.ContainsFunc(path, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(path)
	}
	return path
}
