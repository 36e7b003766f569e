package storage

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"

	"evbook/internal/booking"
)

// foldedSchema is the schema number from which on there are the folded columns.
const foldedSchema = 2

// foldedChunk is how many rows a migration holds in memory at a time.
const foldedChunk = 1000

// searchText is what a search of events looks at: no name, venue or slug has a line break.
func searchText(name, venue, slug string) string {
	return booking.Fold(name + "\n" + venue + "\n" + slug)
}

// addFolded is the migration that adds the columns in which text is searched and sorted, and fills
// them. It is written in Go because no database folds as [booking.Fold] does. Older evbooks would
// leave the columns empty, so they may not write from now on.
func addFolded() *goose.Migration {
	return goose.NewGoMigration(foldedSchema, &goose.GoFunc{RunTx: func(
		ctx context.Context, tx *sql.Tx,
	) error {
		for _, statement := range []string{
			`ALTER TABLE events ADD COLUMN name_folded TEXT NOT NULL DEFAULT ''`,
			`ALTER TABLE events ADD COLUMN search_folded TEXT NOT NULL DEFAULT ''`,
			`ALTER TABLE bookings ADD COLUMN email_folded TEXT NOT NULL DEFAULT ''`,
			`ALTER TABLE bookings ADD COLUMN name_folded TEXT NOT NULL DEFAULT ''`,
			fmt.Sprintf(`UPDATE meta SET oldest_writer = %d`, foldedSchema),
			fmt.Sprintf(`PRAGMA user_version = %d`, foldedSchema),
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		for _, f := range []filling{fillEvents(), fillBookings()} {
			if err := f.run(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	}}, nil)
}

// foldedRow is what the two folded columns of a row are to hold.
type foldedRow struct {
	row           int64
	first, second string
}

// filling fills the folded columns of one table.
type filling struct {
	// next reads what is folded of a number of rows after one.
	next string
	fold func(scan scanner) (foldedRow, error)
	// update takes a row number and the two texts.
	update string
}

func fillEvents() filling {
	return filling{
		next: `SELECT id, name, venue, coalesce(slug, '') FROM events
			WHERE id > $1 ORDER BY id LIMIT $2`,
		fold: func(scan scanner) (f foldedRow, err error) {
			var name, venue, slug string
			err = scan(&f.row, &name, &venue, &slug)
			f.first, f.second = booking.Fold(name), searchText(name, venue, slug)
			return f, err
		},
		update: `UPDATE events SET name_folded = $2, search_folded = $3 WHERE id = $1`,
	}
}

func fillBookings() filling {
	return filling{
		next: `SELECT id, email, name FROM bookings
			WHERE id > $1 AND (email <> '' OR name <> '') ORDER BY id LIMIT $2`,
		fold: func(scan scanner) (f foldedRow, err error) {
			var email, name string
			err = scan(&f.row, &email, &name)
			f.first, f.second = booking.Fold(email), booking.Fold(name)
			return f, err
		},
		update: `UPDATE bookings SET email_folded = $2, name_folded = $3 WHERE id = $1`,
	}
}

// run goes through the table chunk by chunk, so that memory does not grow with it.
func (f filling) run(ctx context.Context, tx *sql.Tx) error {
	update, err := tx.PrepareContext(ctx, f.update)
	if err != nil {
		return err
	}
	defer update.Close()
	for after := int64(0); ; {
		chunk, err := f.chunk(ctx, tx, after)
		if err != nil || len(chunk) == 0 {
			return err
		}
		for _, c := range chunk {
			if _, err := update.ExecContext(ctx, c.row, c.first, c.second); err != nil {
				return err
			}
			after = c.row
		}
	}
}

func (f filling) chunk(ctx context.Context, tx *sql.Tx, after int64) ([]foldedRow, error) {
	rows, err := tx.QueryContext(ctx, f.next, after, foldedChunk)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var chunk []foldedRow
	for rows.Next() {
		c, err := f.fold(rows.Scan)
		if err != nil {
			return nil, err
		}
		chunk = append(chunk, c)
	}
	return chunk, rows.Err()
}
