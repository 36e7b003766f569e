package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newTokenRevoke(a *app) *cobra.Command {
	var yes bool
	const example = "evbook token revoke 1"
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "Take a token out of use for good",
		Long: `Take a token out of use for good. Servers refuse it a second later at most. This is
asked for on a terminal and takes --yes elsewhere.`,
		Example: "  " + example + "\n  " + example + " --yes",
		Args:    tokenArgument(example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.revokeToken(cmd.Context(), args[0], yes)
		}),
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do it without asking")
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) revokeToken(ctx context.Context, text string, agreed bool) error {
	id, err := readTokenID(text, "evbook token revoke")
	if err != nil {
		return err
	}
	var revoked booking.Token
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		// In a dry run the person would be asked, and could agree.
		if !agreed && !(a.dryRun && a.canAsk()) {
			if err := a.agreeToRevoke(ctx, store, id); err != nil {
				return err
			}
		}
		revoked, err = store.RevokeToken(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	envelope := httpapi.RevokedToken(revoked, a.env.Now())
	return a.sayChanged(answer{
		envelope: envelope,
		done:     envelope.Message,
		names:    []string{text},
		text: func(p *page) {
			p.line("Token %d %q is revoked: nobody gets in with it any more.", revoked.ID,
				revoked.Name)
		},
	})
}

// agreeToRevoke asks a person, and refuses where there is none. A token that is revoked already is
// not asked about.
func (a *app) agreeToRevoke(ctx context.Context, store *storage.Store, id int64) error {
	t, err := store.Token(ctx, id)
	if err != nil || !t.RevokedAt.IsZero() {
		return err
	}
	if !a.canAsk() {
		return booking.Errorf(booking.Conflict, "this would revoke token %d %q for good", id,
			t.Name).WithHint("--yes does it")
	}
	yes, err := a.confirm(ctx, fmt.Sprintf("Revoke token %d %q for good?", id, t.Name))
	if err == nil && !yes {
		err = booking.Errorf(booking.Conflict, "token %d was not revoked", id)
	}
	return err
}
