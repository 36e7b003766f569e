package storage

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
)

// createAndSay is a helper that opens a database that does not exist, makes an event, and says
// "MADE number".
func createAndSay(work task, o orders) error {
	if err := o.ready(); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: work.Path, Create: true})
	if err != nil {
		return err
	}
	c, err := s.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
		Name: "Go Meetup", Capacity: 40, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
	}})
	if err != nil {
		return err
	}
	say("MADE %d", c.Event.ID)
	return s.Close()
}

// moment is a point in a first start, told by what lies in the folder by then.
type moment struct {
	name string
	come func(path string) bool
}

func moments() []moment {
	grown := func(suffix string, size int64) func(string) bool {
		return func(path string) bool {
			info, err := os.Stat(path + suffix)
			return err == nil && info.Size() >= size
		}
	}
	return []moment{
		{"the start", func(string) bool { return true }},
		{"the file is there", grown("", 0)},
		{"the file has its header", grown("", headerBytes)},
		{"the log is there", grown("-wal", 1)},
	}
}

// await watches for the moment until it comes or the helper ends.
func (m moment) await(p *process, path string) {
	for !m.come(path) {
		select {
		case <-p.ended:
			return
		default:
		}
	}
}

func TestAFirstStartThatIsKilledIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	kills := trials(10, 60)
	for _, m := range moments() {
		t.Run("after "+m.name, func(t *testing.T) {
			made, cut := 0, 0
			for range kills {
				path := filepath.Join(t.TempDir(), "events.db")
				p := launch(t, task{Role: "create", Path: path})
				p.await(t)
				p.start(t)
				m.await(p, path)
				// Half of the kills come at once: some states last for microseconds.
				if rand.N(2) == 0 {
					time.Sleep(rand.N(30 * time.Millisecond))
				}
				p.kill()
				if len(p.lines) > 0 {
					made++
				} else {
					cut++
				}
				completes(t, path, p.lines)
			}
			t.Logf("%d kills: %d before the event was acknowledged, %d after", kills, cut, made)
			if cut == 0 {
				t.Error("every kill came too late: the test is blind")
			}
		})
	}
}

// The rarest of these moments, by hand: the header is in the file, and beside it lies the journal
// that takes it back to nothing at the next opening.
func TestAFirstStartCutInItsFirstCommitIsCompletedByTheNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	if err := createFile(t.Context(), path, DefaultLockTimeout); err != nil {
		t.Fatal(err)
	}
	write(t, path+"-journal", emptyJournal())
	completes(t, path, nil)
}

// emptyJournal is one that takes a database back to nothing (sqlite.org/fileformat2.html, 3):
// magic, no pages, nonce, 0 pages before, sector, page size.
func emptyJournal() string {
	journal := make([]byte, 512)
	copy(journal, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
	binary.BigEndian.PutUint32(journal[20:], 512)
	binary.BigEndian.PutUint32(journal[24:], 4096)
	return string(journal)
}

// After a power cut the length of a file may be there without its bytes.
func TestAFirstPageOfZerosWithItsJournalIsCompletedByTheNextStart(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "events.db")
	write(t, path, strings.Repeat("\x00", 4096))
	stays(t, folder, path, path+" is not an evbook database: it is no SQLite file at all")
	write(t, path+"-journal", emptyJournal())
	completes(t, path, nil)
}

// fuse is a context that ends when it has been asked so many times whether it has.
type fuse struct {
	context.Context
	left atomic.Int64
	end  func()
}

func newFuse(t testing.TB, length int64) *fuse {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	f := &fuse{Context: ctx, end: cancel}
	f.left.Store(length)
	return f
}

func (f *fuse) burn() {
	if f.left.Add(-1) == 0 {
		f.end()
	}
}

func (f *fuse) Done() <-chan struct{} {
	f.burn()
	return f.Context.Done()
}

func (f *fuse) Err() error {
	f.burn()
	return f.Context.Err()
}

func TestAFirstStartThatIsInterruptedIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	interrupted, steps := 0, int64(trials(10, 30))
	for length := int64(1); ; length += 1 + length/steps { // the first looks are the various ones
		path := filepath.Join(t.TempDir(), "events.db")
		s, err := Open(newFuse(t, length), Options{Path: path, Create: true})
		if err == nil {
			must(t, s.Close())
			break
		}
		interrupted++
		if booking.KindOf(err) != booking.Interrupted {
			t.Errorf("interrupted at look %d: %q: %v", length, booking.KindOf(err), err)
		}
		completes(t, path, nil)
	}
	if interrupted < 10 {
		t.Errorf("only %d moments to interrupt: the test is blind", interrupted)
	}
}

// completes fails the test unless what a killed first start left behind can be used twice: opening
// it once repairs it, and what was repaired must be recognised by the next.
func completes(t testing.TB, path string, said []string) {
	t.Helper()
	ctx := context.Background()
	for i := range 2 {
		s, err := Open(ctx, Options{Path: path, Create: true})
		if err != nil {
			t.Fatalf("opening the file for the %d. time: %v", i+1, err)
		}
		sound(t, s)
		page, err := s.Events(ctx, EventQuery{Page: Page{Limit: MaxLimit}})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("MADE %d", len(page.Events)); len(said) > 0 && said[0] != got {
			t.Errorf("acknowledged %q, found %q", said[0], got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
