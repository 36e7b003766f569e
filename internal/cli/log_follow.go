package cli

import (
	"context"
	"errors"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// followedAtOnce is how many entries of the past log --follow prints at once.
const followedAtOnce = 1_000

// followPause is how long log --follow waits between two looks at the journal.
const followPause = 200 * time.Millisecond

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
		err := printFollowed(a, entries, list, nil)
		entries = entries[:0]
		return err
	})
	if err != nil {
		return err
	}
	return printFollowed(a, entries, list, nil)
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
			err = printFollowed(a, entries, list, nil)
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
