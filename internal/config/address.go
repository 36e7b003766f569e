package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

const (
	addressFile = "name a file of one line, such as postgres://db.example/events"
	// looseSecret are the permissions that the file of a password must not have: anything for
	// others, and more than reading for the group.
	looseSecret = 0o037
)

// isAddress says whether a database is named by the address of a PostgreSQL server and not by a
// file.
func isAddress(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://")
}

// isNearlyAddress says whether what would be a file was rather meant for an address. A file of that
// name would tell a password to everybody who lists its folder.
func isNearlyAddress(db string) bool {
	if !strings.ContainsAny(db, ":=") && !strings.Contains(db, "//") { // nearly always
		return false
	}
	meant := regexp.MustCompile(
		`(?i)://|^\s*postgres(ql)?(:|//)|^[^/:@]+:[^@]*@|(^|\s)(host|dbname|user|password)\s*=`)
	return meant.MatchString(db)
}

// database gives what names the database: db, or the address in the file that dsn_file names, which
// keeps it from everybody who lists the processes of the machine. What is set nearer to the command
// counts, and both side by side are refused. path is that of the configuration file.
func (src Source) database(db, file given, path string) (given, error) {
	switch unset := file.value == "" && file.by != byFlag; {
	case unset || file.by < db.by:
		if db.by == byFile {
			return db, src.keepsSecret(path, db.value)
		}
		return db, nil
	case file.by == db.by:
		return db, fmt.Errorf("%s and %s cannot stand together: give one of them",
			db.name(keyDB), file.name(keyDSNFile))
	}
	address, err := src.readAddress(file.value)
	if err != nil {
		return db, fmt.Errorf("%s (%s): %s %w", keyDSNFile, file.origin, printable(file.value), err)
	}
	return given{address, file.by, file.origin}, nil
}

// forNoOtherEyes refuses a file with a password if others can read it. The error goes on from the
// name of the file.
func (src Source) forNoOtherEyes(info fs.FileInfo) error {
	// Windows keeps permissions elsewhere.
	if mode := info.Mode().Perm(); mode&looseSecret != 0 && src.OS != "windows" {
		return fmt.Errorf("can be read by others (mode %04o): mend it with chmod 600", mode)
	}
	return nil
}

// keepsSecret refuses a password in a configuration file that others can read.
func (src Source) keepsSecret(path, address string) error {
	_, rest, _ := strings.Cut(address, "://")
	user, place, found := strings.Cut(rest, "@")
	if !found {
		user, place = "", rest
	}
	if !isAddress(address) || !strings.Contains(user, ":") && masked(place) == place {
		return nil
	}
	info, err := os.Stat(path)
	if err == nil {
		err = src.forNoOtherEyes(info)
	}
	if err != nil {
		return fmt.Errorf("%s (%s) holds a password, and the file %w", keyDB, fileOrigin(path), err)
	}
	return nil
}

// readAddress gives the first line of a file in which an address with its password is kept. Its
// errors go on from the name of the file, and repeat nothing of what is in it.
func (src Source) readAddress(path string) (string, error) {
	content, err := readSmall(path, addressFile)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", unreadable(err, addressFile)
	}
	if err := src.forNoOtherEyes(info); err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(content), "\n")
	line = strings.TrimSpace(line)
	if !isAddress(line) {
		return "", errors.New("has no address in its first line: " + addressFile)
	}
	return line, nil
}
