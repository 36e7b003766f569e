package storage

import (
	"fmt"
	"slices"
	"testing"

	"evbook/internal/booking"
)

func TestRowsAreWrittenTogetherAndNoneIsLeftOut(t *testing.T) {
	e := engineOf(t, open(t).path).(*sqliteEngine)
	markers := insertion(`INSERT INTO markers (id`, "b")
	for n := range 2*writtenAtOnce[0] + 2 {
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
	if len(e.several) != len(writtenAtOnce) {
		t.Errorf("%d statements were prepared for several rows, want %d", len(e.several),
			len(writtenAtOnce))
	}
}

func TestOnlyRowsOfOneTableThatFollowEachOtherAreWrittenTogether(t *testing.T) {
	var b batch
	for range 8 {
		b.put(&journalEntries)
	}
	b.put(&waitlistEntries)
	if n := together(b.steps); n != 8 {
		t.Errorf("%d of 8 rows are written together", n)
	}
	if n := together(b.steps[1:]); n != 1 {
		t.Errorf("%d of 7 rows are written together, want 1", n)
	}
}

// Each of the many events of a group, and each booking, is to get what is its own in every column.
func TestManyRowsOfAGroupAreEachTheirOwn(t *testing.T) {
	s := open(t)
	const events = 45
	var rows []booking.Request
	for i := range events {
		sel := event(t, s, events)
		rows = append(rows, booking.Request{
			Event: sel, Quantity: 1 + i, Email: fmt.Sprintf("user%d@example.com", i),
			Name: fmt.Sprintf("Name %d", i), Note: fmt.Sprintf("Note %d", i),
		})
	}
	rows = append(rows, booking.Request{Event: rows[7].Event, Quantity: 3}) // once more
	results, err := s.BookMany(t.Context(), rows, true)
	must(t, err)
	for i, r := range results[:events] {
		seats := 1 + i
		if i == 7 {
			seats += 3
		}
		made, err := s.Booking(t.Context(), r.Receipt.Booking.Reference)
		must(t, err)
		e, err := s.Event(t.Context(), rows[i].Event)
		must(t, err)
		if made.Quantity != 1+i || made.Email != rows[i].Email || made.Name != rows[i].Name ||
			made.Note != rows[i].Note || made.EventID != e.ID || e.Confirmed != seats ||
			e.Held != 0 {
			t.Errorf("%+v has become %+v of %+v", rows[i], made, e)
		}
	}
	sound(t, s)
}
