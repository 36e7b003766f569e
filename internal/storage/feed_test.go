package storage

import (
	"context"
	"sync"
	"testing"

	"evbook/internal/booking"
)

// feedOf follows the journal for as long as the test runs.
func feedOf(t testing.TB, s *Store, q JournalQuery) *Feed {
	t.Helper()
	f, err := s.Feed(context.Background(), q)
	must(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// next gives the event and the number of each entry that has come.
func next(t testing.TB, f *Feed) (got [][2]int64) {
	t.Helper()
	entries, err := f.Next(context.Background())
	must(t, err)
	for _, e := range entries {
		got = append(got, [2]int64{e.EventID, e.Seq})
	}
	return got
}

// wantNext fails unless the feed gives just these entries: an event and one of its numbers each.
func wantNext(t testing.TB, f *Feed, want ...[2]int64) {
	t.Helper()
	got := next(t, f)
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestAFeedGivesWhatComesAndNothingElse(t *testing.T) {
	s := open(t)
	first, second, ref := story(t, s)
	all := feedOf(t, s, JournalQuery{})
	one := feedOf(t, s, JournalQuery{Event: second})
	wantNext(t, all)
	wantNext(t, one)
	for _, e := range whole(t, s, JournalQuery{}) {
		if !all.Precedes(e) {
			t.Errorf("entry %d of event %d does not precede the feed", e.Seq, e.EventID)
		}
	}
	seats(t, s, second, 1)
	third := event(t, s, 5)
	seats(t, s, first, 1)
	wantNext(t, all, [2]int64{1, 13}, [2]int64{2, 4}, [2]int64{third.ID, 1})
	wantNext(t, all)
	wantNext(t, one, [2]int64{2, 4})
	wantNext(t, one)
	of := feedOf(t, s, JournalQuery{Booking: ref})
	seats(t, s, first, 2)
	wantNext(t, of)
	wantNext(t, all, [2]int64{1, 14}, [2]int64{1, 15})
}

func TestAFeedSeesAnEventThatWasDeletedBeforeItLooked(t *testing.T) {
	s := open(t)
	f := feedOf(t, s, JournalQuery{})
	sel := event(t, s, 5)
	_, err := s.DeleteEvent(context.Background(), sel)
	must(t, err)
	wantNext(t, f, [2]int64{1, 1}, [2]int64{1, 2})
	wantNext(t, f)
}

// An entry with a time long before the newest one is what a slow clock leaves behind.
func TestAFeedMissesNothingThatASlowClockHasWritten(t *testing.T) {
	s := open(t)
	first, second := event(t, s, 500), event(t, s, 500)
	f := feedOf(t, s, JournalQuery{})
	seats(t, s, first, 1)
	wantNext(t, f, [2]int64{1, 2})
	seats(t, s, second, 1)
	alter(t, s, `UPDATE journal SET at = 1 WHERE event_id = 2 AND event_seq = 2`)
	wantNext(t, f, [2]int64{2, 2})
}

func TestABusyEventHidesNoOther(t *testing.T) {
	s := open(t)
	busy, quiet := event(t, s, 10_000), event(t, s, 10)
	f := feedOf(t, s, JournalQuery{})
	for range 3 {
		seats(t, s, busy, feedLimit/2)
	}
	seats(t, s, quiet, 1)
	if n := len(next(t, f)); n != feedLimit {
		t.Fatalf("the first reading gave %d entries, want %d", n, feedLimit)
	}
	// More comes for the busy event, which is first in line; the quiet one is heard all the same.
	seats(t, s, busy, feedLimit)
	got := next(t, f)
	if len(got) != feedLimit/2+1 || got[len(got)-1] != [2]int64{quiet.ID, 2} {
		t.Fatalf("the second reading gave %d entries, the last is %v", len(got), got[len(got)-1])
	}
	if n := len(next(t, f)); n != feedLimit {
		t.Fatalf("the third reading gave %d entries, want %d", n, feedLimit)
	}
	wantNext(t, f)
}

// Two stores write to one file, as two processes do, while a third one follows.
func TestAFeedGivesEachEntryOnceWhileManyWrite(t *testing.T) {
	s := open(t)
	events := []booking.Selector{event(t, s, 500), event(t, s, 500), event(t, s, 500)}
	reader, err := Open(context.Background(), Options{Path: s.path, ReadOnly: true})
	must(t, err)
	t.Cleanup(func() { reader.Close() })
	f := feedOf(t, reader, JournalQuery{})
	done := make(chan struct{})
	var writers sync.WaitGroup
	for _, store := range []*Store{s, openAt(t, s.path)} {
		for _, e := range events {
			writers.Go(func() {
				for range 30 {
					_, err := store.Book(t.Context(), booking.Request{Event: e, Quantity: 1})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	go func() { writers.Wait(); close(done) }()
	last := map[int64]int64{1: 1, 2: 1, 3: 1}
	for over := false; ; {
		got := next(t, f)
		if over && len(got) == 0 {
			break
		}
		for _, e := range got {
			if e[1] != last[e[0]]+1 {
				t.Fatalf("entry %d of event %d came after %d", e[1], e[0], last[e[0]])
			}
			last[e[0]] = e[1]
		}
		select {
		case <-done:
			over = true
		default:
		}
	}
	for _, e := range events {
		if last[e.ID] != 61 {
			t.Errorf("event %d: the last entry is %d, want 61", e.ID, last[e.ID])
		}
	}
}
