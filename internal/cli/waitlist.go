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

func newWaitlist(a *app) *cobra.Command {
	group := &cobra.Command{
		Use: "waitlist",
		Long: `Wait for seats of a sold-out event. Seats that come free are offered to those who
wait before anybody else can book them: an offer is a hold, for 4 hours unless the event says
otherwise, under the reference that the entry had from the beginning. hold confirm takes it, hold
release gives it back, and an offer that lapses goes to the next. What left the waitlist never comes
back to it by itself.`,
		Example: `  evbook waitlist join --event 1 --qty 2 --email ada@example.org
  evbook waitlist list --event 1
  evbook waitlist explain ` + exampleReference + `
  evbook hold confirm ` + exampleReference,
	}
	group.AddCommand(newWaitlistJoin(a), newWaitlistList(a), newWaitlistExplain(a),
		newWaitlistLeave(a))
	return group
}

func newWaitlistExplain(a *app) *cobra.Command {
	const example = "evbook waitlist explain " + exampleReference
	return &cobra.Command{
		Use:   "explain REFERENCE",
		Short: "Say why an entry still waits, or what became of it",
		Long: `Say which place an entry has in the waitlist, for how many seats those before it
wait, and why it is not offered its seats yet; or what became of it.`,
		Example: "  " + example,
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.explainWait(cmd.Context(), args[0])
		}),
	}
}

func (a *app) explainWait(ctx context.Context, text string) error {
	reference, err := booking.ParseReference(text)
	if err != nil {
		return badReference(err)
	}
	w, err := askStore(ctx, a, reading, (*storage.Store).Explain, reference)
	if err != nil {
		return err
	}
	return a.show(answer{
		envelope: httpapi.Explained(w),
		names:    []string{reference.String()},
		text: func(p *page) {
			p.detail("Reference", reference.String())
			p.detail("Event", strconv.FormatInt(w.Event.ID, 10)+" "+titleAndStart(w.Event))
			p.detail("Seats", strconv.Itoa(w.Booking.Quantity))
			p.detail("Types", linesWithPrices(w.Booking))
			p.detail("Status", statusOf(w.Booking))
			switch {
			case w.Position > 1:
				p.detail("Position", fmt.Sprintf("%d, behind who asks for %s", w.Position,
					booking.Seats(w.Ahead)))
			case w.Position == 1:
				p.detail("Position", "1")
			}
			p.detail("Why", w.Reason)
		},
	})
}

// statusOf is the status of a booking for people, who see an offer of the waitlist by it.
func statusOf(b booking.Booking) string {
	if b.Status == booking.Held && !b.OfferedAt.IsZero() {
		return string(b.Status) + " (offered)"
	}
	return string(b.Status)
}
