package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// tokenCompletions lists the places where tokens, and what they are made of, are offered.
func (a *app) tokenCompletions() []completion {
	anyToken := func(booking.Token) bool { return true }
	live := func(t booking.Token) bool { return t.Live(a.env.Now()) }
	return []completion{
		{"token show", "", a.tokens(anyToken)},
		{"token rotate", "", a.tokens(live)}, {"token revoke", "", a.tokens(live)},
		{"token create", "role", words(texts(booking.TokenRoles())...)},
		{"token create", "expires", words("30d", "90d", "365d", booking.NeverExpires)},
		{"token create", "event", a.events(storage.EventWish{
			Statuses: []booking.EventStatus{
				booking.DraftEvent, booking.OpenEvent, booking.ClosedEvent,
			},
		})},
	}
}

// tokens offers the numbers of some tokens, the newest first.
func (a *app) tokens(wanted func(booking.Token) bool) cobra.CompletionFunc {
	return a.live(func(
		ctx context.Context, store *storage.Store, typed string,
	) (offers []cobra.Completion) {
		tokens, err := store.Tokens(ctx)
		if err != nil {
			return nil
		}
		for i := len(tokens) - 1; i >= 0 && len(offers) < maxOffers; i-- {
			t := tokens[i]
			if id := strconv.FormatInt(t.ID, 10); wanted(t) && strings.HasPrefix(id, typed) {
				about := visible(t.Name) + " · " + string(t.Role)
				offers = append(offers, cobra.CompletionWithDesc(id, about))
			}
		}
		return offers
	})
}
