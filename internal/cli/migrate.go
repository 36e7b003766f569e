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

func newMigrate(a *app) *cobra.Command {
	group := &cobra.Command{
		Use: "migrate",
		Long: `Set a database up, or bring it up to date with this evbook. A PostgreSQL database
needs it once, and after each upgrade of evbook that says so; the role must be allowed to create
tables, which that of a server need not be. A file is set up by the first change anyhow.`,
		Example: `  evbook migrate up --db postgres://db.example/events
  evbook migrate status`,
	}
	group.AddCommand(newMigrateStatus(a), newMigrateUp(a))
	return group
}

// schemaView is how far a database is, as JSON.
type schemaView struct {
	// Database is its file, or its address without user and password.
	Database string `json:"database"`
	// Schema is the number of the schema, 0 where there is none yet; Newest is that of this evbook.
	Schema int `json:"schema"`
	Newest int `json:"newest"`
	// State is "none", "older", "current" or "newer".
	State string `json:"state"`
}

// migrationView is what was done to a database, as JSON.
type migrationView struct {
	schemaView
	// Before is what the number of the schema was.
	Before int `json:"before"`
}

func (a *app) viewSchema(number int) schemaView {
	v := schemaView{a.database(), number, storage.SchemaVersion(), "current"}
	switch {
	case number == 0:
		v.State = "none"
	case number < v.Newest:
		v.State = "older"
	case number > v.Newest:
		v.State = "newer"
	}
	return v
}

func newMigrateStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show whether the database is set up and up to date",
		Long: `Show whether the database is set up and up to date. The state is none, older, current
or newer than this evbook. Nothing is changed.

Exit code 0 if evbook migrate up has nothing to do, else 8, as when the database cannot be used.`,
		Example: `  evbook migrate status
  evbook migrate status || evbook migrate up
  evbook migrate status --fields state -o csv --no-header`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.migrateStatus(cmd.Context())
		}),
	}
}

func (a *app) migrateStatus(ctx context.Context) error {
	number, err := storage.SchemaOf(ctx, a.options())
	if err != nil {
		return err
	}
	view := a.viewSchema(number)
	message := view.sentence()
	ans := answer{
		envelope: httpapi.Envelope{Success: true, Message: message, Data: view},
		names:    []string{strconv.Itoa(number)},
		text:     func(p *page) { p.line("%s.", message) },
	}
	if number >= view.Newest {
		return a.show(ans)
	}
	ans.envelope.Success = false
	ans.envelope.Error = &httpapi.Failure{Code: string(booking.Unavailable)}
	if err := a.show(ans); err != nil {
		return err
	}
	return answered{booking.Unavailable}
}

// sentence tells how far a database is, and what to do.
func (v schemaView) sentence() string {
	switch v.State {
	case "none":
		return v.Database + " is not set up, evbook migrate up does it"
	case "older":
		return fmt.Sprintf("%s has schema %d, evbook migrate up brings it to %d", v.Database,
			v.Schema, v.Newest)
	case "newer":
		return fmt.Sprintf("%s has schema %d, which is newer than this evbook (%d)", v.Database,
			v.Schema, v.Newest)
	}
	return fmt.Sprintf("%s has schema %d, it is up to date", v.Database, v.Schema)
}

func newMigrateUp(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "up",
		Short: "Set the database up, or bring it up to date",
		Long: `Set the database up, or bring it up to date. Several at once wait for each other, and
doing it again does nothing. What is in the database stays. There is no way back but a backup.`,
		Example: `  evbook migrate up
  evbook migrate up --db postgres://owner@db.example/events`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.migrateUp(cmd.Context())
		}),
	}
}

func (a *app) migrateUp(ctx context.Context) error {
	from, to, err := storage.Migrate(ctx, a.options())
	if err != nil {
		return err
	}
	view := migrationView{a.viewSchema(to), from}
	message := view.sentence()
	return a.say(answer{
		envelope: httpapi.Envelope{Success: true, Message: message, Data: view},
		names:    []string{strconv.Itoa(to)},
		text:     func(p *page) { p.line("%s.", message) },
		done:     message,
	})
}

// sentence tells what was done.
func (v migrationView) sentence() string {
	switch {
	case v.Before == v.Schema:
		return v.schemaView.sentence()
	case v.Before == 0:
		return fmt.Sprintf("%s was set up with schema %d", v.Database, v.Schema)
	}
	return fmt.Sprintf("%s was brought from schema %d to %d", v.Database, v.Before, v.Schema)
}
