package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// listOfTokens begins what to do when it is not known which tokens there are.
const listOfTokens = "evbook token list shows"

func newToken(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "token",
		Aliases: []string{"tokens"},
		Long: `Let people and programs in over the network. An organiser's token manages events and
sees their bookings; one for the door looks up bookings by their references and sees no addresses.
Either can be bound to some events. As soon as there is a token, even one that was revoked, evbook
serve asks everybody who they are: strangers see events and book, and nothing else.

A token is shown once, when it is made. What is kept cannot be turned back into it.`,
		Example: `  evbook token create --role organiser --name "Ada's laptop"
  evbook token create --role door --event 1 --name "phone at the door"
  evbook token list`,
	}
	group.AddCommand(newTokenCreate(a), newTokenList(a), newTokenShow(a), newTokenRotate(a),
		newTokenRevoke(a))
	return group
}

// tokenArgument takes the number of a token as the only argument.
func tokenArgument(example string) cobra.PositionalArgs {
	return oneArgument("the token's number", example)
}

// readTokenID reads the number of a token. A token itself, given by mistake, is not repeated.
func readTokenID(text, command string) (int64, error) {
	if strings.HasPrefix(text, "evb_") {
		err := booking.Errorf(booking.Invalid, "that is a token; name it by its number")
		if c, parseErr := booking.ParseToken(text); parseErr == nil {
			return 0, err.WithHint("%s %d", command, c.ID)
		}
		return 0, err.WithHint("%s the numbers", listOfTokens)
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != text {
		return 0, booking.Errorf(booking.Invalid, "%.40q is not the number of a token", text).
			WithHint("%s the numbers", listOfTokens)
	}
	return id, nil
}

// sayIssued prints a token, which is never shown again: alone, where programs take it.
func (a *app) sayIssued(
	t booking.IssuedToken, envelope httpapi.Envelope, done string, people func(*page),
) error {
	ans := answer{
		envelope: envelope,
		text:     people,
		done:     fmt.Sprintf("%s token %d", done, t.Token.ID),
	}
	if a.dryRun {
		return a.sayChanged(ans)
	}
	token := t.Credential.Text()
	ans.names, ans.bare = []string{token}, true
	ans.text = func(p *page) {
		if !a.forPeople() {
			p.line("%s", token)
			return
		}
		people(p)
		p.detail("Token", token)
	}
	err := a.show(ans)
	if err == nil && a.forPeople() {
		a.note("The token is not shown again: keep it where only its bearer can read it.")
	}
	return err
}

// tokenDetails adds what there is to say of a token.
func (a *app) tokenDetails(p *page, t booking.Token) {
	zone, _ := a.zone()
	p.detail("Role", string(t.Role))
	p.detail("Events", eventsOf(t))
	p.detail("Expires", expiryOf(t, zone))
	if !t.RevokedAt.IsZero() {
		p.detail("Revoked", booking.FormatWhen(t.RevokedAt, zone))
	}
	if a.env.Now().Before(t.FormerUntil) {
		p.detail("Old until", booking.FormatWhen(t.FormerUntil, zone))
	}
}

// eventsOf names the events that a token is for.
func eventsOf(t booking.Token) string {
	switch {
	case t.Events == nil:
		return "all"
	case len(t.Events) == 0:
		return "none any more"
	}
	numbers := make([]string, len(t.Events))
	for i, id := range t.Events {
		numbers[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(numbers, ", ")
}

func expiryOf(t booking.Token, zone string) string {
	if t.ExpiresAt.IsZero() {
		return booking.NeverExpires
	}
	return booking.FormatWhen(t.ExpiresAt, zone)
}

func newTokenShow(a *app) *cobra.Command {
	const example = "evbook token show 1"
	return &cobra.Command{
		Use:     "show ID",
		Short:   "Show a token, but not its secret",
		Example: "  " + example,
		Args:    tokenArgument(example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.showToken(cmd.Context(), args[0])
		}),
	}
}

func (a *app) showToken(ctx context.Context, text string) error {
	id, err := readTokenID(text, "evbook token show")
	if err != nil {
		return err
	}
	t, err := askStore(ctx, a, reading, (*storage.Store).Token, id)
	if err != nil {
		return err
	}
	now := a.env.Now()
	return a.show(answer{
		envelope: httpapi.ShownToken(t, now),
		names:    []string{text},
		text: func(p *page) {
			p.line("Token %d %q is %s.", t.ID, t.Name, httpapi.TokenStatus(t, now))
			a.tokenDetails(p, t)
			zone, _ := a.zone()
			used := "never"
			if !t.LastUsedAt.IsZero() {
				used = booking.FormatWhen(t.LastUsedAt, zone)
			}
			p.detail("Last used", used)
		},
	})
}
