package booking

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// counter is a mint that counts.
type counter struct {
	events     int64
	references Reference
}

func (c *counter) EventID() int64 {
	c.events++
	return c.events
}

func (c *counter) Reference() Reference {
	c.references++
	return c.references
}

// group is a sheet with a clock: what one transaction decides.
type group struct {
	*Sheet
	now time.Time
}

func newGroup() *group {
	return &group{
		Sheet: NewSheet(&counter{}),
		now:   time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
}

func (g *group) do(command func(*Draft) error) error {
	return g.Decide(Caller{Actor: "test"}, g.now, command)
}

// ask decides one command and gives its answer.
func ask[Ask any, A Answer[A]](g *group, rule func(*Draft, Ask) (A, error), a Ask) (A, error) {
	return Decide(g.Sheet, Caller{Actor: "test"}, g.now, func(d *Draft) (A, error) {
		return rule(d, a)
	})
}

// must is the answer of a command that has to succeed.
func must[T any](t testing.TB) func(answer T, err error) T {
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// details are those of an event that costs 12.50 a seat.
func details(capacity int) EventDetails {
	return EventDetails{
		Name: "Go Meetup", Capacity: capacity, Zone: "Europe/Berlin",
		Price: Money{Minor: 1250, Currency: "EUR"}, Waitlist: Strict, OfferTTL: DefaultOfferTTL,
	}
}

func (g *group) create(t testing.TB, capacity int) Event {
	t.Helper()
	n := NewEvent{EventDetails: details(capacity)}
	return must[Created](t)(ask(g, (*Draft).CreateEvent, n)).Event
}

func (g *group) book(t testing.TB, event int64, quantity int) Booking {
	t.Helper()
	return must[Receipt](t)(ask(g, (*Draft).Book,
		Request{Event: Selector{ID: event}, Quantity: quantity})).Booking
}

// refused fails the test unless the error has the kind and the message.
func refused(t testing.TB, err error, kind Kind, message string) {
	t.Helper()
	if KindOf(err) != kind || err.Error() != message {
		t.Errorf("got %q: %v, want %q: %s", KindOf(err), err, kind, message)
	}
}

// everything writes down all that a sheet knows.
func everything(s *Sheet) string {
	var text []string
	for id, c := range s.events {
		text = append(text, fmt.Sprintf("%d: %+v to %+v, %t", id, c.Before, c.After, c.listed))
	}
	for ref, c := range s.bookings {
		text = append(text, fmt.Sprintf("%s: %+v to %+v, %t", ref, c.Before, c.After, c.listed))
	}
	slices.Sort(text)
	return fmt.Sprintf("%s %v %v %d %d %v %v %v %v %v", text, s.slugs, s.keys,
		len(s.changedEvents), len(s.changedBookings), s.journal, s.newKeys, s.lapsed, s.queue,
		s.customers)
}

func TestACommandThatFailsAtItsEndLeavesNoTrace(t *testing.T) {
	g := newGroup()
	kept, doomed := g.create(t, 5), g.create(t, 5)
	b := g.book(t, kept.ID, 2)
	before := everything(g.Sheet)
	slug := "renamed"
	failure := errors.New("the last step failed")
	err := g.do(func(d *Draft) error {
		steps := []error{
			second(d.Book(Request{
				Event: Selector{ID: kept.ID}, Quantity: 1, Key: Key{Text: "k"},
			})),
			second(d.EditEvent(Selector{ID: kept.ID}, Edit{Slug: &slug})),
			second(d.Cancel(Cancellation{Reference: b.Reference, Part: some(1)})),
			second(d.CreateEvent(NewEvent{Slug: "new", EventDetails: details(1)})),
			second(d.DeleteEvent(Selector{ID: doomed.ID}, false)),
		}
		if err := errors.Join(steps...); err != nil {
			t.Fatal(err)
		}
		return failure
	})
	if err != failure {
		t.Fatalf("got %v", err)
	}
	if after := everything(g.Sheet); after != before {
		t.Errorf("the sheet was\n%s\nand is now\n%s", before, after)
	}
}

func second[T any](_ T, err error) error { return err }

func TestEveryRefusalLeavesNoTrace(t *testing.T) {
	g := newGroup()
	event := g.create(t, 3)
	b := g.book(t, event.ID, 2)
	sel := Selector{ID: event.ID}
	used := Key{Text: "used"}
	must[Created](t)(ask(g, (*Draft).CreateEvent,
		NewEvent{Slug: "taken", EventDetails: details(1), Key: used}))
	slug, capacity := "taken", 1
	book := func(r Request) func(*Draft) error {
		return func(d *Draft) error { return second(d.Book(r)) }
	}
	cancel := func(c Cancellation) func(*Draft) error {
		return func(d *Draft) error { return second(d.Cancel(c)) }
	}
	edit := func(e Edit) func(*Draft) error {
		return func(d *Draft) error { return second(d.EditEvent(sel, e)) }
	}
	for name, command := range map[string]func(*Draft) error{
		"sold out":      book(Request{Event: sel, Quantity: 2}),
		"no event":      book(Request{Event: Selector{ID: 9}, Quantity: 1}),
		"invalid":       book(Request{Event: sel}),
		"key reused":    book(Request{Event: sel, Quantity: 1, Key: used}),
		"too many back": cancel(Cancellation{Reference: b.Reference, Part: some(3)}),
		"no booking":    cancel(Cancellation{Reference: 77}),
		"slug taken":    edit(Edit{Slug: &slug}),
		"capacity":      edit(Edit{Capacity: &capacity}),
		"not agreed":    func(d *Draft) error { return second(d.CancelEvent(sel, false, "")) },
		"ever booked":   func(d *Draft) error { return second(d.DeleteEvent(sel, true)) },
	} {
		before := everything(g.Sheet)
		if err := g.do(command); err == nil {
			t.Errorf("%s was not refused", name)
		}
		if after := everything(g.Sheet); after != before {
			t.Errorf("%s: the sheet was\n%s\nand is now\n%s", name, before, after)
		}
	}
}

func TestLaterCommandsSeeWhatEarlierOnesDecided(t *testing.T) {
	g := newGroup()
	event := must[Created](t)(ask(g, (*Draft).CreateEvent,
		NewEvent{Slug: "meetup", EventDetails: details(3)})).Event
	bySlug := Request{Event: Selector{Slug: "meetup"}, Quantity: 2}
	first := must[Receipt](t)(ask(g, (*Draft).Book, bySlug))
	_, err := ask(g, (*Draft).Book, bySlug)
	refused(t, err, SoldOut, "only 1 seat left for event 1, asked for 2")
	must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{Reference: first.Booking.Reference}))
	again := must[Receipt](t)(ask(g, (*Draft).Book, bySlug))
	if again.Left != 1 || again.Booking.Reference == first.Booking.Reference {
		t.Errorf("got %+v after %+v", again, first)
	}
	now, _ := g.Find(Selector{ID: event.ID})
	if now.Confirmed != 2 || now.Version != 4 {
		t.Errorf("got %+v", now)
	}
	events := g.ChangedEvents()
	if len(events) != 1 || events[0].Before != nil || !same(*events[0].After, now) {
		t.Errorf("the event's changes are %+v", events)
	}
	if len(g.ChangedBookings()) != 2 {
		t.Errorf("%d bookings changed", len(g.ChangedBookings()))
	}
}

func TestALoadedSheetKnowsWhatWasBefore(t *testing.T) {
	g := newGroup()
	stored := Event{ID: 7, Slug: "old", EventDetails: details(3), Status: OpenEvent, Version: 4,
		Counters: Counters{Confirmed: 2}}
	b := Booking{Reference: 70, EventID: 7, Quantity: 2, Status: Confirmed}
	g.LoadEvent(stored)
	g.LoadBooking(b)
	if len(g.ChangedEvents())+len(g.ChangedBookings())+len(g.Journal()) > 0 {
		t.Error("loading is a change")
	}
	must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{Reference: 70}))
	event, cancelled := g.ChangedEvents()[0], g.ChangedBookings()[0]
	if len(g.Journal()) != 1 || !same(*event.Before, stored) || !same(*cancelled.Before, b) {
		t.Errorf("before: %+v and %+v", event.Before, cancelled.Before)
	}
	if event.After.Confirmed != 0 || event.After.Version != 5 ||
		cancelled.After.Status != Cancelled {
		t.Errorf("after: %+v and %+v", event.After, cancelled.After)
	}
}

func TestSlugsFollowTheirEvents(t *testing.T) {
	g := newGroup()
	slug := func(s string) Edit { return Edit{Slug: &s} }
	a, b := g.create(t, 1), g.create(t, 1)
	edit := func(id int64, s string) error {
		return g.do(func(d *Draft) error { return second(d.EditEvent(Selector{ID: id}, slug(s))) })
	}
	finds := func(s string, want int64) {
		t.Helper()
		if e, ok := g.Find(Selector{Slug: s}); ok != (want != 0) || e.ID != want {
			t.Errorf("slug %q finds event %d, want %d", s, e.ID, want)
		}
	}
	if err := errors.Join(edit(a.ID, "one"), edit(a.ID, "two"), edit(b.ID, "one")); err != nil {
		t.Fatal(err)
	}
	finds("one", b.ID)
	finds("two", a.ID)
	refused(t, edit(b.ID, "two"), Conflict, `slug "two" is taken by event 1`)
	if err := edit(b.ID, "one"); err != nil {
		t.Errorf("an event cannot keep its slug: %v", err)
	}
	if err := errors.Join(edit(a.ID, ""), edit(b.ID, "two")); err != nil {
		t.Fatal(err)
	}
	finds("one", 0)
	finds("two", b.ID)
	finds("", 0)
	if err := g.do(func(d *Draft) error {
		return second(d.DeleteEvent(Selector{Slug: "two"}, false))
	}); err != nil {
		t.Fatal(err)
	}
	finds("two", 0)
	if err := edit(a.ID, "two"); err != nil {
		t.Errorf("the slug of a deleted event is not free: %v", err)
	}
}

func TestTheJournalHasNoGapsAndAddsUp(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	sel := Selector{ID: event.ID}
	b := g.book(t, event.ID, 4)
	g.book(t, event.ID, 3)
	must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{
		Reference: b.Reference, Part: some(1), Reason: "ill",
	}))
	capacity := 8
	for _, command := range []func(*Draft) error{
		func(d *Draft) error { return second(d.EditEvent(sel, Edit{Capacity: &capacity})) },
		func(d *Draft) error { return second(d.CloseEvent(sel)) },
		func(d *Draft) error { return second(d.OpenEvent(sel)) },
		func(d *Draft) error { return second(d.CancelEvent(sel, true, "rain")) },
	} {
		if err := g.do(command); err != nil {
			t.Fatal(err)
		}
	}
	want := []EntryKind{
		EventCreated, BookingConfirmed, BookingConfirmed, BookingReduced, EventEdited,
		EventClosed, EventOpened, BookingCancelled, BookingCancelled, EventCancelled,
	}
	var sum Entry
	var kinds []EntryKind
	for i, e := range g.Journal() {
		kinds = append(kinds, e.Kind)
		sum.Capacity += e.Capacity
		sum.Held += e.Held
		sum.Confirmed += e.Confirmed
		if e.EventID != event.ID || e.Seq != int64(i+1) || e.Actor != "test" || e.At != g.now {
			t.Errorf("entry %d is %+v", i+1, e)
		}
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
	now, _ := g.Find(sel)
	if sum.Capacity != 8 || sum.Held != 0 || sum.Confirmed != 0 || now.Version != int64(len(want)) {
		t.Errorf("the entries add up to %+v, the event is %+v", sum, now)
	}
}
