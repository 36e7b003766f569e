package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// interruption is the cause of a context that a signal has cancelled.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return "stopped by " + i.signal.String() }

// pending is what the one command of a process changes: no signal may end that without a word.
type pending struct {
	// underWay is true while a store is asked for changes that are to last.
	underWay atomic.Bool
	// abandoned is closed when not even the verdict on it is awaited any more.
	abandoned chan struct{}
}

// abandon gives the wait for the verdict up. It is false when there is none, or not any more.
func (p *pending) abandon() bool {
	select {
	case <-p.abandoned:
		return false
	default:
	}
	if !p.underWay.Load() {
		return false
	}
	close(p.abandoned)
	return true
}

// carryOut has a store do a change, and closes it unless that would wait for what is given up.
func (p *pending) carryOut(store *storage.Store, do func() error) error {
	p.underWay.Store(true)
	err := do()
	p.underWay.Store(false)
	select {
	case <-p.abandoned:
	default:
		store.Close()
	}
	return err
}

// undeterred gives a context that the first signal does not end, but whatever gives the wait for a
// change up.
func (p *pending) undeterred(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		select {
		case <-p.abandoned:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// code is the exit code of a process that a signal ends at once.
func (p *pending) code(ctx context.Context) int {
	if p.underWay.Load() {
		return exitCodes()[booking.Unknown]
	}
	return interruptedCode(ctx)
}

// interruptible gives a context that ends with the first SIGINT or SIGTERM. The second one ends the
// wait for a change, and where there is none the process; a third one ends it in any case. What
// signals do by default is no help for that: a shell makes them ignored in the commands that a
// script runs in the background.
func interruptible(
	parent context.Context, now *pending, exit func(int),
) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	caught := make(chan os.Signal, 2)
	over := make(chan struct{})
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM)
	go func() {
		for count := 1; ; count++ {
			select {
			case s := <-caught:
				cancel(interruption{s})
				if count > 1 && !now.abandon() {
					exit(now.code(ctx))
				}
			case <-over:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(caught)
		close(over)
		cancel(nil)
	}
}

// heedSignals makes a command that begins to run interruptible. Help and refused flags are over
// before anybody could press Ctrl-C, and starting to listen takes longer than they do.
func (a *app) heedSignals(cmd *cobra.Command) {
	var ctx context.Context
	ctx, a.unheed = interruptible(cmd.Context(), a.pending, a.env.Exit)
	cmd.SetContext(ctx)
}

// sayAwaited tells who has pressed Ctrl-C why nothing ends.
func (a *app) sayAwaited() {
	a.note("Too late to take it back: waiting for the database to say what became of it. " +
		"Ctrl-C again leaves that open.")
}
