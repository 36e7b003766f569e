package booking

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestABookingIsMadeAsItWasAskedFor(t *testing.T) {
	g := newGroup()
	event := g.create(t, 40)
	r := must[Receipt](t)(ask(g, (*Draft).Book, Request{
		Event: Selector{ID: event.ID}, Quantity: 3, Email: "zoe@example.com", Name: "Zoe\u0308",
		Note: "two\nlines",
	}))
	want := Booking{
		Reference: 1, EventID: event.ID, Quantity: 3, Status: Confirmed, UnitPrice: event.Price,
		Email: "zoe@example.com", Name: "Zoë", Note: "two\nlines",
		CreatedAt: g.now, UpdatedAt: g.now,
	}
	if !same(r.Booking, want) || r.Left != 37 || r.Event.Confirmed != 3 || r.Replayed {
		t.Errorf("got %+v, want the booking %+v", r, want)
	}
	if total := r.Booking.Total(); total != (Money{Minor: 3750, Currency: "EUR"}) {
		t.Errorf("the total is %s", total)
	}
}

func TestTheLastSeatIsSoldOnce(t *testing.T) {
	g := newGroup()
	event := g.create(t, 2)
	sel := Selector{ID: event.ID}
	_, err := ask(g, (*Draft).Book, Request{Event: sel, Quantity: 3})
	refused(t, err, SoldOut, "only 2 seats left for event 1, asked for 3")
	g.book(t, event.ID, 2)
	_, err = ask(g, (*Draft).Book, Request{Event: sel, Quantity: 1})
	refused(t, err, SoldOut, "event 1 is sold out, asked for 1")
	if e := err.(*Error); e.Event != 1 || e.Available != 0 {
		t.Errorf("the refusal says event %d, %d left", e.Event, e.Available)
	}
}

func TestHeldSeatsAreTaken(t *testing.T) {
	g := newGroup()
	g.LoadEvent(Event{
		ID: 1, EventDetails: details(10), Counters: Counters{Held: 4, Confirmed: 5},
		Status: OpenEvent,
	})
	_, err := ask(g, (*Draft).Book, Request{Event: Selector{ID: 1}, Quantity: 2})
	refused(t, err, SoldOut, "only 1 seat left for event 1, asked for 2")
	if r := must[Receipt](t)(ask(g, (*Draft).Book,
		Request{Event: Selector{ID: 1}, Quantity: 1})); r.Left != 0 {
		t.Errorf("%d left", r.Left)
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	g := newGroup()
	_, err := ask(g, (*Draft).Book, Request{Event: Selector{ID: 9}, Quantity: 1})
	refused(t, err, NotFound, "no event 9")
	_, err = ask(g, (*Draft).Book, Request{Event: Selector{Slug: "gone"}, Quantity: 1})
	refused(t, err, NotFound, "no event gone")
	_, err = ask(g, (*Draft).Cancel, Cancellation{Reference: 1})
	refused(t, err, NotFound, "no booking EVB-00000-00001-H")
}

func TestBookingsEndWhenTheEventEnds(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	end := g.now
	must[Event](t)(g.edit(event.ID, Edit{
		StartsAt: new("2026-11-22T11:00:00Z"), EndsAt: new(end.Format(time.RFC3339)),
	}))
	r := Request{Event: Selector{ID: event.ID}, Quantity: 1}
	_, err := ask(g, (*Draft).Book, r)
	refused(t, err, Closed, "event 1 ended at 2026-11-22T12:00:00Z and takes no bookings")
	g.now = end.Add(-time.Microsecond)
	if _, err := ask(g, (*Draft).Book, r); err != nil {
		t.Errorf("a moment before the end: %v", err)
	}
}

func TestEveryBadFieldOfARequestIsNamed(t *testing.T) {
	err := Request{
		Quantity: -1, Email: "nobody", Name: "a\x1bb", Note: strings.Repeat("x", MaxNote+1),
		Key: Key{Text: "a b"},
	}.Validate()
	want := []string{"event_id", "quantity", "user_email", "name", "note", "idempotency_key"}
	e, ok := err.(*Error)
	if !ok || e.Kind != Invalid || len(e.Fields) != len(want) {
		t.Fatalf("got %v", err)
	}
	for i, name := range want {
		if e.Fields[i].Name != name || !strings.Contains(e.Message, name+": "+e.Fields[i].Reason) {
			t.Errorf("field %d is %+v, want %s", i, e.Fields[i], name)
		}
	}
}

func TestQuantitiesLieBetweenOneAndTheLargestCapacity(t *testing.T) {
	for quantity, fine := range map[int]bool{
		-1 << 63: false, -1: false, 0: false, 1: true, MaxCapacity: true, MaxCapacity + 1: false,
		1<<63 - 1: false,
	} {
		if err := ValidateQuantity(quantity); (err == nil) != fine {
			t.Errorf("%d: %v", quantity, err)
		}
		err := Request{Event: Selector{ID: 1}, Quantity: quantity}.Validate()
		if (err == nil) != fine {
			t.Errorf("a request for %d: %v", quantity, err)
		}
		err = Cancellation{Part: Part{Quantity: &quantity}}.Validate()
		if (err == nil) != fine {
			t.Errorf("a cancellation of %d: %v", quantity, err)
		}
	}
}

func TestPriceTimesQuantityNeverOverflows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Booking{
			Quantity:  rapid.IntRange(1, MaxCapacity).Draw(t, "quantity"),
			UnitPrice: Money{rapid.Int64Range(0, MaxPrice).Draw(t, "price"), "EUR"},
		}
		want := new(big.Int).Mul(big.NewInt(b.UnitPrice.Minor), big.NewInt(int64(b.Quantity)))
		if got := b.Total(); big.NewInt(got.Minor).Cmp(want) != 0 || got.Currency != "EUR" {
			t.Errorf("%d × %s is %s, want %s", b.Quantity, b.UnitPrice, got, want)
		}
	})
	most := Booking{Quantity: MaxCapacity, UnitPrice: Money{MaxPrice, "EUR"}}
	if got := most.Total().Minor; got != 1_000_000_000_000_000_000 {
		t.Errorf("the largest total is %d", got)
	}
}

// What check says must be what book does: the two ask the same rules in two ways.
func TestCheckSaysWhatBookDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newGroup()
		event, r := anyEvent(t, g.now), Request{Event: Selector{ID: 1}}
		g.LoadEvent(event)
		types := rapid.Just([]string{})
		if len(event.Types) > 0 {
			types = rapid.SampledFrom([][]string{
				{}, {"adult"}, {"child"}, {"adult", "child"}, {"child", "adult"}, {"senior"},
			})
		}
		for _, name := range types.Draw(t, "types") {
			seats := rapid.IntRange(1, 4).Draw(t, name)
			r.Lines = append(r.Lines, LineRequest{Type: name, Quantity: seats})
		}
		if len(r.Lines) == 0 {
			r.Quantity = rapid.IntRange(1, 7).Draw(t, "quantity")
		}
		r.Code = rapid.SampledFrom([]string{"", "", "club", "pub"}).Draw(t, "code")
		check, err := event.Check(AvailabilityRequest{
			Event: r.Event, Quantity: r.Quantity, Lines: r.Lines, Code: r.Code,
		}, g.now)
		_, refusal := ask(g, (*Draft).Book, r)
		if err == nil {
			err = check.Refusal
		} else if KindOf(refusal) == Closed {
			return // what is asked for is not there, and is not on sale either
		}
		if KindOf(err) != KindOf(refusal) || err != nil && err.Error() != refusal.Error() {
			t.Errorf("check says %v, book %v", err, refusal)
		}
	})
}

// anyEvent is event 1, with some seats taken and with or without whatever limits a sale.
func anyEvent(t *rapid.T, now time.Time) Event {
	capacity := rapid.IntRange(1, 6).Draw(t, "capacity")
	taken := rapid.IntRange(0, capacity).Draw(t, "taken")
	held := rapid.IntRange(0, taken).Draw(t, "held")
	event := Event{
		ID: 1, EventDetails: details(capacity),
		Counters: Counters{Held: held, Confirmed: taken - held,
			Waiting: rapid.IntRange(0, 2).Draw(t, "waiting")},
		Status: rapid.SampledFrom([]EventStatus{
			OpenEvent, OpenEvent, OpenEvent, OpenEvent, DraftEvent, ClosedEvent, CancelledEvent,
		}).Draw(t, "status"),
	}
	if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
		event.EndsAt = now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "end")))
	}
	if rapid.IntRange(0, 3).Draw(t, "sales close") == 0 {
		event.SalesClose = now.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "close")))
	}
	event.MaxPerBooking = rapid.IntRange(0, 3).Draw(t, "most")
	event.CodeRequired = rapid.IntRange(0, 3).Draw(t, "code required") == 0
	if rapid.Bool().Draw(t, "typed") {
		event.Pools = []Pool{{ID: 1, Name: "floor", Capacity: rapid.IntRange(1, 6).Draw(t, "pool")}}
		event.Types = []TicketType{
			{ID: 1, Pool: 1, TypeDetails: TypeDetails{Name: "adult", Price: event.Price}},
			{ID: 2, TypeDetails: TypeDetails{Name: "child", Price: event.Price},
				Closed: rapid.Bool().Draw(t, "closed")},
		}
	}
	event.Codes = NewCodes(Code{Text: "CLUB", Uses: rapid.IntRange(1, 6).Draw(t, "uses")})
	return event
}

func TestAnEventIsOverFromItsEndOn(t *testing.T) {
	end := time.Date(2026, 12, 1, 22, 0, 0, 0, time.UTC)
	e := Event{EventDetails: EventDetails{EndsAt: end}}
	if e.Over(end.Add(-1)) || !e.Over(end) || (Event{}).Over(end) {
		t.Error("an event is over before its end, or not at its end, or without one")
	}
}
