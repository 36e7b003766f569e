package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

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
// database goes anyway, cancels the events. The end of the context ends the load, not what comes
// after it, and no call that is under way. watch is told how far it is, by one goroutine.
//
// An error means that the events could not be made; whatever happens later is in the result. What
// is left behind is in the result in any case. Errors: those of the target.
func Run(
	ctx context.Context, target Target, load Load, watch func(Progress),
) (Result, error) {
	r := &run{
		Load: load, target: target, watch: watch, lasting: context.WithoutCancel(ctx),
		tally: newTally(load.Events),
	}
	err := r.prepare(ctx)
	if err == nil {
		r.load(ctx)
		r.gather(r.tally)
		r.judge()
	}
	if !load.Passing {
		r.cancel()
	}
	return r.Result, err
}

// run is a load under way.
type run struct {
	Load
	Result
	target Target
	watch  func(Progress)
	// lasting is the context of what no end of the load cuts off.
	lasting context.Context
	events  []int64
	tally   *tally
}

// prepare makes the events.
func (r *run) prepare(ctx context.Context) error {
	r.watch(Progress{Stage: Preparing})
	for i := range r.Events {
		if ctx.Err() != nil {
			return booking.Errorf(booking.Interrupted, "interrupted before anything was measured")
		}
		name := fmt.Sprintf("%s %d/%d", r.Name, i+1, r.Events)
		event, err := r.target.Create(r.lasting, name, r.Capacity)
		if err != nil {
			return err
		}
		r.events = append(r.events, event)
	}
	return nil
}

// load has the clients ask until the time is over.
func (r *run) load(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.Duration)
	defer cancel()
	began := time.Now()
	var clients sync.WaitGroup
	for i := range r.Clients {
		clients.Go(func() { r.ask(ctx, i) })
	}
	over := make(chan struct{})
	go func() {
		clients.Wait()
		close(over)
	}()
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		r.watch(Progress{Loading, time.Since(began), r.tally.acknowledged.Load()})
		select {
		case <-tick.C:
		case <-over:
			r.Took = time.Since(began)
			r.Interrupted = !errors.Is(ctx.Err(), context.DeadlineExceeded)
			return
		}
	}
}

// ask is what one client does.
func (r *run) ask(ctx context.Context, client int) {
	random := rand.New(rand.NewPCG(rand.Uint64(), uint64(client)))
	for ctx.Err() == nil {
		operation, event := r.Mix.choose(random), random.IntN(len(r.events))
		began := time.Now()
		err := r.target.Call(r.lasting, operation, r.events[event], client)
		came := r.tally.note(operation, event, err, time.Since(began))
		if came == failed || came == open {
			select {
			case <-time.After(breath):
			case <-ctx.Done():
			}
		}
	}
}

// judge asks the database what it has of all that.
func (r *run) judge() {
	r.watch(Progress{Stage: Judging})
	for i, event := range r.events {
		booked, err := r.target.Booked(r.lasting, event)
		if err != nil {
			r.Unjudged = err
			return
		}
		r.Result.judge(event, r.Capacity, &r.tally.events[i], booked)
	}
	r.Report, r.Unjudged = r.target.Verify(r.lasting)
	if r.Report != nil {
		r.Findings = append(r.Findings, r.Report.Findings...)
	}
}

// cancel calls the events off, as many of them as it can.
func (r *run) cancel() {
	r.watch(Progress{Stage: Cancelling})
	for _, event := range r.events {
		if err := r.target.Cancel(r.lasting, event); err != nil {
			r.Left = append(r.Left, event)
			if r.LeftBecause == nil {
				r.LeftBecause = err
			}
		}
	}
}
