package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// holdCreatePath is the command that holds seats.
const holdCreatePath = "evbook hold create"

func newHoldCreate(a *app) *cobra.Command {
	var in bookInput
	var ttl *string
	cmd := &cobra.Command{
		Use:   "create --event ID|SLUG --qty N",
		Short: "Hold seats of an event",
		Long: `Hold seats of an event: nobody else can book them until the hold lapses.

A hold is on disk when its reference is printed. When the answer never came, repeat the command
with the same --idempotency-key: it holds once, however often it is repeated within 24 hours.`,
		Example: `  evbook hold create --event 1 --qty 2
  evbook hold create --event go-meetup --qty 2 --ttl 15m --email ada@example.org
  evbook hold create --event 1 --line adult=2 --line child=3
  evbook hold create --event 1 --qty 2 --idempotency-key cart-4711 -o name`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.hold(cmd.Context(), in, ttl)
		}),
	}
	in.declare(cmd.Flags())
	declareTTL(cmd.Flags(), &ttl)
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) hold(ctx context.Context, in bookInput, ttl *string) error {
	var f form
	request := in.request(&f)
	request.Hold, request.TTL = true, f.ttl(ttl)
	request, err := in.checked(&f, request, holdCreatePath+" --event 1 --qty 2")
	if err != nil {
		return err
	}
	r, err := askStore(ctx, a, changing, (*storage.Store).Book, request)
	if err != nil {
		return err
	}
	switch {
	case r.Changed:
		a.note("This key was used before: nothing new was held. The hold has changed since: "+
			"evbook hold show %s", r.Booking.Reference)
	case r.Replayed:
		a.note("This key was used before: nothing new was held.")
	}
	return a.sayHeld(r)
}

// sayHeld tells of seats that are held, and people how to go on from there.
func (a *app) sayHeld(r booking.Receipt) error {
	b := r.Booking
	names := nameOf(b)
	err := a.sayChanged(answer{
		envelope: httpapi.Held(r),
		done:     "held as " + b.Reference.String(),
		names:    names,
		text: func(p *page) {
			p.line("Held %s for %s until %s. %d left.", seatsOf(b),
				titleAndStart(r.Event), booking.FormatWhen(b.ExpiresAt, r.Event.Zone), r.Left)
			for _, reference := range names {
				p.line("Reference: %s", reference)
			}
		},
	})
	if err == nil && a.forPeople() && len(names) > 0 && !r.Changed {
		a.note("Confirm it before then: evbook hold confirm %s", b.Reference)
	}
	return err
}
