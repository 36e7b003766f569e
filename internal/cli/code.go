package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newCode(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "code",
		Aliases: []string{"codes"},
		Long: `Sell seats to people with an access code only: members, friends, the press. A code is
good for a number of seats in all. Whether one is needed is said with --code-required, of an event
or of a ticket type.`,
		Example: `  evbook code add --event 1 --uses 20
  evbook event edit 1 --code-required
  evbook book --event 1 --qty 2 --code FRIENDS`,
	}
	group.AddCommand(newCodeAdd(a), newCodeList(a), newCodeDisable(a))
	return group
}

// codeInput is what was typed about a new access code; nil is what was not.
type codeInput struct {
	event, uses, validUntil string
	text                    *string
	types                   []string
}

func newCodeAdd(a *app) *cobra.Command {
	var in codeInput
	const example = "evbook code add --event 1 --uses 20"
	cmd := &cobra.Command{
		Use:   "add --event ID|SLUG --uses N",
		Short: "Add an access code to an event",
		Long: `Add an access code to an event, one that cannot be guessed unless --code says which.
Each seat that is booked or held with it is a use. It has 4 to 40 letters without accents, digits
and dashes; small letters count as capitals.`,
		Example: "  " + example + `
  evbook code add --event 1 --uses 50 --code FRIENDS --type child --valid-until "fri 18:00"`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.addCode(cmd.Context(), in, example)
		}),
	}
	flags := cmd.Flags()
	declareEvent(flags, &in.event)
	flags.StringVar(&in.uses, "uses", "", "`N` seats that can be booked with it in all")
	declareOptional(flags, &in.text, "code", "`CODE` (made up)")
	declareRepeated(flags, &in.types, "type", "ticket `TYPE` that it is for (all)")
	flags.StringVar(&in.validUntil, "valid-until", "", "`TIME` until which seats are sold with it")
	a.declareDryRun(flags)
	return cmd
}

func (in codeInput) request(f *form) booking.NewCode {
	ask := booking.NewCode{
		Event: f.owner(in.event), Text: or(in.text, ""), Types: in.types, ValidUntil: in.validUntil,
	}
	if f.require("uses", in.uses) {
		ask.Uses = f.count("uses", in.uses)
	}
	if in.text != nil && strings.TrimSpace(*in.text) == "" {
		f.bad.Add(fieldCode, "is empty; leave it out to have one made up")
	}
	if slices.Contains(in.types, "") {
		f.bad.Add(fieldType, "is empty; leave it out for a code for all ticket types")
	}
	return ask
}

func (a *app) addCode(ctx context.Context, in codeInput, example string) error {
	var f form
	ask := in.request(&f)
	rules := func(e booking.Event) error { return ask.Validate(e, a.env.Now()) }
	if err := a.complain(ctx, &f, ask.Event, rules); err != nil {
		return err.WithHint("%s", example)
	}
	added, err := askStore(ctx, a, changing, (*storage.Store).AddCode, ask)
	if err != nil {
		return err
	}
	if a.dryRun && in.text == nil {
		added.Code.Text = "" // made up for nothing
	}
	e, c := added.Event, added.Code
	err = a.sayChanged(answer{
		envelope: httpapi.AddedCode(added, a.env.Now()),
		done:     "added code " + c.Text,
		names:    slices.DeleteFunc([]string{c.Text}, func(s string) bool { return s == "" }),
		text: func(p *page) {
			p.line("Added a code for %s of %s.", booking.Seats(c.Uses), title(e))
			p.detail("Code", c.Text)
		},
	})
	if err == nil && a.forPeople() && !a.dryRun && !asksForCode(e) {
		a.note("Nothing of event %d needs a code yet: evbook event edit %[1]d --code-required, "+
			"or the same with ticket-type edit.", e.ID)
	}
	return err
}

// asksForCode says whether the event, or a ticket type of it, is sold with an access code only.
func asksForCode(e booking.Event) bool {
	return e.CodeRequired || slices.ContainsFunc(e.Types, func(t booking.TicketType) bool {
		return t.CodeRequired
	})
}

func newCodeList(a *app) *cobra.Command {
	var event string
	var in pageInput
	const example = "evbook code list --event 1"
	cmd := &cobra.Command{
		Use:     "list --event ID|SLUG",
		Aliases: []string{"ls"},
		Short:   "List the access codes of an event",
		Long: `List the access codes of an event, in the order in which they were made. Their status
is active when they can be used, else disabled, expired or used_up.`,
		Example: "  " + example + "\n  " + example + " --all -o csv --fields code,status,available",
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			var f form
			query := storage.CodeQuery{Event: f.owner(event), Page: in.page(&f)}
			switch err := f.err(nil); {
			case err != nil && event == "":
				return err.WithHint("%s", example)
			case err != nil:
				return err
			}
			return a.listCodes(cmd, query, in.all)
		}),
	}
	declareEvent(cmd.Flags(), &event)
	in.declare(cmd)
	return cmd
}

func (a *app) listCodes(cmd *cobra.Command, query storage.CodeQuery, all bool) error {
	return a.withStore(cmd.Context(), reading, func(store *storage.Store) error {
		read := store.Codes
		if all {
			read = store.AllCodes
		}
		page, err := read(cmd.Context(), query)
		if err != nil {
			return err
		}
		return showList(a, cmd, codeListing(page, a.env.Now()), all)
	})
}

// codeListing is how a page of the access codes of an event is listed.
func codeListing(read storage.CodePage, now time.Time) listing[booking.Code] {
	e := read.Event
	rows := func(visit func(booking.Code) error) error {
		return visitAll(e.Codes.List(), nil, visit)
	}
	return listing[booking.Code]{
		what:   "codes",
		record: func(c booking.Code) httpapi.Record { return httpapi.CodeRecord(e, c, now) },
		name:   func(c booking.Code) string { return c.Text },
		columns: []column{
			{title: "CODE"}, {title: "LEFT", right: true, style: freeStyle},
			{title: "USES", right: true}, {title: "BOOKED", right: true},
			{title: "HELD", right: true, wide: true}, {title: "TYPES", flexible: true},
			{title: "VALID UNTIL"}, {title: "MADE", wide: true},
			{title: "STATUS", style: statusStyle},
		},
		cells: func(c booking.Code) []string {
			return []string{
				c.Text, strconv.Itoa(c.Left()), strconv.Itoa(c.Uses), strconv.Itoa(c.Confirmed),
				strconv.Itoa(c.Held), strings.Join(httpapi.TypesOf(e, c), ", "),
				booking.FormatWhen(c.ValidUntil, e.Zone), booking.FormatWhen(c.CreatedAt, e.Zone),
				string(c.Status(now)),
			}
		},
		envelope: func([]booking.Code, string) httpapi.Envelope {
			return httpapi.ListedCodes(read, now)
		},
		page: func(visit func(booking.Code) error) (string, error) {
			return read.Next, rows(visit)
		},
		all: rows,
	}
}

func newCodeDisable(a *app) *cobra.Command {
	var event string
	const example = "evbook code disable FRIENDS --event 1"
	cmd := &cobra.Command{
		Use:     "disable CODE --event ID|SLUG",
		Short:   "Take an access code out of use; its bookings stay",
		Example: "  " + example,
		Args:    oneArgument("the code", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			var f form
			sel := booking.CodeSelector{Event: f.owner(event), Text: args[0]}
			if err := f.err(nil); err != nil {
				return err.WithHint("%s", example)
			}
			return a.disableCode(cmd.Context(), sel)
		}),
	}
	declareEvent(cmd.Flags(), &event)
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) disableCode(ctx context.Context, sel booking.CodeSelector) error {
	disabled, err := askStore(ctx, a, changing, (*storage.Store).DisableCode, sel)
	if err != nil {
		return err
	}
	c := disabled.Code
	return a.sayChanged(answer{
		envelope: httpapi.DisabledCode(disabled, a.env.Now()),
		done:     fmt.Sprintf("disabled code %s", c.Text),
		names:    []string{c.Text},
		text: func(p *page) {
			p.line("Code %s of %s is disabled. What was booked with it stays: %s.", c.Text,
				title(disabled.Event), booking.Seats(c.Taken()))
		},
	})
}
