package httpapi

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

func encoded(t testing.TB, e Envelope) string {
	t.Helper()
	var text strings.Builder
	if err := e.Encode(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func noted() time.Time { return time.Date(2026, 3, 1, 8, 30, 0, 123_456_789, time.UTC) }

func sampleEvent() booking.Event {
	return booking.Event{
		ID: 1, Slug: "go-meetup",
		EventDetails: booking.EventDetails{
			Name: "Go <Meetup> & 李", Venue: "Hall 1", Capacity: 40,
			Price: booking.Money{Minor: 1250, Currency: "EUR"},
			Zone:  "Europe/Berlin", StartsAt: time.Date(2026, 12, 1, 18, 0, 0, 0, time.UTC),
			Waitlist: booking.Strict, OfferTTL: booking.DefaultOfferTTL,
		},
		Counters: booking.Counters{Confirmed: 2}, Status: booking.OpenEvent, Version: 2,
		CreatedAt: noted(),
	}
}

func sampleBooking() booking.Booking {
	return booking.Booking{
		Reference: 1, EventID: 1, Quantity: 2, Status: booking.Confirmed,
		UnitPrice: booking.Money{Minor: 1250, Currency: "EUR"},
		Email:     "ann@example.com", CreatedAt: noted(), UpdatedAt: noted(),
	}
}

const (
	eventJSON = `{"id":1,"slug":"go-meetup","name":"Go <Meetup> & 李","description":"",` +
		`"venue":"Hall 1","capacity":40,"available":38,"held":0,"confirmed":2,"price":12.50,` +
		`"currency":"EUR","status":"open","starts_at":"2026-12-01T18:00:00Z","ends_at":null,` +
		`"timezone":"Europe/Berlin","version":2,"created_at":"2026-03-01T08:30:00.123Z",` +
		plainSale + `}`
	bookingHead = `{"reference":"EVB-00000-00001-H","event_id":1,"user_email":"ann@example.com",` +
		`"name":null,"note":null,"quantity":2,`
	bookingTail = `"unit_price":12.50,"total":25.00,"currency":"EUR",`
	bookingTime = `"created_at":"2026-03-01T08:30:00.123Z",` +
		`"updated_at":"2026-03-01T08:30:00.123Z","expires_at":null}`
	bookingJSON = bookingHead + `"status":"confirmed",` + bookingTail + bookingTime
	noPage      = `,"page":{"next_cursor":null,"has_more":false}}`
)

// wanted is an answer and how it has to be written.
type wanted struct {
	name   string
	answer Envelope
	want   string
}

func compare(t *testing.T, cases []wanted) {
	t.Helper()
	for _, c := range cases {
		if got := encoded(t, c.answer); got != c.want+"\n" {
			t.Errorf("%s:\ngot  %swant %s", c.name, got, c.want)
		}
	}
}

func TestEventsKeepTheirForm(t *testing.T) {
	event := sampleEvent()
	compare(t, []wanted{
		{"created", CreatedEvent(booking.Created{Event: event}),
			`{"success":true,"message":"created event 1 with 40 seats","data":` + eventJSON + `}`},
		{"edited", EditedEvent(event),
			`{"success":true,"message":"saved event 1, 38 of 40 seats left","data":` +
				eventJSON + `}`},
		{"opened", OpenedEvent(event),
			`{"success":true,"message":"event 1 is open, 38 seats left","data":` + eventJSON + `}`},
		{"closed", ClosedEvent(event),
			`{"success":true,"message":"event 1 is closed, its bookings stay","data":` +
				eventJSON + `}`},
		{"called off", CalledOff(booking.CalledOff{Event: event, Bookings: 1, Seats: 3}),
			`{"success":true,"message":"cancelled event 1 and 1 booking with 3 seats","data":` +
				eventJSON + `}`},
		{"deleted", DeletedEvent(event),
			`{"success":true,"message":"deleted event 1","data":` + eventJSON + `}`},
		{"shown event", ShownEvent(event),
			`{"success":true,"message":"event 1 is open, 38 of 40 seats left","data":` +
				eventJSON + `}`},
		{"no events", ListedEvents(storage.EventPage{}),
			`{"success":true,"message":"0 events","data":[]` + noPage},
		{"events", ListedEvents(storage.EventPage{Events: []booking.Event{event}, Next: "1"}),
			`{"success":true,"message":"1 event, more follow","data":[` + eventJSON +
				`],"page":{"next_cursor":"1","has_more":true}}`},
	})
}

func TestBookingsKeepTheirForm(t *testing.T) {
	event, seats := sampleEvent(), sampleBooking()
	gone := seats
	gone.Status, gone.CancelReason = booking.Cancelled, "rain"
	goneJSON := bookingHead + `"status":"cancelled",` + bookingTail + `"cancel_reason":"rain",` +
		bookingTime
	held, final := seats, seats
	held.Status, held.ExpiresAt, final.ExpiresAt = booking.Held, noted(), noted()
	heldJSON := bookingHead + `"status":"held",` + bookingTail +
		strings.Replace(bookingTime, "null", `"2026-03-01T08:30:00.123Z"`, 1)
	let, letJSON := final, strings.Replace(bookingJSON, "confirmed", "released", 1)
	let.Status = booking.Released
	full := event
	full.Capacity = 2
	compare(t, []wanted{
		{"booked", Booked(booking.Receipt{Booking: seats, Event: event, Left: 38}),
			`{"success":true,"message":"booked 2 seats for event 1, 38 left","data":` +
				bookingJSON + `}`},
		{"cancelled", Cancelled(booking.Returned{Booking: gone, Event: event, Left: 38, Seats: 2}),
			`{"success":true,"message":"cancelled booking EVB-00000-00001-H, 2 seats back for ` +
				`event 1, 38 left","data":` + goneJSON + `}`},
		{"reduced", Cancelled(booking.Returned{Booking: seats, Event: event, Left: 38, Seats: 1}),
			`{"success":true,"message":"reduced booking EVB-00000-00001-H, 1 seat back for ` +
				`event 1, 38 left","data":` + bookingJSON + `}`},
		{"held", Held(booking.Receipt{Booking: held, Event: event, Left: 38}),
			`{"success":true,"message":"held 2 seats for event 1 until 2026-03-01T08:30:00Z, ` +
				`38 left","data":` + heldJSON + `}`},
		{"confirmed", Confirmed(booking.Returned{Booking: final, Event: event, Left: 38}),
			`{"success":true,"message":"confirmed booking EVB-00000-00001-H, 2 seats for ` +
				`event 1, 38 left","data":` + bookingJSON + `}`},
		{"confirmed in part",
			Confirmed(booking.Returned{Booking: final, Event: event, Left: 38, Seats: 1}),
			`{"success":true,"message":"confirmed booking EVB-00000-00001-H, 2 seats for ` +
				`event 1 and 1 seat back, 38 left","data":` + bookingJSON + `}`},
		{"extended", Extended(booking.Extended{Booking: held, Event: event}),
			`{"success":true,"message":"hold EVB-00000-00001-H lasts until ` +
				`2026-03-01T08:30:00Z, 2 seats for event 1","data":` + heldJSON + `}`},
		{"released", Released(booking.Returned{Booking: let, Event: event, Left: 38, Seats: 2}),
			`{"success":true,"message":"released hold EVB-00000-00001-H, 2 seats back for ` +
				`event 1, 38 left","data":` + letJSON + `}`},
		{"shown booking", ShownBooking(seats),
			`{"success":true,"message":"booking EVB-00000-00001-H is confirmed, 2 seats for ` +
				`event 1","data":` + bookingJSON + `}`},
		{"shown hold", ShownBooking(held),
			`{"success":true,"message":"booking EVB-00000-00001-H is held, 2 seats for ` +
				`event 1","data":` + heldJSON + `}`},
		{"confirmed hold", ShownBooking(final), // which does not lapse any more
			`{"success":true,"message":"booking EVB-00000-00001-H is confirmed, 2 seats for ` +
				`event 1","data":` + bookingJSON + `}`},
		{"bookings", ListedBookings(storage.BookingPage{Bookings: []booking.Booking{seats}}),
			`{"success":true,"message":"1 booking","data":[` + bookingJSON + `]` + noPage},
		{"enough", Checked(checkTwo(t, event)),
			`{"success":true,"message":"2 seats can be booked for event 1, 38 left","data":` +
				`{"event_id":1,"quantity":2,"available":38,"sufficient":true}}`},
		{"not enough", Checked(checkTwo(t, full)),
			`{"success":true,"message":"event 1 is sold out, asked for 2","data":` +
				`{"event_id":1,"quantity":2,"available":0,"sufficient":false}}`},
	})
}

// checkTwo asks whether two seats can be booked.
func checkTwo(t *testing.T, e booking.Event) booking.Availability {
	t.Helper()
	found, err := e.Check(booking.AvailabilityRequest{Quantity: 2}, noted())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestReportsKeepTheirForm(t *testing.T) {
	finding := storage.Finding{Check: "a", Detail: "b"}
	compare(t, []wanted{
		{"sound", Verified(storage.Report{Events: 1, Bookings: 2, Entries: 3}),
			`{"success":true,"message":"all is sound: looked at 1 event, 2 bookings and 3 ` +
				`journal entries","data":{"events":1,"bookings":2,"entries":3,"findings":[]}}`},
		{"unsound", Verified(storage.Report{Findings: []storage.Finding{finding}}),
			`{"success":false,"message":"1 finding in 0 events, 0 bookings and 0 journal ` +
				`entries","data":{"events":0,"bookings":0,"entries":0,"findings":[{"check":"a",` +
				`"detail":"b"}]},"error":{"code":"unsound"}}`},
		{"backed up", BackedUp(storage.Backup{Path: "copy.db", Bytes: 4096}),
			`{"success":true,"message":"saved a backup of 4096 bytes as copy.db","data":` +
				`{"path":"copy.db","bytes":4096}}`},
	})
}

func TestNoAnswerSteersATerminal(t *testing.T) {
	hostile := "a\x1b[2Jb\u009bc\u202ed\x7f\u0085 李🎟 <&>"
	text := encoded(t, Envelope{Message: hostile + "\xff"})
	for _, r := range strings.TrimSuffix(text, "\n") {
		if r < ' ' || r >= 0x7f && r <= 0x9f || r == '\u202e' {
			t.Fatalf("%q carries %U", text, r)
		}
	}
	var back struct {
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(text), &back); err != nil {
		t.Fatal(err)
	}
	if want := hostile + "\ufffd"; back.Message != want {
		t.Errorf("came back as %q, want %q", back.Message, want)
	}
	if !strings.Contains(text, "李🎟 <&>") {
		t.Errorf("%q escapes more than it has to", text)
	}
}

func TestFailuresTellWhatHelpsAndNoMore(t *testing.T) {
	soldOut := booking.Errorf(booking.SoldOut, "only 1 seat left for event 7, asked for 2")
	soldOut.Event, soldOut.Available = 7, 1
	var bad booking.Fields
	bad.Add("quantity", "is missing")
	for _, c := range []struct {
		err  error
		want string
	}{
		{soldOut, `{"success":false,"message":"only 1 seat left for event 7, asked for 2",` +
			`"data":{"event_id":7,"available":1},"error":{"code":"sold_out","request_id":"r1"}}`},
		{bad.Err(), `{"success":false,"message":"quantity: is missing","data":null,"error":` +
			`{"code":"invalid","fields":[{"name":"quantity","reason":"is missing"}],` +
			`"request_id":"r1"}}`},
		{errors.New("SELECT failed"), `{"success":false,"message":"internal error","data":null,` +
			`"error":{"code":"internal","request_id":"r1"}}`},
		{booking.Errorf(booking.Internal, "SELECT failed"), `{"success":false,"message":` +
			`"internal error","data":null,"error":{"code":"internal","request_id":"r1"}}`},
		{booking.Errorf(booking.Unknown, "no answer from the disk").WithHint("repeat it"),
			`{"success":false,"message":"no answer from the disk","data":null,"error":{"code":` +
				`"unknown","hint":"repeat it","request_id":"r1"}}`},
		{booking.NoEvent(booking.Selector{ID: 9}), `{"success":false,"message":"no event 9",` +
			`"data":null,"error":{"code":"not_found","hint":"the list of events shows what there ` +
			`is","request_id":"r1"}}`},
	} {
		if got := encoded(t, Failed(c.err, "r1")); got != c.want+"\n" {
			t.Errorf("%v:\ngot  %swant %s", c.err, got, c.want)
		}
	}
	if got := encoded(t, Failed(soldOut, "")); strings.Contains(got, "request_id") {
		t.Errorf("a request id that is not there is told: %s", got)
	}
}

func TestEveryKindHasAStatus(t *testing.T) {
	want := map[booking.Kind]int{
		booking.Internal: 500, booking.Invalid: 400, booking.NotFound: 404, booking.SoldOut: 409,
		booking.Closed: 409, booking.Limit: 409, booking.Conflict: 409, booking.KeyReused: 422,
		booking.Busy: 503, booking.Forbidden: 403, booking.Unavailable: 503, booking.Unknown: 503,
		booking.Unsound: 500, booking.Interrupted: 503, booking.Partial: 200,
		booking.Stale: 412, booking.Unauthenticated: 401, booking.TooMany: 429,
	}
	for _, kind := range booking.Kinds() {
		if _, ok := statusOf(kind); !ok {
			t.Errorf("kind %s has no row", kind)
		}
		if Status(kind) != want[kind] {
			t.Errorf("kind %s has status %d, want %d", kind, Status(kind), want[kind])
		}
	}
	if _, ok := statusOf("none such"); ok || Status("none such") != 500 {
		t.Error("a kind that does not exist has a row")
	}
}
