package cli

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newTokenList(a *app) *cobra.Command {
	const example = "evbook token list"
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List all tokens there ever were, but not their secrets",
		Example: "  " + example + "\n  " + example + " -o csv --fields id,name,status",
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			var tokens []booking.Token
			err := a.withStore(cmd.Context(), reading, func(store *storage.Store) (err error) {
				tokens, err = store.Tokens(cmd.Context())
				return err
			})
			if err != nil {
				return err
			}
			zone, _ := a.zone()
			return showList(a, cmd, tokenListing(tokens, zone, a.env.Now()), false)
		}),
	}
}

// tokenListing is how tokens are listed.
func tokenListing(tokens []booking.Token, zone string, now time.Time) listing[booking.Token] {
	return listing[booking.Token]{
		what:   "tokens",
		record: func(t booking.Token) httpapi.Record { return httpapi.TokenRecord(t, now) },
		name:   func(t booking.Token) string { return strconv.FormatInt(t.ID, 10) },
		columns: []column{
			{title: "ID", right: true}, {title: "NAME", flexible: true}, {title: "ROLE"},
			{title: "EVENTS", flexible: true}, {title: "EXPIRES"}, {title: "LAST USED"},
			{title: "MADE", wide: true}, {title: "STATUS", style: statusStyle},
		},
		cells: func(t booking.Token) []string {
			return []string{
				strconv.FormatInt(t.ID, 10), t.Name, string(t.Role), eventsOf(t),
				expiryOf(t, zone), booking.FormatWhen(t.LastUsedAt, zone),
				booking.FormatWhen(t.CreatedAt, zone), httpapi.TokenStatus(t, now),
			}
		},
		envelope: func(page []booking.Token, _ string) httpapi.Envelope {
			return httpapi.ListedTokens(page, now)
		},
		page: func(visit func(booking.Token) error) (string, error) {
			return "", visitAll(tokens, nil, visit)
		},
	}
}
