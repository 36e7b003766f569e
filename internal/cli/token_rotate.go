package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newTokenRotate(a *app) *cobra.Command {
	var overlap *string
	const example = "evbook token rotate 1"
	cmd := &cobra.Command{
		Use:   "rotate ID",
		Short: "Give a token another secret, and show it, this once",
		Long: `Give a token another secret, and show it, this once. The old one is void at once, or
after --overlap, which leaves time to put the new one in its places. Number, name, events and expiry
stay.`,
		Example: "  " + example + "\n  " + example + " --overlap 1h",
		Args:    tokenArgument(example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.rotateToken(cmd.Context(), args[0], overlap)
		}),
	}
	declareOptional(cmd.Flags(), &overlap, "overlap",
		"`DURATION` for which the old secret stays good, at most 168h (0s)")
	a.declareDryRun(cmd.Flags())
	return cmd
}

// overlap reads for how long an old secret stays good; nil is not at all.
func (f *form) overlap(typed *string) time.Duration {
	if typed == nil {
		return 0
	}
	d, err := time.ParseDuration(*typed)
	if err != nil || d < 0 || d > booking.MaxOverlap {
		f.bad.Add(fieldOverlap, fmt.Sprintf(
			"must be a duration from 0s to %gh such as 1h, got %.40q",
			booking.MaxOverlap.Hours(), *typed))
	}
	return d
}

func (a *app) rotateToken(ctx context.Context, text string, overlap *string) error {
	id, err := readTokenID(text, "evbook token rotate")
	if err != nil {
		return err
	}
	var f form
	ask := booking.Rotation{ID: id, Overlap: f.overlap(overlap)}
	if err := f.err(nil); err != nil {
		return err
	}
	made, err := askStore(ctx, a, changing, (*storage.Store).RotateToken, ask)
	if err != nil {
		return err
	}
	return a.sayIssued(made, httpapi.RotatedToken(made, a.env.Now()), "rotated", func(p *page) {
		p.line("Token %d %q has another secret.", made.Token.ID, made.Token.Name)
		a.tokenDetails(p, made.Token)
	})
}
