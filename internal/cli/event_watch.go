package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newEventWatch(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "watch ID|SLUG",
		Short: "Show how an event stands, and every change as it comes",
		Long: `Show how an event stands, and every change as it comes, until Ctrl-C or until the
event is cancelled or deleted. It looks at the database itself and needs no server.

On a terminal it is one line that is written anew. In a pipe, and with -o, there is a line for each
change: what was changed, and how many seats are free, held, booked and waited for now. The first
one, and those that tell of holds that have lapsed, name no change. -o ndjson prints an object in
each line, -o json an answer each time. Times are shown by the clocks of the configured zone, else
of this machine.`,
		Example: `  evbook event watch 1
  evbook event watch go-meetup -o ndjson
  evbook event watch 1 -o plain --fields at,kind,available`,
		Args: oneArgument("the event", "evbook event watch 1"),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.watchEvent(cmd.Context(), args[0])
		}),
	}
}

func (a *app) watchEvent(ctx context.Context, text string) error {
	var f form
	selector := f.event(fieldEvent, text)
	zone := a.clocks(&f)
	if err := f.err(nil); err != nil {
		return err
	}
	err := a.withStore(ctx, reading, func(store *storage.Store) error {
		e, err := store.Event(ctx, selector)
		if err != nil {
			return err
		}
		feed, err := store.Feed(ctx, storage.JournalQuery{Event: booking.Selector{ID: e.ID}})
		if err != nil {
			return err
		}
		defer feed.Close()
		a.note("Watching event %d %s, Ctrl-C ends it.", e.ID, title(e))
		return a.showWatch(ctx, &watch{store: store, feed: feed, event: e.ID}, zone)
	})
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return answered{booking.Interrupted} // as it is meant to end
	}
	return err
}

// showWatch shows what is to be told of an event until there is nothing more, or nobody reads it.
func (a *app) showWatch(ctx context.Context, w *watch, zone *time.Location) error {
	line := &liveLine{a: a}
	list := standingListing(zone)
	pause := time.NewTicker(followPause)
	defer pause.Stop()
	for !readerGone(a.env.Out) {
		news, err := w.next(ctx)
		switch {
		case err != nil:
		case a.inOneLine():
			err = line.showStanding(news, zone)
		default:
			err = printFollowed(a, news, list, nil)
		}
		if err != nil || len(news) > 0 && news[len(news)-1].Last() {
			return errors.Join(err, line.leave())
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), line.leave())
		}
	}
	return nil
}

// watch finds out what is to be told of one event.
type watch struct {
	store *storage.Store
	feed  *storage.Feed
	event int64
	// seen is the number of the newest entry that was told, told is how the event stood then.
	seen int64
	told tally
}

// tally is what can change without an entry in the journal, when holds lapse.
type tally struct{ available, held int }

// next gives what has come since it was called last: the changes, or how the event stands if that
// is new. The first time, it is how the event stands.
func (w *watch) next(ctx context.Context) ([]httpapi.Standing, error) {
	entries, err := w.feed.Next(ctx)
	if err != nil {
		return nil, err
	}
	e, err := httpapi.StandingEvent(ctx, w.store, w.event)
	if err != nil {
		return nil, err
	}
	now := httpapi.Standing{Event: e, At: time.Now()}
	first, stands := w.seen == 0, tally{e.Available(), e.Held}
	var news []httpapi.Standing
	for _, entry := range entries {
		if !first && entry.Seq > w.seen {
			news = append(news, httpapi.Standing{Event: e, Entry: entry, At: now.At})
			w.seen = entry.Seq
		}
	}
	// Of a version that is newer than all entries the feed will tell.
	if first || len(news) == 0 && e.Version == w.seen && stands != w.told {
		news, w.seen = append(news, now), e.Version
	}
	w.told = stands
	return news, nil
}

// standingListing is how those are listed.
func standingListing(zone *time.Location) listing[httpapi.Standing] {
	return listing[httpapi.Standing]{
		record: httpapi.StandingRecord,
		name: func(s httpapi.Standing) string {
			return fmt.Sprintf("%d/%d", s.Event.ID, s.Seq())
		},
		columns: []column{
			{title: "WHEN (" + zone.String() + ")", least: whenWidth},
			{title: "SEQ", right: true, least: numberWidth}, {title: "WHAT", least: kindWidth},
			{title: "REFERENCE", least: referenceWidth},
			{title: "FREE", right: true, least: numberWidth},
			{title: "HELD", right: true}, {title: "BOOKED", right: true},
			{title: "WAITING", right: true}, {title: "STATUS"},
		},
		cells: func(s httpapi.Standing) []string {
			reference := ""
			if s.Entry.Booking != 0 {
				reference = s.Entry.Booking.String()
			}
			e := s.Event
			return []string{
				s.When().In(zone).Format(time.DateTime), strconv.FormatInt(s.Seq(), 10),
				string(s.Entry.Kind), reference, strconv.Itoa(e.Available()),
				strconv.Itoa(e.Held), strconv.Itoa(e.Confirmed), strconv.Itoa(e.Waiting),
				string(e.Status),
			}
		},
		envelope: func(list []httpapi.Standing, _ string) httpapi.Envelope {
			return httpapi.Stood(list)
		},
	}
}

// showStanding shows the newest of what is to be told.
func (l *liveLine) showStanding(news []httpapi.Standing, zone *time.Location) error {
	if len(news) == 0 {
		return nil
	}
	s := news[len(news)-1]
	e := s.Event
	lead := fmt.Sprintf("%d free of %d", e.Available(), e.Capacity)
	rest := fmt.Sprintf(", %d booked", e.Confirmed)
	if e.Held > 0 {
		rest += fmt.Sprintf(", %d held", e.Held)
	}
	if e.Waiting > 0 {
		rest += fmt.Sprintf(", %d waited for", e.Waiting)
	}
	rest += fmt.Sprintf(", %s  %s %s", e.Status, s.When().In(zone).Format(time.TimeOnly),
		s.Entry.Kind)
	if s.Entry.Booking != 0 {
		rest += " " + s.Entry.Booking.String()
	}
	colour := green
	if e.Available() == 0 || e.Status != booking.OpenEvent {
		colour = red
	}
	return l.show(lead, colour, rest)
}
