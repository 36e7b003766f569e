package storage

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"
)

const (
	// checkpointFrames is the length of the write-ahead log, in pages, from which it is copied.
	checkpointFrames = 4000
	// checkpointGroups is how many groups are committed between two looks at that length.
	checkpointGroups = 16
)

// checkpointer copies the write-ahead log into the database while a long-lived process goes on
// committing, on a connection of its own. Done by the writer, as SQLite does it by default, every
// thousandth page or so would make a crowd wait for it.
type checkpointer struct {
	db     *sql.DB
	groups int
	// restDue asks the writer to copy what came in meanwhile, while nobody writes: only a log
	// that is copied to its end starts over.
	restDue atomic.Bool
	wake    chan struct{}
	done    chan struct{}
}

func startCheckpointer(path string, timeout time.Duration) (*checkpointer, error) {
	db, err := sql.Open("sqlite", dsn(path, writeSettings(timeout)))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	c := &checkpointer{db: db, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go c.loop()
	return c, nil
}

// nudge is called by the writer after each group; now and then it wakes the checkpointer.
func (c *checkpointer) nudge() {
	if c.groups++; c.groups%checkpointGroups != 0 {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default: // awake already
	}
}

func (c *checkpointer) loop() {
	defer close(c.done)
	for range c.wake {
		if c.length("NOOP") < checkpointFrames || c.restDue.Load() {
			continue
		}
		c.restDue.Store(c.length("PASSIVE") > 0)
	}
}

// length runs a checkpoint and gives the number of pages in the log, copied or not. Errors count as
// an empty log: the writer's own connection will meet and report them.
func (c *checkpointer) length(mode string) int {
	var busy, log, copied int
	row := c.db.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")")
	if row.Scan(&busy, &log, &copied) != nil {
		return 0
	}
	return log
}

// stop ends the checkpointer. The last connection that is closed copies the log into the database,
// so it is left to the end of the process when that must not happen.
func (c *checkpointer) stop(closing bool) {
	close(c.wake)
	<-c.done
	if closing {
		c.db.Close()
	}
}
