package booking

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// change decides a command that answers with an event.
func (g *group) change(rule func(*Draft) (Event, error)) (Event, error) {
	return Decide(g.Sheet, Caller{Actor: "test"}, g.now, rule)
}

func (g *group) edit(id int64, e Edit) (Event, error) {
	return g.change(func(d *Draft) (Event, error) { return d.EditEvent(Selector{ID: id}, e) })
}

// Every status meets every command; what comes out is the event's new status or a refusal.
func TestStatusChangesFollowTheTable(t *testing.T) {
	const (
		draft, open, closed, cancelled = "is draft", "is open", "is closed", "is cancelled"
		gone, offSale, conflict        = "is gone", "refused: closed", "refused: conflict"
	)
	sel, venue := Selector{ID: 1}, "Hall 2"
	for _, row := range []struct {
		command string
		apply   func(*Draft) error
		want    [4]string // for an event that is draft, open, closed, cancelled
	}{
		{"book", func(d *Draft) error { return second(d.Book(Request{Event: sel, Quantity: 1})) },
			[4]string{offSale, open, offSale, offSale}},
		{"give back", func(d *Draft) error { return second(d.Cancel(Cancellation{Reference: 9})) },
			[4]string{draft, open, closed, conflict}},
		{"edit", func(d *Draft) error { return second(d.EditEvent(sel, Edit{Venue: &venue})) },
			[4]string{draft, open, closed, conflict}},
		{"open", func(d *Draft) error { return second(d.OpenEvent(sel)) },
			[4]string{open, open, open, conflict}},
		{"close", func(d *Draft) error { return second(d.CloseEvent(sel)) },
			[4]string{closed, closed, closed, conflict}},
		{"cancel", func(d *Draft) error { return second(d.CancelEvent(sel, true, "")) },
			[4]string{cancelled, cancelled, cancelled, conflict}},
		{"delete", func(d *Draft) error { return second(d.DeleteEvent(sel, false)) },
			[4]string{gone, gone, gone, gone}},
	} {
		for i, from := range []EventStatus{DraftEvent, OpenEvent, ClosedEvent, CancelledEvent} {
			g := newGroup()
			e := Event{ID: 1, EventDetails: details(10), Status: from}
			e.Confirmed = 1
			b := Booking{Reference: 9, EventID: 1, Quantity: 1, Status: Confirmed}
			if from == CancelledEvent {
				e.Confirmed, b.Status = 0, Cancelled
			}
			g.LoadEvent(e)
			g.LoadBooking(b)
			err := g.do(row.apply)
			now, there := g.Find(sel)
			got := "is " + string(now.Status)
			switch {
			case err != nil:
				got = "refused: " + string(KindOf(err))
			case !there:
				got = gone
			}
			if got != row.want[i] {
				t.Errorf("%s, %s: %s (%v), want %s", from, row.command, got, err, row.want[i])
			}
		}
	}
}

func TestNothingToChangeLeavesNoTrace(t *testing.T) {
	g := newGroup()
	g.LoadEvent(Event{ID: 1, EventDetails: details(10), Status: OpenEvent, Version: 3})
	g.LoadEvent(Event{ID: 2, EventDetails: details(10), Status: ClosedEvent, Version: 3})
	name := details(1).Name
	for _, rule := range []func(*Draft) (Event, error){
		func(d *Draft) (Event, error) { return d.OpenEvent(Selector{ID: 1}) },
		func(d *Draft) (Event, error) { return d.CloseEvent(Selector{ID: 2}) },
		func(d *Draft) (Event, error) { return d.EditEvent(Selector{ID: 1}, Edit{}) },
		func(d *Draft) (Event, error) { return d.EditEvent(Selector{ID: 1}, Edit{Name: &name}) },
	} {
		if e, err := g.change(rule); err != nil || e.Version != 3 {
			t.Errorf("got %+v, %v", e, err)
		}
	}
	if len(g.ChangedEvents())+len(g.Journal()) > 0 {
		t.Errorf("changed: %v", g.Journal())
	}
}

func TestCommandsOnNoEventAreNotFound(t *testing.T) {
	none := Selector{Slug: "none"}
	for _, rule := range []func(*Draft) error{
		func(d *Draft) error { return second(d.EditEvent(none, Edit{})) },
		func(d *Draft) error { return second(d.OpenEvent(none)) },
		func(d *Draft) error { return second(d.CloseEvent(none)) },
		func(d *Draft) error { return second(d.CancelEvent(none, true, "")) },
		func(d *Draft) error { return second(d.DeleteEvent(none, false)) },
	} {
		refused(t, newGroup().do(rule), NotFound, "no event none")
	}
}

func TestANewEventIsOnSaleUnlessItIsADraft(t *testing.T) {
	g := newGroup()
	n := NewEvent{Slug: "zoe", EventDetails: details(40)}
	n.Name = "Zoe\u0308"
	n.StartsAt = g.now.In(zone(t, "Asia/Tokyo"))
	got := must[Created](t)(ask(g, (*Draft).CreateEvent, n)).Event
	want := Event{ID: 1, Slug: "zoe", EventDetails: n.EventDetails, Status: OpenEvent, Version: 1,
		CreatedAt: g.now}
	want.Name, want.StartsAt = "Zoë", g.now
	if !same(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	draft := must[Created](t)(ask(g, (*Draft).CreateEvent,
		NewEvent{EventDetails: details(40), Draft: true})).Event
	if draft.Status != DraftEvent || draft.ID == got.ID {
		t.Errorf("got %+v", draft)
	}
}

func TestASlugIsGivenOnce(t *testing.T) {
	g := newGroup()
	n := NewEvent{Slug: "meetup", EventDetails: details(40)}
	must[Created](t)(ask(g, (*Draft).CreateEvent, n))
	_, err := ask(g, (*Draft).CreateEvent, n)
	refused(t, err, Conflict, `slug "meetup" is taken by event 1`)
}

// badFields names the fields of an Invalid error.
func badFields(t testing.TB, err error) []string {
	t.Helper()
	e, ok := err.(*Error)
	if !ok || e.Kind != Invalid {
		t.Fatalf("got %v", err)
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	return names
}

func TestEveryBadDetailIsNamed(t *testing.T) {
	at := time.Date(2026, 12, 1, 19, 0, 0, 0, time.UTC)
	bad := EventDetails{
		Description: "\x00", Venue: strings.Repeat("v", MaxVenue+1), Capacity: MaxCapacity + 1,
		Price: Money{Minor: -1, Currency: "EUR"}, Zone: "Mars/Olympus",
		StartsAt: at, EndsAt: at,
	}
	want := []string{"slug", "name", "description", "venue", "capacity", "price", "timezone",
		"ends_at", "idempotency_key"}
	got := badFields(t, NewEvent{Slug: "A", EventDetails: bad, Key: Key{Text: " "}}.Validate())
	if !slices.Equal(got, want) {
		t.Errorf("a new event: got %v, want %v", got, want)
	}
	g := newGroup()
	_, err := g.edit(g.create(t, 10).ID, Edit{
		Slug: new("A"), Name: &bad.Name, Description: &bad.Description, Venue: &bad.Venue,
		Capacity: &bad.Capacity, Price: new("-1"), Zone: new("Mars/Olympus"),
	})
	want = []string{"price", "slug", "name", "description", "venue", "capacity", "timezone"}
	if got := badFields(t, err); !slices.Equal(got, want) {
		t.Errorf("an edit: got %v, want %v", got, want)
	}
}

func TestCancellingAnEventNeedsConsentToCancelItsBookings(t *testing.T) {
	g := newGroup()
	event, other := g.create(t, 10), g.create(t, 10)
	sel := Selector{ID: event.ID}
	kept := g.book(t, other.ID, 1)
	gone := g.book(t, event.ID, 1)
	must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{
		Reference: gone.Reference, Reason: "ill",
	}))
	g.book(t, event.ID, 3)
	g.book(t, event.ID, 2)
	err := g.do(func(d *Draft) error { return second(d.CancelEvent(sel, false, "")) })
	refused(t, err, Conflict, "event 1 has 5 seats booked")
	var called CalledOff
	if err := g.do(func(d *Draft) (err error) {
		called, err = d.CancelEvent(sel, true, "rain")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if called.Bookings != 2 || called.Seats != 5 || called.Event.Confirmed != 0 ||
		called.Event.Status != CancelledEvent {
		t.Errorf("got %+v", called)
	}
	for _, c := range g.ChangedBookings() {
		b, reason := c.After, "rain"
		switch b.Reference {
		case kept.Reference:
			if !same(b, kept) {
				t.Errorf("a booking of another event is now %+v", b)
			}
			continue
		case gone.Reference:
			reason = "ill"
		}
		if b.Status != Cancelled || b.CancelReason != reason {
			t.Errorf("got %+v", b)
		}
	}
	err = g.do(func(d *Draft) error { return second(d.CancelEvent(sel, true, "")) })
	refused(t, err, Conflict, "event 1 is already cancelled")
}

func TestReasonsHaveALimit(t *testing.T) {
	long := strings.Repeat("x", MaxReason+1)
	err := newGroup().do(func(d *Draft) error {
		return second(d.CancelEvent(Selector{ID: 1}, true, long))
	})
	if KindOf(err) != Invalid {
		t.Errorf("got %v", err)
	}
	if err := (Cancellation{Reason: long}).Validate(); KindOf(err) != Invalid {
		t.Errorf("got %v", err)
	}
}

func TestAnEventThatWasBookedIsKept(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	sel := Selector{ID: event.ID}
	err := g.do(func(d *Draft) error { return second(d.DeleteEvent(sel, true)) })
	refused(t, err, Conflict, "event 1 has bookings and is kept for the record")
	deleted := must[Event](t)(g.change(func(d *Draft) (Event, error) {
		return d.DeleteEvent(sel, false)
	}))
	last := g.Journal()[len(g.Journal())-1]
	if deleted.ID != event.ID || last.Kind != EventDeleted || last.Capacity != -10 {
		t.Errorf("got %+v, noted %+v", deleted, last)
	}
	if c := g.ChangedEvents()[0]; c.After != nil {
		t.Errorf("the event is still there: %+v", c.After)
	}
	_, err = ask(g, (*Draft).Book, Request{Event: sel, Quantity: 1})
	refused(t, err, NotFound, "no event 1")
}
