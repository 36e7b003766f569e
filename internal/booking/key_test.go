package booking

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// keyed asks for three seats under a key.
func keyed(event int64, key Key) Request {
	return Request{
		Event: Selector{ID: event}, Quantity: 3, Email: "ann@example.com", Name: "Ann Secret",
		Note: "at the window", Key: key,
	}
}

func TestARepeatedBookingIsAnsweredAsItWasThen(t *testing.T) {
	g := newGroup()
	sel := Selector{ID: g.create(t, 10).ID}
	key := Key{Scope: "cli", Text: "k"}
	first := must[Receipt](t)(ask(g, (*Draft).Book, keyed(sel.ID, key)))
	for _, change := range []struct {
		name     string
		returned bool
		apply    func(*Draft) error
	}{
		{"nothing", false, func(*Draft) error { return nil }},
		{"an edit", false, func(d *Draft) error {
			return second(d.EditEvent(sel, Edit{Price: new("99.00"), Capacity: new(500)}))
		}},
		{"another booking", false, func(d *Draft) error {
			return second(d.Book(Request{Event: sel, Quantity: 2}))
		}},
		{"a partial cancellation", true, func(d *Draft) error {
			return second(d.Cancel(Cancellation{
				Reference: first.Booking.Reference, Part: some(1),
			}))
		}},
		{"a cancellation", true, func(d *Draft) error {
			return second(d.Cancel(Cancellation{
				Reference: first.Booking.Reference, Reason: "ill",
			}))
		}},
		{"the end of the event", true, func(d *Draft) error {
			return second(d.CancelEvent(sel, true, "rain"))
		}},
	} {
		g.now = g.now.Add(time.Minute)
		if err := g.do(change.apply); err != nil {
			t.Fatal(err)
		}
		before := everything(g.Sheet)
		again, err := ask(g, (*Draft).Book, keyed(sel.ID, key))
		if err != nil || !again.Replayed || !same(again.Booking, first.Booking) || again.Left != 7 {
			t.Errorf("after %s: got %+v, %v, want %+v", change.name, again, err, first)
		}
		if again.Changed != change.returned {
			t.Errorf("after %s: it says %t of seats given back", change.name, again.Changed)
		}
		if now, _ := g.Find(sel); !same(again.Event, now) {
			t.Errorf("after %s: the event is %+v, not as it is now", change.name, again.Event)
		}
		if everything(g.Sheet) != before {
			t.Errorf("after %s: repeating changed something", change.name)
		}
	}
}

func TestARepeatedEventIsAnsweredAsItWasThen(t *testing.T) {
	g := newGroup()
	n := NewEvent{Slug: "meetup", EventDetails: details(40), Key: Key{Text: "k"}}
	n.Name = "Zoe\u0308's Meetup"
	n.StartsAt = g.now.In(zone(t, "Asia/Tokyo"))
	first := must[Created](t)(ask(g, (*Draft).CreateEvent, n))
	name := "Another"
	for _, change := range []func(*Draft) error{
		func(*Draft) error { return nil },
		func(d *Draft) error {
			return second(d.EditEvent(Selector{ID: first.Event.ID}, Edit{Name: &name}))
		},
		func(d *Draft) error { return second(d.DeleteEvent(Selector{ID: first.Event.ID}, false)) },
	} {
		if err := g.do(change); err != nil {
			t.Fatal(err)
		}
		again, err := ask(g, (*Draft).CreateEvent, n)
		if err != nil || !again.Replayed || !same(again.Event, first.Event) {
			t.Errorf("got %+v, %v, want %+v", again, err, first)
		}
	}
	if len(g.ChangedEvents()) != 1 {
		t.Errorf("there are %d events", len(g.ChangedEvents()))
	}
}

func TestNumberAndSlugOfAnEventAreTheSameRequest(t *testing.T) {
	g := newGroup()
	n := NewEvent{Slug: "meetup", EventDetails: details(10)}
	event := must[Created](t)(ask(g, (*Draft).CreateEvent, n)).Event
	r := keyed(event.ID, Key{Text: "k"})
	first := must[Receipt](t)(ask(g, (*Draft).Book, r))
	r.Event = Selector{Slug: "meetup"}
	again := must[Receipt](t)(ask(g, (*Draft).Book, r))
	if !again.Replayed || !same(again.Booking, first.Booking) {
		t.Errorf("got %+v after %+v", again, first)
	}
}

// "+3d" is another moment whenever it is repeated, and the same request all the same.
func TestTheSameWordsAreTheSameRequestAtAnyMoment(t *testing.T) {
	g := newGroup()
	at := func(words string) NewEvent {
		n := NewEvent{EventDetails: details(10), Key: Key{Text: "k"}}
		n.StartsText = words
		var err error
		if n.StartsAt, err = ParseWhen(words, zone(t, n.Zone), g.now); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := must[Created](t)(ask(g, (*Draft).CreateEvent, at("+3d")))
	g.now = g.now.Add(time.Second)
	again := must[Created](t)(ask(g, (*Draft).CreateEvent, at("+3d")))
	if !again.Replayed || !same(again.Event, first.Event) {
		t.Errorf("got %+v after %+v", again, first)
	}
	_, err := ask(g, (*Draft).CreateEvent, at("+4d"))
	refused(t, err, KeyReused, `idempotency key "k" was used with another request`)
	ends := at("+3d")
	ends.StartsText, ends.EndsText = "", "+3d"
	_, err = ask(g, (*Draft).CreateEvent, ends)
	refused(t, err, KeyReused, `idempotency key "k" was used with another request`)
}

func TestAKeyStandsForOneRequestOnly(t *testing.T) {
	g := newGroup()
	event, other := g.create(t, 40), g.create(t, 40)
	key := Key{Scope: "cli", Text: "k"}
	must[Receipt](t)(ask(g, (*Draft).Book, keyed(event.ID, key)))
	for name, change := range map[string]func(*Request){
		"event":    func(r *Request) { r.Event.ID = other.ID },
		"quantity": func(r *Request) { r.Quantity++ },
		"email":    func(r *Request) { r.Email = "bob@example.com" },
		"name":     func(r *Request) { r.Name = "" },
		"note":     func(r *Request) { r.Note += "." },
		// What moves from one field into the next is another request too.
		"split": func(r *Request) { r.Name, r.Note = r.Name+r.Note, "" },
	} {
		r := keyed(event.ID, key)
		change(&r)
		_, err := ask(g, (*Draft).Book, r)
		if KindOf(err) != KeyReused {
			t.Errorf("another %s: %v", name, err)
		}
	}
	_, err := ask(g, (*Draft).CreateEvent, NewEvent{EventDetails: details(1), Key: key})
	refused(t, err, KeyReused, `idempotency key "k" was used with another request`)
}

func TestEveryDetailOfANewEventBelongsToItsKey(t *testing.T) {
	g := newGroup()
	n := NewEvent{EventDetails: details(40), Key: Key{Text: "k"}}
	must[Created](t)(ask(g, (*Draft).CreateEvent, n))
	for name, change := range map[string]func(*NewEvent){
		"slug":        func(n *NewEvent) { n.Slug = "x-1" },
		"name":        func(n *NewEvent) { n.Name += "!" },
		"description": func(n *NewEvent) { n.Description = "x" },
		"venue":       func(n *NewEvent) { n.Venue = "x" },
		"capacity":    func(n *NewEvent) { n.Capacity++ },
		"price":       func(n *NewEvent) { n.Price.Minor++ },
		"currency":    func(n *NewEvent) { n.Price.Currency = "USD" },
		"zone":        func(n *NewEvent) { n.Zone = "UTC" },
		"start":       func(n *NewEvent) { n.StartsAt = g.now },
		"end":         func(n *NewEvent) { n.EndsAt = g.now },
		"draft":       func(n *NewEvent) { n.Draft = true },
	} {
		other := n
		change(&other)
		if _, err := ask(g, (*Draft).CreateEvent, other); KindOf(err) != KeyReused {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

func TestKeysOfDifferentCallersNeverMeet(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	for i, key := range []Key{{"cli:ann", "k"}, {"cli:bob", "k"}, {"cli:ann", "k2"}, {"", "k"}} {
		r, err := ask(g, (*Draft).Book, keyed(event.ID, key))
		if i < 3 && (err != nil || r.Replayed) || i == 3 && KindOf(err) != SoldOut {
			t.Errorf("%v: got %+v, %v", key, r, err)
		}
	}
}

func TestWithoutAKeyEveryRequestCounts(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	r := keyed(event.ID, Key{Scope: "cli"})
	first := must[Receipt](t)(ask(g, (*Draft).Book, r))
	again := must[Receipt](t)(ask(g, (*Draft).Book, r))
	if again.Replayed || again.Booking.Reference == first.Booking.Reference ||
		len(g.NewKeys()) > 0 {
		t.Errorf("got %+v after %+v", again, first)
	}
}

func TestARefusalIsNotRemembered(t *testing.T) {
	g := newGroup()
	event := g.create(t, 4)
	b := g.book(t, event.ID, 4)
	r := keyed(event.ID, Key{Text: "k"})
	if _, err := ask(g, (*Draft).Book, r); KindOf(err) != SoldOut || len(g.NewKeys()) > 0 {
		t.Fatalf("got %v", err)
	}
	must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{Reference: b.Reference}))
	if got := must[Receipt](t)(ask(g, (*Draft).Book, r)); got.Replayed {
		t.Error("the refusal was remembered as a booking")
	}
}

func TestKeysAreForgottenAfterADay(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	key := Key{Text: "k"}
	first := must[Receipt](t)(ask(g, (*Draft).Book, keyed(event.ID, key)))
	g.now = g.now.Add(KeyLife)
	if r := must[Receipt](t)(ask(g, (*Draft).Book, keyed(event.ID, key))); !r.Replayed {
		t.Error("the key is forgotten too early")
	}
	g.now = g.now.Add(time.Microsecond)
	other := keyed(event.ID, key)
	other.Quantity = 1
	second := must[Receipt](t)(ask(g, (*Draft).Book, other))
	if second.Replayed || second.Booking.Reference == first.Booking.Reference {
		t.Errorf("got %+v after %+v", second, first)
	}
	// From now on the key stands for the new request.
	if r := must[Receipt](t)(ask(g, (*Draft).Book, other)); !same(r.Booking, second.Booking) {
		t.Errorf("got %+v, want %+v", r, second)
	}
}

func TestARememberedKeyHoldsNoPersonalData(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	must[Receipt](t)(ask(g, (*Draft).Book, keyed(event.ID, Key{Text: "k"})))
	kept := g.NewKeys()[0]
	for _, word := range []string{"ann@example.com", "Ann Secret", "at the window"} {
		if bytes.Contains(kept.Answer, []byte(word)) {
			t.Errorf("%s is in %s", word, kept.Answer)
		}
	}
	if string(kept.Answer) != `{"quantity":3,"left":7,"event":"1"}` {
		t.Errorf("got %s", kept.Answer) // stored in databases: a change needs a migration
	}
}

func TestADamagedAnswerIsNotTakenForOne(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	key := Key{Text: "k"}
	must[Receipt](t)(ask(g, (*Draft).Book, keyed(event.ID, key)))
	kept := g.NewKeys()[0]
	kept.Answer = []byte("{")
	g.LoadKey(kept)
	if r, err := ask(g, (*Draft).Book, keyed(event.ID, key)); KindOf(err) != Internal {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestKeysAreVisibleASCII(t *testing.T) {
	fine := []string{"", "a", "!~", strings.Repeat("k", 255), "0b1e-4f", `"'\`}
	bad := []string{
		" ", "a b", "a\n", "\x00", "\x7f", "é", "\xff", strings.Repeat("k", 256),
	}
	for _, text := range slices.Concat(fine, bad) {
		reason := Key{Text: text}.validate()
		if (reason == "") != slices.Contains(fine, text) {
			t.Errorf("%q: got %q", text, reason)
		}
		assertSafeReason(t, reason)
	}
}
