// Package storage remembers what the rules decide. It is the one package of evbook that knows SQL,
// files and locks, and it knows no rule: it loads a sheet, lets package booking decide on it, and
// writes the difference down.
//
// There is one door to writing. Callers hand over commands; one writer per process takes all that
// are waiting, up to a thousand, and runs them as a group: lock → begin → check → update → commit
// → unlock. So a crowd shares one transaction and one sync of the disk, and a lone caller waits for
// nobody. A caller hears of success only after COMMIT has reached the disk. A server on PostgreSQL,
// which locks rows, has several such writers beside each other, its lanes.
//
// Storage may import booking and nothing else of evbook.
package storage

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"evbook/internal/booking"
)

// DefaultLockTimeout is how long a write waits for its turn unless told otherwise.
const DefaultLockTimeout = 10 * time.Second

// Options say which database to open and how.
type Options struct {
	// Path is the database file.
	Path string
	// Address is the address of a PostgreSQL database (postgres://…), in place of Path. It is set
	// up beforehand, by [Migrate]: opening it changes nothing.
	Address string
	// Create makes the file when it is missing; without it a missing file is Unavailable.
	Create bool
	// ReadOnly never changes the database and takes no lock. It works on read-only media; where
	// it can, SQLite keeps an index of the log beside the database meanwhile.
	ReadOnly bool
	// LockTimeout is how long a write waits for its turn; 0 means [DefaultLockTimeout].
	LockTimeout time.Duration
	// Actor is who stands in the journal: "cli:ada", "http".
	Actor string
	// DryRun takes every change back instead of committing it: the answers, refusals and errors are
	// those of the real thing, and nothing is written but the lock files, where there are none.
	// What would be new is answered without its reference or number. Where a database would be
	// made, a passing one takes its place.
	DryRun bool
	// Serving is for processes that live long and write much: the write-ahead log is copied into
	// the database in the background, or several transactions run at the same time where the
	// database has no such log.
	Serving bool
	// AllowNetworkFS opens files on network file systems, too, where SQLite's locks cannot be
	// relied on: only one machine may ever open them.
	AllowNetworkFS bool
	// RequireSync refuses a PostgreSQL database unless a synchronous standby has what is
	// acknowledged. Each connection that writes looks again.
	RequireSync bool
	// Observe is told what became of each group of commands, one after the other and while no lock
	// is held; nil for nobody. The next group waits until it returns.
	Observe func(Group)
	// Awaited is told, in the caller's goroutine, that the caller has gone (its context has ended)
	// and that its change can be taken back no more: the verdict is awaited. nil for nobody.
	Awaited func()
	// Abandoned ends that wait, too, when it is closed: the change is Unknown then. Close waits for
	// the verdict all the same. nil is never closed.
	Abandoned <-chan struct{}
}

// patient has the options wait for the default time unless they say how long.
func (o Options) patient() Options {
	o.LockTimeout = cmp.Or(o.LockTimeout, DefaultLockTimeout)
	return o
}

// Store is an open database. It is safe for concurrent use. All errors that callers can act on
// are [booking.Error]; every method may return Unavailable, and every method that writes also
// Busy, Unknown and Interrupted.
type Store struct {
	*database
	// caller is on whose behalf the store reads and writes.
	caller booking.Caller
}

// As gives the same database as somebody else may see and change it: what the caller may not reach
// is missing to them. Closing one closes both.
func (s *Store) As(caller booking.Caller) *Store { return &Store{s.database, caller} }

// If gives the same database for changes of one thing, on condition that it still is as it was
// seen. They are refused as Stale otherwise. Closing one closes both.
func (s *Store) If(seen booking.Condition) *Store {
	caller := s.caller
	caller.Condition = seen
	return s.As(caller)
}

// database is what all stores of one open database share.
type database struct {
	// path is how the caller names the file, or the masked address, for messages.
	path        string
	lockTimeout time.Duration
	dialect     dialect
	// schema is the number of the file's schema when it was opened; see [reader.checkSchema].
	schema  int
	refs    *permutation
	secrets *secrets
	read    *reader
	// write is nil in a store that only reads.
	write  door
	dryRun bool
	// unscrubbed is true when this store has left erased text in the files.
	unscrubbed atomic.Bool
	// now is the clock of what is read.
	now func() time.Time
	// scratch is the folder of a database that goes when the store is closed; "" for none.
	scratch string
	// awaited and abandoned are those of [Options].
	awaited   func()
	abandoned <-chan struct{}
}

// Open opens a database. What is not evbook's is refused before anything is written to it. Errors:
// Invalid for an address that cannot be read, Unavailable, Busy, Interrupted.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.patient()
	open := openFile
	if o.Address != "" {
		open = openAddress
	}
	s, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	s.awaited, s.abandoned = o.Awaited, o.Abandoned
	return s, nil
}

// Close ends the store. Writes under way are finished first.
func (s *Store) Close() error {
	if s.write == nil {
		return s.read.close()
	}
	return errors.Join(s.read.close(), s.write.close(), s.removeScratch())
}

// classify turns an error into one that callers can act on.
func (d *database) classify(err error) error { return d.read.source.classify(d.path, err) }
