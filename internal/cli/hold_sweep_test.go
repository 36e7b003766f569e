package cli

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// lapse has a hold lapse at once, which no command can do: the shortest lasts a minute.
func (w *world) lapse(text string) {
	w.t.Helper()
	reference, err := booking.ParseReference(text)
	if err != nil {
		w.t.Fatal(err)
	}
	store := w.open()
	defer store.Close()
	b, err := store.Booking(w.t.Context(), reference)
	if err != nil {
		w.t.Fatal(err)
	}
	db, err := sql.Open("sqlite", w.db)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	const lapse = `UPDATE bookings SET expires_at = created_at + 1
		WHERE event_id = ? AND created_at = ? AND status = 'held'`
	done, err := db.Exec(lapse, b.EventID, b.CreatedAt.UnixMicro())
	if err != nil {
		w.t.Fatal(err)
	}
	if n, err := done.RowsAffected(); n != 1 || err != nil {
		w.t.Fatalf("%d holds have lapsed: %v", n, err)
	}
}

// open opens the database as a server does.
func (w *world) open() *storage.Store {
	w.t.Helper()
	store, err := storage.Open(w.t.Context(), storage.Options{Path: w.db, Serving: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return store
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.text.Write(text)
}

func (b *lockedBuffer) String() string {
	b.Lock()
	defer b.Unlock()
	return b.text.String()
}

// sweepHolds sweeps again and again until stop is called.
func (w *world) sweepHolds(store *storage.Store, log *lockedBuffer) (stop func()) {
	logger := (&app{}).logger(log)
	ctx, cancel := context.WithCancel(w.t.Context())
	var sweeping sync.WaitGroup
	sweeping.Go(func() { sweepHolds(ctx, store, logger, 5*time.Millisecond) })
	return func() {
		cancel()
		sweeping.Wait()
	}
}

// eventually waits for something that takes a moment.
func (w *world) eventually(otherwise string, done func() bool) {
	w.t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatal(otherwise)
		}
	}
}

func TestAServerTakesLapsedHoldsOffTheBooksAndSaysSoOnce(t *testing.T) {
	w := hall(t, 10)
	lapsed, lasting := w.hold("1", "2"), w.hold("1", "3")
	w.lapse(lapsed)
	store := w.open()
	defer store.Close()
	log := &lockedBuffer{}
	stop := w.sweepHolds(store, log)
	w.eventually("nothing was swept", func() bool {
		return strings.Contains(w.must("log", "--ref", lapsed), "booking.expired")
	})
	time.Sleep(30 * time.Millisecond) // and again, with nothing to tell
	stop()
	if got := log.String(); strings.Count(got, "\n") != 1 ||
		!strings.HasSuffix(got, `msg="lapsed holds taken off the books" holds=1`+"\n") {
		t.Errorf("the log says %s", got)
	}
	if held := w.must("hold", "list", "-o", "name"); held != lasting+"\n" {
		t.Errorf("held are %s", held)
	}
}

func TestALapsedOfferGoesToTheNextInLineWhileAServerRuns(t *testing.T) {
	w := hall(t, 2)
	booked := strings.TrimSpace(w.must("book", "--event", "1", "--qty", "2", "-o", "name"))
	first, second := w.wait("1", "2", "ada@example.org"), w.wait("1", "1", "bob@example.org")
	w.must("booking", "cancel", booked)
	w.lapse(first)
	offers := func() string { return w.must("hold", "list", "-o", "name") }
	if got := offers(); got != "" {
		t.Fatalf("without a server and without anybody who asks, %s has an offer", got)
	}
	store := w.open()
	defer store.Close()
	stop := w.sweepHolds(store, &lockedBuffer{})
	w.eventually("the next has no offer", func() bool { return offers() == second+"\n" })
	stop()
	story := w.must("waitlist", "explain", first)
	if !strings.Contains(story, "it was offered its seats, and the offer lapsed at ") {
		t.Errorf("of the first it is told\n%s", story)
	}
	w.must("hold", "confirm", second)
	w.must("verify")
}

// The file that is gone cannot be looked at; when it is back, it can.
func TestASweepThatFailsIsToldOnceAndSoIsItsEnd(t *testing.T) {
	w := hall(t, 10)
	w.hold("1", "1")
	store := w.open()
	defer store.Close()
	if err := os.Rename(w.db, w.db+".away"); err != nil {
		t.Fatal(err)
	}
	log := &lockedBuffer{}
	stop := w.sweepHolds(store, log)
	w.eventually("no failure is told", func() bool {
		return strings.Contains(log.String(), "could not")
	})
	time.Sleep(30 * time.Millisecond) // and it fails again and again
	if err := os.Rename(w.db+".away", w.db); err != nil {
		t.Fatal(err)
	}
	w.eventually("its end is not told", func() bool {
		return strings.Contains(log.String(), "can be taken off the books again")
	})
	stop()
	if got := log.String(); strings.Count(got, "\n") != 2 {
		t.Errorf("the log says %s", got)
	}
}
