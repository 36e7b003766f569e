package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"evbook/internal/booking"
)

// applicationID marks a database file as evbook's ("evbk"), as SQLite provides for it
// (sqlite.org/fileformat2.html, 1.3, offset 68).
const applicationID = 0x6576626b

// fileState is what a path turns out to be before SQLite is allowed to touch it.
type fileState int

const (
	// missing files can be created, as can empty ones.
	missing fileState = iota
	// unfinished files are evbook's, but nobody has completed their set-up yet.
	unfinished
	// ours are evbook's, with a schema that we know.
	ours
	// newer files are evbook's too, with a schema that a newer evbook has made.
	newer
)

const (
	headerBytes         = 100
	headerMagic         = "SQLite format 3\x00"
	headerUserVersion   = 60
	headerApplicationID = 68
)

// recognise tells what the path is, without changing a byte of it. What is not evbook's is an
// Unavailable error that says what it is instead and the way out: SQLite would convert another
// program's file, and has one and the same message for most of the rest. It must be called before
// this process has the file open, since closing the file drops SQLite's locks on some systems.
func recognise(path string) (fileState, error) {
	if scheme, _, ok := strings.Cut(path, "://"); ok && strings.HasPrefix(scheme, "postgres") {
		// The address may hold a password: it is not repeated.
		return missing, booking.Errorf(booking.Unavailable,
			"a PostgreSQL address stands where a file is needed").
			WithHint("--db names an SQLite file, such as events.db")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return missing, checkPlace(path)
	case err != nil:
		return missing, booking.Errorf(booking.Unavailable, "cannot look at %s: %w", path,
			reason(err)).WithHint("check the permissions of its folder")
	case info.IsDir():
		return missing, booking.Errorf(booking.Unavailable,
			"%s is a folder, not a database file", path).
			WithHint("name a file in it: --db %s", filepath.Join(path, "events.db"))
	case !info.Mode().IsRegular():
		return missing, booking.Errorf(booking.Unavailable, "%s is not a regular file", path).
			WithHint("--db names the database file")
	case names(info) > 1:
		// The log and the lock are found by name: through another name, another process would
		// not see them, and sell the same seats again.
		return missing, booking.Errorf(booking.Unavailable,
			"%s has %d names (hard links), a database must have one", path, names(info)).
			WithHint("remove the others, or make them symbolic links")
	case info.Size() == 0:
		return missing, nil
	}
	header, err := readHeader(path)
	if err != nil {
		return missing, booking.Errorf(booking.Unavailable, "cannot read %s: %w", path,
			reason(err)).WithHint("check the permissions of the file")
	}
	if isCutOff(path, header) {
		return unfinished, nil
	}
	return recogniseHeader(path, header)
}

// isCutOff is true for a file whose first page never reached the disk before the power was cut:
// nothing but zeros, with the journal of the first commit beside it.
func isCutOff(path string, header []byte) bool {
	if len(bytes.Trim(header, "\x00")) > 0 {
		return false
	}
	_, err := os.Stat(path + "-journal")
	return err == nil
}

func recogniseHeader(path string, header []byte) (fileState, error) {
	if len(header) < headerBytes || !bytes.HasPrefix(header, []byte(headerMagic)) {
		return missing, booking.Errorf(booking.Unavailable,
			"%s is not an evbook database: it is no SQLite file at all", path).
			WithHint("--db names another file; this one was left as it is")
	}
	if binary.BigEndian.Uint32(header[headerApplicationID:]) != applicationID {
		return missing, booking.Errorf(booking.Unavailable,
			"%s is not an evbook database: it is an SQLite file of another program", path).
			WithHint("--db names another file; this one was left as it is")
	}
	switch version := binary.BigEndian.Uint32(header[headerUserVersion:]); {
	case version == 0:
		return unfinished, nil
	case version > schemaVersion:
		return newer, nil
	}
	return ours, nil
}

// checkPlace says what is wrong with the place of a file that does not exist.
func checkPlace(path string) error {
	if target, err := os.Readlink(path); err == nil {
		return booking.Errorf(booking.Unavailable, "%s is a link to %s, which does not exist", path,
			target).WithHint("--db names the database file itself, or a link to one that exists")
	}
	folder := folderOf(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return booking.Errorf(booking.Unavailable, "the folder %s does not exist", folder).
			WithHint("mkdir -p %s", shellWord(folder))
	case err != nil:
		return booking.Errorf(booking.Unavailable, "cannot look at %s: %w", folder, reason(err))
	case !info.IsDir():
		return booking.Errorf(booking.Unavailable, "%s is not a folder", folder).
			WithHint("--db names the database file")
	}
	return nil
}

// shellWord writes a path so that a shell reads it as one word.
func shellWord(path string) string {
	if strings.IndexFunc(path, func(r rune) bool {
		return !strings.ContainsRune("/._-+:@", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) < 0 {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// readHeader reads the first bytes of a file, fewer if it is shorter.
func readHeader(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	header := make([]byte, headerBytes)
	n, err := io.ReadFull(f, header)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return header[:n], err
}
