package booking

import (
	"testing"
	"time"
)

func TestAHoldIsMadeAsItWasAskedFor(t *testing.T) {
	g := newGroup()
	event := g.create(t, 40)
	r := must[Receipt](t)(ask(g, (*Draft).Book, Request{
		Event: Selector{ID: event.ID}, Quantity: 3, Email: "zoe@example.com", Hold: true,
		TTL: 90 * time.Second,
	}))
	want := Booking{
		Reference: 1, EventID: event.ID, Quantity: 3, Status: Held, UnitPrice: event.Price,
		Email: "zoe@example.com", ExpiresAt: g.now.Add(90 * time.Second),
		CreatedAt: g.now, UpdatedAt: g.now,
	}
	if !same(r.Booking, want) || r.Left != 37 || r.Event.Held != 3 || r.Event.Confirmed != 0 {
		t.Errorf("got %+v, want the booking %+v", r, want)
	}
	entry := g.Journal()[1]
	if entry.Kind != BookingHeld || entry.Held != 3 || entry.Confirmed != 0 ||
		!entry.Detail.ExpiresAt.Equal(want.ExpiresAt) {
		t.Errorf("the journal says %+v", entry)
	}
	if b := g.hold(t, event.ID, 1); !b.ExpiresAt.Equal(g.now.Add(DefaultTTL)) {
		t.Errorf("by default it lapses at %s", b.ExpiresAt)
	}
}

func TestHoldsLastFromOneMinuteToOneDay(t *testing.T) {
	for ttl, reason := range map[time.Duration]string{
		0: "", MinTTL: "", MaxTTL: "",
		MinTTL - 1:  "must be from 60 to 86400 seconds, got 59.999999999",
		MaxTTL + 1:  "must be from 60 to 86400 seconds, got 86400.000000001",
		-time.Hour:  "must be from 60 to 86400 seconds, got -3600",
		1<<63 - 1:   "must be from 60 to 86400 seconds, got 9.223372036854776e+09",
		time.Second: "must be from 60 to 86400 seconds, got 1",
	} {
		for what, err := range map[string]error{
			"hold":   Request{Event: Selector{ID: 1}, Quantity: 1, Hold: true, TTL: ttl}.Validate(),
			"extend": Extension{TTL: ttl}.Validate(),
		} {
			if reason == "" && err != nil {
				t.Errorf("%s for %s: %v", what, ttl, err)
			}
			if reason != "" {
				refused(t, err, Invalid, "ttl_seconds: "+reason)
			}
		}
	}
	err := Request{Event: Selector{ID: 1}, Quantity: 1, TTL: time.Hour}.Validate()
	refused(t, err, Invalid, "ttl_seconds: is only for seats that are held")
}

func TestAHoldLapsesAtItsDeadlineAndNotBefore(t *testing.T) {
	for after, want := range map[time.Duration]Status{
		DefaultTTL - time.Microsecond: Held, DefaultTTL: Expired, DefaultTTL + time.Hour: Expired,
	} {
		g := newGroup()
		b := g.hold(t, g.create(t, 5).ID, 2)
		if got := b.At(g.now.Add(after)); got.Status != want {
			t.Errorf("after %s it is %s, want %s", after, got.Status, want)
		}
		g = g.later(after)
		_, err := ask(g, (*Draft).Confirm, Confirmation{Reference: b.Reference})
		if (err == nil) != (want == Held) {
			t.Errorf("confirmed after %s: %v", after, err)
		}
	}
}

// Taking a lapsed hold off the books changes nothing that anybody is shown.
func TestALapsedHoldLooksTheSameOnAndOffTheBooks(t *testing.T) {
	g := newGroup()
	event := g.create(t, 5)
	b := g.hold(t, event.ID, 2)
	g = g.later(time.Hour)
	shown, before := b.At(g.now), g.event(t, event.ID)
	must0(t, g.give(ToExpire, b))
	if off := g.bookings[b.Reference].After; !same(off, shown) || off.UpdatedAt != b.ExpiresAt {
		t.Errorf("on the books %+v, off them %+v", shown, off)
	}
	after := g.event(t, event.ID)
	if before.Available() != 5 || after.Available() != 5 || before.Held+after.Held != 0 ||
		before.Lapsed != 2 || after.Lapsed != 0 {
		t.Errorf("on the books %+v, off them %+v", before, after)
	}
}

func TestAnExtensionCountsFromNow(t *testing.T) {
	g := newGroup()
	b := g.hold(t, g.create(t, 5).ID, 2)
	g = g.later(4 * time.Minute)
	e := must[Extended](t)(ask(g, (*Draft).Extend, Extension{
		Reference: b.Reference, TTL: 20 * time.Minute,
	}))
	until := g.now.Add(20 * time.Minute)
	if e.Booking.ExpiresAt != until || e.Booking.Extensions != 1 || e.Booking.Status != Held ||
		e.Booking.UpdatedAt != g.now || e.Booking.Quantity != 2 || e.Event.Held != 2 {
		t.Errorf("got %+v", e)
	}
	entry := g.Journal()[0]
	if entry.Kind != BookingExtended || entry.Held != 0 || entry.Detail.ExpiresAt != until {
		t.Errorf("the journal says %+v", entry)
	}
}

func TestAnExtensionNeverShortensAHold(t *testing.T) {
	g := newGroup()
	b := g.hold(t, g.create(t, 5).ID, 2)
	for range MaxExtensions + 1 {
		e := must[Extended](t)(ask(g, (*Draft).Extend, Extension{
			Reference: b.Reference, TTL: MinTTL,
		}))
		if !same(e.Booking, b) {
			t.Errorf("%+v became %+v", b, e.Booking)
		}
	}
	if len(g.Journal()) != 2 {
		t.Errorf("the journal says %+v", g.Journal())
	}
}

func TestAHoldCannotBeExtendedForEver(t *testing.T) {
	g := newGroup()
	b := g.hold(t, g.create(t, 5).ID, 2)
	extend := func(ttl time.Duration) error {
		return second(ask(g, (*Draft).Extend, Extension{Reference: b.Reference, TTL: ttl}))
	}
	g = g.later(time.Minute)
	refused(t, extend(MaxTTL), Conflict, "hold EVB-00000-00001-H cannot last until "+
		"2026-11-23T12:01:00Z: no hold lasts longer than 24 hours")
	must0(t, extend(MaxTTL-time.Minute))
	g = newGroup()
	b = g.hold(t, g.create(t, 5).ID, 2)
	for range MaxExtensions {
		g = g.later(time.Minute)
		must0(t, extend(0))
	}
	g = g.later(time.Minute)
	refused(t, extend(0), Conflict,
		"hold EVB-00000-00001-H was extended 3 times already, which is the most")
}

func TestARepeatedHoldIsAnsweredAsItWasThen(t *testing.T) {
	request := keyed(1, Key{Text: "k"})
	request.Hold, request.TTL = true, time.Hour
	for name, command := range map[string]Command{
		"nothing": "", "extend": ToExtend, "confirm": ToConfirm, "confirm a part": ToConfirmPart,
		"release": ToRelease, "lapse": ToExpire, "cancel the event": ToCallOff,
	} {
		g := newGroup()
		g.create(t, 10)
		first := must[Receipt](t)(ask(g, (*Draft).Book, request))
		if g = g.later(55 * time.Minute); command != "" {
			must0(t, g.give(command, first.Booking))
		}
		before := everything(g.Sheet)
		again := must[Receipt](t)(ask(g, (*Draft).Book, request))
		if !same(again.Booking, first.Booking) || again.Left != first.Left || !again.Replayed ||
			again.Changed != (command != "") {
			t.Errorf("after %s: got %+v, first was %+v", name, again, first)
		}
		if everything(g.Sheet) != before {
			t.Errorf("after %s: repeating changed something", name)
		}
	}
}

func TestAHoldAndABookingAreNotTheSameRequest(t *testing.T) {
	hold := keyed(1, Key{Text: "k"})
	hold.Hold = true
	longer, booking := hold, hold
	longer.TTL, booking.Hold = time.Hour, false
	g := newGroup()
	g.create(t, 10)
	must[Receipt](t)(ask(g, (*Draft).Book, hold))
	for _, other := range []Request{longer, booking} {
		_, err := ask(g, (*Draft).Book, other)
		refused(t, err, KeyReused, `idempotency key "k" was used with another request`)
	}
}

func TestARepeatedExtensionIsAnsweredAsItWasThen(t *testing.T) {
	g := newGroup()
	b := g.hold(t, g.create(t, 5).ID, 2)
	g = g.later(time.Minute)
	longer := Extension{Reference: b.Reference, TTL: time.Hour, Key: Key{Text: "k"}}
	first := must[Extended](t)(ask(g, (*Draft).Extend, longer))
	for _, command := range []Command{ToExtend, ToConfirmPart, ToCallOff} {
		g = g.later(55 * time.Minute)
		must0(t, g.give(command, b))
		again := must[Extended](t)(ask(g, (*Draft).Extend, longer))
		if !same(again.Booking, first.Booking) || !again.Replayed || first.Replayed {
			t.Errorf("after %s: got %+v, first was %+v", command, again, first)
		}
		if command == ToExtend {
			g.now = g.now.Add(-50 * time.Minute) // else the next comes after the extended hold
		}
	}
	longer.TTL = 2 * time.Hour
	if _, err := ask(g, (*Draft).Extend, longer); KindOf(err) != KeyReused {
		t.Errorf("another time: %v", err)
	}
}
