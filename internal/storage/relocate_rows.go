package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"
)

// movedTable is a table whose rows are moved as they are.
type movedTable struct {
	name string
	// columns begin with those of the primary key, of which there are so many.
	columns []string
	key     int
}

// writtenTables are the names of all tables but meta, which only a migration writes.
func writtenTables() []string {
	names := []string{"markers"}
	for _, t := range movedTables() {
		names = append(names, t.name)
	}
	return names
}

// movedTables lists the tables that are moved, each after those that it refers to. Markers are of
// no use to another database, and of meta only the key counts.
func movedTables() []movedTable {
	table := func(name string, key int, columns string) movedTable {
		return movedTable{name, strings.Fields(columns), key}
	}
	return []movedTable{
		table("events", 1, `id slug name description venue capacity held confirmed price currency
			status zone starts_at ends_at version created_at name_folded search_folded waiting
			planned sales_open sales_close max_per_booking max_per_customer code_required waitlist
			offer_ttl`),
		table("pools", 2, `event_id id name capacity held confirmed waiting`),
		table("ticket_types", 2, `event_id id name price pool_id sales_open sales_close
			min_per_booking max_per_booking code_required closed held confirmed waiting`),
		table("codes", 2, `event_id code uses types valid_until disabled created_at held
			confirmed`),
		table("bookings", 1, `id event_id quantity status unit_price currency email name note
			cancel_reason created_at updated_at email_folded name_folded expires_at extensions
			lines code offered_at issue limited`),
		table("journal", 2, `event_id event_seq at actor kind booking_id capacity held confirmed
			detail waiting`),
		table("idempotency_keys", 1, `id scope key fingerprint at booking_id event_id answer`),
		table("tokens", 1, `id name role bound hash former former_until created_at expires_at
			revoked_at last_used_at`),
		table("token_events", 2, `token_id event_id`),
	}
}

func (t movedTable) count() string { return "SELECT count(*) FROM " + t.name }

// selection asks for all rows in the order of their key, which is the same in both engines.
func (t movedTable) selection() string {
	return "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name + " ORDER BY " +
		strings.Join(t.columns[:t.key], ", ")
}

// tally is how many rows were seen, and their digest: the same for the same values, whichever
// engine they come from.
type tally struct {
	rows int
	hash hash.Hash
}

func newTally() *tally { return &tally{hash: sha256.New()} }

// add counts a row. Each value is led by its kind and its length, so that no two rows look alike.
func (t *tally) add(values []any) error {
	t.rows++
	var text []byte
	for _, value := range values {
		kind, content, err := plainValue(value)
		if err != nil {
			return err
		}
		text = append(text, kind)
		text = binary.BigEndian.AppendUint64(text, uint64(len(content)))
		text = append(text, content...)
	}
	t.hash.Write(text) // never fails
	return nil
}

func (t *tally) sum() [sha256.Size]byte { return [sha256.Size]byte(t.hash.Sum(nil)) }

// plainValue gives a value of a column in a form that is the same for both engines.
func plainValue(value any) (kind byte, content []byte, err error) {
	number := func(n int64) (byte, []byte, error) {
		return 'n', binary.BigEndian.AppendUint64(nil, uint64(n)), nil
	}
	switch v := value.(type) {
	case nil:
		return '0', nil, nil
	case int64:
		return number(v)
	case int16:
		return number(int64(v))
	case string:
		return 't', []byte(v), nil
	case []byte:
		return 'b', v, nil
	}
	return 0, nil, fmt.Errorf("a column with a value of type %T cannot be moved", value)
}
