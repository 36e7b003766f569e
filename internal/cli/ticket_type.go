package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

func newTicketType(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "ticket-type",
		Aliases: []string{"ticket-types"},
		Long: `Sell the seats of an event in several ways: adult, child, balcony. Each ticket type
has its own price and may have its own sales window and limits. All of them share the seats of the
event; types that name the same pool share its seats too. An event without types needs none.`,
		Example: `  evbook ticket-type add child --event 1 --price 6
  evbook ticket-type list --event 1
  evbook book --event 1 --type child --qty 2`,
	}
	group.AddCommand(newTypeAdd(a), newPartList(a, "ticket-type", typeListing), newTypeEdit(a),
		a.newTypeSwitch("close", "Take a ticket type off sale; its bookings stay", true),
		a.newTypeSwitch("open", "Put a ticket type back on sale", false))
	return group
}

// typeListing is how the ticket types of an event are listed.
func typeListing(e booking.Event) listing[booking.TicketType] {
	return listing[booking.TicketType]{
		what: "ticket types",
		record: func(t booking.TicketType) httpapi.Record {
			return httpapi.TypeRecord(e, t)
		},
		name: func(t booking.TicketType) string { return t.Name },
		columns: []column{
			{title: "TYPE", flexible: true}, {title: "PRICE", right: true},
			{title: "FREE", right: true, style: freeStyle}, {title: "BOOKED", right: true},
			{title: "HELD", right: true, wide: true}, {title: "WAITING", right: true, wide: true},
			{title: "POOL", flexible: true}, {title: "SALES OPEN", wide: true},
			{title: "SALES CLOSE", wide: true}, {title: "MIN", right: true, wide: true},
			{title: "MAX", right: true, wide: true}, {title: "CODE", wide: true},
			{title: "STATUS", style: statusStyle},
		},
		cells: func(t booking.TicketType) []string {
			pool := ""
			if p := e.PoolOf(t); p != nil {
				pool = p.Name
			}
			return []string{
				t.Name, price(t.Price), strconv.Itoa(e.AvailableOf(t)), strconv.Itoa(t.Confirmed),
				strconv.Itoa(t.Held), strconv.Itoa(t.Waiting), pool,
				booking.FormatWhen(t.SalesOpen, e.Zone), booking.FormatWhen(t.SalesClose, e.Zone),
				limit(t.MinPerBooking), limit(t.MaxPerBooking), required(t.CodeRequired),
				typeStatus(t),
			}
		},
		envelope: func([]booking.TicketType, string) httpapi.Envelope {
			return httpapi.ListedTypes(e)
		},
		page: func(visit func(booking.TicketType) error) (string, error) {
			return "", visitAll(e.Types, nil, visit)
		},
	}
}

// limit is a limit of seats for people, "" for none.
func limit(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// required says for people that an access code is needed.
func required(code bool) string {
	if code {
		return "required"
	}
	return ""
}

// typeStatus is that of a ticket type, in the words for events.
func typeStatus(t booking.TicketType) string {
	if t.Closed {
		return string(booking.ClosedEvent)
	}
	return string(booking.OpenEvent)
}

// newTypeSwitch makes the command that closes a ticket type, or opens it.
func (a *app) newTypeSwitch(name, short string, closed bool) *cobra.Command {
	var event string
	example := "evbook ticket-type " + name + " child --event 1"
	cmd := &cobra.Command{
		Use:     name + " NAME --event ID|SLUG",
		Short:   short,
		Example: "  " + example,
		Args:    oneArgument("the ticket type", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			var f form
			edit := booking.TypeEdit{Event: f.owner(event), Type: args[0], Closed: &closed}
			if err := f.err(nil); err != nil {
				return err.WithHint("%s", example)
			}
			envelope, text := httpapi.OpenedType, "Ticket type %s of %s is on sale."
			if closed {
				envelope, text = httpapi.ClosedType, "Ticket type %s of %s is closed."
			}
			return a.editType(cmd.Context(), edit, envelope, func(p *page, t booking.TypeAnswer) {
				p.line(text, t.Type.Name, title(t.Event))
			})
		}),
	}
	declareEvent(cmd.Flags(), &event)
	a.declareDryRun(cmd.Flags())
	return cmd
}
