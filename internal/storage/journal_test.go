package storage

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
)

// joined joins the pages of the journal, which go back in time, calling between after each.
func joined(t testing.TB, s *Store, q JournalQuery, between func()) (all []booking.Entry) {
	t.Helper()
	for ; ; between() {
		p, err := s.Journal(context.Background(), q)
		must(t, err)
		all = append(p.Entries, all...)
		if p.Next == "" {
			return all
		}
		if len(p.Entries) != q.Limit {
			t.Fatalf("a page in between has %d entries, want %d", len(p.Entries), q.Limit)
		}
		q.Cursor = p.Next
	}
}

// whole reads the journal in one go.
func whole(t testing.TB, s *Store, q JournalQuery) (all []booking.Entry) {
	t.Helper()
	must(t, s.EachEntry(context.Background(), q, func(e booking.Entry) error {
		all = append(all, e)
		return nil
	}))
	return all
}

// story lets two events have a history, of 12 and 3 entries, and gives a booking of the first that
// has three of them.
func story(t testing.TB, s *Store) (first, second booking.Selector, ref booking.Reference) {
	t.Helper()
	ctx := context.Background()
	first, second = event(t, s, 50), event(t, s, 50)
	seats(t, s, first, 4)
	seats(t, s, second, 2)
	r, err := s.Book(ctx, booking.Request{Event: first, Quantity: 5})
	must(t, err)
	ref = r.Booking.Reference
	two := 2
	_, err = s.CancelBooking(ctx, booking.Cancellation{
		Reference: ref, Part: booking.Part{Quantity: &two},
	})
	must(t, err)
	_, err = s.CancelBooking(ctx, booking.Cancellation{Reference: ref})
	must(t, err)
	capacity := 60
	venue := "Hall"
	_, err = s.EditEvent(ctx, first, booking.Edit{Capacity: &capacity, Venue: &venue})
	must(t, err)
	seats(t, s, first, 3)
	return first, second, ref
}

func TestPagesJoinToTheWholeJournal(t *testing.T) {
	s := open(t)
	first, second, ref := story(t, s)
	for name, c := range map[string]struct {
		query JournalQuery
		want  int
	}{
		"all":                {JournalQuery{}, 15},
		"first":              {JournalQuery{Event: first}, 12},
		"second":             {JournalQuery{Event: second}, 3},
		"booking":            {JournalQuery{Booking: ref}, 3},
		"booking and event":  {JournalQuery{Event: first, Booking: ref}, 3},
		"since ever":         {JournalQuery{Since: time.Unix(1, 0)}, 15},
		"since tomorrow":     {JournalQuery{Since: time.Now().Add(24 * time.Hour)}, 0},
		"first, long ago":    {JournalQuery{Event: first, Since: time.Unix(1, 0)}, 12},
		"first, tomorrow":    {JournalQuery{Event: first, Since: time.Now().Add(time.Hour)}, 0},
		"booking, long ago":  {JournalQuery{Booking: ref, Since: time.Unix(1, 0)}, 3},
		"booking, and later": {JournalQuery{Booking: ref, Since: time.Now().Add(time.Hour)}, 0},
	} {
		all := whole(t, s, c.query)
		if len(all) != c.want {
			t.Errorf("%s: %d entries, want %d", name, len(all), c.want)
		}
		for _, limit := range []int{1, 2, 3, 11, 12, 15, MaxLimit} {
			c.query.Limit = limit
			if got := joined(t, s, c.query, nothing); !reflect.DeepEqual(got, all) {
				t.Errorf("%s, limit %d:\ngot  %+v\nwant %+v", name, limit, got, all)
			}
		}
	}
}

func TestTheJournalTellsWhatHappened(t *testing.T) {
	s := open(t)
	first, _, ref := story(t, s)
	all := whole(t, s, JournalQuery{Event: first})
	for i, e := range all {
		if e.Seq != int64(i+1) || e.EventID != first.ID || e.Actor != "test" ||
			time.Since(e.At) > time.Minute || time.Since(e.At) < 0 {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
	told := slices.Clone(all[5:9])
	for i := range told {
		told[i].At, told[i].Actor, told[i].EventID = time.Time{}, "", 0
	}
	want := []booking.Entry{
		{Seq: 6, Kind: booking.BookingConfirmed, Booking: ref, Confirmed: 5},
		{Seq: 7, Kind: booking.BookingReduced, Booking: ref, Confirmed: -2},
		{Seq: 8, Kind: booking.BookingCancelled, Booking: ref, Confirmed: -3},
		{Seq: 9, Kind: booking.EventEdited, Capacity: 10,
			Detail: booking.Detail{Fields: []string{"capacity", "venue"}}},
	}
	slices.Sort(told[3].Detail.Fields)
	if !reflect.DeepEqual(told, want) {
		t.Errorf("got  %+v\nwant %+v", told, want)
	}
}

// What is listed in one go up to a cursor is what the pages hold that it leads to.
func TestTheWholeJournalEndsBeforeTheCursor(t *testing.T) {
	s := open(t)
	first, second, ref := story(t, s)
	for name, q := range map[string]JournalQuery{
		"all": {}, "first": {Event: first}, "booking": {Booking: ref},
	} {
		all := whole(t, s, q)
		q.Limit = 2
		page, err := s.Journal(context.Background(), q)
		must(t, err)
		older := len(all) - q.Limit
		if !reflect.DeepEqual(page.Entries, all[older:]) {
			t.Errorf("%s: the latest are\n%+v\nwant %+v", name, page.Entries, all[older:])
		}
		q.Cursor = page.Next
		if got := whole(t, s, q); !reflect.DeepEqual(got, all[:older]) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, all[:older])
		}
		if name == "all" {
			continue
		}
		q.Event, q.Booking = second, 0
		if _, err := s.Journal(context.Background(), q); booking.KindOf(err) != booking.Invalid {
			t.Errorf("%s: the cursor of another event: %v", name, err)
		}
	}
	q := JournalQuery{Page: Page{Cursor: "1.1"}}
	err := s.EachEntry(context.Background(), q, func(booking.Entry) error { return nil })
	if booking.KindOf(err) != booking.Invalid {
		t.Errorf("a bad cursor: %v", err)
	}
}

// Whatever is there when the first page is read comes exactly once; of one event, all that comes in
// meanwhile does too.
func TestPagesOfTheJournalSurviveConcurrentWrites(t *testing.T) {
	s := open(t)
	events := []booking.Selector{event(t, s, 500), event(t, s, 500)}
	for _, e := range events {
		seats(t, s, e, 40)
	}
	start := whole(t, s, JournalQuery{})
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for _, e := range events {
		writers.Go(func() {
			for n := 0; n < 400; n++ {
				select {
				case <-stop:
					return
				default:
				}
				_, err := s.Book(t.Context(), booking.Request{Event: e, Quantity: 1})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all := joined(t, s, JournalQuery{Page: Page{Limit: 7}}, nothing)
	one := joined(t, s, JournalQuery{Event: events[0], Page: Page{Limit: 7}}, nothing)
	close(stop)
	writers.Wait()
	count := map[[2]int64]int{}
	for _, e := range all {
		count[[2]int64{e.EventID, e.Seq}]++
	}
	for _, e := range start {
		if count[[2]int64{e.EventID, e.Seq}] == 0 {
			t.Errorf("entry %d of event %d is missing", e.Seq, e.EventID)
		}
	}
	for at, n := range count {
		if n != 1 {
			t.Errorf("entry %d of event %d came %d times", at[1], at[0], n)
		}
	}
	for i, e := range one {
		if e.Seq != int64(i+1) {
			t.Fatalf("entry %d of the event has the number %d", i+1, e.Seq)
		}
	}
}

// Clocks are set back: entries of one event stay in their order, those of all events are in that of
// their times, and pages join all the same.
func TestTheJournalOfAllEventsIsInTheOrderOfTime(t *testing.T) {
	s := open(t)
	first, _, _ := story(t, s)
	tamper(t, placeOf(s),
		`UPDATE journal SET at = at - 60000000 WHERE event_id = 1 AND event_seq > 6`,
		`UPDATE journal SET at = (SELECT min(at) FROM journal) WHERE event_seq < 3`)
	all := joined(t, s, JournalQuery{Page: Page{Limit: 2}}, nothing)
	byTime := func(a, b booking.Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.EventID, b.EventID),
			cmp.Compare(a.Seq, b.Seq))
	}
	if len(all) != 15 || !slices.IsSortedFunc(all, byTime) {
		t.Errorf("not by time: %+v", all)
	}
	for i, e := range joined(t, s, JournalQuery{Event: first, Page: Page{Limit: 2}}, nothing) {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d of the event has the number %d", i+1, e.Seq)
		}
	}
}

func TestADeletedEventKeepsItsJournal(t *testing.T) {
	s := open(t)
	sel := event(t, s, 5)
	_, err := s.DeleteEvent(context.Background(), sel)
	must(t, err)
	all := whole(t, s, JournalQuery{Event: sel})
	if len(all) != 2 || all[1].Kind != booking.EventDeleted || all[1].Capacity != -5 {
		t.Errorf("got %+v", all)
	}
}

func TestTheJournalOfWhatIsNotThereIsNotFound(t *testing.T) {
	s := open(t)
	_, second, ref := story(t, s)
	for name, q := range map[string]JournalQuery{
		"event":                    {Event: booking.Selector{ID: 3}},
		"slug":                     {Event: booking.Selector{Slug: "none"}},
		"booking":                  {Booking: ref + 1},
		"booking of another event": {Event: second, Booking: ref},
	} {
		q.Limit = 1
		_, err := s.Journal(context.Background(), q)
		_, feedErr := s.Feed(context.Background(), q)
		if booking.KindOf(err) != booking.NotFound || booking.KindOf(feedErr) != booking.NotFound {
			t.Errorf("%s: list %v, feed %v", name, err, feedErr)
		}
	}
}

func TestWrongLimitsAndCursorsOfTheJournalAreTold(t *testing.T) {
	s := open(t)
	story(t, s)
	for _, p := range []Page{
		{}, {Limit: -1}, {Limit: MaxLimit + 1}, {Limit: 1, Cursor: "1"}, {Limit: 1, Cursor: "1.1"},
		{Limit: 1, Cursor: "1.1.1.1"}, {Limit: 1, Cursor: "1.1."}, {Limit: 1, Cursor: "01.1.1"},
		{Limit: 1, Cursor: "1.+1.1"}, {Limit: 1, Cursor: "1.1.9223372036854775808"},
		{Limit: 1, Cursor: "a.b.c"}, {Limit: 1, Cursor: "EVB-00000-00001-H"},
		{Limit: 1, Cursor: " 1.1.1"}, {Limit: 1, Cursor: "\x00"},
	} {
		_, err := s.Journal(context.Background(), JournalQuery{Page: p})
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Invalid || len(e.Fields) != 1 {
			t.Errorf("%+v: got %v", p, err)
		}
	}
}

func TestADetailThatCannotBeReadIsTold(t *testing.T) {
	s := open(t)
	event(t, s, 5)
	tamper(t, placeOf(s), `UPDATE journal SET detail = '{'`)
	_, err := s.Journal(context.Background(), JournalQuery{Page: Page{Limit: 1}})
	if err == nil || booking.KindOf(err) != booking.Internal {
		t.Errorf("got %v", err)
	}
}

func TestWhatComesBehindAnEntryIsReadPieceByPiece(t *testing.T) {
	s := open(t)
	first, _, _ := story(t, s)
	all := whole(t, s, JournalQuery{Event: first})
	var got []booking.Entry
	for seq := int64(0); ; seq = got[len(got)-1].Seq {
		piece, err := s.EntriesAfter(context.Background(), first.ID, seq, 5)
		must(t, err)
		if len(piece) > 5 {
			t.Fatalf("%d entries at once, at most 5 were wanted", len(piece))
		}
		if len(piece) == 0 {
			break
		}
		got = append(got, piece...)
	}
	if !reflect.DeepEqual(got, all) {
		t.Errorf("got %v, want %v", got, all)
	}
	none, err := s.EntriesAfter(context.Background(), 99, 0, 5)
	if err != nil || len(none) > 0 {
		t.Errorf("of an unknown event: %v %v", none, err)
	}
}
