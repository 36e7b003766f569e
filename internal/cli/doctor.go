package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newDoctor(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "doctor",
		Long: `Look at the database and what it rests on, and say what to do. Of a file these are
its file system, permissions, lock and log; of a PostgreSQL database the server, its clock,
connections, disk settings and standbys, and the rights of the role. Schema and seats are checked
in both.

Each check has a line with ok, warn or bad; what is not ok comes with what mends it. Exit code 0
unless something is bad, which is 11. With -o name only what is not ok is named. Nothing is
changed.`,
		Example: "  evbook doctor\n  evbook doctor --db postgres://db.example/events -o json\n" +
			"  evbook doctor --fields check,state -o csv\n" +
			"  evbook doctor -o name",
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.doctor(cmd.Context())
		}),
	}
}

// diagnosisView is what one check has told, as JSON.
type diagnosisView struct {
	Check string `json:"check"`
	// State is ok, warn or bad.
	State  string `json:"state"`
	Detail string `json:"detail"`
	// Fix is what mends it, empty where all is well.
	Fix string `json:"fix"`
}

func (a *app) doctor(ctx context.Context) error {
	found, err := storage.Doctor(ctx, a.options())
	if err != nil {
		return err
	}
	counts := map[storage.Health]int{}
	views := make([]diagnosisView, len(found))
	var names []string
	for i, d := range found {
		counts[d.State]++
		views[i] = diagnosisView{d.Check, string(d.State), d.Detail, d.Fix}
		if d.State != storage.Good {
			names = append(names, d.Check)
		}
	}
	bad := counts[storage.Bad]
	ans := answer{
		envelope: httpapi.Envelope{
			Success: bad == 0, Data: views,
			Message: fmt.Sprintf("checked %s: ok %d, warn %d, bad %d", a.database(),
				counts[storage.Good], counts[storage.Doubtful], bad),
		},
		names: names,
		text:  func(p *page) { p.diagnoses(views) },
	}
	if bad == 0 {
		return a.say(ans)
	}
	ans.envelope.Error = &httpapi.Failure{Code: string(booking.Unsound)}
	if err := a.show(ans); err != nil {
		return err
	}
	return answered{booking.Unsound}
}

// diagnoses adds a line for each check, and one for what mends it.
func (p *page) diagnoses(views []diagnosisView) {
	for _, v := range views {
		state := p.styles.paint(healthStyle(v.State), fmt.Sprintf("%-4s", v.State))
		fmt.Fprintf(p.to, "%s  %-12s  %s\n", state, v.Check, visible(v.Detail))
		if v.Fix != "" {
			p.line("%18s  fix: %s", "", v.Fix)
		}
	}
}

// healthStyle makes what is not well stand out.
func healthStyle(state string) style {
	switch storage.Health(state) {
	case storage.Bad:
		return red
	case storage.Doubtful:
		return yellow
	}
	return green
}
