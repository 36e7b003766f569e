package cli

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// planCompletions lists the places where ticket types and pools are offered.
func (a *app) planCompletions() []completion {
	owners := a.events(storage.EventWish{Statuses: []booking.EventStatus{
		booking.DraftEvent, booking.OpenEvent, booking.ClosedEvent,
	}})
	anyEvent := a.events(storage.EventWish{Statuses: booking.EventStatuses()})
	places := []completion{
		{"event create", "waitlist", words(texts(booking.Policies())...)},
		{"event edit", "waitlist", words(texts(booking.Policies())...)},
		{"ticket-type edit", "", a.types(anyType)}, {"code add", "type", a.types(anyType)},
		{"ticket-type close", "", a.types(isOpen)}, {"ticket-type open", "", a.types(isClosed)},
		{"ticket-type add", "pool", a.pools()}, {"ticket-type edit", "pool", a.pools()},
		{"pool edit", "", a.pools()},
		{"hold confirm", "line", a.linesOfBooking()},
		{"booking cancel", "line", a.linesOfBooking()},
		{"booking change", "line", a.linesOfBooking()},
		{"waitlist join", "type", a.types(isOpen)},
	}
	for _, command := range []string{"book", "hold create", "check"} {
		places = append(places, completion{command, "type", a.types(isOpen)},
			completion{command, "line", asLines(a.types(isOpen))})
	}
	for _, command := range []string{
		"ticket-type add", "ticket-type edit", "ticket-type close", "ticket-type open", "pool add",
		"pool edit", "code add", "code disable",
	} {
		places = append(places, completion{command, "event", owners})
	}
	for _, command := range []string{"ticket-type list", "pool list", "code list"} {
		places = append(places, completion{command, "event", anyEvent})
	}
	return places
}

func anyType(booking.TicketType) bool    { return true }
func isOpen(t booking.TicketType) bool   { return !t.Closed }
func isClosed(t booking.TicketType) bool { return t.Closed }

// types offers the names of some ticket types of the event that --event names.
func (a *app) types(wanted func(booking.TicketType) bool) cobra.CompletionFunc {
	return a.ofEvent(func(e booking.Event) (offers []cobra.Completion) {
		for _, t := range e.Types {
			if wanted(t) && isPlainWord(t.Name) {
				about := fmt.Sprintf("%s · %d free", price(t.Price), e.AvailableOf(t))
				offers = append(offers, cobra.CompletionWithDesc(t.Name, visible(about)))
			}
		}
		return offers
	})
}

// pools offers the names of the pools of the event that --event names.
func (a *app) pools() cobra.CompletionFunc {
	return a.ofEvent(func(e booking.Event) (offers []cobra.Completion) {
		for _, p := range e.Pools {
			if isPlainWord(p.Name) {
				about := fmt.Sprintf("%d free of %d", e.AvailableIn(p), p.Capacity)
				offers = append(offers, cobra.CompletionWithDesc(p.Name, about))
			}
		}
		return offers
	})
}

// ofEvent offers what is found in the event that --event names, as far as it begins as it was
// typed.
func (a *app) ofEvent(find func(booking.Event) []cobra.Completion) cobra.CompletionFunc {
	return func(
		cmd *cobra.Command, args []string, typed string,
	) ([]cobra.Completion, cobra.ShellCompDirective) {
		selector, err := booking.ParseSelector(cmd.Flag("event").Value.String())
		if err != nil {
			return nil, inOrder
		}
		return a.live(func(
			ctx context.Context, store *storage.Store, typed string,
		) []cobra.Completion {
			e, err := store.Event(ctx, selector)
			if err != nil {
				return nil
			}
			return beginning(find(e), typed)
		})(cmd, args, typed)
	}
}

// linesOfBooking offers the ticket types of the booking that is the argument.
func (a *app) linesOfBooking() cobra.CompletionFunc {
	return asLines(func(
		cmd *cobra.Command, args []string, typed string,
	) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) != 1 {
			return nil, inOrder
		}
		reference, err := booking.ParseReference(args[0])
		if err != nil {
			return nil, inOrder
		}
		return a.live(func(
			ctx context.Context, store *storage.Store, typed string,
		) (offers []cobra.Completion) {
			b, err := store.Booking(ctx, reference)
			if err != nil {
				return nil
			}
			for _, l := range b.Lines {
				if isPlainWord(l.Name) {
					offers = append(offers,
						cobra.CompletionWithDesc(l.Name, booking.Seats(l.Quantity)))
				}
			}
			return beginning(offers, typed)
		})(cmd, args, typed)
	})
}

// asLines offers names as the beginning of lines: the number of seats is to follow. Those before a
// comma are complete.
func asLines(names cobra.CompletionFunc) cobra.CompletionFunc {
	return func(
		cmd *cobra.Command, args []string, typed string,
	) ([]cobra.Completion, cobra.ShellCompDirective) {
		at := strings.LastIndex(typed, ",") + 1
		found, directive := names(cmd, args, typed[at:])
		offers := make([]cobra.Completion, len(found))
		for i, offer := range found {
			name, about, _ := strings.Cut(offer, "\t")
			offers[i] = cobra.CompletionWithDesc(typed[:at]+name+"=", about)
		}
		return offers, directive | cobra.ShellCompDirectiveNoSpace
	}
}

// beginning keeps the offers that begin as it was typed, in either case.
func beginning(offers []cobra.Completion, typed string) (kept []cobra.Completion) {
	for _, offer := range offers {
		if strings.HasPrefix(booking.Fold(offer), booking.Fold(typed)) {
			kept = append(kept, offer)
		}
	}
	return kept
}

// isPlainWord says whether a name means itself in every shell. What is offered goes into the line
// as it is, so other names are left to be typed.
func isPlainWord(name string) bool {
	return !strings.HasPrefix(name, "-") && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' && r != '.'
	})
}
