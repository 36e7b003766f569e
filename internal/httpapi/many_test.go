package httpapi

import (
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// rowsOf are one row of each thing that can become of a row.
func rowsOf() []Row {
	asked := booking.Request{Event: booking.Selector{ID: 1}, Quantity: 2}
	b := booking.Booking{Reference: 7, EventID: 1, Quantity: 2}
	refusal := booking.Errorf(booking.SoldOut, "event 1 is sold out, asked for 2")
	refusal.Event = 1
	return []Row{
		{Line: 2, Request: asked, Result: &booking.RowResult{Receipt: booking.Receipt{Booking: b}}},
		{Line: 3, Request: asked, Result: &booking.RowResult{
			Receipt: booking.Receipt{Booking: b, Replayed: true}}},
		{Line: 4, Request: booking.Request{Event: booking.Selector{Slug: "go"}, Quantity: 2},
			Result: &booking.RowResult{Refusal: refusal}},
		{Line: 5, Request: asked, Unknown: true},
		{Line: 6, Request: booking.Request{Event: booking.Selector{Slug: "go"}, Quantity: 1}},
	}
}

func TestEveryRowOfManyIsAnswered(t *testing.T) {
	const rows = `"data":[` +
		`{"row":1,"line":2,"reference":"EVB-00000-00007-R","event_id":1,"quantity":2,` +
		`"status":"booked","code":null,"message":null},` +
		`{"row":2,"line":3,"reference":"EVB-00000-00007-R","event_id":1,"quantity":2,` +
		`"status":"replayed","code":null,"message":null},` +
		`{"row":3,"line":4,"reference":null,"event_id":1,"quantity":2,"status":"refused",` +
		`"code":"sold_out","message":"event 1 is sold out, asked for 2"},` +
		`{"row":4,"line":5,"reference":null,"event_id":1,"quantity":2,"status":"unknown",` +
		`"code":null,"message":null},` +
		`{"row":5,"line":6,"reference":null,"event_id":null,"quantity":1,"status":"not_done",` +
		`"code":null,"message":null}],`
	got := encoded(t, BookedMany(rowsOf(), booking.Errorf(booking.Unknown, "the disk failed")))
	want := `{"success":false,"message":"the disk failed",` + rows + `"error":{"code":"unknown"}}`
	if got != want+"\n" {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, c := range []struct {
		rows       []Row
		start, end string
	}{
		{rowsOf()[:2], `{"success":true,"message":"booked 1 booking with 2 seats, ` +
			`1 row booked before","data":[`, `}]}`},
		{rowsOf()[:3], `{"success":false,"message":"booked 1 booking with 2 seats, ` +
			`1 row booked before, 1 row refused","data":[`, `}],"error":{"code":"partial"}}`},
	} {
		got := strings.TrimSpace(encoded(t, BookedMany(c.rows, nil)))
		if !strings.HasPrefix(got, c.start) || !strings.HasSuffix(got, c.end) {
			t.Errorf("got %s, want %s … %s", got, c.start, c.end)
		}
	}
}

func TestARowNamesItsEventOrTakesThatOfAll(t *testing.T) {
	all := booking.Selector{Slug: "all"}
	for text, want := range map[string]booking.Selector{
		`{"event_id":7,"quantity":1}`:    {ID: 7},
		`{"event_id":"go","quantity":1}`: {Slug: "go"},
		`{"event_id":"7","quantity":1}`:  {ID: 7},
		`{"event_id":null,"quantity":1}`: all,
		`{"quantity":1}`:                 all,
	} {
		if got, err := ReadRow([]byte(text), all); err != nil || got.Event != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got.Event, err, want)
		}
	}
	_, err := ReadRow([]byte(`{"event_id":0,"quantity":1}`), all)
	if booking.KindOf(err) != booking.Invalid {
		t.Errorf("the event 0 is taken for none: %v", err)
	}
}

func TestARowThatHoldsSeatsIsNotToldAsBooked(t *testing.T) {
	rows := rowsOf()
	rows[0].Result.Receipt.Booking.Status = booking.Held
	rows[1].Result.Receipt.Booking.Status = booking.Held // and replayed
	got := encoded(t, BookedMany(rows[:2], nil))
	const message = `"message":"booked 0 bookings with 0 seats, 1 row held, 1 row booked before"`
	if !strings.Contains(got, message) || !strings.Contains(got, `"status":"held"`) ||
		!strings.Contains(got, `"status":"replayed"`) {
		t.Errorf("got %s", got)
	}
}

func TestARowHoldsSeatsWhereItSaysSo(t *testing.T) {
	for text, want := range map[string]struct {
		hold bool
		ttl  time.Duration
	}{
		`{"quantity":1}`:                                 {false, 0},
		`{"quantity":1,"hold":false}`:                    {false, 0},
		`{"quantity":1,"hold":true}`:                     {true, 0},
		`{"quantity":1,"ttl_seconds":90}`:                {true, 90 * time.Second},
		`{"quantity":1,"ttl_seconds":60,"hold":true}`:    {true, time.Minute},
		`{"quantity":1,"hold":true,"ttl_seconds":86400}`: {true, 24 * time.Hour},
	} {
		got, err := ReadRow([]byte(text), booking.Selector{ID: 1})
		if err != nil || got.Hold != want.hold || got.TTL != want.ttl {
			t.Errorf("%s: %t for %s, %v; want %+v", text, got.Hold, got.TTL, err, want)
		}
	}
	for _, text := range []string{
		`{"quantity":1,"hold":false,"ttl_seconds":60}`, `{"quantity":1,"ttl_seconds":0}`,
	} {
		_, err := ReadRow([]byte(text), booking.Selector{ID: 1})
		if booking.KindOf(err) != booking.Invalid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A row is read by a reader of its own, and must take whatever comes.
func FuzzReadRow(f *testing.F) {
	for _, seed := range []string{
		`{"event_id":1,"quantity":2}`, `{"event_id":"go","quantity":2,"note":"\u0000"}`, `{}`, ``,
		`{"quantity":1,"quantity":1}`, `{"idempotency_key":""}`, "\xff", `{"quantity":1}{}`, `[`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		request, err := ReadRow([]byte(text), booking.Selector{})
		if err == nil && request.Validate() != nil {
			t.Errorf("%q is read as %+v: %v", text, request, request.Validate())
		}
		if err != nil && booking.KindOf(err) != booking.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	})
}
