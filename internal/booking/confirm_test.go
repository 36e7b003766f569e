package booking

import (
	"strings"
	"testing"
	"time"
)

func TestAConfirmedHoldKeepsWhatItWas(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := g.hold(t, event.ID, 3)
	must[Event](t)(g.edit(event.ID, Edit{Price: new("99")}))
	g = g.later(time.Minute)
	r := must[Returned](t)(ask(g, (*Draft).Confirm, Confirmation{
		Reference: b.Reference, Email: "zoe@example.com", Name: "Zoe\u0308", Note: "paid",
	}))
	want := b
	want.Status, want.UpdatedAt = Confirmed, g.now
	want.Email, want.Name, want.Note = "zoe@example.com", "Zoë", "paid"
	if !same(r.Booking, want) || r.Seats != 0 || r.Left != 7 || r.Event.Held != 0 ||
		r.Event.Confirmed != 3 {
		t.Errorf("got %+v, want the booking %+v", r, want)
	}
}

func TestWhatIsNotGivenWhenConfirmingStaysAsItWas(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	hold := keyed(event.ID, Key{})
	hold.Hold = true
	b := must[Receipt](t)(ask(g, (*Draft).Book, hold)).Booking
	r := must[Returned](t)(ask(g, (*Draft).Confirm, Confirmation{
		Reference: b.Reference, Note: "x",
	}))
	if r.Booking.Email != b.Email || r.Booking.Name != b.Name || r.Booking.Note != "x" {
		t.Errorf("got %+v", r.Booking)
	}
}

func TestTheRestOfAHoldComesBackWhenAPartIsConfirmed(t *testing.T) {
	for _, tt := range []struct {
		quantity   *int
		keep, back int
	}{{nil, 3, 0}, {new(3), 3, 0}, {new(2), 2, 1}, {new(1), 1, 2}} {
		g := newGroup()
		b := g.hold(t, g.create(t, 10).ID, 3)
		r := must[Returned](t)(ask(g, (*Draft).Confirm, Confirmation{
			Reference: b.Reference, Part: Part{Quantity: tt.quantity},
		}))
		if r.Booking.Quantity != tt.keep || r.Seats != tt.back || r.Left != 10-tt.keep ||
			r.Event.Held != 0 || r.Event.Confirmed != tt.keep {
			t.Errorf("%+v gives %+v", tt, r)
		}
	}
	g := newGroup()
	b := g.hold(t, g.create(t, 10).ID, 3)
	_, err := ask(g, (*Draft).Confirm, Confirmation{Reference: b.Reference, Part: some(4)})
	refused(t, err, Conflict, "booking EVB-00000-00001-H has 3 seats, cannot confirm 4")
}

// The seats were promised when they were held.
func TestAHoldOfAnEventOffSaleCanBeConfirmed(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := g.hold(t, event.ID, 3)
	must0(t, g.do(func(d *Draft) error { return second(d.CloseEvent(Selector{ID: event.ID})) }))
	if _, err := ask(g, (*Draft).Extend, Extension{Reference: b.Reference}); err != nil {
		t.Error(err)
	}
	if _, err := ask(g, (*Draft).Confirm, Confirmation{Reference: b.Reference}); err != nil {
		t.Error(err)
	}
}

func TestConfirmingTwiceUnderOneKeyConfirmsOnce(t *testing.T) {
	g := newGroup()
	b := g.hold(t, g.create(t, 10).ID, 5)
	confirm := Confirmation{
		Reference: b.Reference, Part: some(4), Email: "ann@example.com", Name: "Zoe\u0308",
		Key: Key{Text: "k"},
	}
	first := must[Returned](t)(ask(g, (*Draft).Confirm, confirm))
	for _, change := range []func() error{
		func() error { return nil },
		func() error { return g.give(ToCancelPart, b) },
		func() error { return g.give(ToCancel, b) },
	} {
		g = g.later(time.Hour)
		must0(t, change())
		before := everything(g.Sheet)
		confirm.Name = "Zo\u00eb" // looks the same, is the same
		again := must[Returned](t)(ask(g, (*Draft).Confirm, confirm))
		if !same(again.Booking, first.Booking) || again.Seats != 1 || again.Left != first.Left ||
			!again.Replayed || first.Replayed {
			t.Errorf("got %+v after %+v", again, first)
		}
		if everything(g.Sheet) != before {
			t.Error("repeating changed something")
		}
	}
	for _, u := range g.keys {
		if strings.Contains(string(u.Answer), "ann") || strings.Contains(string(u.Answer), "Zo") {
			t.Errorf("the stored answer names the customer: %s", u.Answer)
		}
	}
}

func TestAKeyOfAConfirmationStandsForItAlone(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b, other := g.hold(t, event.ID, 5), g.hold(t, event.ID, 5)
	confirm := Confirmation{
		Reference: b.Reference, Part: some(4), Email: "ann@example.com", Name: "Ann",
		Note: "paid", Key: Key{Text: "k"},
	}
	must[Returned](t)(ask(g, (*Draft).Confirm, confirm))
	for name, change := range map[string]func(*Confirmation){
		"booking":  func(c *Confirmation) { c.Reference = other.Reference },
		"quantity": func(c *Confirmation) { c.Quantity = new(3) },
		"all":      func(c *Confirmation) { c.Quantity = nil },
		"email":    func(c *Confirmation) { c.Email = "bob@example.com" },
		"name":     func(c *Confirmation) { c.Name = "Bob" },
		"note":     func(c *Confirmation) { c.Note = "" },
	} {
		c := confirm
		change(&c)
		if _, err := ask(g, (*Draft).Confirm, c); KindOf(err) != KeyReused {
			t.Errorf("another %s: %v", name, err)
		}
	}
	ref, key := b.Reference, confirm.Key
	for name, err := range map[string]error{
		"release": second(ask(g, (*Draft).Release, Release{ref, key})),
		"extend":  second(ask(g, (*Draft).Extend, Extension{Reference: ref, Key: key})),
		"cancel":  second(ask(g, (*Draft).Cancel, Cancellation{Reference: ref, Key: key})),
	} {
		if KindOf(err) != KeyReused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReleasingTwiceUnderOneKeyReleasesOnce(t *testing.T) {
	g := newGroup()
	b := g.hold(t, g.create(t, 10).ID, 5)
	release := Release{b.Reference, Key{Text: "k"}}
	first := must[Returned](t)(ask(g, (*Draft).Release, release))
	if first.Booking.Status != Released || first.Booking.Quantity != 5 || first.Seats != 5 ||
		first.Left != 10 || first.Event.Held != 0 {
		t.Errorf("got %+v", first)
	}
	g = g.later(time.Hour)
	again := must[Returned](t)(ask(g, (*Draft).Release, release))
	if !same(again.Booking, first.Booking) || again.Seats != 5 || !again.Replayed {
		t.Errorf("got %+v after %+v", again, first)
	}
}

func TestEveryBadFieldOfAConfirmationIsNamed(t *testing.T) {
	err := Confirmation{
		Part: some(0), Email: "nobody", Name: "a\x1bb", Note: strings.Repeat("x", MaxNote+1),
		Key: Key{Text: "a b"},
	}.Validate()
	e, ok := err.(*Error)
	if !ok || e.Kind != Invalid || len(e.Fields) != 5 {
		t.Fatalf("got %v", err)
	}
	for i, name := range []string{"quantity", "user_email", "name", "note", "idempotency_key"} {
		if e.Fields[i].Name != name {
			t.Errorf("field %d is %+v, want %s", i, e.Fields[i], name)
		}
	}
}
