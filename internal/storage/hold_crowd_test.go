package storage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// holdsAtOnce is how many bookings a crowd of processes fights for.
const holdsAtOnce = 25

// endBookings is a helper that does one thing to each of the bookings of its task, by its own
// clock, and says "WON" and the reference of each that it did it to.
func endBookings(work task, o orders) error {
	ctx := context.Background()
	s, err := Open(ctx, in(work.Path, Options{}))
	if err != nil {
		return err
	}
	setClock(s, work.Now)
	before, err := statuses(ctx, s, work.After)
	if err == nil {
		err = o.ready()
	}
	if err == nil {
		err = awaitOthers(ctx, s, before)
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	for _, ref := range work.Bookings {
		switch err := endBooking(ctx, s, work, ref); booking.KindOf(err) {
		case "":
			say("WON %s", ref)
		case booking.Conflict, booking.SoldOut:
		default:
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

// statuses gives the status that each of some bookings has.
func statuses(
	ctx context.Context, s *Store, refs []booking.Reference,
) (map[booking.Reference]booking.Status, error) {
	all := map[booking.Reference]booking.Status{}
	for _, ref := range refs {
		b, err := s.Booking(ctx, ref)
		if err != nil {
			return nil, err
		}
		all[ref] = b.Status
	}
	return all, nil
}

// awaitOthers waits until others have changed the status of each of some bookings.
func awaitOthers(ctx context.Context, s *Store, was map[booking.Reference]booking.Status) error {
	for ref, before := range was {
		for now := before; now == before; {
			time.Sleep(time.Millisecond)
			b, err := s.Booking(ctx, ref)
			if err != nil {
				return err
			}
			now = b.Status
		}
	}
	return nil
}

func endBooking(ctx context.Context, s *Store, work task, ref booking.Reference) (err error) {
	switch work.Act {
	case toConfirm:
		_, err = s.Confirm(ctx, booking.Confirmation{Reference: ref})
	case toRelease:
		_, err = s.Release(ctx, booking.Release{Reference: ref})
	case toCancel:
		_, err = s.CancelBooking(ctx, booking.Cancellation{Reference: ref})
	case toMove:
		_, err = s.Move(ctx, booking.Move{
			Reference: ref, Event: booking.Selector{ID: work.To},
		})
	case toBook: // the seat of that hold, or of any other that is free
		_, err = s.Book(ctx, work.seat())
	}
	return err
}

// fight is a crowd of processes, each of which does one of several things to the same bookings.
type fight struct {
	sale
	refs []booking.Reference
	// won is how often it was done, by what was done and to which booking.
	won map[act]map[booking.Reference]int
}

// newFight sells an event out: all its seats are held, or confirmed where there is no time.
func newFight(t testing.TB, ttl time.Duration) (f fight, expires time.Time) {
	t.Helper()
	f = fight{sale: newSale(t, holdsAtOnce), won: map[act]map[booking.Reference]int{}}
	s := openAt(t, f.path)
	defer s.Close()
	setClock(s, time.Now()) // so that all lapse at the same moment
	if ttl == 0 {
		f.refs = seats(t, s, f.sel, holdsAtOnce)
		return f, s.now()
	}
	for range holdsAtOnce {
		b := hold(t, s, f.sel, 1, ttl)
		f.refs, expires = append(f.refs, b.Reference), b.ExpiresAt
	}
	return f, expires
}

// crowd lets so many processes, dealt out among the tasks, go at once. Those of a task that names
// no bookings fight for all of them.
func (f fight) crowd(t testing.TB, tasks ...task) {
	t.Helper()
	var all []*process
	for i := range crowdSize {
		work := tasks[i%len(tasks)]
		work.Path, work.Event = f.path, f.sel.ID
		if work.Bookings == nil {
			work.Bookings = f.refs
		}
		all = append(all, launch(t, work))
	}
	for _, p := range all {
		p.await(t)
	}
	for _, p := range all {
		p.start(t)
	}
	for i, p := range all {
		act := tasks[i%len(tasks)].Act
		if f.won[act] == nil {
			f.won[act] = map[booking.Reference]int{}
		}
		for _, line := range p.finish(t) {
			ref, err := booking.ParseReference(strings.TrimPrefix(line, "WON "))
			must(t, err)
			f.won[act][ref]++
		}
	}
}

// total is how often something was done.
func (f fight) total(a act) (n int) {
	for _, times := range f.won[a] {
		n += times
	}
	return n
}

// wonTwice gives the bookings to which something was done more than once that can be done once.
func (f fight) wonTwice(acts ...act) (refs []booking.Reference) {
	for _, ref := range f.refs {
		n := 0
		for _, a := range acts {
			n += f.won[a][ref]
		}
		if n > 1 {
			refs = append(refs, ref)
		}
	}
	return refs
}

func TestACrowdOfProcessesConfirmsEachHoldOnce(t *testing.T) {
	f, expires := newFight(t, time.Hour)
	f.crowd(t, task{Role: "end", Act: toConfirm, Now: expires.Add(-time.Microsecond)})
	e, findings := f.look(t)
	if twice := f.wonTwice(toConfirm); len(twice) > 0 || len(findings) > 0 {
		t.Errorf("%v were confirmed twice; %v", twice, findings)
	}
	if n := f.total(toConfirm); n != holdsAtOnce || e.Confirmed != holdsAtOnce || e.Held != 0 {
		t.Errorf("%d of %d confirmed; the event has %d confirmed, %d held", n, holdsAtOnce,
			e.Confirmed, e.Held)
	}
}

func TestACrowdOfProcessesCancelsEachBookingOnce(t *testing.T) {
	f, now := newFight(t, 0)
	f.crowd(t, task{Role: "end", Act: toCancel, Now: now})
	e, findings := f.look(t)
	if twice := f.wonTwice(toCancel); len(twice) > 0 || len(findings) > 0 {
		t.Errorf("%v were cancelled twice; %v", twice, findings)
	}
	if n := f.total(toCancel); n != holdsAtOnce || e.Confirmed != 0 {
		t.Errorf("%d of %d cancelled, %d seats confirmed", n, holdsAtOnce, e.Confirmed)
	}
}

// TestOwnersReleasersAndOthersNeverShareASeat lets processes confirm and release holds just before
// they lapse, by their clocks, and others book their seats just after, by theirs: the worst that
// clocks can do. One hold is for owners only and one for releasers, and others come when these two
// are ended: so that each kind gets something, however slow some processes are.
func TestOwnersReleasersAndOthersNeverShareASeat(t *testing.T) {
	f, expires := newFight(t, time.Hour)
	before := expires.Add(-time.Microsecond)
	confirming := task{Role: "end", Act: toConfirm, Now: before, Bookings: f.allBut(1)}
	releasing := task{Role: "end", Act: toRelease, Now: before, Bookings: f.allBut(0)}
	f.crowd(t, confirming, releasing, confirming, releasing,
		task{Role: "end", Act: toBook, Now: expires, After: f.refs[:2]})
	e, findings := f.look(t)
	if twice := f.wonTwice(toConfirm, toRelease); len(twice) > 0 || len(findings) > 0 {
		t.Errorf("%v were ended twice; %v", twice, findings)
	}
	owners, others, released := f.total(toConfirm), f.total(toBook), f.total(toRelease)
	t.Logf("%d confirmed, %d released, %d booked by others", owners, released, others)
	if e.Confirmed != owners+others || e.Confirmed > holdsAtOnce {
		t.Errorf("%d of %d seats confirmed, by %d owners and %d others", e.Confirmed, holdsAtOnce,
			owners, others)
	}
	f.eachAsTold(t)
	if owners == 0 || others == 0 || released == 0 {
		t.Error("some have got nothing: the test is blind")
	}
}

// allBut gives all bookings but one.
func (f fight) allBut(i int) []booking.Reference {
	return slices.Concat(f.refs[:i], f.refs[i+1:])
}

// eachAsTold fails the test unless each hold is what its winner was told.
func (f fight) eachAsTold(t testing.TB) {
	t.Helper()
	s := openAt(t, f.path)
	defer s.Close()
	for _, ref := range f.refs {
		want := []booking.Status{booking.Held, booking.Expired}
		switch {
		case f.won[toConfirm][ref] > 0:
			want = []booking.Status{booking.Confirmed}
		case f.won[toRelease][ref] > 0:
			want = []booking.Status{booking.Released}
		}
		if got := rawStatus(t, s, ref); !slices.Contains(want, got) {
			t.Errorf("%s is %s, its winner was told %v", ref, got, want)
		}
	}
}
