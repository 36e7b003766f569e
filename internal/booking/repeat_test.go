package booking

import "testing"

// renamed gives an event another slug.
func renamed(t *testing.T, g *group, event int64, slug string) {
	t.Helper()
	must0(t, g.do(func(d *Draft) error {
		_, err := d.EditEvent(Selector{ID: event}, Edit{Slug: &slug})
		return err
	}))
}

func must0(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestARequestBySlugIsRepeatedAfterTheSlugHasChanged(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	renamed(t, g, event.ID, "first")
	request := Request{Event: Selector{Slug: "first"}, Quantity: 2, Key: Key{Text: "k"}}
	made := must[Receipt](t)(ask(g, (*Draft).Book, request))
	renamed(t, g, event.ID, "second")
	again := must[Receipt](t)(ask(g, (*Draft).Book, request))
	if !again.Replayed || again.Booking.Reference != made.Booking.Reference {
		t.Errorf("got %+v", again)
	}
	request.Event.Slug = "third"
	if _, err := ask(g, (*Draft).Book, request); KindOf(err) != NotFound {
		t.Errorf("another slug that leads nowhere: %v", err)
	}
}

func TestARepeatedCancellationShowsItsOwnReason(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := must[Receipt](t)(ask(g, (*Draft).Book, keyed(event.ID, Key{}))).Booking
	one := 1
	first := Cancellation{
		Reference: b.Reference, Part: Part{Quantity: &one}, Reason: "ill", Key: Key{Text: "k"},
	}
	must[Returned](t)(ask(g, (*Draft).Cancel, first))
	must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{Reference: b.Reference, Reason: "rain"}))
	again := must[Returned](t)(ask(g, (*Draft).Cancel, first))
	if !again.Replayed || again.Booking.CancelReason != "ill" || again.Booking.Status != Confirmed {
		t.Errorf("got %+v", again.Booking)
	}
}
