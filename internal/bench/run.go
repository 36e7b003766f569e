package bench

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"evbook/internal/booking"
)

const (
	// reportEvery is how often the progress is told.
	reportEvery = 200 * time.Millisecond
	// breath is how long a client waits whose call has failed, so that nobody is flooded who cannot
	// answer.
	breath = 10 * time.Millisecond
)

// Run makes events of its own, puts the load on them, counts what is booked and, unless the
// database goes anyway, cancels the events. When stop is closed the load ends in order, before its
// time; the end of the context cuts off everything. watch is told how far it is, by one goroutine.
//
// An error means that the events could not be made; whatever happens later is in the result. What
// is left behind is in the result in any case. Errors: those of the target, Interrupted.
func Run(
	ctx context.Context, stop <-chan struct{}, target Target, load Load, watch func(Progress),
) (Result, error) {
	r := &run{
		Load: load, target: target, stop: stop, watch: watch, tally: newTally(),
		places: make([]atomic.Pointer[sale], load.Events),
	}
	err := r.prepare(ctx)
	if err == nil {
		r.measure(ctx)
		r.gather(r.tally)
		r.audit(ctx)
	}
	if !load.Passing {
		r.cancel(ctx)
	}
	return r.Result, err
}

// run is a load under way.
type run struct {
	Load
	Result
	target Target
	stop   <-chan struct{}
	watch  func(Progress)
	tally  *tally
	// places are where there is an event to be booked; sales are all that ever were there.
	places []atomic.Pointer[sale]
	sales  []*sale
	// drafts is how many were to be made, and doubtful are those of which it is not known whether
	// they were.
	drafts   int
	doubtful []Draft
	opening  sync.Mutex
}

// prepare makes the events.
func (r *run) prepare(ctx context.Context) error {
	for i := range r.Events {
		r.watch(Progress{Stage: Preparing, Done: int64(i), Of: r.Events})
		if isClosed(r.stop) {
			return booking.Errorf(booking.Interrupted, "interrupted before anything was measured")
		}
		if err := r.open(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// measure has the clients ask until the time is over.
func (r *run) measure(ctx context.Context) {
	over, end := make(chan struct{}), make(chan struct{})
	began := time.Now()
	var clients sync.WaitGroup
	for i := range r.Clients {
		clients.Go(func() { r.ask(ctx, i, end) })
	}
	go func() {
		clients.Wait()
		close(over)
	}()
	finish := sync.OnceFunc(func() {
		r.Took = time.Since(began)
		close(end)
	})
	tick, timer := time.NewTicker(reportEvery), time.NewTimer(r.Duration)
	defer tick.Stop()
	defer timer.Stop()
	stop, cut := r.stop, ctx.Done()
	for {
		r.watch(Progress{Stage: Loading, Loaded: time.Since(began), Done: r.tally.done.Load()})
		select {
		case <-tick.C:
		case <-timer.C:
			stop, cut = nil, nil
			finish()
		case <-stop:
			r.Interrupted, stop = true, nil
			finish()
		case <-cut:
			r.Interrupted, cut = true, nil
			finish()
		case <-over:
			r.Waited = time.Since(began) - r.Took
			return
		}
	}
}

// ask is what one client does until the end.
func (r *run) ask(ctx context.Context, client int, end <-chan struct{}) {
	random := rand.New(rand.NewPCG(rand.Uint64(), uint64(client)))
	for {
		if isClosed(end) {
			return
		}
		operation, place := r.Mix.choose(random), random.IntN(len(r.places))
		at := r.places[place].Load()
		call := Call{Operation: operation, Event: at.event, Client: client}
		if operation == Book && r.Keys {
			call.Key = uuid.NewString()
		}
		began := time.Now()
		err := r.target.Call(ctx, call)
		came := r.tally.note(operation, err, time.Since(began), isClosed(end))
		if operation == Book && at.note(came) && r.hasSuccessors() {
			// Where that fails, the event has to do for longer.
			_ = r.open(ctx, place)
		}
		if came == Failed || came == Unknown {
			select {
			case <-time.After(breath):
			case <-end:
			}
		}
	}
}

// audit asks the database what it has of all that.
func (r *run) audit(ctx context.Context) {
	r.watch(Progress{Stage: Judging})
	r.Made = len(r.sales)
	for _, s := range r.sales {
		r.Acknowledged += s.acknowledged.Load()
	}
	for _, s := range r.sales {
		booked, err := r.target.Booked(ctx, s.event)
		if err != nil {
			r.Unjudged = err
			return
		}
		r.Booked += booked
		r.Findings = append(r.Findings, s.judge(booked, r.Capacity)...)
	}
	r.watch(Progress{Stage: Verifying})
	r.Report, r.Unverified = r.target.Verify(ctx)
}

// isClosed says whether a channel is that nothing is ever sent through.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
