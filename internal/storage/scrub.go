package storage

import (
	"context"
	"database/sql"
	"encoding/binary"
	"slices"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// scrubGroup is how many pages are wiped in one transaction.
	scrubGroup = 500
	// cutTries is how often the log is tried to be cut off while others read, and cutPause the
	// time in between; cutPatience bounds each try, during which nobody can write.
	cutTries    = 5
	cutPause    = 100 * time.Millisecond
	cutPatience = 50 * time.Millisecond
)

// scrub removes what erased text leaves behind in the files. The connections that write have SQLite
// overwrite what it frees (secure_delete). It does not do so with what it leaves where a page was
// when it moves rows to other pages, as it must when a row grows on a full page: that is wiped
// here. And the log keeps former versions of pages until it is cut off; inLog says that it could
// not be, since somebody was reading.
func (s *Store) scrub(ctx context.Context) (inLog bool, err error) {
	pages, err := s.unclean(ctx)
	if err != nil {
		return false, classify(s.path, err)
	}
	for group := range slices.Chunk(pages, scrubGroup) {
		if err := s.alongside(ctx, s.lockTimeout, func(db *sql.DB) error {
			return wipe(ctx, db, group)
		}); err != nil {
			return false, err
		}
	}
	for range cutTries {
		if inLog, err = s.cutLog(ctx); err != nil || !inLog {
			return inLog, err
		}
		select {
		case <-ctx.Done():
			return false, interrupted(ctx.Err())
		case <-time.After(cutPause):
		}
	}
	return true, nil
}

// alongside has a connection beside the writing one do something, under the lock.
func (s *Store) alongside(
	ctx context.Context, patience time.Duration, do func(*sql.DB) error,
) error {
	place := s.read.place
	release, err := newFileLock(place.path).acquireWithin(ctx, s.lockTimeout)
	if err != nil {
		return err
	}
	defer release()
	if err := place.check(); err != nil {
		return err
	}
	settings := writeSettings(patience)
	settings.Del("_defensive") // refuses to write pages
	return classify(s.path, withDB(place.path, settings, do))
}

// cutLog copies the log into the database and cuts it off, unless somebody is reading.
func (s *Store) cutLog(ctx context.Context) (busy bool, err error) {
	err = s.alongside(ctx, cutPatience, func(db *sql.DB) error {
		var log, copied int
		err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &copied)
		if sqliteCode(err) == sqlite3.SQLITE_BUSY {
			busy, err = true, nil
		}
		return err
	})
	return busy, err
}

// unclean finds the pages of bookings that hold more than what is allocated.
func (s *Store) unclean(ctx context.Context) (pages []int64, err error) {
	err = s.read.each(ctx, func(scan scanner) error {
		var number int64
		var page sql.RawBytes
		if err := scan(&number, &page); err != nil {
			return err
		}
		if len(remains(page)) > 0 {
			pages = append(pages, number)
		}
		return nil
	}, `SELECT p.pgno, p.data FROM sqlite_schema t
		JOIN dbstat s ON s.name = t.name AND s.pagetype <> 'overflow'
		JOIN sqlite_dbpage p ON p.pgno = s.pageno WHERE t.tbl_name = 'bookings'`)
	return pages, err
}

// wipe overwrites the remains in pages with zeros, in one transaction.
func wipe(ctx context.Context, db *sql.DB, pages []int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // says only that it is committed, if it is
	for _, number := range pages {
		var page []byte
		err := tx.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage WHERE pgno = $1`, number).
			Scan(&page)
		if err != nil {
			return err
		}
		for _, rest := range remains(page) {
			clear(rest)
		}
		_, err = tx.ExecContext(ctx, `UPDATE sqlite_dbpage SET data = $1 WHERE pgno = $2`, page,
			number)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// The kinds of pages that are part of a table or an index, by their first byte. That of any other
// page is zero in databases of less than 137 GB: it belongs to a page number.
const (
	indexInterior = 2
	tableInterior = 5
	indexLeaf     = 10
	tableLeaf     = 13
)

// remains gives the parts of a page that are not allocated and hold something all the same: the gap
// between the list of cells and the cells, and freed blocks (sqlite.org/fileformat2.html, 1.6). Of
// a page that is not as it should be it gives none.
func remains(page []byte) (rests [][]byte) {
	header := 8
	switch page[0] {
	case indexInterior, tableInterior:
		header = 12
	case indexLeaf, tableLeaf:
	default:
		return nil
	}
	number := func(at int) int { return int(binary.BigEndian.Uint16(page[at:])) }
	start, end := header+2*number(3), number(5)
	if end == 0 {
		end = 1 << 16 // does not fit into its two bytes
	}
	if start > end || end > len(page) {
		return nil
	}
	rests = addRest(rests, page[start:end])
	for at, last := number(1), end-1; at != 0; at, last = number(at), at {
		if at <= last || at+4 > len(page) || at+number(at+2) > len(page) || number(at+2) < 4 {
			return nil
		}
		rests = addRest(rests, page[at+4:at+number(at+2)])
	}
	return rests
}

func addRest(rests [][]byte, rest []byte) [][]byte {
	if slices.IndexFunc(rest, func(b byte) bool { return b != 0 }) < 0 {
		return rests
	}
	return append(rests, rest)
}
