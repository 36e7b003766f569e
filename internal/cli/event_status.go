package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// eventChange is one kind of change that needs nothing but the event.
type eventChange struct {
	name, short string
	do          func(*storage.Store, context.Context, booking.Selector) (booking.Event, error)
	envelope    func(booking.Event) httpapi.Envelope
	// text tells people what the event is now.
	text func(booking.Event) string
}

// eventText makes a text of a format with the event's number and title.
func eventText(format string) func(booking.Event) string {
	return func(e booking.Event) string { return fmt.Sprintf(format, e.ID, title(e)) }
}

// opened tells people whether seats of an event that is open can be booked now, and why not.
func (a *app) opened(e booking.Event) string {
	if err := e.OnSale(a.env.Now()); err != nil {
		return fmt.Sprintf("Event %d %s is open, but %s.", e.ID, title(e), err)
	}
	return fmt.Sprintf("Event %d %s is on sale.", e.ID, title(e))
}

func newEventOpen(a *app) *cobra.Command {
	return a.newEventChange(eventChange{
		name: "open", short: "Put an event on sale",
		do: (*storage.Store).OpenEvent, envelope: httpapi.OpenedEvent,
		text: a.opened,
	})
}

func newEventClose(a *app) *cobra.Command {
	return a.newEventChange(eventChange{
		name: "close", short: "Take an event off sale; its bookings stay",
		do: (*storage.Store).CloseEvent, envelope: httpapi.ClosedEvent,
		text: eventText("Event %d %s is closed and takes no more bookings."),
	})
}

func newEventDelete(a *app) *cobra.Command {
	return a.newEventChange(eventChange{
		name: "delete", short: "Remove an event for which nothing was ever booked",
		do: (*storage.Store).DeleteEvent, envelope: httpapi.DeletedEvent,
		text: eventText("Deleted event %d %s."),
	})
}

func (a *app) newEventChange(c eventChange) *cobra.Command {
	example := "evbook event " + c.name + " 1"
	cmd := &cobra.Command{
		Use:     c.name + " ID|SLUG",
		Short:   c.short,
		Example: "  " + example,
		Args:    oneArgument("the event", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.changeEvent(cmd.Context(), args[0], c)
		}),
	}
	a.declareIfVersion(cmd.Flags())
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) changeEvent(ctx context.Context, text string, c eventChange) error {
	selector, err := booking.ParseSelector(text)
	if err != nil {
		return err
	}
	e, err := askStore(ctx, a, changing, c.do, selector)
	if err != nil {
		return err
	}
	envelope := c.envelope(e)
	return a.sayChanged(answer{
		envelope: envelope,
		done:     envelope.Message,
		names:    []string{strconv.FormatInt(e.ID, 10)},
		text:     func(p *page) { p.line("%s", c.text(e)) },
	})
}

// eventCancelInput is what was typed after event cancel.
type eventCancelInput struct {
	reason string
	yes    bool
}

func newEventCancel(a *app) *cobra.Command {
	var in eventCancelInput
	const example = "evbook event cancel 1"
	cmd := &cobra.Command{
		Use:   "cancel ID|SLUG",
		Short: "Call an event off for good",
		Long: `Call an event off for good. When it has bookings they are cancelled too; that is
asked for on a terminal and takes --yes elsewhere.`,
		Example: "  " + example + "\n  " + example + ` --yes --reason "the speaker is ill"`,
		Args:    oneArgument("the event", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.cancelEvent(cmd.Context(), args[0], in)
		}),
	}
	cmd.Flags().StringVar(&in.reason, "reason", "", "`TEXT` to keep with the bookings")
	cmd.Flags().BoolVarP(&in.yes, "yes", "y", false, "cancel its bookings too, without asking")
	a.declareIfVersion(cmd.Flags())
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) cancelEvent(ctx context.Context, text string, in eventCancelInput) error {
	selector, err := booking.ParseSelector(text)
	if err != nil {
		return err
	}
	yes := in.yes
	var called booking.CalledOff
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		switch {
		case yes || !a.canAsk():
		case a.dryRun:
			yes = true // the person would be asked, and could agree
		default:
			if yes, err = a.agreed(ctx, store, selector); err != nil {
				return err
			}
		}
		called, err = store.CancelEvent(ctx, selector, yes, in.reason)
		return err
	})
	var refusal *booking.Error
	if !yes && errors.As(err, &refusal) && refusal.Kind == booking.Conflict && refusal.Hint != "" {
		return refusal.WithHint("--yes cancels the bookings too")
	}
	if err != nil {
		return err
	}
	e := called.Event
	return a.sayChanged(answer{
		envelope: httpapi.CalledOff(called),
		done:     fmt.Sprintf("cancelled event %d", e.ID),
		names:    []string{strconv.FormatInt(e.ID, 10)},
		text: func(p *page) {
			p.line("Cancelled event %d %s, bookings cancelled with it: %d (%s).", e.ID, title(e),
				called.Bookings, booking.Seats(called.Seats))
			if called.Waiting > 0 {
				p.line("Taken off its waitlist: %d.", called.Waiting)
			}
		},
	})
}

// agreed asks whether to cancel an event that has bookings. One without is not asked about.
func (a *app) agreed(
	ctx context.Context, store *storage.Store, selector booking.Selector,
) (bool, error) {
	e, err := store.Event(ctx, selector)
	if err != nil || e.Taken() == 0 {
		return false, err
	}
	are := "are"
	if e.Taken() == 1 {
		are = "is"
	}
	yes, err := a.confirm(ctx, fmt.Sprintf("Cancel event %d %s and give up %s that %s booked?",
		e.ID, title(e), booking.Seats(e.Taken()), are))
	if err == nil && !yes {
		err = booking.Errorf(booking.Conflict, "event %d was not cancelled", e.ID)
	}
	return yes, err
}
