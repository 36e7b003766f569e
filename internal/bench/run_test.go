package bench

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// open opens an empty database, and makes it a target.
func open(t testing.TB) Store {
	t.Helper()
	s, err := storage.Open(t.Context(), storage.Options{
		Path: filepath.Join(t.TempDir(), "events.db"), Create: true, Actor: "test", Serving: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return Store{s}
}

// aLoad is one of a third of a second.
func aLoad(t testing.TB, mix string) Load {
	t.Helper()
	m, err := ParseMix(mix)
	if err != nil {
		t.Fatal(err)
	}
	return Load{
		Clients: 8, Duration: 300 * time.Millisecond, Events: 3, Capacity: booking.MaxCapacity,
		Mix: m, Name: "test",
	}
}

func unwatched(Progress) {}

// run puts a load on a target that has to take it.
func runOn(t testing.TB, target Target, load Load) Result {
	t.Helper()
	r, err := Run(t.Context(), nil, target, load, unwatched)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestABenchmarkAgreesWithTheDatabaseAndLeavesNothingOnSale(t *testing.T) {
	target := open(t)
	r := runOn(t, target, aLoad(t, "book=2,check=1,show=1"))
	if !r.Sound() || r.Acknowledged == 0 || r.Booked != r.Acknowledged || r.Report == nil ||
		int64(r.Report.Bookings) != r.Booked || len(r.Others) > 0 || r.Failure != nil {
		t.Errorf("got %+v", r)
	}
	var called []Operation
	for _, l := range r.Lines {
		called = append(called, l.Operation)
		if l.Outcome != Done || l.Operation == Book && l.Times.Count() != r.Acknowledged ||
			l.Times.Max() > r.Took {
			t.Errorf("%s: %d calls up to %s, %d bookings in %s", l.Operation, l.Times.Count(),
				l.Times.Max(), r.Acknowledged, r.Took)
		}
	}
	if !slices.Equal(called, Operations()) {
		t.Errorf("%v were called", called)
	}
	list, err := target.Events(t.Context(), storage.EventQuery{Page: storage.Page{Limit: 10}})
	if err != nil || len(list.Events) != 3 {
		t.Fatalf("%d events, %v", len(list.Events), err)
	}
	for _, e := range list.Events {
		if e.Status != booking.CancelledEvent || e.Confirmed != 0 {
			t.Errorf("event %d is %s with %d booked", e.ID, e.Status, e.Confirmed)
		}
	}
}

func TestRefusalsAreNoBookings(t *testing.T) {
	load := aLoad(t, "book")
	load.Events, load.Capacity, load.Passing = 1, 5, true
	r := runOn(t, open(t), load)
	if !r.Sound() || r.Acknowledged != 5 || r.Booked != 5 || r.Count(Refused) == 0 ||
		len(r.Others) != 1 || r.Others[0].Kind != booking.SoldOut || len(r.Lines) != 2 ||
		r.Lines[1].Times.Count() != r.Count(Refused) {
		t.Errorf("got %+v", r)
	}
}

// liar answers some bookings otherwise than the store has done.
type liar struct {
	Store
	calls atomic.Int64
	// lie says what is answered to a booking that is asked for, and whether it is made.
	answer error
	made   bool
}

func (l *liar) Call(ctx context.Context, c Call) error {
	if l.calls.Add(1)%10 != 0 {
		return l.Store.Call(ctx, c)
	}
	if l.made {
		if err := l.Store.Call(ctx, c); err != nil {
			return err
		}
	}
	return l.answer
}

func TestWhoAcknowledgesWhatIsNotBookedIsFoundOut(t *testing.T) {
	soldOut := booking.Errorf(booking.SoldOut, "sold out")
	unknown := booking.Errorf(booking.Unknown, "unknown")
	for _, c := range []struct {
		answer error
		made   bool
		check  string
	}{
		{nil, false, "lost"}, {soldOut, true, "unacknowledged"}, {errors.New("bad"), true,
			"unacknowledged"},
		{unknown, true, ""}, {unknown, false, ""}, {soldOut, false, ""}, {nil, true, ""},
	} {
		r := runOn(t, &liar{Store: open(t), answer: c.answer, made: c.made}, aLoad(t, "book"))
		if r.Sound() != (c.check == "") || c.check != "" && r.Findings[0].Check != c.check {
			t.Errorf("%v, booked %t: %+v, want %q", c.answer, c.made, r.Findings, c.check)
		}
	}
}

func TestALoadEndsWhenItIsToldAndTidiesUp(t *testing.T) {
	target, stop := open(t), make(chan struct{})
	load := aLoad(t, "book")
	load.Duration = time.Hour
	var seen []Stage
	r, err := Run(t.Context(), stop, target, load, func(p Progress) {
		if p.Done > 0 && !slices.Contains(seen, Judging) && p.Stage == Loading {
			select {
			case <-stop:
			default:
				close(stop)
			}
		}
		if !slices.Contains(seen, p.Stage) {
			seen = append(seen, p.Stage)
		}
	})
	if err != nil || !r.Interrupted || !r.Sound() || r.Acknowledged == 0 || len(r.Left) > 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	if !slices.Equal(seen, []Stage{Preparing, Loading, Judging, Verifying, Cancelling}) {
		t.Errorf("the stages were %v", seen)
	}
	_, err = Run(t.Context(), stop, target, load, unwatched)
	if booking.KindOf(err) != booking.Interrupted {
		t.Errorf("stopped before the beginning: %v", err)
	}
}

func TestWhatCannotBeCancelledOrCountedIsTold(t *testing.T) {
	target := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Run(ctx, nil, target, aLoad(t, "book"), func(p Progress) {
		if p.Stage == Judging {
			cancel()
		}
	})
	if err != nil || r.Unjudged == nil || r.Sound() || !slices.Equal(r.Left, []int64{1, 2, 3}) ||
		r.LeftBecause == nil || r.Acknowledged == 0 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// desk is a target that does nothing but count.
type desk struct {
	Target
	booked    [10_000]atomic.Int64
	events    int
	cancelled []int64
}

func (d *desk) Create(context.Context, Draft) (int64, error) {
	d.events++
	return int64(d.events), nil
}

func (d *desk) Call(_ context.Context, c Call) error {
	if d.booked[c.Event].Add(1) > 2*fullAt { // enough to see, in the time of a test
		return booking.Errorf(booking.SoldOut, "sold out")
	}
	return nil
}

func (d *desk) Booked(_ context.Context, event int64) (int64, error) {
	return min(d.booked[event].Load(), 2*fullAt), nil
}

func (d *desk) Verify(context.Context) (*storage.Report, error) { return nil, nil }

func (d *desk) Cancel(_ context.Context, event int64) error {
	d.cancelled = append(d.cancelled, event)
	return nil
}

func TestAnEventThatWasBookedOftenHasASuccessor(t *testing.T) {
	d, stop := &desk{}, make(chan struct{})
	load := aLoad(t, "book")
	load.Events, load.Duration = 1, time.Minute
	r, err := Run(t.Context(), stop, d, load, func(p Progress) {
		if p.Stage == Loading && p.Done > fullAt && stop != nil {
			close(stop)
			stop = nil
		}
	})
	if err != nil || d.events < 2 || len(d.cancelled) != d.events || !r.Sound() ||
		r.Acknowledged <= fullAt {
		t.Errorf("%d events, cancelled %v, %+v, %v", d.events, d.cancelled, r, err)
	}
}

func TestAnEventThatIsToSellOutHasNoSuccessor(t *testing.T) {
	for _, passing := range []bool{false, true} {
		d, stop := &desk{}, make(chan struct{})
		load := aLoad(t, "book")
		load.Events, load.Duration, load.SellOut, load.Passing = 1, time.Minute, !passing, passing
		r, err := Run(t.Context(), stop, d, load, func(p Progress) {
			if p.Stage == Loading && p.Done > fullAt && stop != nil {
				close(stop)
				stop = nil
			}
		})
		if err != nil || d.events != 1 || r.Made != 1 || r.Acknowledged <= fullAt {
			t.Errorf("passing %t: %d events, %+v, %v", passing, d.events, r, err)
		}
	}
}

// moody is a desk that answers some calls otherwise.
type moody struct {
	desk
	calls atomic.Int64
	mood  func(call int64) error
}

func (m *moody) Call(ctx context.Context, c Call) error {
	if err := m.mood(m.calls.Add(1)); err != nil {
		return err
	}
	return m.desk.Call(ctx, c)
}

func TestEveryCallCountsWithItsTimeWhateverCameOfIt(t *testing.T) {
	const wait = 40 * time.Millisecond
	kinds := []booking.Kind{booking.Internal, booking.Unknown, booking.Busy}
	r := runOn(t, &moody{mood: func(call int64) error {
		if call%20 != 0 {
			return nil
		}
		time.Sleep(wait)
		return booking.Errorf(kinds[call/20%3], "no")
	}}, aLoad(t, "book"))
	for _, came := range []Outcome{Failed, Unknown, Refused} {
		i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Outcome == came })
		if i < 0 || r.Lines[i].Times.Max() < wait || r.Count(came) != r.Lines[i].Times.Count() {
			t.Errorf("%s: %+v", came, r)
		}
	}
	if r.Failure == nil || booking.KindOf(r.Failure) == booking.Busy {
		t.Errorf("the failure is %v", r.Failure)
	}
}

func TestALateAnswerIsInNoRate(t *testing.T) {
	const late = 300 * time.Millisecond
	load := aLoad(t, "book")
	load.Duration = MinDuration
	r := runOn(t, &moody{mood: func(call int64) error {
		if call == 1 {
			time.Sleep(MinDuration + late)
		}
		return nil
	}}, load)
	line := r.Lines[0]
	if r.Took < load.Duration || r.Took > load.Duration+late/2 || r.Waited < late/2 ||
		line.InTime >= line.Times.Count() || line.Times.Max() < late ||
		r.Rate(Book, Done) != float64(line.InTime)/r.Took.Seconds() {
		t.Errorf("%d of %d in time, took %s, waited %s", line.InTime, line.Times.Count(), r.Took,
			r.Waited)
	}
}

func TestWhoIsTooBusyForEverythingIsToldOf(t *testing.T) {
	busy := booking.Errorf(booking.TooMany, "slow down")
	r := runOn(t, &moody{mood: func(int64) error { return busy }}, aLoad(t, "book"))
	if !errors.Is(r.Failure, busy) || r.Count(Refused) == 0 || r.Count(Done) > 0 {
		t.Errorf("got %+v", r)
	}
}

func TestTheEndOfEverythingEndsALoad(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	load := aLoad(t, "book")
	load.Duration = time.Hour
	r, err := Run(ctx, nil, open(t), load, func(p Progress) {
		if p.Done > 0 && p.Stage == Loading {
			cancel()
		}
	})
	if err != nil || !r.Interrupted || r.Took > time.Minute {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestLoadsBeyondTheLimitsAreRefusedWithAllReasons(t *testing.T) {
	good := aLoad(t, "book")
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	err := Load{
		Clients: MaxClients + 1, Duration: 2 * time.Hour, Events: -1,
		Capacity: booking.MaxCapacity + 1,
	}.Validate()
	for _, says := range []string{
		"clients: must be a whole number from 1 to 10000, got 10001",
		"duration: must be from 100ms to 1h such as 10s, got 2h0m0s",
		"events: must be a whole number from 1 to 1000, got -1", "capacity: must be",
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

func TestTheSyncRateLeavesNoFile(t *testing.T) {
	folder := t.TempDir()
	rate, err := SyncRate(folder)
	if err != nil || rate <= 0 {
		t.Errorf("got %g, %v", rate, err)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if _, err := SyncRate(filepath.Join(folder, "none")); err == nil {
		t.Error("a folder that there is not can be measured")
	}
}
