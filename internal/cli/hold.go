package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newHold(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "hold",
		Aliases: []string{"holds"},
		Long: `Hold seats while a customer fills in a form or pays. Nobody else can book them until
the hold lapses, by itself after 10 minutes unless told otherwise; its seats are free again then.
Confirming it in time makes it a booking like any other, under the same reference.`,
		Example: `  evbook hold create --event 1 --qty 2 --ttl 15m
  evbook hold confirm ` + exampleReference,
	}
	group.AddCommand(newHoldCreate(a), newHoldList(a), newHoldShow(a), newHoldConfirm(a),
		newHoldExtend(a), newHoldRelease(a))
	return group
}

// declareTTL adds the flag that says how long seats are held.
func declareTTL(flags *pflag.FlagSet, ttl **string) {
	declareOptional(flags, ttl, "ttl", "`DURATION` to hold them from now on, 1m to 24h (10m)")
}

func newHoldShow(a *app) *cobra.Command {
	const example = "evbook hold show " + exampleReference
	return &cobra.Command{
		Use:     "show REFERENCE",
		Short:   "Show one hold, or what has become of it",
		Example: "  " + example,
		Args:    oneArgument("the reference", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.showBooking(cmd.Context(), args[0])
		}),
	}
}
