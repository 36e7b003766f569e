package cli

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// pollPause is how long check waits between two looks at the database.
const pollPause = 100 * time.Millisecond

// forever is longer than anybody waits.
const forever = time.Duration(math.MaxInt64)

// checkInput is what was typed after check.
type checkInput struct {
	event string
	wait  *string
	watch bool
	seatsInput
}

func newCheck(a *app) *cobra.Command {
	var in checkInput
	cmd := &cobra.Command{
		Use: "check --event ID|SLUG --qty N",
		Long: `Say whether seats can be booked: exit code 0 when they can, 4 when they cannot.
The answer holds for the moment; book checks again, so that nothing is ever sold twice.

With --wait it waits that long for the seats, unless waiting cannot help. With --watch it shows how
many there are meanwhile, and waits without end where --wait does not say how long; on a terminal in
one line that is written anew, else with a line for each change.`,
		Example: `  evbook check --event 1 --qty 2
  evbook check --event 1 --line adult=2 --line child=3
  evbook check --event 1 --qty 2 -q && echo free
  evbook check --event 1 --qty 2 --wait 30s && evbook book --event 1 --qty 2
  evbook check --event 1 --qty 2 --watch --wait 10m`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.check(cmd.Context(), in)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&in.event, "event", "", "`ID|SLUG` of the event")
	in.seatsInput.declare(flags)
	declareOptional(flags, &in.wait, "wait",
		"the longest `DURATION` to wait for the seats (0s, with --watch no limit)")
	flags.BoolVar(&in.watch, "watch", false, "show how many seats there are until they are enough")
	return cmd
}

// patience is for how long the seats are waited for.
func (in *checkInput) patience(f *form) time.Duration {
	switch {
	case in.wait != nil:
		return f.duration("wait", *in.wait)
	case in.watch:
		return forever
	}
	return 0
}

func (a *app) check(ctx context.Context, in checkInput) error {
	var f form
	ask := booking.AvailabilityRequest{Code: in.code}
	if f.require(fieldEvent, in.event) {
		ask.Event = f.event(fieldEvent, in.event)
	}
	ask.Quantity, ask.Lines = in.read(&f)
	wait := in.patience(&f)
	if err := f.err(ask.Validate()); err != nil {
		if in.event == "" || in.missing() {
			return err.WithHint("evbook check --event 1 --qty 2")
		}
		return err
	}
	if in.watch {
		return a.watchSeats(ctx, ask, wait)
	}
	var found booking.Availability
	err := a.withStore(ctx, reading, func(store *storage.Store) error {
		var err error
		found, err = a.waitForSeats(ctx, store, ask, wait, nil)
		return err
	})
	if err != nil {
		return err
	}
	if err := a.say(checkAnswer(found, ask)); err != nil {
		return err
	}
	return verdict(found)
}

// verdict ends the command with the exit code that answers the question.
func verdict(found booking.Availability) error {
	if !found.Sufficient() {
		return answered{booking.KindOf(found.Refusal)}
	}
	return nil
}

// waitForSeats looks until the seats are free, waiting is in vain or the time is over, at least
// once. Each time it shows what it sees, where that is wanted.
func (a *app) waitForSeats(
	ctx context.Context, store *storage.Store, ask booking.AvailabilityRequest,
	wait time.Duration, show func(booking.Availability) error,
) (booking.Availability, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	pause := time.NewTicker(pollPause)
	defer pause.Stop()
	for {
		found, err := store.Check(ctx, ask)
		if err == nil && show != nil {
			err = show(found)
		}
		if err != nil || found.Sufficient() || wait == 0 || inVain(found, a.env.Now()) {
			return found, err
		}
		select {
		case <-pause.C:
		case <-over.C:
			return found, nil
		case <-ctx.Done():
			return found, ctx.Err()
		}
	}
}

// inVain says whether seats that cannot be booked now will not come free by waiting.
func inVain(found booking.Availability, now time.Time) bool {
	e := found.Event
	switch booking.KindOf(found.Refusal) {
	case booking.Limit, booking.NotFound:
		return true
	}
	return e.Status == booking.CancelledEvent || e.Over(now) || found.Quantity > e.Capacity
}

func checkAnswer(found booking.Availability, ask booking.AvailabilityRequest) answer {
	e := found.Event
	return answer{
		envelope: httpapi.Checked(found),
		names:    []string{strconv.FormatInt(e.ID, 10)},
		text: func(p *page) {
			if found.Refusal != nil {
				p.line("No: %v.", found.Refusal)
				return
			}
			if len(ask.Lines) > 0 || ask.Code != "" {
				p.line("Yes: %s can be booked for %s. %d of that kind are free.",
					booking.Seats(found.Quantity), titleAndStart(e), found.Available)
				return
			}
			p.line("Yes: %s can be booked for %s. %d of %d are free.",
				booking.Seats(found.Quantity), titleAndStart(e), e.Available(), e.Capacity)
		},
	}
}
