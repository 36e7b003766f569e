package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newHoldExtend(a *app) *cobra.Command {
	const example = "evbook hold extend " + exampleReference
	var ttl *string
	cmd := &cobra.Command{
		Use:   "extend REFERENCE",
		Short: "Let a hold last longer",
		Long: fmt.Sprintf(`Let a hold last longer, counted from now on. One that lasts as long
anyway stays as it is. A hold can be extended %d times, and lasts %g hours at most.`,
			booking.MaxExtensions, booking.MaxTTL.Hours()),
		Example: "  " + example + "\n  " + example + " --ttl 30m",
		Args:    oneArgument("the reference", example),
	}
	declareTTL(cmd.Flags(), &ttl)
	request := func(
		f *form, of booking.Reference, key booking.Key,
	) (booking.Extension, error) {
		return booking.Extension{Reference: of, TTL: f.ttl(ttl), Key: key}, nil
	}
	return onBooking(a, cmd, bookingCommand[booking.Extension, booking.Extended]{
		request: request, do: (*storage.Store).Extend, undone: "extended now",
		tell: toldExtension,
	})
}

func toldExtension(e booking.Extended) (answer, bool) {
	b := e.Booking
	return answer{
		envelope: httpapi.Extended(e),
		done:     "extended " + b.Reference.String(),
		text: func(p *page) {
			p.line("Hold %s of %s for %s lasts until %s.", b.Reference, booking.Seats(b.Quantity),
				titleAndStart(e.Event), booking.FormatWhen(b.ExpiresAt, e.Event.Zone))
		},
	}, e.Replayed
}
