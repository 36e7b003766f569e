package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// tokenInput is what was typed about a new token; nil is what was not.
type tokenInput struct {
	name, role string
	events     []string
	expires    *string
}

func newTokenCreate(a *app) *cobra.Command {
	var in tokenInput
	const example = `evbook token create --role organiser --name "Ada's laptop"`
	cmd := &cobra.Command{
		Use:   "create --role organiser|door --name NAME",
		Short: "Make a token and show it, this once",
		Long: `Make a token and show it, this once. It is good for 90 days, or at the door until six
hours after the last of its events has ended, unless --expires says otherwise: a span such as 90d, a
date (from its beginning on it is not good any more), a time, or never.

Without --event it is for all events, also for those to come; only such an organiser can create
events. The token is sent as "Authorization: Bearer TOKEN".`,
		Example: "  " + example + `
  evbook token create --role door --event 1 --event chess --name "phone at the door"
  TOKEN=$(evbook token create --role organiser --expires 30d --name "nightly export" -o name)`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.createToken(cmd.Context(), in, example)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&in.role, "role", "", "`ROLE` of its bearer: organiser or door")
	flags.StringVar(&in.name, "name", "", "`NAME` that tells later what it is for")
	declareRepeated(flags, &in.events, "event", "`ID|SLUG` of an event that it is for (all)")
	declareOptional(flags, &in.expires, "expires", "`WHEN` it expires: 90d, a date or never")
	a.declareDryRun(flags)
	return cmd
}

func (in tokenInput) request(zone string) (booking.NewToken, *booking.Error) {
	var f form
	ask := booking.NewToken{Name: in.name, Expires: f.words("expires", in.expires), Zone: zone}
	if f.require("role", in.role) {
		ask.Role = booking.Role(in.role)
	}
	if slices.Contains(in.events, "") {
		f.bad.Add(fieldEvent, "is empty; leave it out for a token for all events")
	} else {
		for _, event := range in.events {
			ask.Events = append(ask.Events, f.event(fieldEvent, event))
		}
	}
	return ask, f.err(ask.Validate())
}

func (a *app) createToken(ctx context.Context, in tokenInput, example string) error {
	zone, _ := a.zone()
	ask, invalid := in.request(zone)
	if invalid != nil {
		return invalid.WithHint("%s", example)
	}
	made, err := askStore(ctx, a, changing, (*storage.Store).CreateToken, ask)
	if err != nil {
		return err
	}
	return a.sayIssued(made, httpapi.CreatedToken(made, a.env.Now()), "created", func(p *page) {
		if made.Token.ID == 0 {
			p.line("Made a token %q.", made.Token.Name)
		} else {
			p.line("Made token %d %q.", made.Token.ID, made.Token.Name)
		}
		a.tokenDetails(p, made.Token)
	})
}
