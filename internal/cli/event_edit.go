package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newEventEdit(a *app) *cobra.Command {
	var in eventInput
	const example = `evbook event edit 1 --capacity 60`
	cmd := &cobra.Command{
		Use:   "edit ID|SLUG",
		Short: "Change the details of an event",
		Long: `Change the details of an event; what is not given stays as it is. A time is read
by the clocks of --tz, else of the event's own zone; an empty one means that it is not decided
any more. The price of bookings that were made before stays what it was.`,
		Example: "  " + example + `
  evbook event edit go-meetup --starts-at "2026-12-02 19:00" --ends-at ""`,
		Args: oneArgument("the event", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			given := cmd.Flags().Changed
			if !in.any(given) {
				return booking.Errorf(booking.Invalid, "nothing to change").WithHint("%s", example)
			}
			return a.editEvent(cmd.Context(), args[0], in, given)
		}),
	}
	in.declare(cmd)
	return cmd
}

// any says whether any detail of an event was given.
func (in eventInput) any(given func(flag string) bool) bool {
	for _, flag := range []string{
		"name", "capacity", "price", "currency", "starts-at", "ends-at", "tz", "venue",
		"description", "slug",
	} {
		if given(flag) {
			return true
		}
	}
	return false
}

func (a *app) editEvent(
	ctx context.Context, text string, in eventInput, given func(string) bool,
) error {
	selector, err := booking.ParseSelector(text)
	if err != nil {
		return err
	}
	var e booking.Event
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		// Times are read in the event's zone and amounts in its currency.
		if e, err = store.Event(ctx, selector); err != nil {
			return err
		}
		change, err := in.edit(e, given, a.env.Now())
		if err != nil {
			return err
		}
		e, err = store.EditEvent(ctx, booking.Selector{ID: e.ID}, change)
		return err
	})
	if err != nil {
		return err
	}
	return a.say(answer{
		envelope: httpapi.EditedEvent(e),
		names:    []string{strconv.FormatInt(e.ID, 10)},
		text:     func(p *page) { p.line("Saved event %s %d left.", summary(e), e.Available()) },
	})
}

// edit reads what was typed about an event that exists.
func (in *eventInput) edit(
	e booking.Event, given func(string) bool, now time.Time,
) (booking.Edit, error) {
	var change booking.Edit
	var f form
	for flag, text := range map[string]struct {
		from *string
		into **string
	}{
		"name": {&in.name, &change.Name}, "venue": {&in.venue, &change.Venue},
		"description": {&in.description, &change.Description},
		"slug":        {&in.slug, &change.Slug}, "tz": {&in.zone, &change.Zone},
	} {
		if given(flag) {
			*text.into = text.from
		}
	}
	if given("capacity") {
		n := f.count("capacity", in.capacity)
		change.Capacity = &n
	}
	if given("price") || given("currency") {
		change.Price = in.newPrice(&f, e.Price, given)
	}
	in.editTimes(&f, &change, e.Zone, given, now)
	if err := f.err(nil); err != nil {
		return change, err
	}
	return change, nil
}

// newPrice fills what was not given with what it was.
func (in *eventInput) newPrice(
	f *form, before booking.Money, given func(string) bool,
) *booking.Money {
	amount, currency := before.Amount(), before.Currency
	if given("price") {
		amount = in.price
	}
	if given("currency") {
		currency = in.currency
	}
	var price booking.Money
	f.price(&price, amount, currency)
	return &price
}

func (in *eventInput) editTimes(
	f *form, change *booking.Edit, zone string, given func(string) bool, now time.Time,
) {
	if given("tz") {
		zone = in.zone
	}
	clocks, err := booking.LoadZone(zone)
	if err != nil {
		f.fail(fieldZone, err)
		return
	}
	if given("starts-at") {
		t := f.when("starts_at", in.startsAt, clocks, now)
		change.StartsAt = &t
	}
	if given("ends-at") {
		t := f.when("ends_at", in.endsAt, clocks, now)
		change.EndsAt = &t
	}
}
