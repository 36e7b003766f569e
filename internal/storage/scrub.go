package storage

import (
	"context"
	"database/sql"
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
// overwrite what it frees (secure_delete). It does not do so where it moves rows to other pages, as
// it must when a row grows on a full page; evbooks of the first schema and other programs have not
// had it overwrite anything. That is wiped here. And the log keeps former versions of pages until
// it is cut off; inLog says that it could not be, since somebody was reading.
func (s *sqliteSource) scrub(ctx context.Context) (inLog bool, err error) {
	pages, err := s.unclean(ctx)
	if err != nil {
		return false, s.classify(s.name, err)
	}
	for group := range slices.Chunk(pages, scrubGroup) {
		if err := s.alongside(ctx, s.timeout, func(db *sql.DB) error {
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
func (s *sqliteSource) alongside(
	ctx context.Context, patience time.Duration, do func(*sql.DB) error,
) error {
	release, err := newFileLock(s.place.path).acquireWithin(ctx, s.timeout)
	if err != nil {
		return err
	}
	defer release()
	if err := s.place.check(); err != nil {
		return err
	}
	settings := writeSettings(patience)
	settings.Del("_defensive") // refuses to write pages
	return s.classify(s.name, withDB(s.place.path, settings, do))
}

// cutLog copies the log into the database and cuts it off, unless somebody is reading.
func (s *sqliteSource) cutLog(ctx context.Context) (busy bool, err error) {
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

// unclean finds the pages that hold more than what is allocated: of all tables, since a page that a
// booking has left may be part of any by now, and free ones.
func (s *sqliteSource) unclean(ctx context.Context) (pages []int64, err error) {
	if err := s.place.check(); err != nil {
		return nil, err
	}
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	free, err := freePages(ctx, tx)
	if err != nil {
		return nil, err
	}
	for number := range free {
		page, err := readPage(ctx, tx, number)
		if err != nil {
			return nil, err
		}
		if len(free.remains(number, page)) > 0 {
			pages = append(pages, number)
		}
	}
	used, err := s.uncleanInUse(ctx, tx, free)
	return append(pages, used...), err
}

// uncleanInUse finds those that are part of a table or an index.
func (s *sqliteSource) uncleanInUse(
	ctx context.Context, tx *sql.Tx, free freeList,
) (pages []int64, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT p.pgno, s.pagetype, p.data
		FROM dbstat s CROSS JOIN sqlite_dbpage p ON p.pgno = s.pageno`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var kind string
		var page sql.RawBytes
		if err := rows.Scan(&number, &kind, &page); err != nil {
			return nil, err
		}
		if _, both := free[number]; both {
			return nil, damaged(s.name)
		}
		if kind != "overflow" && len(remains(page)) > 0 {
			pages = append(pages, number)
		}
	}
	return pages, rows.Err()
}

// wipe overwrites the remains in pages with zeros, in one transaction. What each page is by now is
// looked at again: others may have written since.
func wipe(ctx context.Context, db *sql.DB, pages []int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // says only that it is committed, if it is
	free, err := freePages(ctx, tx)
	if err != nil {
		return err
	}
	for _, number := range pages {
		page, err := readPage(ctx, tx, number)
		if err != nil {
			return err
		}
		rests := free.remains(number, page)
		if len(rests) == 0 {
			continue
		}
		for _, rest := range rests {
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
