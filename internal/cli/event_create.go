package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// eventInput is what was typed about an event; nil is what was not. The currency and the zone are
// in the configuration too, since their flags are only the nearest of several places.
type eventInput struct {
	name, capacity, price, currency, startsAt, endsAt, zone, venue, description, slug *string
	saleInput
}

func (in *eventInput) declare(cmd *cobra.Command) {
	flags := cmd.Flags()
	declareOptional(flags, &in.name, "name", "`NAME` of the event")
	declareOptional(flags, &in.capacity, "capacity", "`N` seats")
	declareOptional(flags, &in.price, "price", "`AMOUNT` that one seat costs, such as 12.50 (0)")
	declareOptional(flags, &in.currency, "currency", "`CODE` of the price's currency (EUR)")
	declareOptional(flags, &in.startsAt, "starts-at", "`TIME` of the start, such as tomorrow 19:00")
	declareOptional(flags, &in.endsAt, "ends-at", "`TIME` of the end")
	declareOptional(flags, &in.zone, "tz", "time `ZONE`, such as Europe/Berlin")
	declareOptional(flags, &in.venue, "venue", "`PLACE` of the event")
	declareOptional(flags, &in.description, "description", "`TEXT` about the event")
	declareOptional(flags, &in.slug, "slug", "`SLUG`, a short name for commands and links")
	in.saleInput.declare(cmd)
}

func newEventCreate(a *app) *cobra.Command {
	var in eventInput
	var draft bool
	var key *string
	cmd := &cobra.Command{
		Use:   "create --name NAME --capacity N",
		Short: "Create an event",
		Long: `Create an event and put it on sale. The database is made when there is none.

A time is one of: 2026-12-01 19:00, 2026-12-01T19:00:00+01:00, tomorrow 19:00, fri 19:00, +3d2h.
It is read by the clocks of --tz, else of the configured zone, else of this machine.`,
		Example: `  evbook event create --name "Go Meetup" --capacity 40
  evbook event create --name "Go Meetup" --capacity 40 --price 12.50 --currency EUR \
    --starts-at "2026-12-01 19:00" --tz Europe/Berlin --slug go-meetup
  evbook event create --name "Go Meetup" --capacity 40 --max-per-customer 4 \
    --sales-open "tomorrow 10:00"`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.createEvent(cmd.Context(), in, draft, key)
		}),
	}
	in.declare(cmd)
	cmd.Flags().BoolVar(&draft, "draft", false, "do not put it on sale yet")
	declareKey(cmd.Flags(), &key)
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) createEvent(ctx context.Context, in eventInput, draft bool, key *string) error {
	event, err := a.newEvent(in, key)
	if err != nil {
		return err
	}
	event.Draft = draft
	created, err := askStore(ctx, a, creating, (*storage.Store).CreateEvent, event)
	if err != nil {
		return err
	}
	if created.Replayed {
		a.note("This key was used before: no new event was created.")
	}
	e := created.Event
	a.noteOver(e)
	return a.sayChanged(answer{
		envelope: httpapi.CreatedEvent(created),
		done:     fmt.Sprintf("created event %d", e.ID),
		names:    numberOf(e),
		text:     func(p *page) { p.line("Created event %s", in.summary(e)) },
	})
}

// noteOver says when an event that was just written down has an end in the past.
func (a *app) noteOver(e booking.Event) {
	switch {
	case !e.Over(a.env.Now()):
	case e.ID == 0:
		a.note("The end of the event is in the past: nobody could book it.")
	default:
		a.note("The end of event %d is in the past: nobody can book it.", e.ID)
	}
}

// summary is what there is to say about an event in one sentence. It has every time that was
// typed, and the zone when nothing else would show it.
func (in eventInput) summary(e booking.Event) string {
	text := fmt.Sprintf("%s: %s", title(e), booking.Seats(e.Capacity))
	if e.ID != 0 {
		text = fmt.Sprintf("%d %s", e.ID, text)
	}
	starts, ends := booking.FormatWhen(e.StartsAt, e.Zone), booking.FormatWhen(e.EndsAt, e.Zone)
	if starts != "" {
		text += ", " + starts
	}
	if ends != "" {
		text += " until " + ends
	}
	if in.zone != nil && in.startsAt == nil && in.endsAt == nil {
		text += ", times in " + e.Zone
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
func (a *app) newEvent(in eventInput, key *string) (booking.NewEvent, error) {
	var f form
	n := booking.NewEvent{
		Slug: or(in.slug, ""), StartsText: or(in.startsAt, ""), EndsText: or(in.endsAt, ""),
		Key: f.key(key),
	}
	n.Name, n.Venue, n.Description = or(in.name, ""), or(in.venue, ""), or(in.description, "")
	f.require("name", n.Name)
	capacity := or(in.capacity, "")
	if f.require("capacity", capacity) {
		n.Capacity = f.count("capacity", capacity)
	}
	n.Price = f.price(or(in.price, "0"), a.config.Currency)
	n.Zone = a.zoneOf(in)
	clocks, err := booking.LoadZone(n.Zone)
	if err != nil {
		f.fail(fieldZone, err)
		clocks = time.UTC // what is no time is none in any zone
	}
	now := a.env.Now()
	n.StartsAt = f.when("starts_at", n.StartsText, clocks, now)
	n.EndsAt = f.when("ends_at", n.EndsText, clocks, now)
	in.saleInput.apply(&f, &n, clocks, now)
	invalid := f.err(n.Validate())
	switch {
	case invalid == nil:
		return n, nil
	case n.Name == "" || capacity == "":
		return n, invalid.WithHint(`evbook event create --name "Go Meetup" --capacity 40`)
	}
	return n, invalid
}

// zoneOf is the zone of a new event.
func (a *app) zoneOf(in eventInput) string {
	if in.zone != nil {
		return *in.zone
	}
	zone, guessed := a.zone()
	if guessed && (in.startsAt != nil || in.endsAt != nil) {
		a.note("The time zone of this machine is not known, times are taken as UTC; see --tz.")
	}
	return zone
}

// price reads an amount of a currency.
func (f *form) price(amount, currency string) booking.Money {
	if _, err := booking.ParseCurrency(currency); err != nil {
		f.fail(fieldCurrency, err)
		currency = "EUR" // what is no amount is none in any currency
	}
	money, err := booking.ParseMoney(amount, currency)
	if err != nil {
		f.fail("price", err)
		money.Currency = currency
	}
	return money
}
