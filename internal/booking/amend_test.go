package booking

import "testing"

func TestWhatACustomerGaveCanBeChanged(t *testing.T) {
	for _, state := range []Status{Waiting, Held, Confirmed} {
		g, b := in(t, state)
		want := b
		want.Email, want.Name, want.Note, want.UpdatedAt = bob, "Zoë", "", g.now
		a := must[Amended](t)(ask(g, (*Draft).Amend, Amendment{
			Reference: b.Reference, Email: new(bob), Name: new("Zoe\u0308"), Note: new(""),
		}))
		if !same(a.Booking, want) || a.Event.Counters != g.event(t, 1).Counters {
			t.Errorf("%s: got %+v, want %+v", state, a.Booking, want)
		}
		before := everything(g.Sheet)
		must[Amended](t)(ask(g, (*Draft).Amend,
			Amendment{Reference: b.Reference, Name: new("Zoe\u0308")}))
		must[Amended](t)(ask(g, (*Draft).Amend, Amendment{Reference: b.Reference}))
		if everything(g.Sheet) != before {
			t.Errorf("%s: the same again leaves a trace", state)
		}
	}
}

func TestATransferErasesTheFormerCustomerAndVoidsTheirSecrets(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	b := must[Receipt](t)(ask(g, (*Draft).Book, keyed(1, Key{}))).Booking
	for issue := range 2 {
		a := must[Amended](t)(ask(g, (*Draft).Transfer,
			Transfer{Reference: b.Reference, Email: bob}))
		if now := a.Booking; now.Email != bob || now.Name != "" || now.Note != "" ||
			now.Issue != issue+1 || now.Quantity != b.Quantity {
			t.Errorf("got %+v", now)
		}
	}
	for _, e := range g.Journal()[2:] {
		if e.Kind != BookingTransferred || !e.Detail.Empty() {
			t.Errorf("the journal says %+v", e)
		}
	}
	_, err := ask(g, (*Draft).Transfer, Transfer{Reference: b.Reference, Name: "\x1b"})
	if got := badFields(t, err); !same(got, []string{"user_email", "name"}) {
		t.Errorf("got %v", got)
	}
}

func TestOnlyWhoWaitsNeedsAnAddress(t *testing.T) {
	g, waiting := in(t, Waiting)
	nameless := Amendment{Reference: waiting.Reference, Email: new("")}
	_, err := ask(g, (*Draft).Amend, nameless)
	refused(t, err, Invalid, "user_email: is missing; who waits has to be told")
	g = newGroup()
	g.create(t, 10)
	nameless.Reference = must[Receipt](t)(ask(g, (*Draft).Book, keyed(1, Key{}))).Booking.Reference
	must[Amended](t)(ask(g, (*Draft).Amend, nameless))
}

func TestNobodyWaitsTwiceByTakingOverAPlace(t *testing.T) {
	g, _ := full(t, "10")
	g.join(t, 1, "", ann)
	place := g.join(t, 2, "", bob)
	_, err := ask(g, (*Draft).Amend, Amendment{Reference: place.Reference, Email: new(ann)})
	refused(t, err, Conflict, ann+" waits for event 1 already, as EVB-00000-00002-7")
	_, err = ask(g, (*Draft).Transfer, Transfer{Reference: place.Reference, Email: ann})
	refused(t, err, Conflict, ann+" waits for event 1 already, as EVB-00000-00002-7")
	must[Amended](t)(ask(g, (*Draft).Amend, Amendment{
		Reference: place.Reference, Email: new("Bob@Example.com"),
	}))
}

func TestWhoHasHandedABookingOnSeesNothingOfTheNextCustomer(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	key := func(text string) Key { return Key{Scope: LocalScope, Text: text} }
	request := Request{Event: Selector{ID: 1}, Quantity: 4, Email: ann, Name: "Ann", Key: key("b")}
	b := must[Receipt](t)(ask(g, (*Draft).Book, request)).Booking
	part := Cancellation{
		Reference: b.Reference, Part: Part{Quantity: new(1)}, Reason: "broke a leg", Key: key("c"),
	}
	must[Returned](t)(ask(g, (*Draft).Cancel, part))
	edit := Amendment{Reference: b.Reference, Note: new("front row"), Key: key("e")}
	must[Amended](t)(ask(g, (*Draft).Amend, edit))
	must[Amended](t)(ask(g, (*Draft).Transfer, Transfer{Reference: b.Reference, Email: bob}))
	if now := g.find(b); now.CancelReason != "" || now.Email != bob {
		t.Errorf("the booking keeps %+v", now)
	}
	for _, seen := range []Booking{
		must[Receipt](t)(ask(g, (*Draft).Book, request)).Booking,
		must[Returned](t)(ask(g, (*Draft).Cancel, part)).Booking,
		must[Amended](t)(ask(g, (*Draft).Amend, edit)).Booking,
	} {
		if seen.personal() {
			t.Errorf("a repeated request shows %+v", seen)
		}
	}
}
