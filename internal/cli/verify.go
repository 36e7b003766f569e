package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newVerify(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "verify",
		Long: `Prove that the database is sound: SQLite's own check of a file and of foreign keys,
and every number of seats counted again from the bookings and from the journal. Exit code 0 when
all is sound, 11 when something was found. Nothing is changed.`,
		Example: "  evbook verify\n  evbook verify --db backup.db -o json",
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.verify(cmd.Context())
		}),
	}
}

func (a *app) verify(ctx context.Context) error {
	var report storage.Report
	err := a.withStore(ctx, reading, func(store *storage.Store) error {
		var err error
		report, err = store.Verify(ctx)
		return err
	})
	if err != nil {
		return err
	}
	checks := make([]string, len(report.Findings))
	for i, finding := range report.Findings {
		checks[i] = finding.Check
	}
	ans := answer{
		envelope: httpapi.Verified(report),
		names:    checks,
		text:     func(p *page) { p.report(report) },
	}
	if len(report.Findings) == 0 {
		return a.say(ans)
	}
	if err := a.show(ans); err != nil {
		return err
	}
	return answered{booking.Unsound}
}

func (p *page) report(r storage.Report) {
	verdict := "Sound"
	if len(r.Findings) > 0 {
		verdict = "Not sound"
	}
	p.line("%s: events %d, bookings %d, journal entries %d, findings %d.", verdict, r.Events,
		r.Bookings, r.Entries, len(r.Findings))
	for _, finding := range r.Findings {
		p.line("%s: %s", finding.Check, finding.Detail)
	}
}
