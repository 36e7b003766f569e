package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

const (
	// streamPause is the time between two looks at the journal: a change is told within it, and
	// what comes meanwhile is told at once.
	streamPause = 100 * time.Millisecond
	// fullFeed is as many entries as a feed gives at once; there may be more.
	fullFeed = 1_000
	// streamBacklog is how many updates may wait for a listener before it counts as too slow.
	streamBacklog = 64
	// streamPatience is how long a client may leave a message unread.
	streamPatience = 20 * time.Second
)

// streamHub follows the journal on behalf of all streams of a door. It does so once, whatever the
// number of streams, and only as long as there are any.
type streamHub struct {
	store    *storage.Store
	logger   *slog.Logger
	draining func() bool
	// most is how many listeners there may be.
	most int
	// pause is the time between two looks at the journal.
	pause time.Duration
	// patience is how long a client may leave a message unread before it is cut off.
	patience time.Duration

	mu sync.Mutex
	// current is nil while nobody listens.
	current *round
}

// round is one feed of the journal with those who listen to it. It ends with its last listener, or
// for all of them with an error. Who comes then begins another one. It is guarded by the hub.
type round struct {
	stop context.CancelFunc
	// listeners are kept by the number of their event, and counted.
	listeners map[int64]map[*listener]bool
	count     int
	// of counts those of each client.
	of map[string]int
	// untuned are events that have got their first listener, or lost their last one, since the
	// feed was told: the number of the entry behind which it is to follow them.
	untuned map[int64]int64
}

// listener is where a stream hears of its event.
type listener struct {
	event int64
	// who is the client, "" for the owner.
	who   string
	round *round
	// updates is closed by the hub when there will be no more; reason says why, from then on.
	updates chan update
	reason  endReason
}

// endReason says to programs why a stream ends.
type endReason string

const (
	// endOver: the event was cancelled or deleted, nothing more comes.
	endOver endReason = "over"
	// endSlow: the client reads too slowly; what it has missed is told when it comes back.
	endSlow endReason = "slow"
	// endShutdown: the server is shutting down.
	endShutdown endReason = "shutdown"
	// endUnavailable: the database cannot be read.
	endUnavailable endReason = "unavailable"
	// endUnauthorized: the client may not see the event any more.
	endUnauthorized endReason = "unauthorized"
)

// mostStreamsOfOne is how many streams one client may have at once: an address without a token, or
// one token. Without it, one could take them all.
const mostStreamsOfOne = 50

func newStreamHub(store *storage.Store, opts Options) *streamHub {
	return &streamHub{
		store: store, logger: opts.Logger, draining: opts.Draining,
		most:  cmp.Or(opts.MaxStreams, defaultStreams),
		pause: streamPause, patience: streamPatience,
	}
}

// join begins to listen to an event: to the entries behind the one with the number seq, or to some
// more. Each listener has to leave. Errors: Busy when there are as many as there may be, and
// Unavailable when the server shuts down.
func (h *streamHub) join(event, seq int64, who string) (*listener, error) {
	if h.draining() {
		return nil, booking.Errorf(booking.Unavailable, "the server is shutting down")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.current; r != nil && r.count >= h.most {
		return nil, booking.Errorf(booking.Busy,
			"%d streams are open, and this server serves no more at once", r.count).
			WithHint("try again later, or ask for the event from time to time")
	}
	if h.current == nil {
		h.begin()
	}
	r := h.current
	if who != "" && r.of[who] >= mostStreamsOfOne {
		return nil, booking.Errorf(booking.TooMany,
			"%d streams are open for you, which is the most", r.of[who]).
			WithHint("end one of them first")
	}
	if r.listeners[event] == nil {
		r.listeners[event] = map[*listener]bool{}
		r.untuned[event] = seq
	}
	l := &listener{event: event, who: who, round: r, updates: make(chan update, streamBacklog)}
	r.listeners[event][l] = true
	r.count++
	r.of[who]++
	return l, nil
}

// begin begins a round, which outlives the request that happens to be the first.
func (h *streamHub) begin() {
	ctx, stop := context.WithCancel(context.Background())
	h.current = &round{
		stop: stop, listeners: map[int64]map[*listener]bool{}, untuned: map[int64]int64{},
		of: map[string]int{},
	}
	go h.run(ctx, h.current)
}

// leave ends listening. To leave twice, or after having been dismissed, does nothing.
func (h *streamHub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(l)
}

// dismiss tells a listener that there is nothing more to hear, and why.
func (h *streamHub) dismiss(l *listener, reason endReason) {
	if h.remove(l) {
		l.reason = reason
		close(l.updates)
	}
}

// remove takes a listener out of its round, and ends the round behind the last one. It says whether
// the listener was there.
func (h *streamHub) remove(l *listener) bool {
	r := l.round
	if !r.listeners[l.event][l] {
		return false
	}
	delete(r.listeners[l.event], l)
	if r.of[l.who]--; r.of[l.who] == 0 {
		delete(r.of, l.who)
	}
	if len(r.listeners[l.event]) == 0 {
		delete(r.listeners, l.event)
		r.untuned[l.event] = 0
	}
	if r.count--; r.count == 0 {
		r.stop()
		h.current = nil
	}
	return true
}

// run lets a round have its feed until the context ends, or the server shuts down.
func (h *streamHub) run(ctx context.Context, r *round) {
	feed, err := h.store.NamedFeed(ctx)
	if err == nil {
		err = h.follow(ctx, r, feed)
		feed.Close()
	}
	reason := endShutdown
	if err != nil && ctx.Err() == nil {
		reason = endUnavailable
		h.logger.Error("streams end: the journal cannot be followed", slog.Any("error", err))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, those := range r.listeners {
		for l := range those {
			h.dismiss(l, reason)
		}
	}
}

// follow tells the listeners of a round what comes. It ends without an error when the server shuts
// down.
func (h *streamHub) follow(ctx context.Context, r *round, feed *storage.Feed) error {
	pause := time.NewTicker(h.pause)
	defer pause.Stop()
	for !h.draining() {
		h.tune(r, feed)
		entries, err := feed.Next(ctx)
		if err == nil {
			err = h.publish(ctx, r, entries)
		}
		switch {
		case err != nil:
			return err
		case len(entries) >= fullFeed:
			continue
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// tune has the feed follow what is listened to, and nothing else.
func (h *streamHub) tune(r *round, feed *storage.Feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for event, seq := range r.untuned {
		if r.listeners[event] != nil {
			feed.Follow(event, seq)
		} else {
			feed.Drop(event)
		}
	}
	clear(r.untuned)
}

// publish tells entries to those who listen to their events. Each event is read once.
func (h *streamHub) publish(ctx context.Context, r *round, entries []booking.Entry) error {
	changes := map[int64][]booking.Entry{}
	for _, e := range entries {
		changes[e.EventID] = append(changes[e.EventID], e)
	}
	for id, entries := range changes {
		event, err := StandingEvent(ctx, h.store, id)
		if err != nil {
			return err
		}
		h.deliver(r, id, newUpdate(event, entries, time.Now()))
	}
	return nil
}

// deliver hands an update to the listeners of an event. It waits for nobody: who has not taken the
// former ones yet is dismissed.
func (h *streamHub) deliver(r *round, event int64, u update) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range r.listeners[event] {
		select {
		case l.updates <- u:
		default:
			h.dismiss(l, endSlow)
		}
	}
}
