package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// declareEvent adds the flag that names the event of what a command is about.
func declareEvent(flags *pflag.FlagSet, event *string) {
	flags.StringVar(event, "event", "", "`ID|SLUG` of the event")
}

// owner reads the event of what a command is about, which has to be named.
func (f *form) owner(event string) (sel booking.Selector) {
	if f.require(fieldEvent, event) {
		sel = f.event(fieldEvent, event)
	}
	return sel
}

// complain gives all that is wrong with what was typed about something of an event: beside what
// cannot be read, what the rules say of all the rest when the event is as it is. It is nil when
// everything can be read, since the rules have their say then anyway.
func (a *app) complain(
	ctx context.Context, f *form, sel booking.Selector, rules func(booking.Event) error,
) *booking.Error {
	if len(f.bad) == 0 || f.has(fieldEvent) {
		return f.err(nil)
	}
	var said error
	// An event that cannot be read has no say: what was typed is wrong in any case.
	if e, err := askStore(ctx, a, reading, (*storage.Store).Event, sel); err == nil {
		said = rules(e)
	}
	return f.err(said)
}

// named gives the name of something new, which is the argument or the value of --name.
func (f *form) named(args []string, flag *string) string {
	switch {
	case len(args) > 0 && flag != nil:
		f.bad.Add("name", fmt.Sprintf("is given twice, %.40q and %.40q", args[0], *flag))
	case len(args) > 0:
		return args[0]
	case flag == nil:
		f.bad.Add("name", "is missing")
	}
	return or(flag, "")
}

// newPartList makes the command of a group that lists what an event is divided into.
func newPartList[T any](
	a *app, group string, list func(booking.Event) listing[T],
) *cobra.Command {
	var event string
	example := "evbook " + group + " list --event 1"
	cmd := &cobra.Command{
		Use:     "list --event ID|SLUG",
		Aliases: []string{"ls"},
		Short:   "List the " + list(booking.Event{}).what + " of an event",
		Example: "  " + example,
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			var f form
			sel := f.owner(event)
			if err := f.err(nil); err != nil {
				return err.WithHint("%s", example)
			}
			e, err := askStore(cmd.Context(), a, reading, (*storage.Store).Event, sel)
			if err != nil {
				return err
			}
			return showList(a, cmd, list(e), false)
		}),
	}
	declareEvent(cmd.Flags(), &event)
	return cmd
}
