package storage

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"evbook/internal/booking"
)

// feedLimit is the most entries that a feed gives at once.
const feedLimit = 1_000

// Feed gives the entries that come into the journal, each exactly once. It counts for each event
// how far it has come and never goes by time, so it misses nothing that is committed late or by a
// clock that is slow. When the file or its log is replaced, by a backup for example, it ends with
// an error: what it has given may not be in there. A feed is for one goroutine and has to be
// closed: it keeps connections of its own open, but no transaction.
type Feed struct {
	store  *Store
	filter journalFilter
	// named are the only events to follow, nil for all that the filter lets pass.
	named map[int64]bool
	// watch is a source of this feed alone: feeds that shared the store's would in the end keep all
	// its connections. reader asks it.
	watch  watcher
	reader *reader
	// renamed is true when there is something to be looked for although nothing has changed.
	renamed bool
	// start and seen are the last Seq of each event at the beginning, and now.
	start, seen map[int64]int64
	// due are the ends of events that are not reached yet. New ends are looked for only when
	// there are none left, so that a busy event does not hide the others.
	due []eventEnd
}

// eventEnd is the last entry of an event.
type eventEnd struct{ event, seq int64 }

// Feed starts to follow the journal from where it ends now. The page of the query is not looked
// at. Errors: NotFound, and Unavailable where the folder of the file cannot be written to: what
// others write is not seen there.
func (s *Store) Feed(ctx context.Context, q JournalQuery) (*Feed, error) {
	filter, err := s.journalFilter(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.feed(ctx, filter, nil)
}

// NamedFeed starts a feed of the events that are named to it by [Feed.Follow], and of none until
// then. Unlike one of all events, it takes no longer to look when there are very many of them.
// It is for servers, which tell each listener what concerns them. Errors: Forbidden for callers
// with a scope, and Unavailable as for [Store.Feed].
func (s *Store) NamedFeed(ctx context.Context) (*Feed, error) {
	if err := s.caller.Scope.OwnerOnly(); err != nil {
		return nil, err
	}
	return s.feed(ctx, journalFilter{since: math.MinInt64}, map[int64]bool{})
}

func (s *Store) feed(
	ctx context.Context, filter journalFilter, named map[int64]bool,
) (*Feed, error) {
	watch, err := s.read.source.watch(ctx)
	if err != nil {
		return nil, s.classify(err)
	}
	f := &Feed{
		store: s, filter: filter, named: named, watch: watch, renamed: true,
		reader: &reader{source: watch, name: s.path, schema: s.schema},
		start:  map[int64]int64{}, seen: map[int64]int64{},
	}
	if err := f.look(ctx); err != nil {
		f.Close()
		return nil, err
	}
	for _, end := range f.due {
		f.start[end.event], f.seen[end.event] = end.seq, end.seq
	}
	f.due = nil
	return f, nil
}

// Close gives the feed up.
func (f *Feed) Close() error { return f.watch.close() }

// Precedes says whether an entry was in the journal when the feed started, which therefore does
// not give it.
func (f *Feed) Precedes(e booking.Entry) bool { return e.Seq <= f.start[e.EventID] }

// Follow has a named feed give the entries of an event that come behind the one with the number
// seq, be they there already or not.
func (f *Feed) Follow(event, seq int64) {
	f.named[event], f.seen[event] = true, seq
	f.renamed = true // what is there already changes nothing
}

// Drop has a named feed give no more entries of an event.
func (f *Feed) Drop(event int64) {
	delete(f.named, event)
	delete(f.seen, event)
	f.due = slices.DeleteFunc(f.due, func(end eventEnd) bool { return end.event == event })
}

// Next gives entries that have come since the last call, at most a thousand, and none when there
// are none. They are in order within each event. After an error the feed is of no more use.
func (f *Feed) Next(ctx context.Context) ([]booking.Entry, error) {
	if len(f.due) == 0 {
		if err := f.look(ctx); err != nil {
			return nil, err
		}
	}
	var entries []booking.Entry
	for len(f.due) > 0 && len(entries) < feedLimit {
		got, err := f.read(ctx, feedLimit-len(entries))
		if err != nil {
			return nil, err
		}
		entries = append(entries, got...)
	}
	return entries, nil
}

// read gives entries of the event that is due first, at most limit.
func (f *Feed) read(ctx context.Context, limit int) (entries []booking.Entry, err error) {
	end := f.due[0]
	part := journalPart{
		journalFilter: f.filter, after: f.seen[end.event], upTo: end.seq,
		limit: limit,
	}
	part.event = end.event
	err = f.store.eachEntry(ctx, f.reader, part, func(e booking.Entry) error {
		entries = append(entries, e)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(entries) == limit:
		f.seen[end.event] = entries[limit-1].Seq
	default: // what the filter leaves out counts as seen too
		f.seen[end.event] = end.seq
		f.due = f.due[1:]
	}
	return entries, nil
}

// look finds out which events have entries that are not seen yet.
func (f *Feed) look(ctx context.Context) error {
	// What is committed between this and the next reading is a change again.
	changed, err := f.watch.changed(ctx)
	if err == nil && !changed && !f.renamed {
		err = f.watch.check()
	} else if err == nil {
		f.renamed = false
		err = f.lookForEnds(ctx)
	}
	return f.store.classify(err)
}

// lookForEnds finds the last entry of each event to follow. Of all events it jumps from one to the
// next along the primary key, whatever the length of the journal: events that have been deleted
// leave no other trace.
func (f *Feed) lookForEnds(ctx context.Context) error {
	text, args := `WITH RECURSIVE e (id) AS (
			SELECT min(event_id) FROM journal
			UNION ALL
			SELECT (SELECT min(event_id) FROM journal WHERE event_id > e.id) FROM e
			WHERE e.id IS NOT NULL)
		SELECT id, (SELECT max(event_seq) FROM journal WHERE event_id = e.id) FROM e
		WHERE id IS NOT NULL AND `+f.store.ofOwnEvents("id"), []any(nil)
	switch {
	case f.filter.event != 0:
		text = `SELECT event_id, event_seq FROM journal WHERE event_id = $1
			ORDER BY event_seq DESC LIMIT 1`
		args = []any{f.filter.event}
	case f.named != nil && len(f.named) == 0:
		return nil
	case f.named != nil:
		ids, err := json.Marshal(slices.Sorted(maps.Keys(f.named)))
		if err != nil {
			return err
		}
		text = `SELECT id, coalesce((SELECT max(event_seq) FROM journal WHERE event_id = id), 0)
			FROM (SELECT CAST(CAST(value AS TEXT) AS BIGINT) AS id
				FROM ` + f.store.dialect.elementsOf("$1") + ` AS n) AS named`
		args = []any{string(ids)}
	}
	return f.reader.each(ctx, func(scan scanner) error {
		var end eventEnd
		err := scan(&end.event, &end.seq)
		if err == nil && end.seq > f.seen[end.event] {
			f.due = append(f.due, end)
		}
		return err
	}, text, args...)
}
