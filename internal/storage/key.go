package storage

import (
	"cmp"
	"database/sql"

	"evbook/internal/booking"
)

const selectKey = `SELECT scope, key, fingerprint, at, booking_id, event_id, answer
	FROM idempotency_keys`

// scanKey reads a remembered key and the row number of the booking it made, 0 for none.
func scanKey(scan scanner) (booking.Used, int64, error) {
	var (
		u          booking.Used
		print      []byte
		at         int64
		row, event sql.NullInt64
	)
	err := scan(&u.Key.Scope, &u.Key.Text, &print, &at, &row, &event, &u.Answer)
	if err != nil {
		return booking.Used{}, 0, err
	}
	copy(u.Fingerprint[:], print)
	u.At, u.EventID = fromMicros(at), event.Int64
	return u, row.Int64, nil
}

// keysByScope gives the texts of the keys of each scope.
func (l *loader) keysByScope() map[string][]any {
	texts := map[string][]any{}
	for key := range l.keys {
		texts[key.Scope] = append(texts[key.Scope], key.Text)
	}
	return texts
}

func (l *loader) putKey(scan scanner) error {
	used, row, err := scanKey(scan)
	if err != nil {
		return err
	}
	if row > 0 {
		used.Booking = l.reference(row)
		l.replayed(used)
	}
	l.storedKeys[used.Key] = true
	l.sheet.LoadKey(used)
	return nil
}

var keyRows = insertion(`INSERT INTO idempotency_keys (scope, key, fingerprint, at, booking_id,
	event_id, answer`, "ttbnnnt")

// compareKeys gives keys their order.
func compareKeys(a, b booking.Used) int {
	return cmp.Or(cmp.Compare(a.Key.Scope, b.Key.Scope), cmp.Compare(a.Key.Text, b.Key.Text))
}

// saveKey keeps a key in the transaction of what it made. A key that has outlived its time, but
// has not been reaped, gives its place up.
func (l *loader) saveKey(b *batch, u booking.Used) {
	var event any
	if u.EventID > 0 {
		event = u.EventID
	}
	if l.storedKeys[u.Key] {
		b.exec(`DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2`, u.Key.Scope,
			u.Key.Text)
	}
	b.put(&keyRows, u.Key.Scope, u.Key.Text, u.Fingerprint[:], micros(u.At),
		l.rowOrNull(u.Booking), event, string(u.Answer))
}
