package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newBackup(a *app) *cobra.Command {
	const example = "evbook backup --out events-2026-12-01.db"
	var out string
	cmd := &cobra.Command{
		Use: "backup --out FILE",
		Long: `Save a copy of a database file while it is in use. The copy is checked, and on disk
when the command ends. It never replaces a file that exists. For PostgreSQL there is pg_dump.`,
		Example: "  " + example,
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			var f form
			f.require("out", out)
			if out == "-" {
				f.bad.Add("out", "a backup needs a file, it cannot go to the standard output")
			}
			if len(f.bad) > 0 {
				return f.err(nil).WithHint("%s", example)
			}
			return a.backup(cmd.Context(), out)
		}),
	}
	cmd.Flags().StringVar(&out, "out", "", "the `FILE` to write, which must not exist")
	return cmd
}

func (a *app) backup(ctx context.Context, out string) error {
	saved, err := askStore(ctx, a, reading, (*storage.Store).Backup, out)
	if err != nil {
		return err
	}
	return a.say(answer{
		envelope: httpapi.BackedUp(saved),
		done:     "saved as " + saved.Path,
		names:    []string{saved.Path},
		text: func(p *page) {
			p.line("Saved a checked copy of %s as %s (%d bytes).", a.database(), saved.Path,
				saved.Bytes)
		},
	})
}
