package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// waitlistJoinPath is the command that puts somebody on the waitlist.
const waitlistJoinPath = "evbook waitlist join"

// joinInput is what was typed after waitlist join.
type joinInput struct {
	event, quantity string
	customerInput
	ticketType, key *string
}

func newWaitlistJoin(a *app) *cobra.Command {
	var in joinInput
	cmd := &cobra.Command{
		Use:   "join --event ID|SLUG --qty N --email ADDRESS",
		Short: "Put somebody on the waitlist of an event",
		Long: `Put somebody at the end of the waitlist of an event. Seats that anybody can book are
booked or held instead. Where the event lets entries pass those before them, an offer may follow at
once: the status is held then, and hold confirm takes it. An address waits once for each ticket
type of an event.

When the answer never came, repeat the command with the same --idempotency-key: it joins once, and
shows what became of the entry.`,
		Example: `  evbook waitlist join --event 1 --qty 2 --email ada@example.org
  evbook waitlist join --event 1 --qty 1 --type child --email ada@example.org --name Ada`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.joinWaitlist(cmd.Context(), in)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&in.event, "event", "", "`ID|SLUG` of the event")
	flags.StringVar(&in.quantity, "qty", "", "`N` seats to wait for")
	declareOptional(flags, &in.ticketType, "type", "ticket `TYPE` of the seats")
	in.customerInput.declare(flags, "who waits")
	declareKey(flags, &in.key)
	a.declareDryRun(flags)
	return cmd
}

func (in joinInput) request() (booking.Joining, error) {
	var f form
	j := booking.Joining{
		Type: or(in.ticketType, ""), Email: in.email, Name: in.name, Note: in.note,
		Key: f.key(in.key),
	}
	if f.require(fieldEvent, in.event) {
		j.Event = f.event(fieldEvent, in.event)
	}
	if f.require(fieldQuantity, in.quantity) {
		j.Quantity = f.count(fieldQuantity, in.quantity)
	}
	if in.ticketType != nil && *in.ticketType == "" {
		f.bad.Add(fieldType, "is empty; leave it out, or name a ticket type")
	}
	if err := f.err(j.Validate()); err != nil {
		if in.event == "" || in.quantity == "" || in.email == "" {
			return j, err.WithHint(waitlistJoinPath +
				" --event 1 --qty 2 --email ada@example.org")
		}
		return j, err
	}
	return j, nil
}

func (a *app) joinWaitlist(ctx context.Context, in joinInput) error {
	request, err := in.request()
	if err != nil {
		return err
	}
	r, err := askStore(ctx, a, changing, (*storage.Store).Join, request)
	if err != nil {
		return err
	}
	if r.Replayed {
		a.note("This key was used before: nobody joined now. The entry is shown as it is now.")
	}
	names := nameOf(r.Booking)
	err = a.sayChanged(answer{
		envelope: httpapi.Joined(r),
		done:     "joined the waitlist as " + r.Booking.Reference.String(),
		names:    names,
		text: func(p *page) {
			p.joined(r)
			for _, reference := range names {
				p.line("Reference: %s", reference)
			}
		},
	})
	if err == nil && a.forPeople() && len(names) > 0 {
		a.noteNext(r.Booking)
	}
	return err
}

// joined tells people whether they wait or have an offer already.
func (p *page) joined(r booking.Receipt) {
	b := r.Booking
	switch {
	case b.Status == booking.Waiting:
		p.line("Waiting for %s of %s.", seatsOf(b), titleAndStart(r.Event))
	case b.Status == booking.Held && !b.OfferedAt.IsZero():
		p.line("Offered %s of %s until %s, nobody has to wait.", seatsOf(b), titleAndStart(r.Event),
			booking.FormatWhen(b.ExpiresAt, r.Event.Zone))
	default: // perhaps it was moved to another event since
		p.line("Joined the waitlist before, status now: %s.", b.Status)
	}
}

// noteNext tells people what can be done about an entry of the waitlist.
func (a *app) noteNext(b booking.Booking) {
	switch b.Status {
	case booking.Waiting:
		a.note("Why it waits, and behind whom: evbook waitlist explain %s", b.Reference)
	case booking.Held:
		a.note("Confirm it before then: evbook hold confirm %s", b.Reference)
	}
}
