package storage

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// neighbours is a database in which event 1 is the caller's and event 2 somebody else's, both with
// ticket types, a pool, a code, bookings, holds and people who wait. Event 3 is a draft, with
// ticket types and a code. There is one token.
func neighbours(t testing.TB) (path string, mine, theirs target) {
	t.Helper()
	s := open(t)
	mine, theirs = resident(t, s, "mine"), resident(t, s, "theirs")
	draft, err := s.CreateEvent(t.Context(), booking.NewEvent{
		Slug: "theirs-draft", Draft: true, EventDetails: booking.EventDetails{
			Name: "theirs draft", Capacity: 5, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
		},
	})
	must(t, err)
	divideEvent(t, s, booking.Selector{ID: draft.Event.ID})
	makeToken(t, s)
	theirs.own, theirs.ownEvent = mine.confirmed, mine.event
	must(t, s.Close())
	return placeOf(s), mine, theirs
}

// divideEvent gives an event ticket types, a pool and a code.
func divideEvent(t testing.TB, s *Store, sel booking.Selector) {
	t.Helper()
	ctx := t.Context()
	_, err := s.AddPool(ctx, booking.NewPool{Event: sel, Name: "hall", Capacity: 1})
	must(t, err)
	_, err = s.AddType(ctx, booking.NewType{Event: sel, Name: "adult", Pool: "hall"})
	must(t, err)
	_, err = s.AddType(ctx, booking.NewType{Event: sel, Name: "child"})
	must(t, err)
	_, err = s.AddCode(ctx, booking.NewCode{Event: sel, Text: "CODE-1", Uses: 5})
	must(t, err)
}

// resident makes an event by name in which somebody has booked, holds seats and waits.
func resident(t testing.TB, s *Store, name string) target {
	t.Helper()
	ctx := t.Context()
	c, err := s.CreateEvent(ctx, booking.NewEvent{Slug: name, EventDetails: booking.EventDetails{
		Name: name, Capacity: 20, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
	}})
	must(t, err)
	at := target{event: booking.Selector{ID: c.Event.ID}, slug: booking.Selector{Slug: name}}
	divideEvent(t, s, at.event)
	ask := func(typ string, hold bool) booking.Reference {
		r, err := s.Book(ctx, booking.Request{
			Event: at.event, Lines: []booking.LineRequest{{Type: typ, Quantity: 1}}, Hold: hold,
			Email: name + "@example.com", Name: name,
		})
		must(t, err)
		return r.Booking.Reference
	}
	at.confirmed, at.held = ask("child", false), ask("adult", true)
	joined, err := s.Join(ctx, booking.Joining{
		Event: at.event, Quantity: 1, Type: "adult", Email: name + "@example.com",
	})
	must(t, err)
	at.waiting = joined.Booking.Reference
	return at
}

// missingTarget is like another one, but nothing of it is there.
func missingTarget(s *Store, like target) target {
	none := s.refs.reference(999)
	like.event, like.slug = booking.Selector{ID: 999}, booking.Selector{Slug: "theirs-not"}
	if like.own == like.confirmed {
		like.own = none
	}
	like.confirmed, like.held, like.waiting = none, none, none
	return like
}

// callers are who may reach event 1 alone, and what is beyond them.
func callers(mine, theirs target) map[string]struct {
	scope  booking.Scope
	beyond target
} {
	draft := theirs
	draft.event = booking.Selector{ID: 3}
	draft.slug = booking.Selector{Slug: "theirs-draft"}
	return map[string]struct {
		scope  booking.Scope
		beyond target
	}{
		"bound":    {booking.Scope{Events: []int64{1}}, theirs},
		"stranger": {booking.Scope{Public: true}, withoutOwn(draft)},
		"guest":    {booking.Scope{Public: true, Own: mine.confirmed}, draft},
	}
}

// withoutOwn is a target for somebody who has no booking.
func withoutOwn(at target) target {
	at.own = at.confirmed
	return at
}

func TestWhatIsBeyondTheScopeIsMissing(t *testing.T) {
	path, mine, theirs := neighbours(t)
	s := openAt(t, path)
	for who, c := range callers(mine, theirs) {
		before := withoutMarkers(dump(t, path))
		scoped := s.As(booking.Caller{Actor: "http", Scope: c.scope})
		for name, ask := range scopeRows() {
			c.beyond.folder = t.TempDir()
			answer, foreign := ask(t.Context(), scoped, c.beyond)
			_, missing := ask(t.Context(), scoped, missingTarget(s, c.beyond))
			if got, want := refusal(foreign, c.beyond), refusal(missing,
				missingTarget(s, c.beyond)); got != want {
				t.Errorf("%s: %s:\n got %s\nwant %s", who, name, got, want)
			}
			if foreign == nil && !strings.HasSuffix(name, " of all") {
				t.Errorf("%s: %s is answered", who, name)
			}
			if found := beyond(answer, c.scope, theirs); foreign == nil && found != "" {
				t.Errorf("%s: %s tells %s", who, name, found)
			}
		}
		if after := withoutMarkers(dump(t, path)); after != before {
			t.Errorf("%s: the database is not as it was:\n%s", who, after)
		}
	}
}

// Else a row may be refused for another reason, and the scope has nothing to do with it.
func TestTheOwnerIsAnsweredWhereOthersFindNothing(t *testing.T) {
	whole, _, theirs := neighbours(t)
	rows := scopeRows()
	maps.Copy(rows, ownerRows())
	if pgcluster.OnPostgres() {
		delete(rows, "Backup") // it copies a file
	}
	own := somewhere(t)
	for name, ask := range rows {
		must(t, restore(whole, own))
		s := openAt(t, own)
		theirs.folder = t.TempDir()
		answer, err := ask(t.Context(), s, theirs)
		switch kind := booking.KindOf(err); {
		case kind == booking.NotFound || kind == booking.Forbidden || kind == booking.Invalid,
			kind == booking.Internal:
			t.Errorf("%s: %v", name, err)
		case strings.HasSuffix(name, "of all") && beyond(answer, booking.Scope{}, theirs) == "":
			t.Errorf("%s gives nothing of event 2: the test is blind", name)
		}
		must(t, s.Close())
	}
}

func TestOnlyTheOwnerDealsWithTheWholeDatabase(t *testing.T) {
	path, mine, theirs := neighbours(t)
	s := openAt(t, path)
	before := dump(t, path)
	for who, c := range callers(mine, theirs) {
		for name, ask := range ownerRows() {
			c.beyond.folder = t.TempDir()
			_, err := ask(t.Context(), s.As(booking.Caller{Scope: c.scope}), c.beyond)
			if booking.KindOf(err) != booking.Forbidden {
				t.Errorf("%s: %s: %v", who, name, err)
			}
		}
	}
	if dump(t, path) != before {
		t.Error("the database is not as it was")
	}
}

func TestNoMethodOfTheStoreIsForgotten(t *testing.T) {
	rows := scopeRows()
	maps.Copy(rows, ownerRows())
	known := unscoped()
	for name := range rows {
		known = append(known, methodOf(name))
	}
	methods := reflect.TypeFor[*Store]()
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; !slices.Contains(known, name) {
			t.Errorf("%s has no row that says what it does beyond the scope of a caller", name)
		}
	}
}

// withoutMarkers leaves out of a dump which groups were committed, be it that they changed nothing.
func withoutMarkers(dump string) string {
	lines := strings.SplitAfter(dump, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "markers ")
	}), "")
}

// refusal is all that a caller can see of an error, with the names of a target made alike.
func refusal(err error, at target) string {
	var e *booking.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	text := fmt.Sprintf("%s: %s (%s) %+v %d %s %s %d %d", e.Kind, e.Message, e.Hint, e.Fields,
		e.Event, e.Booking, e.Slug, e.Available, e.Rows)
	return strings.NewReplacer(
		at.held.String(), "REFERENCE", at.confirmed.String(), "REFERENCE",
		at.waiting.String(), "REFERENCE", at.own.String(), "REFERENCE",
		at.slug.Slug, "SLUG", fmt.Sprintf(" %d", at.event.ID), " NUMBER",
	).Replace(text)
}

// beyond finds in an answer what its caller must not see; "" when there is nothing.
func beyond(answer any, scope booking.Scope, theirs target) string {
	text := fmt.Sprintf("%+v", answer)
	marks := []string{
		theirs.held.String(), theirs.confirmed.String(), theirs.waiting.String(),
		"theirs@example.com",
	}
	if scope.Public {
		marks = append(marks, "theirs-draft", "EventID:3")
	} else {
		marks = append(marks, "theirs", "EventID:2")
	}
	for _, mark := range marks {
		if strings.Contains(text, mark) {
			return mark
		}
	}
	return ""
}

func TestAFeedTellsNothingFromBeyondTheScope(t *testing.T) {
	path, mine, theirs := neighbours(t)
	s := openAt(t, path)
	for who, c := range callers(mine, theirs) {
		scoped := s.As(booking.Caller{Scope: c.scope})
		f := feedOf(t, scoped, JournalQuery{})
		for _, name := range []string{"mine", "theirs", "theirs-draft"} {
			edit := booking.Edit{Venue: new(who)}
			_, err := s.EditEvent(t.Context(), booking.Selector{Slug: name}, edit)
			must(t, err)
		}
		entries, err := f.Next(t.Context())
		must(t, err)
		if len(entries) == 0 || beyond(entries, c.scope, theirs) != "" {
			t.Errorf("%s: got %+v", who, entries)
		}
		for _, e := range entries {
			if c.scope.Public && (e.Actor != "" || !e.Detail.Empty()) {
				t.Errorf("%s: got %+v", who, e)
			}
		}
	}
}

func TestTheOwnersOfABookingSeeItAndItsEvent(t *testing.T) {
	path, mine, _ := neighbours(t)
	s := openAt(t, path)
	guest := s.As(booking.Caller{Scope: booking.Scope{Public: true, Own: mine.confirmed}})
	for _, sel := range []booking.Selector{mine.event, mine.slug} {
		e, err := guest.Event(t.Context(), sel)
		if err != nil || e.Name != "mine" {
			t.Errorf("got %+v, %v", e, err)
		}
	}
	b, err := guest.Booking(t.Context(), mine.confirmed)
	if err != nil || b.Email != "mine@example.com" {
		t.Errorf("got %+v, %v", b, err)
	}
	all, err := guest.Bookings(t.Context(), BookingQuery{Page: Page{Limit: 9}})
	if err != nil || len(all.Bookings) != 1 || all.Bookings[0].Reference != mine.confirmed {
		t.Errorf("got %+v, %v", all, err)
	}
	codes, err := guest.AllCodes(t.Context(), CodeQuery{Event: mine.event})
	if err != nil || len(codes.Event.Codes.List()) > 0 {
		t.Errorf("got %+v, %v", codes, err)
	}
}

func TestASlugThatIsTakenBeyondTheScopeTellsNoNumber(t *testing.T) {
	path, mine, _ := neighbours(t)
	s := openAt(t, path)
	edit := booking.Edit{Slug: new("theirs")}
	_, err := s.EditEvent(t.Context(), mine.event, edit)
	refusedAs(t, err, booking.Conflict, `slug "theirs" is taken by event 2`)
	bound := s.As(booking.Caller{Scope: booking.Scope{Events: []int64{1}}})
	_, err = bound.EditEvent(t.Context(), mine.event, edit)
	refusedAs(t, err, booking.Conflict, `slug "theirs" is taken`)
}

func TestAnotherOnesKeyTellsNothing(t *testing.T) {
	path, mine, theirs := neighbours(t)
	s := openAt(t, path)
	ask := func(sel booking.Selector, scope string) booking.Request {
		return booking.Request{
			Event: sel, Lines: []booking.LineRequest{{Type: "child", Quantity: 1}},
			Key: booking.Key{Scope: scope, Text: "k"},
		}
	}
	ours, err := s.Book(t.Context(), ask(theirs.event, booking.LocalScope))
	must(t, err)
	bound := s.As(booking.Caller{Scope: booking.Scope{Events: []int64{1}}})
	first, err := bound.Book(t.Context(), ask(mine.event, "token:1"))
	if err != nil || first.Replayed || first.Booking.Reference == ours.Booking.Reference {
		t.Errorf("got %+v, %v", first, err)
	}
	// What a key has made may have gone beyond the scope since.
	ref := first.Booking.Reference
	_, err = s.Move(t.Context(), booking.Move{Reference: ref, Event: theirs.event})
	must(t, err)
	again, err := bound.Book(t.Context(), ask(mine.event, "token:1"))
	refusedAs(t, err, booking.NotFound, booking.NoBooking(ref).Message)
	if again.Secret != (booking.Secret{}) || again.Event.ID != 0 {
		t.Errorf("got %+v", again)
	}
}

// Who tries addresses must not learn the reference of whom they find.
func TestWhoWaitsAlreadyIsNamedToThoseOnlyWhoMayKnow(t *testing.T) {
	path, mine, _ := neighbours(t)
	s := openAt(t, path)
	join := booking.Joining{
		Event: mine.event, Quantity: 1, Type: "adult", Email: "mine@example.com",
	}
	for scope, named := range map[*booking.Scope]bool{
		{}: true, {Events: []int64{1}}: true, {Public: true}: false,
		{Public: true, Own: mine.held}: false, {Public: true, Own: mine.waiting}: true,
	} {
		_, err := s.As(booking.Caller{Scope: *scope}).Join(t.Context(), join)
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Conflict ||
			strings.Contains(e.Message, mine.waiting.String()) != named ||
			(e.Booking != 0) != named {
			t.Errorf("%+v: %v", *scope, err)
		}
	}
}

// Rows about events beyond the scope take nothing off their books either.
func TestRowsBeyondTheScopeSweepNothing(t *testing.T) {
	s := open(t)
	mine, theirs := event(t, s, 1), event(t, s, 1)
	setClock(s, time.Now().Add(-time.Hour))
	lapsed := hold(t, s, theirs, 1, time.Minute)
	setClock(s, time.Now())
	bound := s.As(booking.Caller{Scope: booking.Scope{Events: []int64{mine.ID}}})
	rows := slices.Concat(seatRows(theirs, 1), seatRows(mine, 1))
	rows[0].Key, rows[1].Key = booking.Key{}, booking.Key{}
	results, err := bound.BookMany(t.Context(), rows, false)
	must(t, err)
	status := rawStatus(t, s, lapsed.Reference)
	if cmp.Or(results[0].Refusal, &booking.Error{}).Kind != booking.NotFound ||
		results[1].Refusal != nil || status != booking.Held {
		t.Errorf("got %+v, the hold is %s", results, status)
	}
}
