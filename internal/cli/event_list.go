package cli

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// eventListInput is what was typed after event list.
type eventListInput struct {
	filterInput
	upcoming  bool
	available *string
	page      pageInput
}

func newEventList(a *app) *cobra.Command {
	var in eventListInput
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the events",
		Long: `List the events, by number unless sorted otherwise. Several filters leave only what
meets all of them. Texts are searched for whatever their case.

A time is one of: 2026-12-01, 2026-12-01 19:00, today, -7d, +3d. It is read by the clocks of the
configured zone, else of this machine; evbook help dates tells more.`,
		Example: `  evbook event list --upcoming --sort starts_at
  evbook event list --available 2 --search "go meetup"
  evbook event list --status open,draft --since 2026-12-01
  evbook event list --all -o csv`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.listEvents(cmd, in)
		}),
	}
	flags := cmd.Flags()
	in.declare(flags, "events that start", "name, venue or slug",
		texts(booking.EventStatuses()), storage.EventSorts())
	flags.BoolVar(&in.upcoming, "upcoming", false, "only what is not over and not cancelled")
	declareOptional(flags, &in.available, "available", "only where `N` seats can be booked now")
	in.page.declare(cmd)
	return cmd
}

func (a *app) listEvents(cmd *cobra.Command, in eventListInput) error {
	ctx := cmd.Context()
	query, err := a.eventQuery(in)
	if err != nil {
		return err
	}
	return a.withStore(ctx, reading, func(store *storage.Store) error {
		list := eventListing(a.env.Now())
		list.page = func(visit func(booking.Event) error) (string, error) {
			got, err := store.Events(ctx, query)
			return got.Next, visitAll(got.Events, err, visit)
		}
		list.all = func(visit func(booking.Event) error) error {
			return store.EachEvent(ctx, query, visit)
		}
		return showList(a, cmd, list, in.page.all)
	})
}

func (a *app) eventQuery(in eventListInput) (storage.EventQuery, error) {
	var f form
	q := storage.EventQuery{
		Status: states[booking.EventStatus](&f, in.status), Upcoming: in.upcoming,
		Search: f.words("search", in.search), Sort: in.order(&f, storage.EventSorts()),
		Page: in.page.page(&f),
	}
	q.Since, q.Until = in.span(a, &f)
	if in.available != nil {
		q.Available = f.count("available", *in.available)
		if q.Available == 0 && !f.has("available") { // which stands for any number
			f.bad.Add("available", "must be 1 or more, got 0")
		}
	}
	if err := f.err(nil); err != nil {
		return q, err
	}
	return q, nil
}

// eventListing is how events are listed.
func eventListing(now time.Time) listing[booking.Event] {
	return listing[booking.Event]{
		what:   "events",
		record: httpapi.EventRecord,
		name:   func(e booking.Event) string { return strconv.FormatInt(e.ID, 10) },
		columns: []column{
			{title: "ID", right: true}, {title: "SLUG", wide: true},
			{title: "NAME", flexible: true}, {title: "STARTS"}, {title: "ENDS", wide: true},
			{title: "VENUE", wide: true}, {title: "FREE", right: true, style: freeStyle},
			{title: "SEATS", right: true}, {title: "PRICE", right: true},
			{title: "STATUS", style: statusStyle},
		},
		cells: func(e booking.Event) []string {
			return []string{
				strconv.FormatInt(e.ID, 10), e.Slug, e.Name, start(e),
				booking.FormatWhen(e.EndsAt, e.Zone), e.Venue, strconv.Itoa(e.Available()),
				strconv.Itoa(e.Capacity), price(e.Price), status(e, now),
			}
		},
		envelope: func(page []booking.Event, next string) httpapi.Envelope {
			return httpapi.ListedEvents(storage.EventPage{Events: page, Next: next})
		},
	}
}

// freeStyle makes it stand out that nothing is left.
func freeStyle(cell string) style {
	if cell == "0" {
		return red
	}
	return unstyled
}
