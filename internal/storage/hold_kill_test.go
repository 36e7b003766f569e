package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// haste is by how much the clock of a helper that lives with holds runs ahead: a hold lapses within
// 60 ms, so that some are confirmed or released, and some are swept.
const haste = 1000

// liveWithHolds is a helper whose writers hold seats, and confirm or release most of the holds,
// while another goroutine sweeps. It says what it is about to do and what was answered:
// "HOLD key", "HELD key reference", "CONFIRM reference seats", "CONFIRMED reference seats",
// "RELEASE reference", "RELEASED reference", "SWEEP", "SWEPT number".
func liveWithHolds(work task, o orders) error {
	ctx := context.Background()
	s, err := Open(ctx, in(work.Path, Options{Serving: work.Serving}))
	if err != nil {
		return err
	}
	start := time.Now()
	s.now = func() time.Time { return start.Add(haste * time.Since(start)) }
	writerOf(s).group.now = s.now
	if err := o.ready(); err != nil {
		return err
	}
	if work.LosesCommits {
		loseCommits(s)
	}
	failed := make(chan error, work.Writers+1)
	for w := range work.Writers {
		go func() {
			var err error
			for n := 0; err == nil; n++ {
				err = liveOnce(ctx, s, work, fmt.Sprintf("%s-%d-%d", work.Run, w, n))
			}
			failed <- err
		}()
	}
	go func() { failed <- sweepOn(ctx, s) }()
	return errors.Join(<-failed, s.Close())
}

// loseCommits takes groups back where their COMMIT should have been, and lets them be answered all
// the same.
func loseCommits(s *Store) {
	engine := &faulty{engine: writerOf(s).engine}
	writerOf(s).engine = engine
	go func() {
		for {
			engine.fail(undone(nil), nil)
			time.Sleep(time.Millisecond)
		}
	}()
}

// sweepOn sweeps until it fails.
func sweepOn(ctx context.Context, s *Store) error {
	for {
		time.Sleep(2 * time.Millisecond) // so that there is something to sweep
		say("SWEEP")
		n, err := s.Sweep(ctx)
		if err != nil {
			return err
		}
		say("SWEPT %d", n)
	}
}

// liveOnce is the life of one hold. A hold that lapsed before it was ended is left to the sweeper.
func liveOnce(ctx context.Context, s *Store, work task, name string) error {
	ask := work.seat()
	ask.Quantity, ask.Hold, ask.TTL = 2, true, booking.MinTTL
	ask.Key = booking.Key{Scope: "test", Text: name}
	say("HOLD %s", name)
	r, err := s.Book(ctx, ask)
	if err != nil {
		return err
	}
	ref := r.Booking.Reference
	say("HELD %s %s", name, ref)
	switch seats := rand.N(4); seats {
	case 0:
		say("RELEASE %s", ref)
		if _, err = s.Release(ctx, booking.Release{Reference: ref}); err == nil {
			say("RELEASED %s", ref)
		}
	case 1, 2:
		say("CONFIRM %s %d", ref, seats)
		_, err = s.Confirm(ctx, booking.Confirmation{
			Reference: ref, Part: booking.Part{Quantity: &seats},
		})
		if err == nil {
			say("CONFIRMED %s %d", ref, seats)
		}
	}
	if booking.KindOf(err) == booking.Conflict {
		return nil
	}
	return err
}

// lives is what helpers were told of their holds before they were killed.
type lives struct {
	// keys are those of the holds that were answered.
	keys map[string]booking.Reference
	// last is what was said last of each hold.
	last map[booking.Reference]string
	// swept is how many holds were taken off the books by the helpers' own account.
	swept int
	// said counts the lines by their first word.
	said map[string]int
	// midway is how many kills came in the middle of a sweep.
	midway int
}

func newLives() lives {
	return lives{
		keys: map[string]booking.Reference{}, last: map[booking.Reference]string{},
		said: map[string]int{},
	}
}

// add takes in what another helper said.
func (l *lives) add(more lives) {
	maps.Copy(l.keys, more.keys)
	maps.Copy(l.last, more.last)
	for word, n := range more.said {
		l.said[word] += n
	}
	l.swept += more.swept
	l.midway += more.midway
}

func livesOf(t testing.TB, lines []string) lives {
	t.Helper()
	l := newLives()
	for _, line := range lines {
		word, rest, _ := strings.Cut(line, " ")
		l.said[word]++
		switch word {
		case "HOLD":
			continue
		case "SWEEP":
			l.midway = 1
			continue
		case "SWEPT":
			l.midway = 0
			var n int
			_, err := fmt.Sscan(rest, &n)
			must(t, err)
			l.swept += n
			continue
		}
		fields := strings.Fields(rest)
		of := fields[0]
		if word == "HELD" {
			of = fields[1]
		}
		ref, err := booking.ParseReference(of)
		must(t, err)
		if word == "HELD" {
			l.keys[fields[0]] = ref
		}
		l.last[ref] = line
	}
	return l
}

// broken gives the holds that are not as they were acknowledged, and those of which what was under
// way happened in part.
func (l lives) broken(t testing.TB, s *Store) (holds []string) {
	t.Helper()
	for ref, line := range l.last {
		became := onTheBooks(t, s, ref)
		word, rest, _ := strings.Cut(line, " ")
		_, seats, _ := strings.Cut(rest, " ")
		fine := became == "held 2" || became == "expired 2"
		switch word {
		case "CONFIRM":
			fine = fine || became == "confirmed "+seats
		case "CONFIRMED":
			fine = became == "confirmed "+seats
		case "RELEASE":
			fine = fine || became == "released 2"
		case "RELEASED":
			fine = became == "released 2"
		}
		if !fine {
			holds = append(holds, fmt.Sprintf("%s: now %s", line, became))
		}
	}
	return holds
}

// onTheBooks gives the state and the seats of a booking as they are stored, whatever the time.
func onTheBooks(t testing.TB, s *Store, ref booking.Reference) string {
	t.Helper()
	became := "gone"
	_, err := s.read.one(context.Background(), func(scan scanner) error {
		_, b, err := scanBooking(scan)
		if err == nil {
			became = fmt.Sprintf("%s %d", b.Status, b.Quantity)
		}
		return err
	}, selectBooking+` WHERE id = $1`, s.refs.row(ref))
	must(t, err)
	return became
}

// sweptAtLeast fails the test unless all holds that were swept are off the books.
func (l lives) sweptAtLeast(t testing.TB, s *Store) {
	t.Helper()
	var expired int
	peek(t, s, []any{&expired}, `SELECT count(*) FROM bookings WHERE status = 'expired'`)
	if expired < l.swept {
		t.Errorf("%d holds were swept, %d are off the books", l.swept, expired)
	}
}

// strike kills a helper at a random moment, and gives what it was told.
func strike(t testing.TB, work task) lives {
	t.Helper()
	p := launch(t, work)
	p.await(t)
	p.start(t)
	time.Sleep(2*time.Millisecond + rand.N(298*time.Millisecond))
	p.kill()
	return livesOf(t, p.lines)
}

// living gives the work of helpers that live with the holds of an event.
func living(t testing.TB) task {
	t.Helper()
	v := newSale(t, booking.MaxCapacity)
	work := v.task("live")
	work.Writers = 4
	return work
}

func TestHoldsThatAreAcknowledgedSurviveAKill(t *testing.T) {
	t.Parallel()
	kills := trials(12, 120)
	work, all := living(t), newLives()
	// More of them on a machine that is so busy that the kills come too early.
	for kill := 0; kill < kills || all.midway == 0 && kill < 10*kills; kill++ {
		work.Run, work.Serving = fmt.Sprint(kill), kill%2 == 1
		one := strike(t, work)
		all.add(one)
		s := openAt(t, work.Path)
		sound(t, s)
		if broken := one.broken(t, s); len(broken) > 0 {
			t.Errorf("not as acknowledged: %q", broken)
		}
		one.repeat(t, s, booking.Selector{ID: work.Event})
		all.sweptAtLeast(t, s)
		must(t, s.Close())
	}
	if broken := all.broken(t, openAt(t, work.Path)); len(broken) > 0 {
		t.Errorf("not as acknowledged, in the end: %q", broken)
	}
	t.Logf("%d kills in a sweep, %d holds swept; %v", all.midway, all.swept, all.said)
	if all.midway == 0 || all.swept == 0 {
		t.Error("no kill came in a sweep, or nothing was swept: the test is blind")
	}
	for _, word := range []string{"HELD", "CONFIRMED", "RELEASED"} {
		if all.said[word] == 0 {
			t.Errorf("nothing was %s: the test is blind", word)
		}
	}
}

// The control: of a helper that answers before it is certain, some answers are not in the file.
func TestHoldsThatAreAcknowledgedTooEarlyDoNotSurvive(t *testing.T) {
	work := living(t)
	work.LosesCommits = true
	for kills := range 20 {
		work.Run = fmt.Sprint(kills)
		one := strike(t, work)
		if broken := one.broken(t, openAt(t, work.Path)); len(broken) > 0 {
			t.Logf("after %d kills, of %d holds: %q", kills+1, len(one.last), broken)
			return
		}
	}
	t.Error("nobody would have noticed: the harness is blind")
}

// repeat asks for some of the holds again, and fails the test unless they are the same.
func (l lives) repeat(t testing.TB, s *Store, sel booking.Selector) {
	t.Helper()
	some := 10 // each is synced
	for key, ref := range l.keys {
		if some--; some < 0 {
			break
		}
		r, err := s.Book(context.Background(), booking.Request{
			Event: sel, Quantity: 2, Hold: true, TTL: booking.MinTTL,
			Key: booking.Key{Scope: "test", Text: key},
		})
		if err != nil || !r.Replayed || r.Booking.Reference != ref {
			t.Errorf("key %s was answered with %s; now it gives %s, replayed %t, %v", key, ref,
				r.Booking.Reference, r.Replayed, err)
		}
	}
}
