package bench

import (
	"context"
	"slices"
	"sync"
	"testing"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// deaf is a store of which some answers are lost.
type deaf struct {
	Store
	// made and cancelled are how many answers to come are lost, at the making of events and at
	// their end.
	made, cancelled int
}

func lost() error { return booking.Errorf(booking.Unknown, "no answer") }

func (d *deaf) Create(ctx context.Context, draft Draft) (int64, error) {
	event, err := d.Store.Create(ctx, draft)
	if d.made > 0 && err == nil {
		d.made--
		return 0, lost()
	}
	return event, err
}

func (d *deaf) Cancel(ctx context.Context, event int64) error {
	err := d.Store.Cancel(ctx, event)
	if d.cancelled > 0 && err == nil {
		d.cancelled--
		return lost()
	}
	return err
}

// statuses are those of all events of a target.
func statuses(t testing.TB, target Store) (all []booking.EventStatus) {
	t.Helper()
	list, err := target.Events(t.Context(), storage.EventQuery{Page: storage.Page{Limit: 10}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list.Events {
		all = append(all, e.Status)
	}
	return all
}

func TestAnEventIsCancelledThoughAnswersAreLost(t *testing.T) {
	for _, c := range []struct{ made, cancelled int }{{0, 0}, {1, 0}, {0, 1}, {mostTries - 1, 2}} {
		target := open(t)
		load := aLoad(t, "book")
		load.Events = 1
		r := runOn(t, &deaf{target, c.made, c.cancelled}, load)
		if !r.Sound() || len(r.Left) > 0 || len(r.Doubtful) > 0 || r.LeftBecause != nil ||
			!slices.Equal(statuses(t, target), []booking.EventStatus{booking.CancelledEvent}) {
			t.Errorf("%+v lost: %v, %+v", c, statuses(t, target), r)
		}
	}
}

func TestAnEventThatMayHaveBeenMadeIsCancelledOrNamed(t *testing.T) {
	for tries, want := range map[int]booking.EventStatus{
		mostTries: booking.CancelledEvent, 2 * mostTries: booking.OpenEvent,
	} {
		target := open(t)
		r, err := Run(t.Context(), nil, &deaf{target, tries, 0}, aLoad(t, "book"), unwatched)
		if booking.KindOf(err) != booking.Unknown {
			t.Errorf("got %v", err)
		}
		if got := statuses(t, target); !slices.Equal(got, []booking.EventStatus{want}) ||
			(len(r.Doubtful) > 0) != (want == booking.OpenEvent) {
			t.Errorf("%d answers lost: the events are %v, %+v", tries, got, r)
		}
	}
}

// stuck is a desk that cancels nothing.
type stuck struct {
	desk
	asked int
	kind  booking.Kind
}

func (s *stuck) Cancel(context.Context, int64) error {
	s.asked++
	return booking.Errorf(s.kind, "no")
}

func TestWhoDoesNotAnswerIsNotAskedForEachEvent(t *testing.T) {
	for kind, asked := range map[booking.Kind]int{
		booking.Unavailable: 1, booking.Unknown: mostTries, booking.Busy: 3,
	} {
		s, load := &stuck{kind: kind}, aLoad(t, "book")
		load.SellOut = true
		r := runOn(t, s, load)
		if s.asked != asked || !slices.Equal(r.Left, []int64{1, 2, 3}) ||
			booking.KindOf(r.LeftBecause) != kind {
			t.Errorf("%s: asked %d times, left %v, %v", kind, s.asked, r.Left, r.LeftBecause)
		}
	}
}

// porter remembers the keys of all calls.
type porter struct {
	Store
	mu   sync.Mutex
	keys map[Operation][]string
}

func (p *porter) Call(ctx context.Context, c Call) error {
	p.mu.Lock()
	p.keys[c.Operation] = append(p.keys[c.Operation], c.Key)
	p.mu.Unlock()
	return p.Store.Call(ctx, c)
}

func TestEveryBookingHasAKeyOfItsOwnWhereThatIsWanted(t *testing.T) {
	for _, keys := range []bool{false, true} {
		p, load := &porter{Store: open(t), keys: map[Operation][]string{}}, aLoad(t, "book,check")
		load.Keys = keys
		r := runOn(t, p, load)
		want := 1
		if keys {
			want = int(r.Acknowledged)
		}
		for o, all := range p.keys {
			slices.Sort(all)
			all = slices.Compact(all)
			if o != Book && len(all) != 1 || o == Book && (len(all) != want ||
				(all[0] == "") == keys) {
				t.Errorf("keys %t, %d bookings: %s has %d different keys", keys, r.Acknowledged, o,
					len(all))
			}
		}
	}
}

func TestABookingIsRepeatedByItsKeyOverHTTPAsInTheStore(t *testing.T) {
	store := open(t)
	for _, target := range []Target{store, reach(t, serve(t, store), "")} {
		event, err := target.Create(t.Context(), Draft{"once", 5, "key-of-the-event"})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			again, err := target.Create(t.Context(), Draft{"once", 5, "key-of-the-event"})
			if err != nil || again != event {
				t.Errorf("event %d again: %d, %v", event, again, err)
			}
			err = target.Call(t.Context(), Call{Book, event, 0, "key-of-the-booking"})
			if err != nil {
				t.Error(err)
			}
		}
		if n, err := target.Booked(t.Context(), event); n != 1 || err != nil {
			t.Errorf("%d are booked, %v", n, err)
		}
	}
}
