package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
)

func newWaitlistList(a *app) *cobra.Command {
	var in bookingListInput
	cmd := &cobra.Command{
		Use:     "list [--event ID|SLUG]",
		Aliases: []string{"ls"},
		Short:   "List who waits for seats, and who has an offer",
		Long: `List who waits for seats of one event or of all, and who has an offer that stands, in
the order in which they joined unless sorted otherwise. --status left,expired,released,confirmed
lists what became of others. An offer shows when it lapses.`,
		Example: `  evbook waitlist list --event 1
  evbook waitlist list --event 1 --status waiting -o csv --fields reference,quantity,user_email`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			in.waitlist = true
			if in.status == nil {
				standing := string(booking.Waiting + "," + booking.Held)
				in.status = &standing
			}
			return a.listBookings(cmd, in, waitlistListing())
		}),
	}
	in.declare(cmd)
	return cmd
}

// waitlistListing is how the waitlist is listed: as holds are, for an offer is one, and with the
// time since when people wait.
func waitlistListing() listing[booking.Booking] {
	list := holdListing()
	list.what = "entries"
	for i, column := range list.columns {
		if column.title == bookedTitle {
			list.columns[i].title, list.columns[i].wide = "JOINED (UTC)", false
		}
	}
	return list
}
