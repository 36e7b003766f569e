package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// eventInput is what was typed about an event. The currency and the zone are in the configuration
// too, since their flags are only the nearest of several places.
type eventInput struct {
	name, capacity, price, startsAt, endsAt, venue, description, slug, currency, zone string
}

func (in *eventInput) declare(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&in.name, "name", "", "`NAME` of the event")
	flags.StringVar(&in.capacity, "capacity", "", "`N` seats")
	flags.StringVar(&in.price, "price", "", "`AMOUNT` that one seat costs, such as 12.50 (0)")
	flags.StringVar(&in.currency, "currency", "", "`CODE` of the price's currency (EUR)")
	flags.StringVar(&in.startsAt, "starts-at", "", "`TIME` of the start, such as tomorrow 19:00")
	flags.StringVar(&in.endsAt, "ends-at", "", "`TIME` of the end")
	flags.StringVar(&in.zone, "tz", "", "time `ZONE`, such as Europe/Berlin")
	flags.StringVar(&in.venue, "venue", "", "`PLACE` of the event")
	flags.StringVar(&in.description, "description", "", "`TEXT` about the event")
	flags.StringVar(&in.slug, "slug", "", "`SLUG`, a short name for commands and links")
}

func newEventCreate(a *app) *cobra.Command {
	var in eventInput
	var draft bool
	var key string
	cmd := &cobra.Command{
		Use:   "create --name NAME --capacity N",
		Short: "Create an event",
		Long: `Create an event and put it on sale. The database is made when there is none.

A time is one of: 2026-12-01 19:00, 2026-12-01T19:00:00+01:00, tomorrow 19:00, fri 19:00, +3d2h.
It is read by the clocks of --tz, else of the configured zone, else of this machine.`,
		Example: `  evbook event create --name "Go Meetup" --capacity 40
  evbook event create --name "Go Meetup" --capacity 40 --price 12.50 --currency EUR \
    --starts-at "2026-12-01 19:00" --tz Europe/Berlin --slug go-meetup`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.createEvent(cmd.Context(), in, draft, key)
		}),
	}
	in.declare(cmd)
	cmd.Flags().BoolVar(&draft, "draft", false, "do not put it on sale yet")
	cmd.Flags().StringVar(&key, "idempotency-key", "", "`KEY` that makes repeating safe")
	return cmd
}

func (a *app) createEvent(ctx context.Context, in eventInput, draft bool, key string) error {
	event, err := a.newEvent(in)
	if err != nil {
		return err
	}
	event.Draft, event.Key = draft, booking.Key{Scope: localScope, Text: key}
	var created booking.Created
	err = a.withStore(ctx, creating, func(store *storage.Store) error {
		created, err = store.CreateEvent(ctx, event)
		return err
	})
	if err != nil {
		return err
	}
	if created.Replayed {
		a.note("This key was used before: no new event was created.")
	}
	e := created.Event
	return a.say(answer{
		envelope: httpapi.CreatedEvent(created),
		names:    []string{strconv.FormatInt(e.ID, 10)},
		text:     func(p *page) { p.line("Created event %s", summary(e)) },
	})
}

// summary is what there is to say about an event in one sentence.
func summary(e booking.Event) string {
	text := fmt.Sprintf("%d %s: %s", e.ID, title(e), booking.Seats(e.Capacity))
	if !e.StartsAt.IsZero() {
		text += ", " + booking.FormatWhen(e.StartsAt, e.Zone)
	}
	if e.Price.Minor > 0 {
		text += ", " + e.Price.String()
	}
	if e.Status == booking.DraftEvent {
		text += ", a draft"
	}
	return text + "."
}

// newEvent reads what was typed about a new event.
func (a *app) newEvent(in eventInput) (booking.NewEvent, error) {
	n := booking.NewEvent{Slug: in.slug}
	n.Name, n.Venue, n.Description = in.name, in.venue, in.description
	var f form
	f.require("name", in.name)
	if f.require("capacity", in.capacity) {
		n.Capacity = f.count("capacity", in.capacity)
	}
	if in.price == "" {
		in.price = "0"
	}
	f.price(&n.Price, in.price, a.config.Currency)
	zone, guessed := a.zone()
	if guessed && (in.startsAt != "" || in.endsAt != "") {
		a.note("The time zone of this machine is not known, times are taken as UTC; see --tz.")
	}
	n.Zone = zone
	if clocks, err := booking.LoadZone(zone); err != nil {
		f.fail(fieldZone, err)
	} else {
		now := a.env.Now()
		n.StartsAt = f.when("starts_at", in.startsAt, clocks, now)
		n.EndsAt = f.when("ends_at", in.endsAt, clocks, now)
	}
	err := f.err(n.Validate())
	switch {
	case err == nil:
		return n, nil
	case in.name == "" || in.capacity == "":
		return n, err.WithHint(`evbook event create --name "Go Meetup" --capacity 40`)
	}
	return n, err
}

// price reads an amount of a currency.
func (f *form) price(into *booking.Money, amount, currency string) {
	if _, err := booking.ParseCurrency(currency); err != nil {
		f.fail("currency", err)
		// Whatever the amount is, it is not what is wrong.
		into.Currency = "EUR"
		return
	}
	money, err := booking.ParseMoney(amount, currency)
	f.fail("price", err)
	*into = money
}
