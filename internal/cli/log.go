package cli

import (
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
		Use: "log [--event ID|SLUG] [--ref REFERENCE]",
		Long: `Show the journal: every change of an event or a booking, when it was made, by whom,
and the seats that it took (+) or gave back (-): the latest 30 entries, or as many as --limit says.
The detail tells how many seats are only held, or waited for, and of which ticket types they are.
It names no customer. Events that were deleted stay in it, under their numbers.

With --follow it prints each new entry as it comes, until Ctrl-C; with --since or --all it begins
with those that are there. -o ndjson prints an entry in each line, -o json an answer each time.

A time is one of: 2026-12-01, 2026-12-01 19:00, today, -7d, -2h. It is read, and times are shown,
by the clocks of the configured zone, else of this machine; evbook help dates tells more.`,
		Example: `  evbook log --event 1
  evbook log --ref ` + exampleReference + `
  evbook log --since -2h --all -o ndjson
  evbook log --follow`,
		Args: noArguments,
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
	return a.withStore(cmd.Context(), reading, func(store *storage.Store) error {
		list := entryListing(zone)
		list.page = func(visit func(booking.Entry) error) (string, error) {
			got, err := store.Journal(cmd.Context(), query)
			return got.Next, visitAll(got.Entries, err, visit)
		}
		list.all = func(visit func(booking.Entry) error) error {
			return store.EachEntry(cmd.Context(), query, visit)
		}
		return showList(a, cmd, list, in.page.all)
	})
}

// logQuery reads what was typed, by the clocks of the zone in which the times are shown too.
func (a *app) logQuery(in logInput) (*time.Location, storage.JournalQuery, error) {
	var f form
	q := storage.JournalQuery{Page: in.page.page(&f)}
	zone := a.clocks(&f)
	if in.event != nil {
		q.Event = f.event(fieldEvent, *in.event)
	}
	if in.reference != nil {
		reference, err := booking.ParseReference(*in.reference)
		f.fail("ref", err)
		if err == nil && reference == 0 { // which would stand for all bookings
			return zone, q, booking.NoBooking(reference)
		}
		q.Booking = reference
	}
	q.Since = f.given("since", in.since, zone, a.env.Now())
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

// entryListing is how entries are listed.
func entryListing(zone *time.Location) listing[booking.Entry] {
	return listing[booking.Entry]{
		what:   "entries",
		record: httpapi.EntryRecord,
		name:   func(e booking.Entry) string { return fmt.Sprintf("%d/%d", e.EventID, e.Seq) },
		columns: []column{
			{title: "WHEN (" + zone.String() + ")", least: whenWidth},
			{title: "EVENT", right: true, least: numberWidth},
			{title: "SEQ", right: true, least: numberWidth},
			{title: "WHO", flexible: true, least: 16}, {title: "WHAT", least: kindWidth},
			{title: "REFERENCE", least: referenceWidth},
			{title: "SEATS", right: true, least: numberWidth},
			{title: "DETAIL", flexible: true},
		},
		cells: func(e booking.Entry) []string { return entryRow(e, zone) },
		envelope: func(page []booking.Entry, next string) httpapi.Envelope {
			return httpapi.ListedJournal(storage.JournalPage{Entries: page, Next: next})
		},
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
		change("", e.Held+e.Confirmed), entryDetail(e, zone),
	}
}

// entryDetail is what else an entry tells: what was changed, the change of the capacity, the seats
// that are only held or waited for, until when, of which ticket types, by which code, where they
// went, and the other details of the event that were edited.
func entryDetail(e booking.Entry, zone *time.Location) string {
	d := e.Detail
	parts := []string{
		d.Name, change("capacity ", e.Capacity), change("waiting ", e.Waiting),
		change("held ", e.Held),
	}
	if until := d.ExpiresAt; !until.IsZero() {
		parts = append(parts, "until "+until.In(zone).Format(time.DateTime))
	}
	parts = append(parts, each(d.Types, typeChange)...)
	if d.Code != "" {
		parts = append(parts, "code "+d.Code)
	}
	parts = append(parts, otherEvent(e))
	for _, field := range d.Fields {
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

// typeChange tells of which ticket type seats are, and how many where their number has changed:
// a confirmation only names the type.
func typeChange(t booking.TypeSeats) string {
	return t.Name + change(" ", t.Held+t.Confirmed)
}

// otherEvent says where a booking was moved to or came from; "" when it stayed with its event.
func otherEvent(e booking.Entry) string {
	switch other := e.Detail.Event; {
	case other == 0 || other == e.EventID:
		return ""
	case e.Held+e.Confirmed < 0:
		return fmt.Sprintf("to event %d", other)
	default:
		return fmt.Sprintf("from event %d", other)
	}
}
