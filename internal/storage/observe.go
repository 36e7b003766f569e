package storage

import (
	"time"

	"evbook/internal/booking"
)

// Group is what became of commands that shared one transaction.
type Group struct {
	// Commands is how many there were.
	Commands int
	// Waited is how long the process waited for the file lock; next to 0 where there is none.
	Waited time.Duration
	// Commit is how long it took to save and sync the group; 0 when nothing was committed.
	Commit time.Duration
	// Entries are those that the group has added to the journal; they are not to be changed.
	Entries []booking.Entry
	// Refused has the kind of each command that failed.
	Refused []booking.Kind
}

// note remembers what became of a group, for who watches and for [Store.Ready].
func (g *grouper) note(calls []*call, seen Group, err error) {
	switch booking.KindOf(err) {
	case booking.Unavailable, booking.Unknown:
		g.failing.Store(true)
	case "":
		if seen.Commit > 0 { // a group of refusals has not shown that the database takes anything
			g.failing.Store(false)
		}
	}
	if g.observe == nil {
		return
	}
	seen.Commands = len(calls)
	if seen.Commit == 0 {
		seen.Entries = nil
	}
	for _, c := range calls {
		if c.err != nil {
			seen.Refused = append(seen.Refused, booking.KindOf(c.err))
		}
	}
	g.seen = append(g.seen, seen)
}

// report tells who watches of the groups that have run under one lock.
func (g *grouper) report(waited time.Duration) {
	for _, group := range g.seen {
		group.Waited = waited
		g.observe(group)
	}
	g.seen = g.seen[:0]
}

// probe is a command that changes nothing. It succeeds when the database takes what is written.
type probe struct{}

func (probe) needs(*needs) {}

func (probe) decide(*booking.Sheet, booking.Caller, time.Time) error { return nil }
