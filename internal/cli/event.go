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
		Short:   "Create, list, show, change and cancel events",
		Example: `  evbook event create --name "Go Meetup" --capacity 40
  evbook event list`,
		GroupID: groupEvents,
	}
	group.AddCommand(
		newEventCreate(a), newEventList(a), newEventShow(a), newEventEdit(a),
		newEventOpen(a), newEventClose(a), newEventCancel(a), newEventDelete(a),
	)
	return group
}

func newEventList(a *app) *cobra.Command {
	var in pageInput
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the events",
		Example: `  evbook event list
  evbook event list --limit 10
  evbook event list --all -o json`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.listEvents(cmd, in)
		}),
	}
	in.declare(cmd)
	return cmd
}

func (a *app) listEvents(cmd *cobra.Command, in pageInput) error {
	ctx := cmd.Context()
	var f form
	first := in.page(&f)
	if err := f.err(nil); err != nil {
		return err
	}
	var all storage.EventPage
	err := a.withStore(ctx, reading, func(store *storage.Store) error {
		return in.each(first, func(p storage.Page) (string, error) {
			got, err := store.Events(ctx, p)
			all.Events = append(all.Events, got.Events...)
			all.Next = got.Next
			return got.Next, err
		})
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(all.Events))
	for i, e := range all.Events {
		ids[i] = strconv.FormatInt(e.ID, 10)
	}
	err = a.show(answer{
		envelope: httpapi.ListedEvents(all),
		names:    ids,
		text:     func(p *page) { p.events(all.Events, a.env.Now()) },
	})
	if err != nil {
		return err
	}
	a.more(cmd, len(all.Events), "events", all.Next)
	return nil
}

// events draws a table, or nothing when there are none.
func (p *page) events(list []booking.Event, now time.Time) {
	if len(list) == 0 {
		return
	}
	rows := make([][]string, len(list))
	for i, e := range list {
		rows[i] = []string{
			strconv.FormatInt(e.ID, 10), e.Name, start(e), strconv.Itoa(e.Available()),
			strconv.Itoa(e.Capacity), price(e.Price), status(e, now),
		}
	}
	p.table([]column{
		{title: "ID", right: true}, {title: "NAME"}, {title: "STARTS"},
		{title: "FREE", right: true}, {title: "SEATS", right: true},
		{title: "PRICE", right: true}, {title: "STATUS"},
	}, rows)
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
	var e booking.Event
	err = a.withStore(ctx, reading, func(store *storage.Store) error {
		e, err = store.Event(ctx, selector)
		return err
	})
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
			p.detail("Seats", fmt.Sprintf("%d free of %d", e.Available(), e.Capacity))
			p.detail("Price", e.Price.String())
			p.detail("Starts", booking.FormatWhen(e.StartsAt, e.Zone))
			p.detail("Ends", booking.FormatWhen(e.EndsAt, e.Zone))
			p.detail("Time zone", e.Zone)
			p.detail("Venue", e.Venue)
			p.text("About", e.Description)
		},
	})
}
