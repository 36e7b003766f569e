package pgcluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// binEnv names the folder of PostgreSQL's programs where it is not one that is found by itself.
const binEnv = "EVBOOK_PG_BIN"

// binaries finds the folder with initdb, postgres and what belongs to them: EVBOOK_PG_BIN, else
// the newest that Debian has installed, else the one on the PATH.
func binaries() (string, error) {
	if dir := os.Getenv(binEnv); dir != "" {
		if !holdsServer(dir) {
			return "", fmt.Errorf("%w from the folder of %s, %s", errMissing, binEnv, dir)
		}
		return dir, nil
	}
	found, newest := "", 0
	// The pattern is a constant and well formed.
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, dir := range all {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err == nil && version > newest && holdsServer(dir) {
			found, newest = dir, version
		}
	}
	if found != "" {
		return found, nil
	}
	initdb, err := exec.LookPath("initdb")
	if err != nil || !holdsServer(filepath.Dir(initdb)) {
		return "", fmt.Errorf("%w: install postgresql, or name their folder in %s", errMissing,
			binEnv)
	}
	return filepath.Dir(initdb), nil
}

// holdsServer says whether a cluster can be made and run with what is in a folder.
func holdsServer(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return false
		}
	}
	return true
}
