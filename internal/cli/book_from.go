package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// What --on-error may say.
const (
	onErrorStop = "stop"
	onErrorSkip = "skip"
)

// bookedAtOnce is how many rows are acknowledged together when refused ones are skipped.
const bookedAtOnce = 1_000

// together refuses flags that do not go together.
func (in bookInput) together(cmd *cobra.Command) error {
	if in.from == nil {
		if in.onError != nil {
			return booking.Errorf(booking.Invalid, "--on-error needs --from").
				WithHint("evbook book --from guests.csv --on-error skip")
		}
		return nil
	}
	for _, name := range []string{"qty", "type", "line", "code", "email", "name", "note"} {
		if cmd.Flags().Changed(name) {
			return booking.Errorf(booking.Invalid,
				"--%s cannot stand together with --from: every row has its own", name)
		}
	}
	if cmd.Flags().Changed("event") && in.event == "" {
		return booking.Errorf(booking.Invalid,
			"--event is empty: leave it out, or name the event of rows without one")
	}
	actions := []string{onErrorStop, onErrorSkip}
	action := or(in.onError, onErrorStop)
	if slices.Contains(actions, action) {
		return nil
	}
	err := booking.Errorf(booking.Invalid, "--on-error: cannot be %q, only stop or skip", action)
	if near := config.Nearest(action, actions); near != "" {
		return err.WithHint("did you mean %q?", near)
	}
	return err
}

// bookFrom books the rows of a file.
func (a *app) bookFrom(ctx context.Context, in bookInput) error {
	rows, err := a.readFrom(ctx, in)
	switch {
	case errors.Is(err, context.Canceled):
		return booking.Errorf(booking.Interrupted, "interrupted, nothing was changed")
	case err != nil:
		return err
	}
	skip := or(in.onError, onErrorStop) == onErrorSkip
	if !skip && refusedLines(rows) != nil {
		a.dryRun = true // nothing will be booked, but of the others all is told too
	}
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		if skip {
			return a.bookWhatFits(ctx, store, rows)
		}
		return bookAll(ctx, store, rows)
	})
	if refused := refusedLines(rows); !skip && refused != nil {
		return refused
	}
	if answeredNone(rows) && err != nil {
		return err
	}
	return a.sayRows(rows, stopped(ctx, rows, err))
}

// due are the places of the rows of which nothing is known yet.
func due(rows []httpapi.Row) (places []int) {
	for i := range rows {
		if rows[i].Result == nil {
			places = append(places, i)
		}
	}
	return places
}

// requestsAt are the requests of the rows at some places.
func requestsAt(rows []httpapi.Row, places []int) []booking.Request {
	requests := make([]booking.Request, len(places))
	for i, at := range places {
		requests[i] = rows[at].Request
	}
	return requests
}

// bookAll books every row or none.
func bookAll(ctx context.Context, store *storage.Store, rows []httpapi.Row) error {
	places := due(rows)
	results, err := store.BookMany(ctx, requestsAt(rows, places), true)
	for i := range results {
		rows[places[i]].Result = &results[i]
	}
	return err
}

// bookWhatFits books the rows that can be, and goes on where one is refused. Every chunk is
// acknowledged by itself; a dry run has only one, since it forgets each.
func (a *app) bookWhatFits(ctx context.Context, store *storage.Store, rows []httpapi.Row) error {
	places := due(rows)
	size := bookedAtOnce
	if a.dryRun {
		size = booking.MaxRows
	}
	shown := a.progress("Booking", len(places))
	defer shown.end()
	for chunk := range slices.Chunk(places, size) {
		if err := bookChunk(ctx, store, rows, chunk); err != nil {
			return err
		}
		shown.add(len(chunk))
	}
	return nil
}

// bookChunk books the rows at some places.
func bookChunk(
	ctx context.Context, store *storage.Store, rows []httpapi.Row, places []int,
) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	results, err := store.BookMany(ctx, requestsAt(rows, places), false)
	for i, at := range places {
		rows[at].Unknown = booking.KindOf(err) == booking.Unknown
		if err == nil {
			rows[at].Result = &results[i]
		}
	}
	return err
}

// refusedLines tells all refused rows in one error, by their lines.
func refusedLines(rows []httpapi.Row) error {
	err := booking.RefusedRows(len(rows), byLine(rows))
	var e *booking.Error
	switch {
	case !errors.As(err, &e):
		return nil
	case httpapi.Count(rows).Refused == len(rows):
		return e
	}
	return e.WithHint("--on-error skip books the others")
}

// byLine gives the refusals among the rows, named by their lines.
func byLine(rows []httpapi.Row) iter.Seq2[string, *booking.Error] {
	return func(yield func(string, *booking.Error) bool) {
		for _, row := range rows {
			refusal := row.Refusal()
			if refusal != nil && !yield(fmt.Sprintf("line %d", row.Line), refusal) {
				return
			}
		}
	}
}

// answeredNone says whether no row is booked, as far as is known.
func answeredNone(rows []httpapi.Row) bool {
	return !slices.ContainsFunc(rows, func(r httpapi.Row) bool {
		return r.Result != nil && r.Result.Refusal == nil
	})
}

// stopped words an error that came when some rows were booked already; nil stays nil.
func stopped(ctx context.Context, rows []httpapi.Row, err error) error {
	if err == nil {
		return nil
	}
	e := known(ctx, err)
	reason := e.Message
	if e.Kind == booking.Interrupted {
		reason = "interrupted" // the store says that nothing was changed, but means its last turn
	}
	e = booking.Errorf(e.Kind, "%s: %s", reason, httpapi.Count(rows)).Because(err)
	bare := func(r httpapi.Row) bool { return r.Request.Key.Text == "" }
	if slices.ContainsFunc(rows, bare) {
		return e.WithHint("what is not done can be booked from a file of its own")
	}
	return e.WithHint("run it again: the keys keep every row from being booked twice")
}

// sayRows tells what became of every row. The error is why some were not tried.
func (a *app) sayRows(rows []httpapi.Row, err error) error {
	tally := httpapi.Count(rows)
	var names []string
	for _, row := range rows {
		if row.Result != nil && row.Result.Refusal == nil {
			names = append(names, nameOf(row.Result.Receipt.Booking)...)
		}
	}
	told := a.sayChanged(answer{
		envelope: httpapi.BookedMany(rows, err),
		done:     tally.String(),
		names:    names,
		text: func(p *page) {
			text := tally.String()
			p.line("%s.", strings.ToUpper(text[:1])+text[1:])
			var refused *booking.Error
			if errors.As(refusedLines(rows), &refused) {
				for _, line := range refusedRows(refused) {
					p.line("  %s", line)
				}
			}
		},
	})
	switch {
	case told != nil:
		return told
	case err != nil:
		return inAnswer{err}
	case tally.Refused > 0:
		return answered{booking.Partial}
	}
	return nil
}
