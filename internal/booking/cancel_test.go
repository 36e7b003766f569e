package booking

import (
	"testing"
	"time"
)

func TestSeatsComeBackExactlyOnce(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := g.book(t, event.ID, 5)
	g.now = g.now.Add(time.Minute)
	part := must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{
		Reference: b.Reference, Part: some(2), Reason: "two are ill",
	}))
	if part.Seats != 2 || part.Booking.Quantity != 3 || part.Booking.Status != Confirmed ||
		part.Booking.CancelReason != "two are ill" || part.Event.Confirmed != 3 {
		t.Errorf("a part gives %+v", part)
	}
	_, err := ask(g, (*Draft).Cancel, Cancellation{
		Reference: b.Reference, Part: some(4),
	})
	refused(t, err, Conflict, "booking EVB-00000-00001-H has 3 seats, cannot give back 4")
	rest := must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{
		Reference: b.Reference, Reason: "all are ill",
	}))
	if rest.Seats != 3 || rest.Booking.Quantity != 3 || rest.Booking.Status != Cancelled ||
		rest.Booking.CancelReason != "all are ill" || rest.Event.Confirmed != 0 ||
		rest.Booking.UpdatedAt != g.now || rest.Booking.CreatedAt == g.now {
		t.Errorf("the rest gives %+v", rest)
	}
	for _, quantity := range []*int{nil, new(1), new(3)} {
		_, err = ask(g, (*Draft).Cancel,
			Cancellation{Reference: b.Reference, Part: Part{Quantity: quantity}})
		refused(t, err, Conflict, "booking EVB-00000-00001-H is already cancelled")
	}
	if e, _ := g.Find(Selector{ID: event.ID}); e.Confirmed != 0 || e.Version != 4 {
		t.Errorf("the event is %+v", e)
	}
}

func TestGivingBackTheExactNumberCancels(t *testing.T) {
	g := newGroup()
	b := g.book(t, g.create(t, 10).ID, 2)
	r := must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{
		Reference: b.Reference, Part: some(2),
	}))
	if r.Booking.Status != Cancelled || r.Booking.Quantity != 2 {
		t.Errorf("got %+v", r.Booking)
	}
}

func TestSeatsComeBackToEventsOffSale(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := g.book(t, event.ID, 2)
	if err := g.do(func(d *Draft) error {
		return second(d.CloseEvent(Selector{ID: event.ID}))
	}); err != nil {
		t.Fatal(err)
	}
	r := must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{Reference: b.Reference}))
	if r.Event.Confirmed != 0 || r.Event.Status != ClosedEvent {
		t.Errorf("got %+v", r.Event)
	}
}

func TestAPartGivenBackTwiceUnderOneKeyComesBackOnce(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := g.book(t, event.ID, 5)
	part := Cancellation{
		Reference: b.Reference, Part: some(2), Reason: "Zoe\u0308 is ill", Key: Key{Text: "k"},
	}
	first := must[Returned](t)(ask(g, (*Draft).Cancel, part))
	for _, change := range []func(*Draft) error{
		func(*Draft) error { return nil },
		func(d *Draft) error {
			return second(d.Cancel(Cancellation{Reference: b.Reference, Part: some(1)}))
		},
		func(d *Draft) error { return second(d.Cancel(Cancellation{Reference: b.Reference})) },
		func(d *Draft) error { return second(d.CancelEvent(Selector{ID: event.ID}, true, "")) },
	} {
		g.now = g.now.Add(time.Minute)
		if err := g.do(change); err != nil {
			t.Fatal(err)
		}
		part.Reason = "Zo\u00eb is ill" // looks the same, is the same
		part.Quantity = new(2)
		before := everything(g.Sheet)
		again := must[Returned](t)(ask(g, (*Draft).Cancel, part))
		if !again.Replayed || first.Replayed || again.Seats != 2 || again.Booking.Quantity != 3 ||
			again.Booking.Status != Confirmed {
			t.Errorf("got %+v after %+v", again, first)
		}
		if everything(g.Sheet) != before {
			t.Error("repeating changed something")
		}
	}
}

func TestAKeyOfACancellationStandsForItAlone(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b, other := g.book(t, event.ID, 5), g.book(t, event.ID, 5)
	key := Key{Text: "k"}
	part := Cancellation{Reference: b.Reference, Part: some(2), Reason: "ill", Key: key}
	must[Returned](t)(ask(g, (*Draft).Cancel, part))
	for name, change := range map[string]func(*Cancellation){
		"booking":  func(c *Cancellation) { c.Reference = other.Reference },
		"quantity": func(c *Cancellation) { c.Quantity = new(1) },
		"all":      func(c *Cancellation) { c.Quantity = nil },
		"reason":   func(c *Cancellation) { c.Reason = "" },
	} {
		c := part
		change(&c)
		_, err := ask(g, (*Draft).Cancel, c)
		if KindOf(err) != KeyReused {
			t.Errorf("another %s: %v", name, err)
		}
	}
	_, err := ask(g, (*Draft).Book, Request{Event: Selector{ID: 1}, Quantity: 2, Key: key})
	refused(t, err, KeyReused, `idempotency key "k" was used with another request`)
	if e, _ := g.Find(Selector{ID: event.ID}); e.Confirmed != 8 {
		t.Errorf("%d seats are confirmed", e.Confirmed)
	}
}

func TestAReasonIsKeptUntilThereIsANewOne(t *testing.T) {
	g := newGroup()
	b := g.book(t, g.create(t, 10).ID, 5)
	for _, tt := range []struct{ given, kept string }{
		{"", ""}, {"one is ill", "one is ill"}, {"", "one is ill"}, {"rain", "rain"},
	} {
		r := must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{
			Reference: b.Reference, Part: some(1), Reason: tt.given,
		}))
		if r.Booking.CancelReason != tt.kept {
			t.Errorf("%q given: %q is kept, want %q", tt.given, r.Booking.CancelReason, tt.kept)
		}
	}
}
