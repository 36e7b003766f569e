package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"evbook/internal/booking"
)

// impossible gives the events whose history cannot have happened one call at a time.
func (h *history) impossible(t testing.TB) (events []int64) {
	t.Helper()
	byEvent := map[int64][]porcupine.Operation{}
	for _, o := range h.calls {
		id := o.Input.(asked).event
		byEvent[id] = append(byEvent[id], o)
	}
	model, start := histories(historySeats), time.Now()
	for _, sel := range h.events {
		switch porcupine.CheckOperationsTimeout(model, byEvent[sel.ID], patience) {
		case porcupine.Illegal:
			events = append(events, sel.ID)
		case porcupine.Unknown:
			t.Errorf("the history of event %d was not decided in %s", sel.ID, patience)
		}
	}
	took := time.Since(start)
	t.Logf("%d calls and ticks checked in %s, %.0f/s", len(h.calls), took.Round(time.Millisecond),
		float64(len(h.calls))/took.Seconds())
	return events
}

// outcomes counts the calls of a history by what was asked and what came of it.
func (h *history) outcomes() map[string]int {
	n := map[string]int{}
	for _, o := range h.calls {
		in, out := o.Input.(asked), o.Output.(told)
		switch {
		case out.kind == booking.Unknown || out.kind == booking.Internal:
			n[string(out.kind)]++
		case out.replayed:
			n["replayed"]++
		case in.act == toRead:
			n[fmt.Sprintf("%s: %s", in.act, out.status)]++
		case in.act == toConfirm && out.kind == "" && in.seats > 0:
			n["confirm a part or all"]++
		default:
			n[fmt.Sprintf("%s: %s", in.act, out.kind)]++
		}
	}
	return n
}

// sawAll fails the test unless everything that can come of a call has come of some.
func (h *history) sawAll(t testing.TB) {
	t.Helper()
	n := h.outcomes()
	t.Log(n)
	for _, want := range []string{
		"unknown", "replayed", "hold: ", "hold: sold_out", "book: ", "book: sold_out", "confirm: ",
		"confirm: conflict", "confirm a part or all", "release: ", "release: conflict", "cancel: ",
		"cancel: conflict", "tick: ", "look at the event: ", "read the booking: held",
		"read the booking: confirmed", "read the booking: released", "read the booking: cancelled",
		"read the booking: expired",
	} {
		if n[want] == 0 {
			t.Errorf("there was no %q: the test is blind", want)
		}
	}
}

func TestWhatManyClientsSeeCouldHaveHappenedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	rounds, calls := 1, 2000
	if long() {
		rounds, calls = 5, 10_000
	}
	for _, stores := range []int{1, 2, 3} {
		t.Run(fmt.Sprintf("through %d stores", stores), func(t *testing.T) {
			for range rounds {
				h := historyOf(t, storesAt(t, empty(t), stores), calls, disturbed)
				if events := h.impossible(t); len(events) > 0 {
					t.Errorf("impossible histories of events %v", events)
				}
				h.sawAll(t)
				h.calls = slices.DeleteFunc(h.calls, func(o porcupine.Operation) bool {
					return o.Output.(told).kind == booking.Unknown
				})
				if len(h.impossible(t)) == 0 {
					t.Error("nothing unknown has happened: the test is blind")
				}
			}
		})
	}
}

// disturbed lets some COMMITs of a client's store fail.
func disturbed(c *client) { c.upset = failSomeCommit }

// failSomeCommit lets the next COMMIT fail, with and without its rows in the file. In half of the
// cases the store cannot find out which.
func failSomeCommit(engine *faulty) {
	commit, settle := kept, errLost
	if rand.N(2) == 0 {
		commit = undone
	}
	if rand.N(2) == 0 {
		settle = nil
	}
	engine.fail(commit(errLost), settle)
}

// The controls: stores that break one promise each are found out by what their clients see.
func TestHistoriesOfBrokenStoresAreImpossible(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(*client){
		"answers after a COMMIT that never was": func(c *client) {
			c.upset = func(engine *faulty) {
				engine.silence() // or the store would go on from what it has made of it
				engine.fail(undone(nil), nil)
			}
		},
		"reads of a moment ago":                    readBehind,
		"confirmations that do not check the hold": confirmUnchecked,
	} {
		t.Run(name, func(t *testing.T) {
			if len(historyOf(t, storesAt(t, empty(t), 1), 800, breakIt).impossible(t)) == 0 {
				t.Error("nobody would have noticed: the harness is blind")
			}
		})
	}
}

// readBehind shows a client each event as it was when the client looked at it before.
func readBehind(c *client) {
	before := map[booking.Selector]booking.Event{}
	look := c.look
	c.look = func(ctx context.Context, sel booking.Selector) (booking.Event, error) {
		now, err := look(ctx, sel)
		shown, ok := before[sel]
		if !ok {
			shown = now
		}
		before[sel] = now
		return shown, err
	}
}

// confirmUnchecked tells a client that a hold is confirmed although somebody has ended it.
func confirmUnchecked(c *client) {
	confirm := c.confirm
	c.confirm = func(
		ctx context.Context, ask booking.Confirmation,
	) (booking.Returned, error) {
		r, err := confirm(ctx, ask)
		if booking.KindOf(err) == booking.Conflict {
			r.Booking, err = c.store.Booking(ctx, ask.Reference)
			r.Booking.Status = booking.Confirmed
		}
		return r, err
	}
}
