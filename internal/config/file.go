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
	// maxFileSize is in bytes. Seven keys need far less; what is larger is some other file.
	maxFileSize = 64 << 10
	// noFile stands in place of a path where no file is to be read.
	noFile = "none"

	fileHint = "name a YAML file, or read none with --config none"
)

// readFile reads the configuration file into v and gives its path, "" where there is no file.
func readFile(v *viper.Viper, src Source) (string, error) {
	path, origin, err := findFile(src)
	if err != nil || path == "" {
		return "", err
	}
	content, err := readSmall(path)
	if err != nil {
		return "", fmt.Errorf("config file %s (%s) %w", printable(path), origin, err)
	}
	if err := v.ReadConfig(bytes.NewReader(content)); err != nil {
		var parse viper.ConfigParseError
		if errors.As(err, &parse) {
			err = parse.Unwrap()
		}
		return "", fmt.Errorf("config file %s (%s): %w", printable(path), origin, err)
	}
	return path, nil
}

// findFile gives the file to read and who named it, "" where there is none. A file that was asked
// for has to exist; the usual places are only looked at.
func findFile(src Source) (path, origin string, err error) {
	if path, origin, ok := src.lookup("config", "EVBOOK_CONFIG"); ok {
		switch path {
		case noFile:
			return "", "", nil
		case "":
			return "", "", fmt.Errorf("%s names no file: %s", origin, fileHint)
		}
		return path, origin, nil
	}
	for _, path := range src.usualPlaces() {
		if _, err := os.Stat(path); !missing(err) {
			return path, "found in a usual place", nil
		}
	}
	return "", "", nil
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
// name of the file.
func readSmall(path string) ([]byte, error) {
	// Asked before opening: opening a pipe waits for its writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file: " + fileHint)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(content) > maxFileSize {
		return nil, errors.New("is larger than 64 KiB: " + fileHint)
	}
	return content, nil
}

// unreadable words an error of the file system without the path, which is told already.
func unreadable(err error) error {
	if missing(err) {
		return errors.New("does not exist: " + fileHint)
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("cannot be read (%w): %s", err, fileHint)
}

// printable quotes a path that would do something to a terminal, and masks one that is a URL.
func printable(path string) string {
	path = masked(path)
	if strings.ContainsFunc(path, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(path)
	}
	return path
}
