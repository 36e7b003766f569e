package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newMove(a *app) *cobra.Command {
	const example = "evbook move --from events.db --to postgres://db.example/events"
	var from, to string
	cmd := &cobra.Command{
		Use: "move --from FILE [--to ADDRESS]",
		Long: `Move the whole database from a file to PostgreSQL: events, bookings, references,
secrets, tokens, idempotency keys and journal stay as they are. The other database must be empty; it
is set up if nobody has. Nobody can book in the file meanwhile.

Either everything is moved or nothing: all rows are read back and compared, and every seat is
counted again, before it counts. Then the file cannot be used any more, and says where it went.
After an interruption of any kind, the same command goes on or tells that all is done.

Without --to it goes to the configured database: --dsn-file keeps a password out of the command, as
PGPASSWORD, PGSERVICE and .pgpass do. Stop the servers before, and start them with the new
address.`,
		Example: "  " + example,
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			var f form
			f.require("from", from)
			to, err := a.destination(cmd, to)
			if err != nil {
				return err
			}
			f.require("to", to)
			if len(f.bad) > 0 {
				return f.err(nil).WithHint("%s", example)
			}
			return a.relocate(cmd.Context(), from, to)
		}),
	}
	cmd.Flags().StringVar(&from, "from", "", "the `FILE` that is moved")
	cmd.Flags().StringVar(&to, "to", "", "the `ADDRESS` of an empty database: postgres://HOST/NAME")
	return cmd
}

// destination is where a database is moved to: an address, be it that which is configured.
func (a *app) destination(cmd *cobra.Command, to string) (string, error) {
	for _, name := range []string{"db", "dsn-file"} {
		if to != "" && cmd.Flags().Changed(name) {
			return "", booking.Errorf(booking.Invalid,
				"--to and --%s cannot stand together: give one of them", name)
		}
	}
	if to == "" && storage.IsAddress(a.config.DB) {
		return a.config.DB, nil
	}
	return to, nil
}

// relocatedView is what was moved, as JSON.
type relocatedView struct {
	From string `json:"from"`
	// To is the address without user and password.
	To       string `json:"to"`
	Events   int    `json:"events"`
	Bookings int    `json:"bookings"`
	Entries  int    `json:"entries"`
	// Already is true when an earlier call had moved everything.
	Already bool `json:"already"`
}

func (a *app) relocate(ctx context.Context, from, to string) error {
	shown := new(progress)
	var at storage.Stage
	last := 0
	done, err := storage.Relocate(ctx, storage.Relocation{
		From: from, To: to, LockTimeout: a.config.LockTimeout,
		AllowNetworkFS: a.config.AllowsNetworkFS(),
		Progress: func(stage storage.Stage, done, total int) {
			if stage != at {
				shown.end()
				at, last = stage, 0
				shown = a.stage(stage, total)
			}
			shown.add(done - last)
			last = done
		},
	})
	shown.end()
	if err != nil {
		return err
	}
	view := relocatedView(done)
	message := view.sentence()
	return a.say(answer{
		envelope: httpapi.Envelope{Success: true, Message: message, Data: view},
		names:    []string{view.To},
		done:     message,
		text: func(p *page) {
			p.line("%s.", message)
			p.line("From now on, name that address with --db, EVBOOK_DB or evbook config set db.")
		},
	})
}

// stage shows a person what is done to so many rows, and how far that is where it can be told.
func (a *app) stage(stage storage.Stage, rows int) *progress {
	if stage == storage.Checking {
		return a.busy(string(stage), rows)
	}
	return a.progress(string(stage), rows)
}

// sentence tells what was done.
func (v relocatedView) sentence() string {
	if v.Already {
		return fmt.Sprintf("%s was moved to %s before", v.From, v.To)
	}
	return fmt.Sprintf("moved %s to %s: events %d, bookings %d, journal entries %d", v.From, v.To,
		v.Events, v.Bookings, v.Entries)
}
