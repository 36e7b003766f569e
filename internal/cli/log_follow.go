package cli

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// followedAtOnce is how many entries of the past log --follow prints at once.
const followedAtOnce = 1_000

// followPause is how long log --follow waits between two looks at the journal.
const followPause = 200 * time.Millisecond

// followWidths are the least widths of the columns of log --follow, which cannot wait for all rows
// to come. The last column needs none.
func followWidths() []int { return []int{19, 5, 5, 16, 19, 17, 5, 0} }

// followLog prints what comes, after what is there if that is wanted too. It ends when it is
// interrupted or when nobody reads its answer any more.
func (a *app) followLog(
	ctx context.Context, q storage.JournalQuery, zone *time.Location, fromThePast bool,
) error {
	return a.withStore(ctx, reading, func(store *storage.Store) error {
		feed, err := store.Feed(ctx, q)
		if err != nil {
			return err
		}
		defer feed.Close()
		list := entryListing(zone)
		if fromThePast {
			if err := a.printPast(ctx, store, q, feed, list); err != nil {
				return err
			}
		}
		a.note("Waiting for new entries, Ctrl-C ends it.")
		err = a.printFeed(ctx, feed, list)
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return answered{booking.Interrupted} // as it is meant to end
		}
		return err
	})
}

// printPast prints what was there when the feed began; the rest is the feed's to give.
func (a *app) printPast(
	ctx context.Context, store *storage.Store, q storage.JournalQuery, feed *storage.Feed,
	list listing[booking.Entry],
) error {
	var entries []booking.Entry
	err := store.EachEntry(ctx, q, func(e booking.Entry) error {
		if !feed.Precedes(e) {
			return nil
		}
		if entries = append(entries, e); len(entries) < followedAtOnce {
			return nil
		}
		err := a.printEntries(entries, list)
		entries = entries[:0]
		return err
	})
	if err != nil {
		return err
	}
	return a.printEntries(entries, list)
}

// printFeed prints what the feed gives.
func (a *app) printFeed(
	ctx context.Context, feed *storage.Feed, list listing[booking.Entry],
) error {
	pause := time.NewTicker(followPause)
	defer pause.Stop()
	for !readerGone(a.env.Out) {
		entries, err := feed.Next(ctx)
		if err == nil {
			err = a.printEntries(entries, list)
		}
		switch {
		case err != nil:
			return err
		case len(entries) > 0:
			continue // there may be more
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// printEntries prints some entries at once; only the first ones get a header.
func (a *app) printEntries(entries []booking.Entry, list listing[booking.Entry]) error {
	if len(entries) == 0 {
		return nil
	}
	defer func() { a.global.noHeader = true }()
	switch {
	case a.config.Output == formatJSON:
		return a.show(answer{envelope: list.envelope(entries, "")})
	case a.forPeople() && a.picked == nil:
		return a.print(answer{text: func(p *page) { p.followed(entries, list) }})
	}
	out := a.stream()
	err := list.write(a, out, func(row func(booking.Entry) error) error {
		return visitAll(entries, nil, row)
	})
	return errors.Join(err, out.Flush())
}

// followed adds entries in columns of fixed widths.
func (p *page) followed(entries []booking.Entry, list listing[booking.Entry]) {
	if !p.bare {
		p.line("%s", followedLine(list.columns, titles(list.columns)))
	}
	for _, e := range entries {
		p.line("%s", followedLine(list.columns, list.cells(e)))
	}
}

// followedLine lines cells up. One that is too long moves the rest of its line.
func followedLine(columns []column, cells []string) string {
	var line strings.Builder
	for i, width := range followWidths() {
		if i > 0 {
			line.WriteString("  ")
		}
		width = max(width, len(columns[i].title)) // zones have long names
		gap := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(cells[i])))
		if columns[i].right {
			line.WriteString(gap + cells[i])
		} else {
			line.WriteString(cells[i] + gap)
		}
	}
	return strings.TrimRight(line.String(), " ")
}
