package storage

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

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

// readerAt opens a database as those who only follow it do.
func readerAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), in(path, Options{ReadOnly: true}))
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
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

func TestANamedFeedGivesWhatComesBehindTheEntriesThatAreNamed(t *testing.T) {
	s := open(t)
	first, second := event(t, s, 2*feedLimit), event(t, s, 10)
	f, err := s.NamedFeed(context.Background())
	must(t, err)
	t.Cleanup(func() { f.Close() })
	seats(t, s, first, 2)
	wantNext(t, f)
	f.Follow(first.ID, 2)
	f.Follow(99, 0) // which is not there
	wantNext(t, f, [2]int64{1, 3})
	seats(t, s, second, 1)
	seats(t, s, first, 1)
	wantNext(t, f, [2]int64{1, 4})
	f.Follow(second.ID, 0)
	wantNext(t, f, [2]int64{2, 1}, [2]int64{2, 2})
	f.Drop(first.ID)
	seats(t, s, first, 1)
	seats(t, s, second, 1)
	wantNext(t, f, [2]int64{2, 3})
	f.Follow(first.ID, 4)
	wantNext(t, f, [2]int64{1, 5})
	wantNext(t, f)
	// What is due of an event that is dropped does not come.
	seats(t, s, first, feedLimit)
	seats(t, s, second, 1)
	if n := len(next(t, f)); n != feedLimit {
		t.Fatalf("the first reading gave %d entries, want %d", n, feedLimit)
	}
	f.Drop(second.ID)
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
	tamper(t, placeOf(s), `UPDATE journal SET at = 1 WHERE event_id = 2 AND event_seq = 2`)
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

// Feeds are many where there are many listeners, and none may take the connections of the others.
func TestManyFeedsLeaveRoomForReaders(t *testing.T) {
	s := open(t)
	sel := event(t, s, 5)
	var feeds []*Feed
	for range readConnections + 1 {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		f, err := s.Feed(ctx, JournalQuery{})
		cancel()
		must(t, err)
		t.Cleanup(func() { f.Close() })
		feeds = append(feeds, f)
	}
	seats(t, s, sel, 1)
	for _, f := range feeds {
		wantNext(t, f, [2]int64{sel.ID, 2})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := s.Event(ctx, sel)
	must(t, err)
}

// Whoever waits for entries of a file that others do not write to any more waits in vain.
func TestAFeedEndsWhenItsFileOrLogIsReplaced(t *testing.T) {
	for name, replace := range map[string]func(path string) error{
		"file moved": func(path string) error { return os.Rename(path, path+".old") },
		"file replaced": func(path string) error {
			err := os.WriteFile(path+".copy", nil, 0o600)
			return errors.Join(err, os.Rename(path+".copy", path))
		},
		"log removed": func(path string) error { return os.Remove(path + "-wal") },
		"log replaced": func(path string) error {
			return errors.Join(os.Remove(path+"-wal"), os.WriteFile(path+"-wal", nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			sel := event(t, s, 5)
			f := feedOf(t, readerAt(t, placeOf(s)), JournalQuery{})
			seats(t, s, sel, 1)
			wantNext(t, f, [2]int64{sel.ID, 2})
			if err := replace(inFile(s).place.path); err != nil {
				need(t, "files that can be moved while they are open", err)
			}
			entries, err := f.Next(context.Background())
			if booking.KindOf(err) != booking.Unavailable || len(entries) > 0 {
				t.Errorf("got %v, %v", entries, err)
			}
		})
	}
}

func TestAFileThatIsReadAsImmutableIsNotFollowed(t *testing.T) {
	s := open(t)
	event(t, s, 5)
	inFile(s).immutable = true
	if _, err := s.Feed(context.Background(), JournalQuery{}); booking.KindOf(err) !=
		booking.Unavailable {
		t.Errorf("got %v", err)
	}
}

// A season of everything that touches the file: events that come and go, bookings, full
// checkpoints, a backup, connections that are opened anew. What the feed gives is what came.
func TestAFeedGivesTheWholeSeason(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := open(t)
	events := []booking.Selector{event(t, s, 10_000)}
	f := feedOf(t, s, JournalQuery{})
	got := map[[2]int64]int{}
	last := map[int64]int64{events[0].ID: 1}
	listen := func() int {
		entries := next(t, f)
		for _, e := range entries {
			got[e]++
			if e[1] != last[e[0]]+1 {
				t.Fatalf("entry %d of event %d came after %d", e[1], e[0], last[e[0]])
			}
			last[e[0]] = e[1]
		}
		return len(entries)
	}
	for range 120 {
		switch random.IntN(8) {
		case 0:
			events = append(events, event(t, s, 10_000))
		case 1:
			_, err := s.DeleteEvent(context.Background(), event(t, s, 5))
			must(t, err)
		case 2:
			tamper(t, placeOf(s), `PRAGMA wal_checkpoint(TRUNCATE)`)
		case 3:
			other := openAt(t, placeOf(s))
			seats(t, other, events[random.IntN(len(events))], 1+random.IntN(3))
			must(t, other.Close())
		case 4:
			_, err := s.Backup(context.Background(), filepath.Join(t.TempDir(), "copy.db"))
			must(t, err)
		case 5:
			listen()
		default:
			seats(t, s, events[random.IntN(len(events))], 1+random.IntN(5))
		}
	}
	for listen() > 0 {
	}
	all := whole(t, s, JournalQuery{})
	for _, e := range all {
		if n := got[[2]int64{e.EventID, e.Seq}]; !f.Precedes(e) && n != 1 {
			t.Errorf("entry %d of event %d came %d times", e.Seq, e.EventID, n)
		}
	}
	if len(all) != len(got)+1 {
		t.Errorf("%d entries came, of %d", len(got), len(all)-1)
	}
}

// Two stores write to one file, as two processes do, while a third one follows.
func TestAFeedGivesEachEntryOnceWhileManyWrite(t *testing.T) {
	s := open(t)
	events := []booking.Selector{event(t, s, 500), event(t, s, 500), event(t, s, 500)}
	f := feedOf(t, readerAt(t, placeOf(s)), JournalQuery{})
	done := make(chan struct{})
	var writers sync.WaitGroup
	for _, store := range []*Store{s, openAt(t, placeOf(s))} {
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
