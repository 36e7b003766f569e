package cli

import (
	"slices"

	"github.com/spf13/cobra"
)

const (
	groupEvents     = "events"
	groupBooking    = "booking"
	groupOperations = "operations"
	groupTools      = "tools"
)

// branch is a command right below the program.
type branch struct {
	name, group, short string
	// build makes the command and all below it, without what is said of it here.
	build func(*app) *cobra.Command
}

// branches lists what the program can do, in the order of the work.
func branches() []branch {
	return []branch{
		{"event", groupEvents, "Create, list, show, change and cancel events", newEvent},
		{"ticket-type", groupEvents,
			"Sell the seats of an event in several ways: adult, child, balcony", newTicketType},
		{"pool", groupEvents,
			"Limit the seats that some ticket types share: the balcony, a boat", newPool},
		{"code", groupEvents, "Sell seats to people with an access code only", newCode},
		{"book", groupBooking, "Book seats of an event, or many bookings of a file", newBook},
		{"hold", groupBooking, "Hold seats for a while, then confirm or release them", newHold},
		{"booking", groupBooking, "List, show, change, cancel and forget bookings", newBooking},
		{"waitlist", groupBooking, "Wait for seats of a sold-out event", newWaitlist},
		{"check", groupBooking, "Say whether seats can be booked", newCheck},
		{"serve", groupOperations, "Serve events and bookings over HTTP", newServe},
		{"token", groupOperations, "Let people and programs in over the network", newToken},
		{"verify", groupOperations, "Prove that the database is sound", newVerify},
		{"doctor", groupOperations,
			"Look at the database and what it rests on, and say what to do", newDoctor},
		{"backup", groupOperations,
			"Save a copy of a database file while it is in use", newBackup},
		{"migrate", groupOperations, "Set a database up, or bring it up to date", newMigrate},
		{"move", groupOperations,
			"Move the whole database from a file to PostgreSQL", newMove},
		{"log", groupOperations, "Show what was changed, when and by whom", newLog},
		{"config", groupTools, "Show, write and check the configuration", newConfig},
		{"openapi", groupTools, "Print the contract of the HTTP API", newOpenAPI},
		{"demo", groupTools, "Show in a second that seats are never oversold", newDemo},
		{"bench", groupTools,
			"Measure how many bookings this machine, a database or a server can take", newBench},
		{"version", groupTools, "Show the version of evbook and of what it is made of",
			newVersion},
	}
}

// addBranches builds what a line needs of the commands, which takes longer than most lines do: of a
// line that begins with a command nothing but that one, for the help of the program what is said of
// each there, and else all.
func (a *app) addBranches(root *cobra.Command, line []string) {
	all := branches()
	first := slices.IndexFunc(all, func(b branch) bool {
		return len(line) > 0 && b.name == line[0]
	})
	switch {
	case first >= 0:
		root.AddCommand(all[first].command(a))
		root.CompletionOptions.DisableDefaultCmd = true
	case len(line) == 1 && slices.Contains([]string{"--help", "-h"}, line[0]):
		for _, b := range all {
			root.AddCommand(b.named())
		}
	default:
		for _, b := range all {
			root.AddCommand(b.command(a))
		}
	}
}

// command builds the command.
func (b branch) command(a *app) *cobra.Command {
	cmd := b.build(a)
	cmd.Short, cmd.GroupID = b.short, b.group
	return cmd
}

// named gives no more of the command than a list of commands shows.
func (b branch) named() *cobra.Command {
	return &cobra.Command{
		Use: b.name, Short: b.short, GroupID: b.group,
		Run: func(*cobra.Command, []string) {}, // lists leave out what cannot run
	}
}
