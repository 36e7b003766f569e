package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newEvent(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "event",
		Aliases: []string{"events"},
		Example: `  evbook event create --name "Go Meetup" --capacity 40
  evbook event list`,
	}
	group.AddCommand(
		newEventCreate(a), newEventList(a), newEventShow(a), newEventWatch(a),
		newEventEdit(a), newEventOpen(a), newEventClose(a), newEventCancel(a),
		newEventDelete(a),
	)
	return group
}

// status is that of an event for people, to whom it matters that it is over. An event that was
// cancelled never took place.
func status(e booking.Event, now time.Time) string {
	if e.Over(now) && e.Status != booking.CancelledEvent {
		return "over"
	}
	return string(e.Status)
}

// price is what a seat costs, for people.
func price(m booking.Money) string {
	if m.Minor == 0 {
		return "free"
	}
	return m.String()
}

func newEventShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "show ID|SLUG",
		Short:   "Show one event",
		Example: "  evbook event show 1\n  evbook event show go-meetup -o json",
		Args:    oneArgument("the event", "evbook event show 1"),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.showEvent(cmd.Context(), args[0])
		}),
	}
}

func (a *app) showEvent(ctx context.Context, text string) error {
	selector, err := booking.ParseSelector(text)
	if err != nil {
		return err
	}
	e, err := askStore(ctx, a, reading, (*storage.Store).Event, selector)
	if err != nil {
		return err
	}
	return a.show(answer{
		envelope: httpapi.ShownEvent(e),
		names:    []string{strconv.FormatInt(e.ID, 10)},
		text: func(p *page) {
			p.detail("Event", fmt.Sprintf("%d %s", e.ID, title(e)))
			p.detail("Slug", e.Slug)
			p.detail("Status", status(e, a.env.Now()))
			seats := fmt.Sprintf("%d free of %d", e.Available(), e.Capacity)
			if e.Held > 0 {
				seats += fmt.Sprintf(", %d held", e.Held)
			}
			if e.Waiting > 0 {
				seats += fmt.Sprintf(", %d waited for", e.Waiting)
			}
			p.detail("Seats", seats)
			p.detail("Price", e.Price.String())
			p.detail("Starts", booking.FormatWhen(e.StartsAt, e.Zone))
			p.detail("Ends", booking.FormatWhen(e.EndsAt, e.Zone))
			p.detail("Time zone", e.Zone)
			p.detail("Venue", e.Venue)
			p.sale(e)
			p.text("About", e.Description)
			p.parts(e)
		},
	})
}
