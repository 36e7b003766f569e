package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// keyed is a request for one seat under a key.
func keyed(sel booking.Selector, key string) booking.Request {
	return booking.Request{Event: sel, Quantity: 1, Key: booking.Key{Scope: "test", Text: key}}
}

// bookUntilRefused is a helper that books seat by seat, and says "ACK key reference" after each
// booking that was answered.
func bookUntilRefused(work task, o orders) error {
	ctx := context.Background()
	s, err := openReady(work, o)
	if err != nil {
		return err
	}
	if work.Checkpoints {
		go checkpointAgainAndAgain(s)
	}
	sel := booking.Selector{ID: work.Event}
	var n atomic.Int64
	failed := make(chan error, work.Writers)
	for range work.Writers {
		go func() {
			for {
				key := fmt.Sprintf("k-%s-%d", work.Run, n.Add(1))
				r, err := s.Book(ctx, keyed(sel, key))
				if err != nil {
					failed <- err
					return
				}
				say("ACK %s %s", key, r.Booking.Reference)
			}
		}()
	}
	for range work.Writers {
		if e := <-failed; booking.KindOf(e) != booking.SoldOut {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, s.Close())
}

// checkpointAgainAndAgain never lets the log rest, so that a kill at any moment is likely to come
// in the middle of a checkpoint. It says where it is.
func checkpointAgainAndAgain(s *Store) {
	c := writerOf(s).engine.(*sqliteEngine).checkpoints
	for {
		say("CHECKPOINT")
		c.length("PASSIVE")
		say("COPIED")
		c.restDue.Store(true)
	}
}

// acks gives the references that a helper acknowledged, by key.
func acks(t testing.TB, lines []string) map[string]booking.Reference {
	t.Helper()
	found := map[string]booking.Reference{}
	for _, line := range lines {
		word := strings.Fields(line)
		if len(word) != 3 || word[0] != "ACK" {
			continue
		}
		ref, err := booking.ParseReference(word[2])
		if err != nil {
			t.Fatal(err)
		}
		found[word[1]] = ref
	}
	return found
}

// campaign is a series of kills on one database.
type campaign struct {
	work  task
	sel   booking.Selector
	acked map[string]booking.Reference
	kills int
	// duringCheckpoint is how many of them came while a checkpoint ran.
	duringCheckpoint int
}

func newCampaign(t testing.TB, capacity int, work task) *campaign {
	t.Helper()
	work.Path = empty(t)
	s := openAt(t, work.Path)
	defer s.Close()
	sel := event(t, s, capacity)
	work.Role, work.Event = "book", sel.ID
	return &campaign{work: work, sel: sel, acked: map[string]booking.Reference{}}
}

// strike kills one helper at a random moment and looks at what it left behind.
func (c *campaign) strike(t testing.TB) {
	t.Helper()
	c.work.Run = fmt.Sprint(c.kills)
	p := launch(t, c.work)
	p.await(t)
	p.start(t)
	time.Sleep(2*time.Millisecond + rand.N(148*time.Millisecond))
	p.kill()
	c.kills++
	said := acks(t, p.lines)
	if inCheckpoint(p.lines) {
		c.duringCheckpoint++
	}
	c.check(t, said)
	maps.Copy(c.acked, said)
}

// inCheckpoint says whether a helper that was killed was in a checkpoint by its own account.
func inCheckpoint(lines []string) bool {
	for _, line := range slices.Backward(lines) {
		if !strings.HasPrefix(line, "ACK") {
			return line == "CHECKPOINT"
		}
	}
	return false
}

// check opens the database again and asks for each acknowledged booking, by its reference and by
// its key.
func (c *campaign) check(t testing.TB, acked map[string]booking.Reference) {
	t.Helper()
	s := openAt(t, c.work.Path)
	defer s.Close()
	sound(t, s)
	ctx := context.Background()
	var wg sync.WaitGroup
	for key, ref := range acked {
		wg.Go(func() {
			r, err := s.Book(ctx, keyed(c.sel, key))
			if err != nil || !r.Replayed || r.Booking.Reference != ref {
				t.Errorf("key %s was answered with %s; now it gives %s, replayed %t, %v", key, ref,
					r.Booking.Reference, r.Replayed, err)
			}
			b, err := s.Booking(ctx, ref)
			if err != nil || b.Status != booking.Confirmed || b.EventID != c.sel.ID {
				t.Errorf("booking %s was acknowledged; now it is %q of event %d, %v", ref, b.Status,
					b.EventID, err)
			}
		})
	}
	wg.Wait()
}

// confirmed is the number of seats sold in the end.
func (c *campaign) confirmed(t testing.TB) int {
	t.Helper()
	s := openAt(t, c.work.Path)
	defer s.Close()
	e, err := s.Event(context.Background(), c.sel)
	if err != nil {
		t.Fatal(err)
	}
	return e.Confirmed
}

func TestWhatIsAcknowledgedSurvivesAKill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		capacity int
		work     task
	}{
		{"of a shell", 4000, task{Writers: 4}},
		{"of a shell at the last seats", 60, task{Writers: 4}},
		{"of a server in a checkpoint", 4000, task{Writers: 4, Serving: true, Checkpoints: true}},
	} {
		if c.work.Checkpoints && pgcluster.OnPostgres() {
			continue // checkpoints are the server's
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			databases, kills := trials(2, 12), trials(8, 8)
			var killed, acked, confirmed, during int
			for range databases {
				one := newCampaign(t, c.capacity, c.work)
				for range kills {
					one.strike(t)
				}
				one.check(t, one.acked)
				killed += one.kills
				acked += len(one.acked)
				confirmed += one.confirmed(t)
				during += one.duringCheckpoint
			}
			t.Logf("%d kills (%d in a checkpoint), %d bookings acknowledged, %d more committed",
				killed, during, acked, confirmed-acked)
			if acked == 0 {
				t.Error("nothing was acknowledged: the test is blind")
			}
			if acked > confirmed {
				t.Errorf("%d bookings acknowledged, %d seats confirmed", acked, confirmed)
			}
			if c.work.Checkpoints && during == 0 {
				t.Error("no kill came during a checkpoint: the test is blind")
			}
		})
	}
}
