package httpapi

import (
	"fmt"
	"strings"
	"testing"
)

const (
	plainEvent = `{"id":1,"slug":null,"name":"Go Meetup","description":"","venue":"",` +
		`"capacity":%d,"available":%d,"held":0,"confirmed":%d,"price":%s,"currency":"EUR",` +
		`"status":"%s","starts_at":null,"ends_at":null,"timezone":"UTC","version":%d,` +
		`"created_at":"TIME",` + plainSale + `}`
	// plainSale is the end of an event about whose sale nothing is decided.
	plainSale = `"waiting":0,"sales_open":null,"sales_close":null,"max_per_booking":null,` +
		`"max_per_customer":null,"code_required":false,"waitlist":"strict",` +
		`"offer_ttl_seconds":14400`
	plainBooking = `{"reference":"REF","event_id":1,"user_email":%s,"name":null,"note":null,` +
		`"quantity":%d,"status":"%s","unit_price":12.50,"total":%s,"currency":"EUR",` +
		`%s"created_at":"TIME","updated_at":"TIME","expires_at":null}`
	meetup = `{"name":"Go Meetup","capacity":40,"price":12.50}`
	two    = `{"event_id":1,"quantity":2}`
)

// made is a booking in the answer to who made it, or to whom it was handed.
func made(view string) string { return strings.TrimSuffix(view, "}") + `,"secret":"SECRET"}` }

// good is the envelope of a success.
func good(message, data string, args ...any) string {
	return fmt.Sprintf(`{"success":true,"message":%q,"data":`, message) +
		fmt.Sprintf(data, args...) + `}`
}

// bad is the envelope of a failure.
func bad(message, data, rest string) string {
	return fmt.Sprintf(`{"success":false,"message":%q,"data":%s,"error":{%s,"request_id":"r1"}}`,
		message, data, rest)
}

func TestEventsLiveTheirLifeOverHTTP(t *testing.T) {
	s := newSite(t)
	s.want(201, good("created event 1 with 40 seats", plainEvent, 40, 40, 0, "12.50", "open", 1),
		"POST", "/events", meetup)
	s.want(200, good("event 1 is open, 40 of 40 seats left", plainEvent, 40, 40, 0, "12.50",
		"open", 1), "GET", "/events/1", "")
	list := fmt.Sprintf(plainEvent, 40, 40, 0, "12.50", "open", 1)
	s.want(200, `{"success":true,"message":"1 event","data":[`+list+
		`],"page":{"next_cursor":null,"has_more":false}}`, "GET", "/events", "")
	s.want(200, good("saved event 1, 30 of 30 seats left", plainEvent, 30, 30, 0, "9.00", "open",
		2), "PATCH", "/events/1", `{"capacity":30,"price":"9"}`)
	s.want(200, good("event 1 is closed, its bookings stay", plainEvent, 30, 30, 0, "9.00",
		"closed", 3), "PATCH", "/events/1", `{"status":"closed"}`)
	s.want(409, bad("event 1 is closed and takes no bookings", "null",
		`"code":"closed","hint":"open it first"`), "POST", "/bookings", two)
	s.want(200, good("event 1 is open, 30 seats left", plainEvent, 30, 30, 0, "9.00", "open", 4),
		"PATCH", "/events/1", `{"status":"open"}`)
	s.want(200, good("deleted event 1", plainEvent, 30, 30, 0, "9.00", "open", 5),
		"DELETE", "/events/1", "")
	s.want(404, bad("no event 1", "null",
		`"code":"not_found","hint":"the list of events shows what there is"`),
		"GET", "/events/1", "")
}

func TestBookingsLiveTheirLifeOverHTTP(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	first := s.do("POST", "/bookings", `{"event_id":1,"user_email":"ann@example.com","quantity":3}`)
	if want := good("booked 3 seats for event 1, 37 left", made(plainBooking),
		`"ann@example.com"`, 3, "confirmed", "37.50", "") +
		"\n"; first.Code != 201 || blot(first.Body.String()) != want {
		t.Fatalf("got %d %swant %s", first.Code, first.Body, want)
	}
	where := first.Header().Get("Location")
	three := fmt.Sprintf(plainBooking, `"ann@example.com"`, 3, "confirmed", "37.50", "")
	s.want(200, good("booking REF is confirmed, 3 seats for event 1", "%s", three),
		"GET", where, "")
	s.want(200, `{"success":true,"message":"1 booking","data":[`+three+
		`],"page":{"next_cursor":null,"has_more":false}}`, "GET", "/bookings?event_id=1", "")
	s.want(200, good("reduced booking REF, 1 seat back for event 1, 38 left", plainBooking,
		`"ann@example.com"`, 2, "confirmed", "25.00", ""), "DELETE", where+"?quantity=1", "")
	s.want(200, good("cancelled booking REF, 2 seats back for event 1, 40 left", plainBooking,
		`"ann@example.com"`, 2, "cancelled", "25.00", `"cancel_reason":"rain",`),
		"DELETE", where+"?reason=rain", "")
	s.want(409, bad("booking REF is already cancelled", "null", `"code":"conflict",`+
		`"hint":"its seats were given back then; nothing was changed now"`), "DELETE", where, "")
	s.want(200, good("2 seats can be booked for event 1, 40 left",
		`{"event_id":1,"quantity":2,"available":40,"sufficient":true}`),
		"GET", "/bookings/check?event_id=1&quantity=2", "")
	if w := s.do("DELETE", "/events/1", ""); w.Code != 409 {
		t.Errorf("an event with a record was deleted: %d %s", w.Code, w.Body)
	}
}

func TestShortagesAreToldWithTheirNumbers(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Small","capacity":3,"slug":"small"}`)
	s.must("POST", "/bookings", two)
	s.want(409, bad("only 1 seat left for event 1, asked for 2",
		`{"event_id":1,"available":1}`, `"code":"sold_out"`), "POST", "/bookings", two)
	s.want(200, good("only 1 seat left for event 1, asked for 2",
		`{"event_id":1,"quantity":2,"available":1,"sufficient":false}`),
		"GET", "/bookings/check?event_id=small&quantity=2", "")
	s.want(409, bad("event 1 has 2 seats taken, capacity cannot be lowered to 1", "null",
		`"code":"conflict","hint":"cancel bookings first, or lower it to 2"`),
		"PATCH", "/events/small", `{"capacity":1}`)
}

func TestCancellingAnEventWithBookingsNeedsConsent(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", two).Header().Get("Location")
	if w := s.do("PATCH", "/events/1", `{"status":"cancelled"}`); w.Code != 409 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	s.want(200, good("cancelled event 1 and 1 booking with 2 seats", plainEvent, 40, 40, 0,
		"12.50", "cancelled", 4), "PATCH", "/events/1",
		`{"status":"cancelled","cancel_bookings":true,"reason":"storm"}`)
	s.want(200, good("booking REF is cancelled, 2 seats for event 1", plainBooking, "null", 2,
		"cancelled", "25.00", `"cancel_reason":"storm",`), "GET", where, "")
}

func TestPatchedPricesAndTimesCountInTheEventsOwnCurrencyAndZone(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Tokyo","capacity":5,"price":1500,"currency":"jpy",`+
		`"timezone":"Asia/Tokyo","starts_at":"2026-12-01 19:00","ends_at":"2026-12-01 21:00"}`)
	body := s.must("PATCH", "/events/1",
		`{"price":2000,"starts_at":"2026-12-01 18:00","ends_at":null,"slug":"tokyo"}`).Body.String()
	for _, part := range []string{
		`"price":2000,"currency":"JPY"`, `"starts_at":"2026-12-01T09:00:00Z","ends_at":null`,
		`"slug":"tokyo","name":"Tokyo"`, `"timezone":"Asia/Tokyo"`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("%s lacks %s", body, part)
		}
	}
	w := s.do("PATCH", "/events/tokyo", `{"price":12.50}`)
	if w.Code != 400 || !strings.Contains(w.Body.String(), "JPY") {
		t.Errorf("half a yen: %d %s", w.Code, w.Body)
	}
}

func TestListsGoOnWhereTheCursorSays(t *testing.T) {
	s := newSite(t)
	for range 3 {
		s.must("POST", "/events", meetup)
		s.must("POST", "/bookings", two)
	}
	for _, path := range []string{
		"/events?limit=2", "/bookings?event_id=1&limit=2", "/bookings?limit=2",
	} {
		text := s.must("GET", path, "").Body.String()
		_, cursor, _ := strings.Cut(text, `"page":{"next_cursor":"`)
		cursor, rest, found := strings.Cut(cursor, `"`)
		if !found || rest != `,"has_more":true}}`+"\n" {
			t.Fatalf("%s: %s", path, text)
		}
		second := s.must("GET", path+"&cursor="+cursor, "").Body.String()
		if !strings.HasSuffix(second, `"page":{"next_cursor":null,"has_more":false}}`+"\n") ||
			strings.Count(second, `"created_at"`) != 1 {
			t.Errorf("%s: second page: %s", path, second)
		}
	}
}

func TestBookingsAreListedForOneEventOrForAll(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.must("POST", "/events", `{"name":"Other","capacity":5,"slug":"other"}`)
	s.must("POST", "/bookings", two)
	s.must("POST", "/bookings", `{"event_id":2,"quantity":1}`)
	for path, want := range map[string]string{
		"/bookings": "2 bookings", "/bookings?event_id=1": "1 booking",
		"/bookings?event_id=other": "1 booking",
	} {
		body := s.must("GET", path, "").Body.String()
		if !strings.Contains(body, `"message":"`+want+`"`) {
			t.Errorf("%s: %s, want %s", path, body, want)
		}
	}
	s.want(404, bad("no event 3", "null",
		`"code":"not_found","hint":"the list of events shows what there is"`),
		"GET", "/bookings?event_id=3", "")
}

func TestTimesCountInTheConfiguredZoneUnlessTheBodyNamesOne(t *testing.T) {
	s := newSite(t)
	s.Handler = New(s.store, Options{Open: true, Zone: "Europe/Berlin"})
	const body = `{"name":"x","capacity":5,"starts_at":"2026-12-01 19:00"`
	for rest, want := range map[string]string{
		`}`:                         `18:00:00Z","ends_at":null,"timezone":"Europe/Berlin"`,
		`,"timezone":"Asia/Tokyo"}`: `10:00:00Z","ends_at":null,"timezone":"Asia/Tokyo"`,
		`,"timezone":"UTC"}`:        `19:00:00Z","ends_at":null,"timezone":"UTC"`,
	} {
		if got := s.must("POST", "/events", body+rest).Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", rest, got, want)
		}
	}
}

func TestPricesCountInTheConfiguredCurrencyUnlessTheBodyNamesOne(t *testing.T) {
	s := newSite(t)
	s.Handler = New(s.store, Options{Open: true, Currency: "jpy"})
	for rest, want := range map[string]string{
		`}`:                              `"price":0,"currency":"JPY"`,
		`,"price":1500}`:                 `"price":1500,"currency":"JPY"`,
		`,"price":1.5,"currency":"usd"}`: `"price":1.50,"currency":"USD"`,
	} {
		body := s.must("POST", "/events", `{"name":"x","capacity":5`+rest).Body.String()
		if !strings.Contains(body, want) {
			t.Errorf("%s: %s, want %s", rest, body, want)
		}
	}
}

func TestADefaultThatDoesNotExistIsToldAndNotTaken(t *testing.T) {
	s := newSite(t)
	for name, opts := range map[string]Options{
		"timezone": {Open: true, Zone: "Mars/Base"}, "currency": {Open: true, Currency: "QQQ"},
	} {
		s.Handler = New(s.store, opts)
		w := s.do("POST", "/events", `{"name":"x","capacity":5}`)
		if w.Code != 400 || !strings.Contains(w.Body.String(), `"message":"`+name+": ") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
