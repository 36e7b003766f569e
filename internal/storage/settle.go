package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

const (
	// markerLife is how long the marker of a committed group is kept, at least.
	markerLife = time.Hour
	// markersReaped is how many expired markers go at once, with one of every reapedEvery groups:
	// twice as many as have come in, so that the table shrinks when it has grown.
	markersReaped = 2 * reapedEvery
	reapedEvery   = 64
)

// newMarker makes the id of a group: a UUIDv7, ordered by time. That is the time of the clock by
// which markers are let go again, or one that is late would let them go at once.
func newMarker(now time.Time) ([]byte, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	stamp(id[:], now)
	return id[:], nil
}

// stamp puts a time into the first 48 bits of a UUIDv7, in milliseconds (RFC 9562, 5.7).
func stamp(id []byte, t time.Time) {
	ms := t.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
}

// markGroup adds to a batch the row that proves that the group is in, and now and then, by chance,
// lets expired rows go.
func markGroup(b *batch, d dialect, marker []byte, now time.Time) {
	b.exec(`INSERT INTO markers (id) VALUES ($1)`, marker)
	if marker[len(marker)-1]%reapedEvery != 0 {
		return
	}
	expired := append([]byte(nil), marker...)
	stamp(expired, now.Add(-markerLife))
	b.exec(`DELETE FROM markers WHERE id IN
		(SELECT id FROM markers WHERE id < $1 ORDER BY id LIMIT $2`+d.skipLocked+`)`,
		expired, markersReaped)
}

// settle tells whether the group with the marker is in the file.
//
// After "disk full" it is not: SQLite writes the pages of a commit in order, the page that makes it
// count last, and syncs them after that. A write that found no room was that page's or an earlier
// one's.
//
// After any other failed COMMIT neither the connection nor the page cache can be trusted: the rows
// may lie in the log without being synced, or be missing now and come back when the log is
// recovered; and what has failed to reach the disk once counts as clean, so that no later sync
// writes it. So the file is opened anew, and everything is made certain. Only then does the marker
// tell the truth. Until that has worked, nothing else is written.
func (e *sqliteEngine) settle(ctx context.Context, marker []byte, cause error) (bool, error) {
	// Before anything here can fail: whatever it is, the next group must not go on from it.
	e.unsettled = !isFull(cause)
	err := e.drop()
	switch {
	case isFull(cause):
		return false, nil
	case err != nil:
		return false, err
	}
	if err := e.makeCertain(ctx); err != nil {
		return false, err
	}
	var found int
	err = e.conn.QueryRowContext(ctx, `SELECT count(*) FROM markers WHERE id = $1`, marker).
		Scan(&found)
	return found > 0, err
}

// makeCertain brings a file whose log cannot be trusted into a state that a power cut does not
// change. A COMMIT of our own takes the place of what hung in the log, or comes behind it if it was
// recovered. Then all of the log is copied into the database, synced there, and cut off; the second
// COMMIT syncs the cut.
func (e *sqliteEngine) makeCertain(ctx context.Context) error {
	if err := e.open(ctx); err != nil {
		return err
	}
	if err := e.commitMarker(ctx); err != nil {
		return err
	}
	if err := e.checkpointAll(ctx, "TRUNCATE"); err != nil {
		return err
	}
	if err := e.commitMarker(ctx); err != nil {
		return err
	}
	e.unsettled = false
	return nil
}

func (e *sqliteEngine) commitMarker(ctx context.Context) error {
	now := time.Now()
	marker, err := newMarker(now)
	if err != nil {
		return err
	}
	tx, err := e.beginHere(ctx)
	if err != nil {
		return err
	}
	var b batch
	markGroup(&b, sqliteDialect(), marker, now)
	if _, err := tx.commit(ctx, &b); err != nil {
		return errors.Join(err, e.drop()) // its COMMIT may have failed: another connection then
	}
	return nil
}

// checkpointAll copies the whole log into the database, or fails. The mode is FULL, or TRUNCATE to
// cut the log off too.
func (e *sqliteEngine) checkpointAll(ctx context.Context, mode string) error {
	var busy, log, copied int
	row := e.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")")
	if err := row.Scan(&busy, &log, &copied); err != nil {
		return err
	}
	if busy != 0 || log != copied {
		return fmt.Errorf("checkpoint: %d of %d pages copied", copied, log)
	}
	return nil
}
