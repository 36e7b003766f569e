package storage

import (
	"encoding/json"
	"slices"
	"time"

	"evbook/internal/booking"
)

const (
	// keysReaped is how many of the oldest keys are looked at, at least, for each group that adds
	// some.
	keysReaped = 64
	// keysReapedEvery is in one of how many groups that is done, for all of them.
	keysReapedEvery = 16
)

// save writes what the commands have changed, as one batch. Where rows are locked, groups that
// share some wait for each other in the order of the tables here, and within a table in that of
// their keys, so that none wait in a circle; the events are locked already.
func (l *loader) save() *batch {
	b := &batch{}
	saveEvents(b, l.sheet.ChangedEvents())
	for _, c := range l.sheet.ChangedBookings() {
		saveBooking(b, l.row(c.After.Reference), c)
	}
	for _, e := range l.sheet.Journal() {
		l.saveEntry(b, e)
	}
	for _, t := range l.sheet.ChangedTokens() {
		l.saveToken(b, t)
	}
	if keys := l.sheet.NewKeys(); len(keys) > 0 {
		for _, u := range slices.SortedFunc(slices.Values(keys), compareKeys) {
			l.saveKey(b, u)
		}
	}
	return b
}

// reapKeys lets keys go that have outlived their time: twice as many as come in, so that the table
// shrinks when it has grown. The groups that do it are chosen by chance, by their markers: in each
// it would cost as much as what the group is for.
func (l *loader) reapKeys(b *batch, marker []byte) {
	n := len(l.sheet.NewKeys())
	if n == 0 || marker[len(marker)-1]%keysReapedEvery != 0 {
		return
	}
	b.exec(`DELETE FROM idempotency_keys WHERE at < $1 AND id IN
		(SELECT id FROM idempotency_keys ORDER BY id LIMIT $2`+l.dialect.skipLocked+`)`,
		micros(l.now.Add(-booking.KeyLife)), keysReapedEvery*max(keysReaped, 2*n))
}

const (
	insertEntry = `INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity,
		held, confirmed, detail`
	journalKinds = "nnnttnnnnt"
)

var (
	journalEntries = insertion(insertEntry, journalKinds)
	// waitlistEntries are those entries of the journal that change how many seats people wait for.
	waitlistEntries = insertion(insertEntry+`, waiting`, journalKinds+"n")
)

func (l *loader) saveEntry(b *batch, e booking.Entry) {
	values := []any{
		e.EventID, e.Seq, micros(e.At), e.Actor, string(e.Kind), l.rowOrNull(e.Booking),
		e.Capacity, e.Held, e.Confirmed, detailText(e.Detail),
	}
	if e.Waiting == 0 {
		b.put(&journalEntries, values...)
		return
	}
	b.put(&waitlistEntries, append(values, e.Waiting)...)
}

// rowOrNull is the row number of a booking, or NULL for none.
func (l *loader) rowOrNull(ref booking.Reference) any {
	if ref == 0 {
		return nil
	}
	return l.row(ref)
}

// detailText is the JSON of a detail; empty for the many entries that have none.
func detailText(d booking.Detail) string {
	if d.Empty() {
		return ""
	}
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // names and times always encode
	}
	return string(text)
}

// micros is how times are stored: microseconds since 1970 in UTC.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// microsOrNull stores the zero time as NULL.
func microsOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return micros(t)
}
