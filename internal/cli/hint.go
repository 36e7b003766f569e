package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/booking"
)

// hint says what to do next, by a command of this door where there is one for the rules' words.
func hint(cmd *cobra.Command, e *booking.Error) string {
	switch {
	case e.Rows > 0:
		return e.Hint
	case e.Instead.Seats > 0 && asksForSeats(cmd):
		return fewer(cmd, e.Instead.Seats)
	case len(e.Instead.Types) > 0:
		return eachType(e.Instead.Types)
	case e.Instead.TTL > 0:
		return fmt.Sprintf("evbook hold extend %s --ttl %s", e.Booking, lasting(e.Instead.TTL))
	case e.Kind == booking.SoldOut && strings.HasSuffix(e.Hint, booking.JoinWaitlist):
		return strings.TrimSuffix(e.Hint+": "+joining(cmd), ": ")
	case e.Hint == booking.BookInstead:
		return bookPath + typedFlags(cmd, "event", "qty", "type", "email", "name", "note", "db",
			"dsn-file", "config")
	case lacksEmail(cmd, e):
		return "evbook booking edit " + shellWord(cmd.Flags().Arg(0)) + " --email ADDRESS"
	case e.Kind == booking.NotFound && e.Booking != 0:
		return "evbook booking list --event ID shows the references"
	}
	if own := ownHints()[e.Hint]; own != "" {
		return strings.NewReplacer("EVENT", strconv.FormatInt(e.Event, 10),
			"REFERENCE", e.Booking.String()).Replace(own)
	}
	return e.Hint
}

// ownHints has the commands that stand here for hints of the rules.
func ownHints() map[string]string {
	return map[string]string{
		booking.GiveCode:     "--code gives the code",
		booking.OpenFirst:    "evbook event open EVENT",
		booking.LookAgain:    "evbook event show EVENT shows it as it is now",
		booking.ListOfEvents: "evbook event list shows what there is",
		booking.ListOfCodes:  "evbook code list --event EVENT shows what there is",
		booking.ListOfTokens: listOfTokens + " what there is",
		booking.CancelIt:     "evbook booking cancel REFERENCE gives its seats back",
		booking.ReleaseIt:    "evbook hold release REFERENCE gives its seats back",
		booking.ConfirmOrRelease: "evbook hold confirm REFERENCE, or evbook hold release " +
			"REFERENCE to give its seats back",
		booking.LeaveIt:    "wait for an offer, or evbook waitlist leave REFERENCE",
		booking.LeaveFirst: "evbook waitlist leave REFERENCE",
	}
}

// lacksEmail says whether a booking needs an e-mail address for a command that has no flag for it.
func lacksEmail(cmd *cobra.Command, e *booking.Error) bool {
	return cmd.Flags().NArg() == 1 && cmd.Flags().Lookup("email") == nil &&
		slices.ContainsFunc(e.Fields, func(f booking.Field) bool { return f.Name == fieldEmail })
}

// asksForSeats says whether a command asks for seats of an event.
func asksForSeats(cmd *cobra.Command) bool {
	return slices.Contains([]string{bookPath, holdCreatePath}, cmd.CommandPath())
}

// fewer is the command as it was typed, but for so many seats of one kind, and in earnest.
func fewer(cmd *cobra.Command, seats int) string {
	line := cmd.CommandPath() + typedFlags(cmd, "event")
	if lines := cmd.Flags().Lookup("line"); lines.Changed {
		name, _, _ := strings.Cut(lines.Value.String(), "=")
		line += " --line " + shellWord(fmt.Sprintf("%s=%d", name, seats))
	} else {
		line += fmt.Sprintf(" --qty %d", seats)
	}
	line += typedFlags(cmd, "type", "code")
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"event", "line", "qty", "type", "code", "dry-run"}, f.Name) {
			line += retyped(f)
		}
	})
	return line
}

// joining is the command that waits for the seats that were asked for; "" where it would take more
// than one.
func joining(cmd *cobra.Command) string {
	if !asksForSeats(cmd) {
		return ""
	}
	line := waitlistJoinPath + typedFlags(cmd, "event")
	if lines := cmd.Flags().Lookup("line"); lines.Changed {
		name, seats, _ := strings.Cut(lines.Value.String(), "=")
		if strings.Contains(seats, ",") {
			return ""
		}
		line += " --qty " + shellWord(seats) + " --type " + shellWord(name)
	} else {
		line += typedFlags(cmd, "qty", "type")
	}
	if !cmd.Flags().Changed("email") {
		line += " --email ADDRESS"
	}
	return line + typedFlags(cmd, "email", "name", "note", "idempotency-key", "db", "config")
}

// eachType shows how seats of several ticket types are named.
func eachType(types []string) string {
	return strings.Join(each(types, func(name string) string {
		return "--line " + shellWord(name+"=1")
	}), " ")
}

// typedFlags gives those of some flags that were typed, as they would be typed again.
func typedFlags(cmd *cobra.Command, names ...string) (again string) {
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			again += retyped(f)
		}
	}
	return again
}

// retyped gives a flag as it would be typed again.
func retyped(f *pflag.Flag) string {
	if f.Value.Type() == "bool" {
		return " --" + f.Name + "=" + f.Value.String()
	}
	return " --" + f.Name + " " + shellWord(f.Value.String())
}
