package booking

import (
	"slices"
	"testing"
	"time"
)

func TestAnEditChangesWhatItNamesAndNothingElse(t *testing.T) {
	at := time.Date(2026, 12, 1, 18, 0, 0, 0, time.UTC) // 19:00 by the clocks of the event
	for _, tt := range []struct {
		field string
		edit  Edit
		apply func(*Event)
	}{
		{"slug", Edit{Slug: new("s-1")}, func(e *Event) { e.Slug = "s-1" }},
		{"name", Edit{Name: new("N")}, func(e *Event) { e.Name = "N" }},
		{"description", Edit{Description: new("D")}, func(e *Event) { e.Description = "D" }},
		{"venue", Edit{Venue: new("V")}, func(e *Event) { e.Venue = "V" }},
		{"capacity", Edit{Capacity: new(77)}, func(e *Event) { e.Capacity = 77 }},
		{"price", Edit{Price: new("9")}, func(e *Event) { e.Price.Minor = 900 }},
		{"price", Edit{Price: new("9"), Currency: new("jpy")},
			func(e *Event) { e.Price = Money{Minor: 9, Currency: "JPY"} }},
		{"timezone", Edit{Zone: new("UTC")}, func(e *Event) { e.Zone = "UTC" }},
		{"starts_at", Edit{StartsAt: new("2026-12-01 19:00")},
			func(e *Event) { e.StartsAt = at }},
		{"ends_at", Edit{EndsAt: new("2026-12-01T20:00:00+02:00")},
			func(e *Event) { e.EndsAt = at }},
	} {
		g := newGroup()
		want := g.create(t, 10)
		got, err := g.edit(want.ID, tt.edit)
		tt.apply(&want)
		want.Version++
		if err != nil || !same(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", tt.field, got, err, want)
		}
		entry := g.Journal()[1]
		if entry.Capacity != want.Capacity-10 || !slices.Equal(entry.Detail.Fields,
			[]string{tt.field}) {
			t.Errorf("%s: noted %+v", tt.field, entry)
		}
	}
}

func TestTimesCanBeTakenBack(t *testing.T) {
	g := newGroup()
	n := NewEvent{EventDetails: details(10)}
	n.StartsAt = g.now
	event := must[Created](t)(ask(g, (*Draft).CreateEvent, n)).Event
	e, err := g.edit(event.ID, Edit{StartsAt: new("")})
	if err != nil || !e.StartsAt.IsZero() {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestCapacityNeverFallsBelowTheSeatsTaken(t *testing.T) {
	g := newGroup()
	g.LoadEvent(Event{
		ID: 1, EventDetails: details(10), Counters: Counters{Held: 2, Confirmed: 3},
		Status: OpenEvent,
	})
	_, err := g.edit(1, Edit{Capacity: new(4)})
	refused(t, err, Conflict, "event 1 has 5 seats taken, capacity cannot be lowered to 4")
	e, err := g.edit(1, Edit{Capacity: new(5)})
	if err != nil || e.Available() != 0 {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestANewPriceIsForNewBookings(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	old := g.book(t, event.ID, 1)
	must[Event](t)(g.edit(event.ID, Edit{Price: new("99.00"), Currency: new("USD")}))
	price := Money{Minor: 9900, Currency: "USD"}
	kept := must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{Reference: old.Reference}))
	if kept.Booking.UnitPrice != event.Price || g.book(t, event.ID, 1).UnitPrice != price {
		t.Errorf("the old booking costs %s", kept.Booking.UnitPrice)
	}
}

func TestANewCurrencyNeedsANewPrice(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	_, err := g.edit(event.ID, Edit{Currency: new("USD")})
	refused(t, err, Invalid,
		"currency: cannot change from EUR to USD alone; give the price in USD too")
	_, err = g.edit(event.ID, Edit{Currency: new("DEM")})
	refused(t, err, Invalid,
		`currency: "DEM" is not a known currency; use an ISO 4217 code such as EUR`)
	kept, err := g.edit(event.ID, Edit{Currency: new("eur")})
	if err != nil || !same(kept, event) {
		t.Errorf("naming the currency that it has gives %+v, %v", kept, err)
	}
}

// Two edits that meet: each text is read in what the event is by then, not in what it was when
// the text was written.
func TestAmountsAndTimesAreReadAsTheEventIsByThen(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	must[Event](t)(g.edit(event.ID, Edit{
		Price: new("1500"), Currency: new("JPY"), Zone: new("Asia/Tokyo"),
	}))
	_, err := g.edit(event.ID, Edit{Price: new("12.50")})
	refused(t, err, Invalid, `price: "12.50" has 2 decimals, JPY has 0`)
	got := must[Event](t)(g.edit(event.ID, Edit{
		Price: new("1250"), StartsAt: new("2026-12-01 19:00"), EndsAt: new("+3w"),
	}))
	start := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	if got.Price != (Money{Minor: 1250, Currency: "JPY"}) || !got.StartsAt.Equal(start) ||
		!got.EndsAt.Equal(g.now.AddDate(0, 0, 21)) {
		t.Errorf("got %+v", got)
	}
	// A zone that changes with the times is the one in which they are read.
	got = must[Event](t)(g.edit(event.ID, Edit{
		Zone: new("UTC"), StartsAt: new("2026-12-01 19:00"),
	}))
	if !got.StartsAt.Equal(start.Add(9 * time.Hour)) {
		t.Errorf("starts at %s", got.StartsAt)
	}
}

func TestTimesOfAnEditThatCannotBeAreNamed(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	for _, tt := range []struct {
		edit Edit
		want []string
	}{
		{Edit{StartsAt: new("soon"), EndsAt: new("later")}, []string{"starts_at", "ends_at"}},
		{Edit{StartsAt: new("+2d"), EndsAt: new("+1d")}, []string{"ends_at"}},
		{Edit{StartsAt: new("+2d"), EndsAt: new("+2d")}, []string{"ends_at"}},
		{Edit{Price: new("x"), EndsAt: new("soon")}, []string{"price", "ends_at"}},
	} {
		_, err := g.edit(event.ID, tt.edit)
		if got := badFields(t, err); !slices.Equal(got, tt.want) {
			t.Errorf("%v: got %v, want %v", err, got, tt.want)
		}
	}
}
