package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/storage"
)

const (
	// completionPatience is how long a shell waits at TAB at most. Then there is nothing to offer.
	completionPatience = 200 * time.Millisecond
	// maxOffers is the most events or bookings that are offered at once.
	maxOffers = 50
	// maxOfferedName is how much of an event's name an offer shows, in characters: what stands
	// behind it has to be seen too.
	maxOfferedName = 40
)

// liveCompletions lists the places where events or bookings are offered, only those with which the
// command can succeed.
func (a *app) liveCompletions() []completion {
	events := func(statuses ...booking.EventStatus) cobra.CompletionFunc {
		return a.events(storage.EventWish{Statuses: statuses})
	}
	bookable := a.events(storage.EventWish{
		Statuses: []booking.EventStatus{booking.OpenEvent}, Lasting: true,
	})
	anyEvent := events(booking.DraftEvent, booking.OpenEvent, booking.ClosedEvent,
		booking.CancelledEvent)
	held, waiting := a.bookings(booking.Held), a.bookings(booking.Waiting)
	seated := a.bookings(booking.Held, booking.Confirmed)
	lively := a.bookings(booking.Waiting, booking.Held, booking.Confirmed)
	return []completion{
		{"book", "event", bookable}, {"check", "event", bookable}, {"event close", "", bookable},
		{"hold create", "event", bookable}, {"waitlist join", "event", bookable},
		{"booking move", "to-event", bookable},
		{"event open", "", events(booking.DraftEvent, booking.ClosedEvent)},
		{"event cancel", "",
			events(booking.DraftEvent, booking.OpenEvent, booking.ClosedEvent)},
		{"event show", "", anyEvent}, {"event edit", "", anyEvent}, {"event delete", "", anyEvent},
		{"event watch", "", anyEvent},
		{"booking list", "event", anyEvent}, {"hold list", "event", anyEvent},
		{"waitlist list", "event", anyEvent},
		{"log", "event", anyEvent},
		{"booking show", "", a.bookings()}, {"log", "ref", a.bookings()},
		{"booking forget", "ref", a.bookings()},
		{"booking cancel", "", a.bookings(booking.Confirmed)},
		{"hold show", "", held}, {"hold confirm", "", held}, {"hold extend", "", held},
		{"hold release", "", held},
		{"waitlist leave", "", waiting}, {"waitlist explain", "", waiting},
		{"booking edit", "", lively}, {"booking transfer", "", lively},
		{"booking change", "", seated}, {"booking move", "", seated},
	}
}

// look finds what to offer in a database.
type look func(ctx context.Context, store *storage.Store, typed string) []cobra.Completion

// live offers what a look finds, or nothing when that takes too long.
func (a *app) live(l look) cobra.CompletionFunc {
	return func(
		cmd *cobra.Command, _ []string, typed string,
	) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		found := make(chan []cobra.Completion, 1)
		// SQLite waits for a file that is locked without a look at the context.
		go func() { found <- a.lookAt(ctx, a.source(cmd), l, typed) }()
		select {
		case offers := <-found:
			return offers, inOrder
		case <-ctx.Done():
			return nil, inOrder
		}
	}
}

// lookAt looks at the configured database. Whatever goes wrong, a person in the middle of a line is
// not bothered with it: there is nothing to offer then.
func (a *app) lookAt(
	ctx context.Context, src config.Source, l look, typed string,
) (offers []cobra.Completion) {
	settings, err := config.Load(src)
	if err != nil {
		return nil
	}
	reader := &app{env: a.env, config: settings}
	_ = reader.withStore(ctx, reading, func(store *storage.Store) error {
		offers = l(ctx, store, typed)
		return nil
	})
	return offers
}

// events offers the numbers of events and, of those that have one, the slugs.
func (a *app) events(wish storage.EventWish) cobra.CompletionFunc {
	return a.live(func(
		ctx context.Context, store *storage.Store, typed string,
	) (offers []cobra.Completion) {
		w := wish
		w.Typed, w.Now, w.Limit = strings.ToLower(typed), a.env.Now(), maxOffers
		events, err := store.SuggestEvents(ctx, w)
		if err != nil {
			return nil
		}
		for _, e := range events {
			offers = append(offers, offersOf(e, w)...)
		}
		return offers[:min(len(offers), maxOffers)]
	})
}

// offersOf gives the names of an event that begin as it was typed. Each is told from others in
// words of its own, since zsh moves names with the same words to the end of its list.
func offersOf(e booking.Event, w storage.EventWish) (offers []cobra.Completion) {
	about := aboutEvent(e, w.Now)
	for _, name := range eventNames(e) {
		if strings.HasPrefix(name, w.Typed) {
			offers = append(offers, cobra.CompletionWithDesc(name, about))
		}
		about = fmt.Sprintf("event %d · %s", e.ID, about)
	}
	return offers
}

// eventNames gives what an event can be called by on the command line. What is offered goes into
// the line as it is, so a slug that no evbook has written stays out.
func eventNames(e booking.Event) []string {
	names := []string{strconv.FormatInt(e.ID, 10)}
	if _, err := booking.ParseSelector(e.Slug); err == nil {
		names = append(names, e.Slug)
	}
	return names
}

// aboutEvent tells an event from others: "Go Meetup · 1 Dec 19:00 · 12 free".
func aboutEvent(e booking.Event, now time.Time) string {
	parts := []string{shortName(e.Name)}
	if when := shortWhen(e.StartsAt, e.Zone, now); when != "" {
		parts = append(parts, when)
	}
	room := status(e, now)
	if room == string(booking.OpenEvent) {
		room = fmt.Sprintf("%d free", e.Available())
	}
	return visible(strings.Join(append(parts, room), " · "))
}

// shortName cuts a long name.
func shortName(name string) string {
	characters := []rune(name)
	if len(characters) <= maxOfferedName {
		return name
	}
	return string(characters[:maxOfferedName-1]) + "…"
}

// shortWhen is a time by the clocks of a zone, with the year when it is not the present one; ""
// for the zero time.
func shortWhen(t time.Time, zone string, now time.Time) string {
	clocks, err := booking.LoadZone(zone)
	if err != nil {
		clocks = time.UTC
	}
	t, now = t.In(clocks), now.In(clocks)
	switch {
	case t.IsZero():
		return ""
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// bookings offers the references of bookings that have one of some states, or of all without any.
func (a *app) bookings(wanted ...booking.Status) cobra.CompletionFunc {
	return a.live(func(
		ctx context.Context, store *storage.Store, typed string,
	) (offers []cobra.Completion) {
		list, err := store.SuggestBookings(ctx, storage.BookingWish{
			Typed: strings.ToUpper(typed), Statuses: wanted, Limit: maxOffers,
		})
		if err != nil {
			return nil
		}
		for _, b := range list {
			about := fmt.Sprintf("%s · %s · %s", booking.Seats(b.Quantity), shortName(b.Event),
				b.Status)
			offers = append(offers, cobra.CompletionWithDesc(b.Reference.String(), visible(about)))
		}
		return offers
	})
}
