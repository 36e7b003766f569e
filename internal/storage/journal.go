package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"evbook/internal/booking"
)

// JournalQuery says which entries of the journal are wanted.
type JournalQuery struct {
	// Event leaves out all other events; the zero selector takes all. A number finds the entries
	// of a deleted event too.
	Event booking.Selector
	// Booking leaves out all other bookings; 0 takes all.
	Booking booking.Reference
	// Since leaves out what is older; the zero time takes all.
	Since time.Time
	Page
}

// JournalPage is part of the journal.
type JournalPage struct {
	// Entries are in order, the latest at the end.
	Entries []booking.Entry
	// Next is the cursor of the page before this one, empty where there is nothing older.
	Next string
}

// Journal lists the latest entries of the journal, and page by page older ones: of one event as
// they came, of all events by time, so that what is committed late may belong to a page that was
// read before; a [Feed] misses nothing. Of all events, each page looks at the whole journal.
// Errors: Invalid, NotFound.
func (s *Store) Journal(ctx context.Context, q JournalQuery) (JournalPage, error) {
	var bad booking.Fields
	q.Page.validate(&bad)
	part, err := s.journalFrom(ctx, q, bad)
	if err != nil {
		return JournalPage{}, err
	}
	var page JournalPage
	part.limit, part.backwards = q.Limit+1, true
	err = s.eachEntry(ctx, s.read, part, func(e booking.Entry) error {
		page.Entries = append(page.Entries, e)
		return nil
	})
	if len(page.Entries) > q.Limit {
		page.Entries = page.Entries[:q.Limit]
		page.Next = positionOf(page.Entries[q.Limit-1]).cursor()
	}
	slices.Reverse(page.Entries)
	return page, err
}

// EachEntry visits all entries that [Store.Journal] would list page by page, the oldest first and
// as they are at one moment: those before the cursor, if there is one, whatever the limit. An error
// of visit ends it and is given back. Errors: Invalid, NotFound.
func (s *Store) EachEntry(
	ctx context.Context, q JournalQuery, visit func(booking.Entry) error,
) error {
	part, err := s.journalFrom(ctx, q, nil)
	if err != nil {
		return err
	}
	return s.eachEntry(ctx, s.read, part, visit)
}

// EntriesAfter gives entries of an event that come behind the one with the number seq, in order and
// at most limit; none when there are none, and none of an event that is not known.
func (s *Store) EntriesAfter(
	ctx context.Context, event, seq int64, limit int,
) (entries []booking.Entry, err error) {
	part := journalPart{
		journalFilter: journalFilter{event: event, since: math.MinInt64}, after: seq, limit: limit,
	}
	err = s.eachEntry(ctx, s.read, part, func(e booking.Entry) error {
		entries = append(entries, e)
		return nil
	})
	return entries, err
}

// journalFrom finds what a query asks for, up to its cursor, unless some fields are bad already.
func (s *Store) journalFrom(
	ctx context.Context, q JournalQuery, bad booking.Fields,
) (journalPart, error) {
	before, ok := journalCursor(q.Cursor)
	if !ok && q.Cursor != "" {
		bad.Add("cursor", foreignCursor(q.Cursor))
	}
	if err := bad.Err(); err != nil {
		return journalPart{}, err
	}
	filter, err := s.journalFilter(ctx, q)
	if err == nil && q.Cursor != "" && filter.event != 0 && before.event != filter.event {
		bad.Add("cursor", foreignCursor(q.Cursor))
		err = bad.Err()
	}
	return journalPart{journalFilter: filter, before: before}, err
}

// position is where an entry stands in the journal.
type position struct{ at, event, seq int64 }

func positionOf(e booking.Entry) position { return position{micros(e.At), e.EventID, e.Seq} }

func (p position) cursor() string { return fmt.Sprintf("%d.%d.%d", p.at, p.event, p.seq) }

func journalCursor(text string) (p position, ok bool) {
	parts := strings.SplitN(text, ".", 3)
	for i, number := range []*int64{&p.at, &p.event, &p.seq} {
		if i < len(parts) {
			// What is no number is not written back as it was.
			*number, _ = strconv.ParseInt(parts[i], 10, 64)
		}
	}
	return p, p.cursor() == text
}

// journalFilter is a query whose event and booking have been found.
type journalFilter struct {
	// event and row are 0 for all events and bookings. A row never comes without its event.
	event, row int64
	since      int64
}

func (s *Store) journalFilter(ctx context.Context, q JournalQuery) (f journalFilter, err error) {
	f.since = math.MinInt64
	if !q.Since.IsZero() {
		f.since = micros(q.Since)
	}
	if q.Event != (booking.Selector{}) {
		if f.event, err = s.journalOf(ctx, q.Event); err != nil {
			return f, err
		}
	}
	if q.Booking == 0 {
		return f, nil
	}
	b, err := s.Booking(ctx, q.Booking)
	if err != nil {
		return f, err
	}
	if f.event != 0 && f.event != b.EventID {
		return f, booking.Errorf(booking.NotFound, "booking %s is of event %d, not of event %d",
			q.Booking, b.EventID, f.event)
	}
	f.event, f.row = b.EventID, s.refs.row(q.Booking)
	return f, nil
}

// journalOf finds the event whose entries are wanted, which may have been deleted.
func (s *Store) journalOf(ctx context.Context, sel booking.Selector) (int64, error) {
	if sel.Slug != "" {
		e, err := s.Event(ctx, sel)
		return e.ID, err
	}
	var known bool
	_, err := s.read.one(ctx, func(scan scanner) error { return scan(&known) },
		`SELECT EXISTS (SELECT 1 FROM journal WHERE event_id = $1 AND `+s.ofOwnEvents("event_id")+
			`)`, sel.ID)
	if err == nil && !known {
		err = booking.NoEvent(sel)
	}
	return sel.ID, s.classify(err)
}

// journalPart is the part of the journal that one reading gives.
type journalPart struct {
	journalFilter
	// before leaves out what does not stand before it; zero leaves nothing out.
	before position
	// after and upTo leave out what stands outside of them in one event; upTo may be 0 for all.
	after, upTo int64
	// backwards gives the latest entries first.
	backwards bool
	// limit is the most entries to give, 0 for all there are.
	limit int
}

const entryColumns = `SELECT event_id, event_seq, at, actor, kind, booking_id, capacity, held,
	confirmed, detail, `

// selectEntries reads entries of the journal; another condition is to follow.
func (s *Store) selectEntries() string {
	waiting := "waiting"
	if s.schema < lifeSchema {
		waiting = "0"
	}
	return entryColumns + waiting + ` FROM journal WHERE ` + s.ofOwnEvents("event_id") + ` AND `
}

// statement reads one event along the primary key. All events are sorted by time anew, since an
// index that serves them would cost every booking.
func (p journalPart) statement(selectEntries string) (text string, args []any) {
	direction := ""
	if p.backwards {
		direction = " DESC"
	}
	text = fmt.Sprintf(selectEntries+`at >= $1
		AND (CAST($4 AS BIGINT) = 0 OR (at, event_id, event_seq) < ($2, $3, $4))
		ORDER BY at%[1]s, event_id%[1]s, event_seq%[1]s`, direction)
	args = []any{p.since, p.before.at, p.before.event, p.before.seq}
	if p.event != 0 {
		text = selectEntries + `at >= $1 AND event_id = $2 AND event_seq > $3
			AND (CAST($4 AS BIGINT) = 0 OR event_seq <= $4)
			AND (CAST($5 AS BIGINT) = 0 OR event_seq < $5)
			AND (CAST($6 AS BIGINT) = 0 OR booking_id = $6) ORDER BY event_seq` + direction
		args = []any{p.since, p.event, p.after, p.upTo, p.before.seq, p.row}
	}
	if p.limit > 0 {
		args = append(args, p.limit)
		text += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	return text, args
}

func (s *Store) eachEntry(
	ctx context.Context, from *reader, part journalPart, visit func(booking.Entry) error,
) error {
	text, args := part.statement(s.selectEntries())
	err := from.each(ctx, func(scan scanner) error {
		e, err := s.scanEntry(scan)
		if err != nil {
			return err
		}
		return visit(s.caller.Scope.Entry(e))
	}, text, args...)
	return s.classify(err)
}

func (s *Store) scanEntry(scan scanner) (booking.Entry, error) {
	var (
		e      booking.Entry
		at     int64
		row    sql.NullInt64
		detail string
	)
	err := scan(&e.EventID, &e.Seq, &at, &e.Actor, &e.Kind, &row, &e.Capacity, &e.Held,
		&e.Confirmed, &detail, &e.Waiting)
	if err != nil {
		return booking.Entry{}, err
	}
	e.At = fromMicros(at)
	if row.Valid {
		e.Booking = s.refs.reference(row.Int64)
	}
	if detail == "" {
		return e, nil
	}
	if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
		return booking.Entry{}, fmt.Errorf("the detail of entry %d of event %d cannot be read: %w",
			e.Seq, e.EventID, err)
	}
	return e, nil
}
