package storage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"evbook/internal/booking"
)

const (
	historyClients = 8
	// historySeats are few, so that clients get into each other's way.
	historySeats = 8
	// historyCalls are how many calls one event gets on average.
	historyCalls = 500
	// tick is by how much clocks go on, ticksHeld how many ticks a hold lasts.
	tick      = booking.MinTTL / ticksHeld
	ticksHeld = 3
)

// history is what clients of a few events asked and were told, in the order of time.
type history struct {
	events []booking.Selector
	// moment numbers calls and answers in the order in which they come.
	moment, keys atomic.Int64
	// ticks are those that have passed since the start, by all clocks. They go on while no call is
	// under way, else a call could be decided before a hold lapses and be seen only afterwards.
	start    time.Time
	ticks    atomic.Int64
	underWay sync.RWMutex

	mu    sync.Mutex
	calls []porcupine.Operation
	// known are the bookings that somebody was told of.
	known map[int64][]knownBooking
}

type knownBooking struct {
	key int
	ref booking.Reference
}

// client is one of those who ask a store at the same time.
type client struct {
	*history
	store *Store
	id    int
	// upset, if set, disturbs one of the engines of the store before some of the calls.
	engines []*faulty
	upset   func(*faulty)
	// killed says that connections to the database, or all of it, are killed now and then.
	killed bool
	// look and confirm are those of the store, but for the controls.
	look    func(context.Context, booking.Selector) (booking.Event, error)
	confirm func(context.Context, booking.Confirmation) (booking.Returned, error)
}

// storesAt opens so many stores on one database.
func storesAt(t testing.TB, place string, n int) (stores []*Store) {
	t.Helper()
	for range n {
		stores = append(stores, openAt(t, place))
	}
	return stores
}

// historyOf lets clients, shared out among stores on one database, make calls at random.
func historyOf(t testing.TB, stores []*Store, calls int, prepare func(*client)) *history {
	t.Helper()
	h := &history{start: time.Now(), known: map[int64][]knownBooking{}}
	var clients []*client
	for _, s := range stores {
		clients = append(clients, h.clientsOf(s, historyClients/len(stores))...)
	}
	for range max(calls/historyCalls, 1) {
		h.events = append(h.events, event(t, clients[0].store, historySeats))
	}
	var wg sync.WaitGroup
	for i, c := range clients {
		c.id = i
		prepare(c)
		wg.Go(func() {
			for n := range calls / len(clients) {
				if err := c.call(); err != nil {
					t.Error(err)
					return
				}
				if c.id == 0 && n%(2*len(h.events)) == 0 {
					h.goOn()
				}
			}
		})
	}
	wg.Wait()
	sound(t, openAt(t, placeOf(stores[0]))) // its connections, too, may have been killed
	return h
}

// clientsOf makes the clients of one store, which gets the clock of the history.
func (h *history) clientsOf(s *Store, n int) (clients []*client) {
	s.now = func() time.Time { return h.start.Add(time.Duration(h.ticks.Load()) * tick) }
	var engines []*faulty
	for _, w := range writersOf(s) {
		engine := &faulty{engine: w.engine}
		w.group.now, w.engine = s.now, engine
		engines = append(engines, engine)
	}
	for range n {
		clients = append(clients, &client{
			history: h, store: s, engines: engines, look: s.Event, confirm: s.Confirm,
		})
	}
	return clients
}

// goOn lets the clocks go on by one tick, which every event gets to see.
func (h *history) goOn() {
	h.underWay.Lock()
	defer h.underWay.Unlock()
	h.ticks.Add(1)
	now := h.moment.Add(1)
	for _, sel := range h.events {
		h.note(porcupine.Operation{
			Input: asked{act: toTick, event: sel.ID}, Output: told{}, Call: now, Return: now,
		})
	}
}

func (h *history) note(o porcupine.Operation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, o)
}

// call makes one call at random. If its outcome is unknown it is mostly repeated until it is not.
func (c *client) call() error {
	in := c.choose()
	if c.upset != nil && rand.N(50) == 0 {
		c.upset(c.engines[rand.N(len(c.engines))])
	}
	out, err := c.make(in)
	for err == nil && out.kind == booking.Unknown && rand.N(4) > 0 {
		out, err = c.make(in)
	}
	return err
}

// choose decides what to ask: mostly something about one of the newest bookings, so that many want
// the same one.
func (c *client) choose() asked {
	in := asked{
		event: c.events[rand.N(len(c.events))].ID, key: int(c.keys.Add(1)), seats: 1 + rand.N(2),
	}
	c.mu.Lock()
	known := c.known[in.event]
	c.mu.Unlock()
	p := rand.N(100)
	switch {
	case len(known) == 0 || p < 25:
		in.act = toHold
		return in
	case p < 35:
		in.act = toBook
		return in
	case p < 45:
		in.act, in.key, in.seats = toLook, 0, 0
		return in
	}
	in.of = known[max(len(known)-1-rand.N(5), 0)].key
	switch {
	case p < 60:
		in.act, in.seats = toConfirm, rand.N(3)
		return in
	case p < 70:
		in.act = toRelease
	case p < 80:
		in.act = toCancel
	default:
		in.act, in.key = toRead, 0
	}
	in.seats = 0
	return in
}

// make makes a call, and notes it with its answer. A call whose outcome is unknown may have any to
// the end of the history: nothing comes after it.
func (c *client) make(in asked) (told, error) {
	c.underWay.RLock()
	defer c.underWay.RUnlock()
	o := porcupine.Operation{ClientId: c.id, Input: in, Call: c.moment.Add(1)}
	out, err := c.ask(in)
	o.Output, o.Return = out, c.moment.Add(1)
	switch out.kind = booking.KindOf(err); out.kind {
	case "":
	case booking.SoldOut, booking.Conflict, booking.NotFound:
		out = told{kind: out.kind, left: err.(*booking.Error).Available}
	case booking.Unknown:
		out, o.Return = told{kind: booking.Unknown}, math.MaxInt64
	default:
		if !errors.Is(err, errLost) && !c.mayBeAway(out.kind) {
			return out, fmt.Errorf("%+v: %w", in, err)
		}
		out = told{kind: booking.Internal}
	}
	o.Output = out
	c.note(o)
	return out, nil
}

// mayBeAway says whether an error is one of a database that somebody kills now and then. It says
// that nothing happened, and a moment later it may be back.
func (c *client) mayBeAway(kind booking.Kind) bool {
	away := c.killed && (kind == booking.Unavailable || kind == booking.Busy)
	if away {
		time.Sleep(20 * time.Millisecond)
	}
	return away
}

// ask makes a call of the store.
func (c *client) ask(in asked) (told, error) {
	ctx := context.Background()
	sel := booking.Selector{ID: in.event}
	key := booking.Key{Scope: "test", Text: fmt.Sprint(in.key)}
	switch in.act {
	case toLook:
		e, err := c.look(ctx, sel)
		return told{held: e.Held, confirmed: e.Confirmed, left: e.Available()}, err
	case toRead:
		b, err := c.store.Booking(ctx, c.refOf(in))
		return told{status: b.Status, quantity: b.Quantity}, err
	case toHold, toBook:
		ask := booking.Request{Event: sel, Quantity: in.seats, Key: key}
		if in.act == toHold {
			ask.Hold, ask.TTL = true, booking.MinTTL
		}
		r, err := c.store.Book(ctx, ask)
		if err == nil {
			c.know(in, r.Booking.Reference)
		}
		return answered(r.Booking, r.Left, r.Replayed), err
	}
	r, err := c.change(ctx, in, key)
	return answered(r.Booking, r.Left, r.Replayed), err
}

// change asks for a booking to be confirmed, released or cancelled.
func (c *client) change(
	ctx context.Context, in asked, key booking.Key,
) (booking.Returned, error) {
	ref := c.refOf(in)
	switch in.act {
	case toRelease:
		return c.store.Release(ctx, booking.Release{Reference: ref, Key: key})
	case toCancel:
		return c.store.CancelBooking(ctx, booking.Cancellation{Reference: ref, Key: key})
	}
	ask := booking.Confirmation{Reference: ref, Key: key}
	if in.seats > 0 {
		ask.Quantity = &in.seats
	}
	return c.confirm(ctx, ask)
}

// answered is what is compared of an answer. One that is replayed repeats an answer that may never
// have come.
func answered(b booking.Booking, left int, replayed bool) told {
	if replayed {
		return told{replayed: true}
	}
	return told{status: b.Status, quantity: b.Quantity, left: left}
}

// know lets all clients use a booking.
func (h *history) know(in asked, ref booking.Reference) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known[in.event] = append(h.known[in.event], knownBooking{in.key, ref})
}

func (h *history) refOf(in asked) booking.Reference {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, k := range h.known[in.event] {
		if k.key == in.of {
			return k.ref
		}
	}
	return 0
}
