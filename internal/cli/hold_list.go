package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/booking"
)

func newHoldList(a *app) *cobra.Command {
	var in bookingListInput
	cmd := &cobra.Command{
		Use:     "list [--event ID|SLUG]",
		Aliases: []string{"ls"},
		Short:   "List the holds of one event or of all",
		Long: `List the holds of one event or of all that have not lapsed, oldest first unless
sorted otherwise. It is booking list with --status held, and shows when each hold lapses; --status
expired,released lists what became of others.`,
		Example: `  evbook hold list --event 1
  evbook hold list --status expired --since today
  evbook hold list --all -o csv --fields reference,quantity,expires_at`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			if in.status == nil {
				held := string(booking.Held)
				in.status = &held
			}
			return a.listBookings(cmd, in, holdListing())
		}),
	}
	in.declare(cmd)
	return cmd
}

// holdListing is how holds are listed: as bookings, but to people it matters more when they lapse
// than when they were made.
func holdListing() listing[booking.Booking] {
	list := bookingListing()
	list.what = "holds"
	for i, column := range list.columns {
		switch column.title {
		case expiresTitle:
			list.columns[i].wide = false
		case bookedTitle:
			list.columns[i].wide = true
		}
	}
	return list
}
