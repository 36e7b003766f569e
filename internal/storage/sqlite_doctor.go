package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// lockPatience is how long the doctor waits for the lock: longer than a group takes.
	lockPatience = 2 * time.Second
	// longLog is a length of the write-ahead log, in bytes, that it has only when something keeps
	// it from starting over.
	longLog = 64 << 20
)

// file looks at a database file.
func (x *examination) file(ctx context.Context, o Options) {
	x.good("engine", "SQLite %s, part of evbook", SQLiteVersion())
	state, err := recognise(o.Path)
	if err == nil && state == missing {
		err = noDatabase(o.Path)
	}
	if x.failed("file", err) {
		return
	}
	file, err := realPath(o.Path)
	if x.failed("file", err) {
		return
	}
	x.fileSystem(file, o)
	x.modes(file)
	x.lock(ctx, file)
	x.log(file)
	s, err := Open(ctx, Options{Path: o.Path, ReadOnly: true, AllowNetworkFS: true})
	if x.failed("schema", err) {
		return
	}
	defer s.Close()
	x.schema(s.database.schema, "it is brought up to date by the next change, such as a booking")
	x.seats(ctx, s)
}

// fileSystem tells whether locks can be relied on.
func (x *examination) fileSystem(file string, o Options) {
	const check = "file system"
	switch kind, remote := fileSystemOf(file); {
	case remote && o.AllowNetworkFS:
		x.note(Diagnosis{check, Doubtful, kind + ", a network file system, as is allowed here",
			"see to it that only one machine ever opens the file"})
	case remote:
		e := onNetwork(o.Path, kind)
		x.note(Diagnosis{check, Bad, e.Message, e.Hint})
	case kind == inMemory:
		x.note(Diagnosis{check, Doubtful, kind + ": all is lost when the machine is started again",
			"put the file on a disk"})
	case kind == "":
		x.good(check, "local, as far as this system tells")
	default:
		x.good(check, "%s, a local one", kind)
	}
}

// besides lists the files that belong to a database file.
func besides(file string) []string {
	return []string{file, file + "-wal", file + "-shm", file + ".turn", file + ".lock"}
}

// modes tells whether others may read names and e-mail addresses.
func (x *examination) modes(file string) {
	const check = "modes"
	var open, names []string
	for _, name := range besides(file) {
		info, err := os.Stat(name)
		if err == nil && isOpenToOthers(info) {
			open = append(open, shellWord(name))
			names = append(names, filepath.Base(name))
		}
	}
	if len(open) == 0 {
		x.good(check, "nobody but its owner may read or write the database")
		return
	}
	x.note(Diagnosis{check, Doubtful,
		"others than the owner may use " + strings.Join(names, ", ") +
			", where names and e-mail addresses are",
		"chmod 600 " + strings.Join(open, " ")})
}

// lock tells whether writers get their turn. It makes no lock file.
func (x *examination) lock(ctx context.Context, file string) {
	const check = "lock"
	l := newFileLock(file)
	for _, name := range []string{l.turn.path, l.lock.path} {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			x.good(check, "free: nobody has ever waited for it")
			return
		}
	}
	release, err := l.acquireWithin(ctx, lockPatience)
	if err != nil {
		x.note(Diagnosis{check, Doubtful,
			fmt.Sprintf("it was not free within %s: %v", lockPatience, err),
			"look for an evbook that hangs: " + lookForHolder(l.lock.path)})
		return
	}
	release()
	x.good(check, "free")
}

// lookForHolder is a command that names who has a file open.
func lookForHolder(file string) string { return "fuser -v " + shellWord(file) }

// log tells whether the write-ahead log starts over as it should.
func (x *examination) log(file string) {
	const check = "log"
	info, err := os.Stat(file + "-wal")
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && info.Size() == 0:
		x.good(check, "empty: everything is in the file itself")
	case x.failed(check, err):
	case info.Size() > longLog:
		x.note(Diagnosis{check, Doubtful,
			fmt.Sprintf("%d MiB, longer than it gets by itself", info.Size()>>20),
			"end who has been reading for long (" + lookForHolder(file) + "), then book"})
	default:
		x.good(check, "%d KiB", info.Size()>>10)
	}
}

// replication has nothing to tell of a file: whose disk is lost has their backups.
func (s *sqliteSource) replication(context.Context) (Diagnosis, error) {
	return Diagnosis{Check: "replication", State: Good, Detail: "a file has no standbys"}, nil
}
