package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// typeInput is what was typed about a ticket type; nil is what was not.
type typeInput struct {
	event                                    string
	name, price, pool, salesOpen, salesClose *string
	least, most                              *string
	codeRequired                             *bool
}

func (in *typeInput) declare(cmd *cobra.Command, price string) {
	flags := cmd.Flags()
	declareEvent(flags, &in.event)
	declareOptional(flags, &in.name, "name", "`NAME` of the ticket type")
	declareOptional(flags, &in.price, "price", "`AMOUNT` that one seat costs"+price)
	declareOptional(flags, &in.pool, "pool", "`POOL` in which its seats count too")
	declareOptional(flags, &in.salesOpen, "sales-open", "`TIME` from which it is sold")
	declareOptional(flags, &in.salesClose, "sales-close", "`TIME` until which it is sold")
	declareOptional(flags, &in.least, "min-per-booking", "at least `N` seats in a booking")
	declareOptional(flags, &in.most, "max-per-booking", "at most `N` seats in a booking")
	declareSwitch(flags, &in.codeRequired, "code-required", "sell it with an access code only")
}

func newTypeAdd(a *app) *cobra.Command {
	var in typeInput
	const example = "evbook ticket-type add child --event 1 --price 6"
	cmd := &cobra.Command{
		Use:   "add NAME --event ID|SLUG",
		Short: "Add a ticket type to an event",
		Long: `Add a ticket type to an event. From then on every booking of the event is of a type;
those that were made before stay as they are. A time is read by the clocks of the event's zone.`,
		Example: "  " + example + `
  evbook ticket-type add "early bird" --event 1 --price 9 --sales-close "2026-12-01 00:00"`,
		Args: atMostOneArgument,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.addType(cmd.Context(), args, in, example)
		}),
	}
	in.declare(cmd, " (that of the event)")
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) addType(ctx context.Context, args []string, in typeInput, example string) error {
	var f form
	ask := booking.NewType{
		Event: f.owner(in.event), Name: f.named(args, in.name), Pool: or(in.pool, ""),
		SalesOpen: or(in.salesOpen, ""), SalesClose: or(in.salesClose, ""),
		CodeRequired: in.codeRequired != nil && *in.codeRequired,
	}
	if in.price != nil {
		f.require("price", *in.price)
		ask.Price = *in.price
	}
	if in.least != nil {
		ask.MinPerBooking = f.count("min_per_booking", *in.least)
	}
	if in.most != nil {
		ask.MaxPerBooking = f.count("max_per_booking", *in.most)
	}
	rules := func(e booking.Event) error { return ask.Validate(e, a.env.Now()) }
	if err := a.complain(ctx, &f, ask.Event, rules); err != nil {
		return err.WithHint("%s", example)
	}
	added, err := askStore(ctx, a, changing, (*storage.Store).AddType, ask)
	if err != nil {
		return err
	}
	t, e := added.Type, added.Event
	return a.sayChanged(answer{
		envelope: httpapi.AddedType(added),
		done:     fmt.Sprintf("added ticket type %q to event %d", t.Name, e.ID),
		names:    []string{t.Name},
		text: func(p *page) {
			p.line("Added ticket type %s to %s: %s. %d left.", t.Name, title(e), price(t.Price),
				e.AvailableOf(t))
		},
	})
}

func newTypeEdit(a *app) *cobra.Command {
	var in typeInput
	const example = "evbook ticket-type edit child --event 1 --price 7"
	cmd := &cobra.Command{
		Use:   "edit NAME --event ID|SLUG",
		Short: "Change a ticket type",
		Long: `Change a ticket type; what is not given stays as it is. --name renames it. An empty
--pool or time takes it away, and 0 a limit. The price of bookings that were made before stays what
it was. Another pool takes over the seats that are taken.`,
		Example: "  " + example + "\n  " + `evbook ticket-type edit child --event 1 --pool ""`,
		Args:    oneArgument("the ticket type", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			var f form
			edit := booking.TypeEdit{
				Event: f.owner(in.event), Type: args[0], Name: in.name, Price: in.price,
				Pool: in.pool, SalesOpen: in.salesOpen, SalesClose: in.salesClose,
				MinPerBooking: f.countOf("min_per_booking", in.least),
				MaxPerBooking: f.countOf("max_per_booking", in.most),
				CodeRequired:  in.codeRequired,
			}
			rules := func(e booking.Event) error { return edit.Validate(e, a.env.Now()) }
			if err := a.complain(cmd.Context(), &f, edit.Event, rules); err != nil {
				return err.WithHint("%s", example)
			}
			if in == (typeInput{event: in.event}) {
				return booking.Errorf(booking.Invalid, "nothing to change").WithHint("%s", example)
			}
			return a.editType(cmd.Context(), edit, httpapi.EditedType,
				func(p *page, t booking.TypeAnswer) {
					p.line("Saved ticket type %s of %s: %s. %d left.", t.Type.Name, title(t.Event),
						price(t.Type.Price), t.Event.AvailableOf(t.Type))
				})
		}),
	}
	in.declare(cmd, "")
	a.declareDryRun(cmd.Flags())
	return cmd
}

// editType changes a ticket type and tells what it is now.
func (a *app) editType(
	ctx context.Context, edit booking.TypeEdit,
	envelope func(booking.TypeAnswer) httpapi.Envelope, text func(*page, booking.TypeAnswer),
) error {
	edited, err := askStore(ctx, a, changing, (*storage.Store).EditType, edit)
	if err != nil {
		return err
	}
	said := envelope(edited)
	return a.sayChanged(answer{
		envelope: said,
		done:     said.Message,
		names:    []string{edited.Type.Name},
		text:     func(p *page) { text(p, edited) },
	})
}
