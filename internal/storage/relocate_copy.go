package storage

import (
	"context"
	"crypto/sha256"
	"slices"

	"evbook/internal/booking"
)

// settledMove leads the id of the marker that tells of a finished move. As no time begins so, the
// marker stays for good.
const settledMove = 0xff

// transfer is the work on the rows.
type transfer struct {
	from     *origin
	to       *destination
	progress func(stage Stage, done, total int)
	stage    Stage
	// done and total count the rows of a stage.
	done, total int
	// sums are those of the tables of the file, in order.
	sums []byte
}

// copy puts the rows of each table into the new place, and then reads them back there.
func (w *transfer) copy(ctx context.Context) error {
	w.begin(Moving)
	var tallies []*tally
	for _, t := range movedTables() {
		rows, err := w.from.read(ctx, t, w.step)
		if err != nil {
			return err
		}
		err = w.to.fill(ctx, t, rows)
		rows.close()
		if err != nil {
			return err
		}
		tallies = append(tallies, rows.seen)
	}
	if err := w.to.takeOver(ctx, w.from.id.key); err != nil {
		return err
	}
	w.begin(Comparing)
	for i, t := range movedTables() {
		if err := w.readBack(ctx, t, tallies[i]); err != nil {
			return err
		}
		w.note(tallies[i])
	}
	return nil
}

// readBack proves that a table holds the rows that were put there.
func (w *transfer) readBack(ctx context.Context, t movedTable, put *tally) error {
	found := newTally()
	err := w.to.each(ctx, t, func(values []any) error {
		w.step()
		return found.add(values)
	})
	if err != nil {
		return err
	}
	if found.rows != put.rows || found.sum() != put.sum() {
		return booking.Errorf(booking.Unsound,
			"%s does not give the %d rows of %s back as they were put there", w.to.name,
			put.rows, t.name).WithHint("nothing was moved; look at the server's log, and disk")
	}
	return nil
}

// compare refuses a new place that is occupied, unless it is by the rows of this very file.
func (w *transfer) compare(ctx context.Context) error {
	w.begin(Comparing)
	for _, t := range movedTables() {
		rows, err := w.from.read(ctx, t, w.step)
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		err = rows.Err()
		rows.close()
		if err != nil {
			return err
		}
		w.note(rows.seen)
	}
	switch in, err := w.to.hasMarker(ctx, w.mark()); {
	case err != nil:
		return err
	case in:
		return nil
	case slices.Equal(w.to.engine.identity.key, w.from.id.key):
		return notEmpty(w.to.name).WithHint("%s, or a copy of it, was moved there before, and not"+
			" all is as it was; if nobody has booked there, move it to a new database", w.from.name)
	}
	return notEmpty(w.to.name)
}

func (w *transfer) begin(stage Stage) {
	w.stage, w.done = stage, 0
	w.progress(stage, 0, w.total)
}

// step counts a row that is done. Each hundredth is told.
func (w *transfer) step() {
	const told = 100
	if w.done++; w.done%told == 0 {
		w.progress(w.stage, w.done, w.total)
	}
}

func (w *transfer) note(t *tally) {
	sum := t.sum()
	w.sums = append(w.sums, sum[:]...)
}

// mark is the id of the marker that tells that these very rows, with this key, have been moved.
func (w *transfer) mark() []byte {
	all := sha256.Sum256(append(slices.Clone(w.sums), w.from.id.key...))
	id := all[:16]
	id[0] = settledMove
	return id
}
