package storage

import (
	"sync/atomic"
	"time"
)

// dbClock tells the time of a database as far as it is known here: ours, and by how much the other
// clock was ahead when it was last heard of. It is for what is read. What is decided is decided by
// the clock of the database itself, so that servers whose clocks differ agree.
type dbClock struct{ ahead atomic.Int64 } // a time.Duration

func newDBClock(ahead time.Duration) *dbClock {
	c := &dbClock{}
	c.ahead.Store(int64(ahead))
	return c
}

func (c *dbClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// aheadOf gives by how much a clock is ahead of ours that was read since it was asked.
func aheadOf(there, asked time.Time) time.Duration {
	return there.Sub(asked.Add(time.Since(asked) / 2))
}

// heard notes what time it was in the database a moment ago.
func (c *dbClock) heard(there time.Time) { c.ahead.Store(int64(aheadOf(there, time.Now()))) }
