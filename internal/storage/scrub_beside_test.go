package storage

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
)

// stir books and cancels until that fails: rows come, and grow where there is no room. It tells
// each booking that was answered; its name is the key.
func stir(
	ctx context.Context, s *Store, sel booking.Selector, run string,
	tell func(key string, ref booking.Reference),
) error {
	var refs []booking.Reference
	for n := 0; ; n++ {
		key := fmt.Sprintf("%s-%d", run, n)
		ask := booking.Request{
			Event: sel, Quantity: 100, Name: key, Note: strings.Repeat("ñ", n*37%300),
		}
		r, err := s.Book(ctx, ask)
		if err != nil {
			return err
		}
		tell(key, r.Booking.Reference)
		refs = append(refs, r.Booking.Reference)
		_, err = s.CancelBooking(ctx, booking.Cancellation{
			Reference: refs[n*7919%len(refs)], Part: booking.Part{Quantity: new(1)},
			Reason: strings.Repeat("r", n*53%booking.MaxReason),
		})
		if err != nil {
			return err
		}
	}
}

// scrubWithoutEnd is a helper that books and scrubs at once, until it is killed. It says "ACK key
// reference" after each booking that was answered, "SCRUB" and the number of pages when it begins
// to wipe them, and "SCRUBBED" when it has.
func scrubWithoutEnd(work task, o orders) error {
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: work.Path, Serving: work.Serving})
	if err != nil {
		return err
	}
	pages, err := inFile(s).unclean(ctx)
	if err == nil {
		err = o.ready()
	}
	if err != nil {
		return err
	}
	failed := make(chan error)
	for writer := range work.Writers {
		go func() {
			run := fmt.Sprintf("%s-%d", work.Run, writer)
			failed <- stir(ctx, s, booking.Selector{ID: work.Event}, run,
				func(key string, ref booking.Reference) { say("ACK %s %s", key, ref) })
		}()
	}
	go func() {
		var err error
		for err == nil {
			say("SCRUB %d", len(pages))
			if _, err = inFile(s).scrub(ctx); err == nil {
				say("SCRUBBED")
				pages, err = inFile(s).unclean(ctx)
			}
		}
		failed <- err
	}()
	return <-failed
}

// wiping gives the number of pages that a helper which was killed was about to wipe.
func wiping(lines []string) (pages int) {
	for _, line := range slices.Backward(lines) {
		if line == "SCRUBBED" {
			return 0
		}
		if n, _ := fmt.Sscanf(line, "SCRUB %d", &pages); n == 1 {
			return pages
		}
	}
	return 0
}

// asAcknowledged fails the test unless all bookings are there with what was given when booking.
func asAcknowledged(t testing.TB, s *Store, acked map[string]booking.Reference) {
	t.Helper()
	for key, ref := range acked {
		b, err := s.Booking(t.Context(), ref)
		if err != nil || b.Name != key || strings.Trim(b.Note, "ñ") != "" {
			t.Errorf("booking %s was acknowledged as %s; now it is %+v, %v", ref, key, b, err)
		}
	}
}

// litter leaves so many pages behind that are free and not blank.
func litter(t testing.TB, path string, pages int) {
	t.Helper()
	tamper(t, path, fmt.Sprintf(`WITH RECURSIVE n(i) AS
			(SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT %d)
		INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name,
				note, cancel_reason, created_at, updated_at)
			SELECT 1000000 + i, 1, 1, 'confirmed', 0, 'EUR', '', '', printf('%%.*c', 3000, 'x'), '',
				i, i FROM n`, pages),
		`DELETE FROM bookings WHERE id > 1000000`)
}

// littered makes a database with an event for a helper that scrubs, and tells how long that takes.
func littered(t testing.TB, work *task) (scrubbing time.Duration) {
	t.Helper()
	work.Path = filepath.Join(t.TempDir(), "events.db")
	s := openAt(t, work.Path)
	defer s.Close()
	work.Event = event(t, s, booking.MaxCapacity).ID
	litter(t, s.path, litteredPages)
	start := time.Now()
	_, err := inFile(s).scrub(t.Context())
	must(t, err)
	return time.Since(start)
}

// litteredPages take several transactions to wipe.
const litteredPages = 4 * scrubGroup

func TestAKillWhilePagesAreWipedLosesNothing(t *testing.T) {
	t.Parallel()
	kills := 6
	if long() {
		kills = 60
	}
	work := task{Role: "scrub", Writers: 2}
	scrubbing := littered(t, &work)
	acked := map[string]booking.Reference{}
	midway := 0
	// More of them on a machine that is so busy that the kills come too early.
	for kill := 0; kill < kills || midway == 0 && kill < 10*kills; kill++ {
		litter(t, work.Path, litteredPages)
		work.Run, work.Serving = fmt.Sprint(kill), kill%2 == 1
		p := launch(t, work)
		p.await(t)
		p.start(t)
		time.Sleep(scrubbing/2 + rand.N(2*scrubbing))
		p.kill()
		maps.Copy(acked, acks(t, p.lines))
		s := openAt(t, work.Path)
		sound(t, s)
		asAcknowledged(t, s, acked)
		left, err := inFile(s).unclean(t.Context())
		must(t, err)
		if scrubGroup/2 < len(left) && len(left) < wiping(p.lines)-scrubGroup/2 {
			midway++
		}
		must(t, s.Close())
	}
	t.Logf("%d kills came between the first page and the last, %d bookings", midway, len(acked))
	if midway == 0 || len(acked) == 0 {
		t.Error("no kill came while pages were wiped, or nothing was booked: the test is blind")
	}
}

func TestScrubbingBesideOthersLosesNothing(t *testing.T) {
	one := open(t)
	sel := event(t, one, booking.MaxCapacity)
	two, err := Open(t.Context(), Options{Path: one.path, Serving: true})
	must(t, err)
	defer two.Close()
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	acked := map[string]booking.Reference{}
	var others sync.WaitGroup
	for i, s := range []*Store{one, two, one, two} {
		others.Go(func() {
			err := stir(ctx, s, sel, fmt.Sprint(i), func(key string, ref booking.Reference) {
				mu.Lock()
				defer mu.Unlock()
				acked[key] = ref
			})
			if booking.KindOf(err) != booking.Interrupted {
				t.Errorf("booking beside it: %v", err)
			}
		})
	}
	wiped := 0
	for round := 0; wiped < 20 && round < 500; round++ {
		pages, err := inFile(one).unclean(t.Context())
		must(t, err)
		wiped += len(pages)
		_, err = inFile(one).scrub(t.Context())
		must(t, err)
	}
	stop()
	others.Wait()
	sound(t, one)
	asAcknowledged(t, one, acked)
	if wiped < 20 || len(acked) < 20 {
		t.Errorf("%d pages, %d bookings: the test is blind", wiped, len(acked))
	}
}

func TestADiskThatFailsWhilePagesAreWipedLosesNothing(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	for _, d := range []badDisk{
		{calls: "fsync,fdatasync", fault: "EIO", step: 1},
		{calls: "fsync,fdatasync", fault: "EIO", step: 2, lasting: true},
		{calls: "pwrite64", fault: "EIO", step: 9},
		{calls: "pwrite64", fault: "ENOSPC", step: 9, lasting: true},
	} {
		if long() {
			d.step = 1
		}
		d.role = scrubOnABadDisk
		t.Run(fmt.Sprintf("%s %s lasting=%t", d.calls, d.fault, d.lasting), func(t *testing.T) {
			t.Parallel()
			// Which call belongs to whom depends on who is faster: one that fails may always be a
			// booking's.
			failed := 0
			for round := 0; failed == 0 && round < 5; round++ {
				failed = d.scrubbings(t)
			}
			if failed == 0 {
				t.Error("no scrubbing failed: the test is blind")
			}
		})
	}
}

// scrubbings lets one call after the other fail while pages are wiped, and counts how often the
// wiping heard of it.
func (d badDisk) scrubbings(t *testing.T) (failed int) {
	for n := 1; ; n += d.step {
		v := newSale(t, 40)
		litter(t, v.path, 10)
		said, injected := d.run(t, v, n)
		if !injected {
			return failed
		}
		if slices.ContainsFunc(said, func(line string) bool {
			return strings.HasPrefix(line, "scrub ") && line != "scrub <nil>"
		}) {
			failed++
		}
		v.told(t, said)
		if t.Failed() {
			t.Fatalf("failing call %d; the helper said %q", n, said)
		}
	}
}
