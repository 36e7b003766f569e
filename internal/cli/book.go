package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// bookPath is the command that books seats.
const bookPath = "evbook book"

// bookInput is what was typed after book.
type bookInput struct {
	event string
	seatsInput
	customerInput
	key *string
	// from is the file of many bookings, nil for a single one.
	from, onError *string
}

func newBook(a *app) *cobra.Command {
	var in bookInput
	cmd := &cobra.Command{
		Use: "book --event ID|SLUG --qty N",
		Long: `Book seats of an event.

A booking is on disk when its reference is printed. When the answer never came, repeat the command
with the same --idempotency-key: it books once, however often it is repeated within 24 hours.

Where an event has several ticket types, --type says of which the seats are, or --line does for each
of several types; all of them are booked or none.

With --from, many bookings are read from a file, or from the standard input for -: JSON objects, one
in each line, or CSV (RFC 4180) with a header line. The fields are event_id, quantity, user_email,
name, note, hold, ttl_seconds, type, lines, code and idempotency_key; event_id may be a slug, and
rows without one take that of --event. Rows with hold true, or with ttl_seconds, only hold their
seats. In CSV, lines are written as "adult=2,child=3". There may be 100000 rows of up to 64 KiB.

Either all rows are booked or none; all that are refused are told with their lines. With --on-error
skip, the others are booked, a thousand at a time: the exit code is 9 when rows were refused, and
every row has its answer in the formats for programs: row, line, reference, event_id, quantity,
status (booked, held, replayed or refused), code and message. With --idempotency-key KEY, row 7 has
the key KEY/7 unless it has one of its own, so that the same file can be repeated safely.`,
		Example: `  evbook book --event 1 --qty 2
  evbook book --event go-meetup --qty 2 --email ada@example.org --name "Ada Lovelace"
  evbook book --event 1 --type child --qty 2
  evbook book --event 1 --line adult=2 --line child=3 --code FRIENDS
  evbook book --event 1 --qty 2 --idempotency-key club-4711 -o name
  evbook book --from guests.csv --event 1 --dry-run
  evbook book --from guests.csv --event 1 --on-error skip --idempotency-key monday`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			if err := in.together(cmd); err != nil {
				return err
			}
			if in.from != nil {
				return a.bookFrom(cmd.Context(), in)
			}
			return a.book(cmd.Context(), in)
		}),
	}
	flags := cmd.Flags()
	in.declare(flags)
	declareOptional(flags, &in.from, "from", "`FILE` of many bookings, or - for the standard input")
	declareOptional(flags, &in.onError, "on-error",
		"`ACTION` when rows are refused: stop or skip (stop)")
	a.declareDryRun(flags)
	return cmd
}

// declare adds the flags of one request for seats.
func (in *bookInput) declare(flags *pflag.FlagSet) {
	flags.StringVar(&in.event, "event", "", "`ID|SLUG` of the event")
	in.seatsInput.declare(flags)
	in.customerInput.declare(flags, "the customer")
	declareKey(flags, &in.key)
}

func (a *app) book(ctx context.Context, in bookInput) error {
	var f form
	request, err := in.checked(&f, in.request(&f), "evbook book --event 1 --qty 2")
	if err != nil {
		return err
	}
	receipt, err := askStore(ctx, a, changing, (*storage.Store).Book, request)
	if err != nil {
		return err
	}
	a.noteReplay(receipt)
	names := nameOf(receipt.Booking)
	return a.sayChanged(answer{
		envelope: httpapi.Booked(receipt),
		done:     "booked as " + receipt.Booking.Reference.String(),
		names:    names,
		text: func(p *page) {
			p.line("Booked %s for %s. %d left.", seatsOf(receipt.Booking),
				titleAndStart(receipt.Event), receipt.Left)
			for _, reference := range names {
				p.line("Reference: %s", reference)
			}
		},
	})
}

// noteReplay says when the answer is that of an earlier request, and whether it is still true.
func (a *app) noteReplay(r booking.Receipt) {
	switch {
	case r.Changed:
		a.note("This key was used before: nothing new was booked. Seats were given back since: "+
			"evbook booking show %s", r.Booking.Reference)
	case r.Replayed:
		a.note("This key was used before: nothing new was booked.")
	}
}

// request makes sense of what was typed about one request for seats.
func (in bookInput) request(f *form) booking.Request {
	r := booking.Request{
		Code: in.code, Email: in.email, Name: in.name, Note: in.note, Key: f.key(in.key),
	}
	if f.require(fieldEvent, in.event) {
		r.Event = f.event(fieldEvent, in.event)
	}
	r.Quantity, r.Lines = in.read(f)
	return r
}

// checked gives the request unless something is wrong with it. Who has left out what is always
// needed is shown an example.
func (in bookInput) checked(
	f *form, r booking.Request, example string,
) (booking.Request, error) {
	if err := f.err(r.Validate()); err != nil {
		if in.event == "" || in.missing() {
			return r, err.WithHint("%s", example)
		}
		return r, err
	}
	return r, nil
}

// title is an event's name for people, in quotes.
func title(e booking.Event) string { return `"` + e.Name + `"` }

// titleAndStart is an event's name, and when it starts if that is known.
func titleAndStart(e booking.Event) string {
	if e.StartsAt.IsZero() {
		return title(e)
	}
	return fmt.Sprintf("%s (%s)", title(e), start(e))
}

// start says when an event starts, without the offset that stands behind the zone in brackets.
func start(e booking.Event) string {
	text, _, _ := strings.Cut(booking.FormatWhen(e.StartsAt, e.Zone), " (")
	return text
}
