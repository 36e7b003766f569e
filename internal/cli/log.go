package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// logInput is what was typed after log, beside the page.
type logInput struct {
	event, reference, since *string
	follow                  bool
	page                    pageInput
}

func newLog(a *app) *cobra.Command {
	var in logInput
	cmd := &cobra.Command{
		Use:   "log [--event ID|SLUG] [--ref REFERENCE]",
		Short: "Show what was changed, when and by whom",
		Long: `Show the journal: every change of an event or a booking, when it was made, by whom,
and the seats that it took (+) or gave back (-). It names no customer. Events that were deleted
stay in it.

With --follow it prints each new entry as it comes, until Ctrl-C; with --since or --all it begins
with those that are there. -o json prints one answer in a line each time.

A time is one of: 2026-12-01 19:00, 2026-12-01T19:00:00+01:00, today 08:00. It is read, and times
are shown, by the clocks of the configured zone, else of this machine.`,
		Example: `  evbook log --event 1
  evbook log --ref EVB-7K3M9-9QXT4-K
  evbook log --since "today 08:00" --all -o json
  evbook log --follow`,
		GroupID: groupOperations,
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.log(cmd, in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.event, "event", "`ID|SLUG` of the event (all events)")
	declareOptional(flags, &in.reference, "ref", "`REFERENCE` of the booking (all bookings)")
	declareOptional(flags, &in.since, "since", "leave out what is older than this `TIME`")
	in.page.declare(cmd)
	flags.BoolVarP(&in.follow, "follow", "f", false, "go on with what comes, until Ctrl-C")
	return cmd
}

func (a *app) log(cmd *cobra.Command, in logInput) error {
	zone, query, err := a.logQuery(in)
	if err != nil {
		return err
	}
	if in.follow {
		return a.followLog(cmd.Context(), query, zone, in.page.all || in.since != nil)
	}
	var found storage.JournalPage
	err = a.withStore(cmd.Context(), reading, func(store *storage.Store) error {
		if in.page.all {
			found.Entries, err = allEntries(cmd.Context(), store, query, everyEntry)
			return err
		}
		found, err = store.Journal(cmd.Context(), query)
		return err
	})
	if err != nil {
		return err
	}
	err = a.show(logAnswer(found, func(p *page) { p.entries(found.Entries, zone) }))
	if err != nil {
		return err
	}
	a.more(cmd, len(found.Entries), "entries", found.Next)
	return nil
}

// logQuery reads what was typed, by the clocks of the zone in which the times are shown too.
func (a *app) logQuery(in logInput) (*time.Location, storage.JournalQuery, error) {
	var f form
	q := storage.JournalQuery{Page: in.page.page(&f)}
	name, _ := a.zone()
	zone, err := booking.LoadZone(name)
	if err != nil {
		f.fail(fieldZone, err)
		zone = time.UTC
	}
	if in.event != nil {
		q.Event = f.event(fieldEvent, *in.event)
	}
	if in.reference != nil {
		q.Booking, err = booking.ParseReference(*in.reference)
		f.fail("ref", err)
	}
	if in.since != nil && f.require("since", *in.since) {
		q.Since = f.when("since", *in.since, zone, a.env.Now())
	}
	if in.follow && in.page.limit != nil {
		f.bad.Add("limit", "cannot stand together with --follow")
	}
	if in.follow && in.page.cursor != "" {
		f.bad.Add("cursor", "cannot stand together with --follow")
	}
	if err := f.err(nil); err != nil {
		return zone, q, err
	}
	return zone, q, nil
}

func everyEntry(booking.Entry) bool { return true }

// allEntries gives the entries of a query that are wanted.
func allEntries(
	ctx context.Context, store *storage.Store, q storage.JournalQuery,
	wanted func(booking.Entry) bool,
) (list []booking.Entry, err error) {
	err = store.EachEntry(ctx, q, func(e booking.Entry) {
		if wanted(e) {
			list = append(list, e)
		}
	})
	return list, err
}

// logAnswer is an answer of entries, with the text that shows them to people.
func logAnswer(found storage.JournalPage, text func(*page)) answer {
	names := make([]string, len(found.Entries))
	for i, e := range found.Entries {
		names[i] = fmt.Sprintf("%d/%d", e.EventID, e.Seq)
	}
	return answer{envelope: httpapi.ListedJournal(found), names: names, text: text}
}

// entryColumns are the columns of a list of entries.
func entryColumns(zone *time.Location) []column {
	return []column{
		{title: "WHEN (" + zone.String() + ")"}, {title: "EVENT", right: true},
		{title: "SEQ", right: true}, {title: "WHO"}, {title: "WHAT"}, {title: "REFERENCE"},
		{title: "SEATS", right: true}, {title: "DETAIL"},
	}
}

// entryRow is an entry for people.
func entryRow(e booking.Entry, zone *time.Location) []string {
	reference := ""
	if e.Booking != 0 {
		reference = e.Booking.String()
	}
	return []string{
		e.At.In(zone).Format(time.DateTime), strconv.FormatInt(e.EventID, 10),
		strconv.FormatInt(e.Seq, 10), e.Actor, string(e.Kind), reference,
		change("", e.Held+e.Confirmed), entryDetail(e),
	}
}

// entryDetail is what else an entry tells: the change of the capacity, the seats that are only
// held, and the other details of the event that were edited.
func entryDetail(e booking.Entry) string {
	parts := []string{change("capacity ", e.Capacity), change("held ", e.Held)}
	for _, field := range e.Detail.Fields {
		if field != "capacity" {
			parts = append(parts, field)
		}
	}
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, ", ")
}

// change writes a number with its sign, or nothing when nothing has changed.
func change(what string, by int) string {
	if by == 0 {
		return ""
	}
	return fmt.Sprintf("%s%+d", what, by)
}

// entries draws a table, or nothing when there are none.
func (p *page) entries(list []booking.Entry, zone *time.Location) {
	if len(list) == 0 {
		return
	}
	rows := make([][]string, len(list))
	for i, e := range list {
		rows[i] = entryRow(e, zone)
	}
	p.table(entryColumns(zone), rows)
}
