package storage

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
)

// The kinds of pages that are part of a table or an index, by their first byte. That of any other
// page in use is zero in databases of less than 137 GB: it belongs to a page number.
const (
	indexInterior = 2
	tableInterior = 5
	indexLeaf     = 10
	tableLeaf     = 13
)

// span is a part of a page, from one byte to before another.
type span struct{ from, to int }

// remains gives the parts of a page of a table or an index that are not allocated and hold
// something all the same: the gap between the list of cells and the cells, and freed blocks
// (sqlite.org/fileformat2.html, 1.6). Of a page that is not as it should be it gives none.
func remains(page []byte) (rests [][]byte) {
	if len(page) == 0 {
		return nil
	}
	header := 8
	switch page[0] {
	case indexInterior, tableInterior:
		header = 12
	case indexLeaf, tableLeaf:
	default:
		return nil
	}
	number := func(at int) int { return int(binary.BigEndian.Uint16(page[at:])) }
	cells, content := number(3), number(5)
	if content == 0 {
		content = 1 << 16 // does not fit into its two bytes
	}
	gap := span{header + 2*cells, content}
	if gap.from > gap.to || gap.to > len(page) {
		return nil
	}
	blocks, ok := freedBlocks(page, gap)
	if !ok {
		return nil
	}
	for i := range cells {
		cell := number(header + 2*i)
		if cell < content || slices.ContainsFunc(blocks, func(s span) bool {
			return s.from <= cell && cell < s.to
		}) {
			return nil
		}
	}
	rests = addRest(rests, page[gap.from:gap.to])
	for _, b := range blocks {
		rests = addRest(rests, page[b.from+4:b.to]) // the next block and its size stay
	}
	return rests
}

// freedBlocks follows the chain of freed blocks behind the gap. It is not ok when they are not in
// order, meet, or leave the page.
func freedBlocks(page []byte, gap span) (blocks []span, ok bool) {
	number := func(at int) int { return int(binary.BigEndian.Uint16(page[at:])) }
	last := gap
	for at := number(1); at != 0; at = number(at) {
		if at < last.to || at+4 > len(page) {
			return nil, false
		}
		last = span{at, at + number(at+2)}
		if last.to < at+4 || last.to > len(page) {
			return nil, false
		}
		blocks = append(blocks, last)
	}
	return blocks, true
}

// addRest adds a part of a page unless it is blank.
func addRest(rests [][]byte, rest []byte) [][]byte {
	if slices.IndexFunc(rest, func(b byte) bool { return b != 0 }) < 0 {
		return rests
	}
	return append(rests, rest)
}

// freeList is the list of the pages that no table and no index has: how many bytes at the beginning
// of each mean something nevertheless (sqlite.org/fileformat2.html, 1.5).
type freeList map[int64]int

// freePages reads the list, in the transaction in which it is used. A damaged one ends early.
func freePages(ctx context.Context, q querier) (freeList, error) {
	first, err := readPage(ctx, q, 1)
	if err != nil || first == nil {
		return nil, err
	}
	number := func(page []byte, at int) int64 { return int64(binary.BigEndian.Uint32(page[at:])) }
	free, total := freeList{}, int(number(first, 36))
	for trunk := number(first, 32); trunk != 0 && len(free) < total; {
		page, err := readPage(ctx, q, trunk)
		if err != nil {
			return nil, err
		}
		if page == nil || 8+4*number(page, 4) > int64(len(page)) {
			break
		}
		leaves := int(number(page, 4))
		free[trunk] = 8 + 4*leaves
		for i := range leaves {
			free[number(page, 8+4*i)] = 0
		}
		trunk = number(page, 0)
	}
	return free, nil
}

// remains gives what a page holds that is not allocated, be it free or part of a table.
func (free freeList) remains(number int64, page []byte) [][]byte {
	kept, ok := free[number]
	if !ok || page == nil {
		return remains(page)
	}
	return addRest(nil, page[kept:])
}

// readPage gives a page of the file as the transaction sees it, nil when there is none.
func readPage(ctx context.Context, q querier, number int64) (page []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage WHERE pgno = $1`, number).
		Scan(&page)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return page, err
}
