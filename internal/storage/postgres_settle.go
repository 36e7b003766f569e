package storage

import (
	"context"
	"errors"
	"time"
)

const (
	// settlePatience is how long the verdict on a COMMIT is sought: as long as it mostly takes
	// until another server is the primary. Then it is unknown.
	settlePatience = 10 * time.Second
	// settlePause is the time between two attempts.
	settlePause = 100 * time.Millisecond
)

// settle tells whether the group with the marker is in the database, over a new connection, again
// and again until it is certain or the time is over.
func (e *pgEngine) settle(ctx context.Context, marker []byte, _ error) (in bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	for {
		_ = e.drop() // whatever it says: the connection has lost an answer already
		in, err = e.lookFor(ctx, marker)
		if err == nil {
			return in, nil
		}
		select {
		case <-time.After(settlePause):
		case <-ctx.Done():
			return false, errors.Join(err, e.drop())
		}
	}
}

// lookFor puts a void marker in the place of the one that it looks for, and tells what is there.
//
// If the group is still being committed somewhere, putting it there waits for that. If the group is
// not in, it never will be: a COMMIT that is still on its way fails on the marker. Both hold only
// once the void marker is committed itself, so the COMMIT here must be clean, and be one of its
// own, that has something to write: then a standby has confirmed it, and with it all that came
// before. An attempt of which nobody knows what became can be made again, since a void marker is
// told from that of a group.
func (e *pgEngine) lookFor(ctx context.Context, marker []byte) (in bool, err error) {
	own, err := newMarker(time.Now())
	if err != nil {
		return false, err
	}
	tx, err := e.begin(ctx)
	if err != nil {
		return false, err
	}
	var b batch
	b.exec(`INSERT INTO markers (id, void) VALUES ($1, 1) ON CONFLICT DO NOTHING`, marker)
	b.query(func(scan scanner) error {
		var void bit
		err := scan(&void)
		in = !bool(void)
		return err
	}, `SELECT void FROM markers WHERE id = $1`, marker)
	b.exec(`INSERT INTO markers (id) VALUES ($1)`, own)
	if _, err := tx.commit(ctx, &b); err != nil {
		return false, err
	}
	return in, nil
}
