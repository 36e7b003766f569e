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

func newEventEdit(a *app) *cobra.Command {
	var in eventInput
	const example = `evbook event edit 1 --capacity 60`
	cmd := &cobra.Command{
		Use:   "edit ID|SLUG",
		Short: "Change the details of an event",
		Long: `Change the details of an event; what is not given stays as it is. A time is read
by the clocks of --tz, else of the event's own zone; an empty one means that it is not decided
any more, and 0 that there is no limit. The price of bookings that were made before stays what it
was.`,
		Example: "  " + example + `
  evbook event edit go-meetup --starts-at "2026-12-02 19:00" --ends-at ""`,
		Args: oneArgument("the event", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if in == (eventInput{}) {
				return booking.Errorf(booking.Invalid, "nothing to change").WithHint("%s", example)
			}
			return a.editEvent(cmd.Context(), args[0], in)
		}),
	}
	in.declare(cmd)
	a.declareIfVersion(cmd.Flags())
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) editEvent(ctx context.Context, text string, in eventInput) error {
	selector, err := booking.ParseSelector(text)
	if err != nil {
		return err
	}
	var f form
	change := in.edit(&f)
	rules := func(e booking.Event) error { return change.Validate(e, a.env.Now()) }
	if err := a.complain(ctx, &f, selector, rules); err != nil {
		return err
	}
	var e booking.Event
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		e, err = store.EditEvent(ctx, selector, change)
		return err
	})
	if err != nil {
		return err
	}
	a.noteOver(e)
	return a.sayChanged(answer{
		envelope: httpapi.EditedEvent(e),
		done:     fmt.Sprintf("saved event %d", e.ID),
		names:    []string{strconv.FormatInt(e.ID, 10)},
		text:     func(p *page) { p.line("Saved event %s %d left.", in.summary(e), e.Available()) },
	})
}

// edit reads what was typed about an event that exists.
func (in eventInput) edit(f *form) booking.Edit {
	change := booking.Edit{
		Slug: in.slug, Name: in.name, Description: in.description, Venue: in.venue, Zone: in.zone,
		Price: in.price, Currency: in.currency, StartsAt: in.startsAt, EndsAt: in.endsAt,
	}
	change.Capacity = f.countOf("capacity", in.capacity)
	in.saleInput.edit(f, &change)
	return change
}
