package storage

import (
	"fmt"
	"slices"
	"testing"
)

func TestRowsAreInsertedTogetherAndNoneIsLeftOut(t *testing.T) {
	e := engineOf(t, open(t).path).(*sqliteEngine)
	markers := insertion(`INSERT INTO markers (id`, "b")
	for n := range 2*insertedAtOnce[0] + 2 {
		tx, err := e.begin(t.Context())
		must(t, err)
		var b batch
		var want, got []string
		b.exec(`DELETE FROM markers`)
		for i := range n {
			id := fmt.Sprintf("marker %09d", i)
			want = append(want, id)
			b.put(&markers, []byte(id))
		}
		b.query(func(scan scanner) error {
			var id []byte
			err := scan(&id)
			got = append(got, string(id))
			return err
		}, `SELECT id FROM markers ORDER BY id`)
		must(t, tx.run(t.Context(), &b))
		tx.rollback()
		if !slices.Equal(got, want) {
			t.Errorf("of %d rows there are %q", n, got)
		}
	}
	if len(e.inserts) != len(insertedAtOnce) {
		t.Errorf("%d statements were prepared for several rows, want %d", len(e.inserts),
			len(insertedAtOnce))
	}
}

func TestOnlyRowsOfOneTableThatFollowEachOtherAreInsertedTogether(t *testing.T) {
	var b batch
	for range 8 {
		b.put(&journalEntries)
	}
	b.put(&waitlistEntries)
	if n := together(b.steps); n != 8 {
		t.Errorf("%d of 8 rows are inserted together", n)
	}
	if n := together(b.steps[1:]); n != 1 {
		t.Errorf("%d of 7 rows are inserted together, want 1", n)
	}
	b.steps = nil
	for range 8 {
		b.put(&eventCounters)
	}
	if n := together(b.steps); n != 1 {
		t.Errorf("%d rows are changed together, want 1", n)
	}
}
