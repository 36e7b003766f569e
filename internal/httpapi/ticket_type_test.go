package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// plannedEvent is the event of these tests with a ticket type, a pool and an access code.
func plannedEvent() booking.Event {
	e := sampleEvent()
	e.Types = []booking.TicketType{{ID: 1, Pool: 1, TypeDetails: booking.TypeDetails{
		Name: "adult", Price: e.Price, MaxPerBooking: 4,
	}}}
	e.Pools = []booking.Pool{{ID: 1, Name: "balcony", Capacity: 20}}
	e.Codes = booking.NewCodes(booking.Code{
		Text: "FRIENDS", Uses: 10, Types: []int64{1}, CreatedAt: noted(),
	})
	return e
}

// typeJSON is a ticket type of the event of these tests; the format wants its name, the numbers of
// seats that are available, held and confirmed, its price and pool.
const typeJSON = `{"event_id":1,"name":"%s","available":%d,"held":%d,"confirmed":%d,"waiting":0,` +
	`"price":%s,"currency":"EUR","pool":%s,"sales_open":null,"sales_close":null,` +
	`"min_per_booking":null,"max_per_booking":null,"code_required":false,"closed":%t}`

// family makes an event with 40 seats and two ticket types, of which the children share a boat.
func family(s *site) {
	s.Helper()
	s.must("POST", "/events", meetup)
	s.must("POST", "/events/1/pools", `{"name":"boat","capacity":10}`)
	s.must("POST", "/events/1/ticket-types", `{"name":"adult"}`)
	s.must("POST", "/events/1/ticket-types", `{"name":"child","price":"6","pool":"boat"}`)
}

func TestTicketTypesLiveTheirLifeOverHTTP(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.want(200, `{"success":true,"message":"0 ticket types","data":[]`+noPage,
		"GET", "/events/1/ticket-types", "")
	s.want(201, good(`added ticket type "adult" to event 1, 40 seats left`, typeJSON, "adult", 40,
		0, 0, "12.50", "null", false), "POST", "/events/1/ticket-types", `{"name":"adult"}`)
	s.must("POST", "/events/1/pools", `{"name":"boat","capacity":10}`)
	w := s.must("POST", "/events/1/ticket-types", `{"name":"small child","price":6,"pool":"boat",`+
		`"sales_open":"2026-01-01 10:00","sales_close":null,"min_per_booking":1,`+
		`"max_per_booking":null,"code_required":false}`)
	if where := w.Header().Get("Location"); where != "/events/1/ticket-types/small%20child" {
		t.Errorf("the new ticket type is at %q", where)
	}
	s.want(200, good(`saved ticket type "child" of event 1, 10 seats left`, typeJSON, "child", 10,
		0, 0, "7.00", `"boat"`, false), "PATCH", "/events/1/ticket-types/small%20child",
		`{"name":"child","price":"7","sales_open":null,"min_per_booking":0}`)
	s.want(200, good(`ticket type "child" of event 1 is closed, its bookings stay`, typeJSON,
		"child", 10, 0, 0, "7.00", `"boat"`, true), "PATCH", "/events/1/ticket-types/CHILD",
		`{"closed":true}`)
	s.want(409, bad(`ticket type "child" of event 1 is closed`, "null", `"code":"closed"`),
		"POST", "/bookings", `{"event_id":1,"quantity":1,"type":"child"}`)
	s.must("PATCH", "/events/1/ticket-types/child", `{"pool":null}`)
	s.want(200, good(`ticket type "child" of event 1 is open, 40 seats left`, typeJSON, "child",
		40, 0, 0, "7.00", "null", false), "PATCH", "/events/1/ticket-types/child",
		`{"closed":false}`)
	list := fmt.Sprintf(typeJSON, "adult", 40, 0, 0, "12.50", "null", false) + "," +
		fmt.Sprintf(typeJSON, "child", 40, 0, 0, "7.00", "null", false)
	s.want(200, `{"success":true,"message":"2 ticket types","data":[`+list+`]`+noPage,
		"GET", "/events/1/ticket-types", "")
	if body := s.must("GET", "/events/1", "").Body.String(); !strings.Contains(body,
		`"ticket_types":[`+list+`],"pools":[{"event_id":1,"name":"boat","capacity":10,`) {
		t.Errorf("the event does not show its types and pools: %s", body)
	}
	if body := s.must("GET", "/events", "").Body.String(); strings.Contains(body, "ticket_types") {
		t.Errorf("a list of events has their types: %s", body)
	}
}

func TestWhatIsNotThereOrTakenIsToldOfTypesPoolsAndCodes(t *testing.T) {
	s := newSite(t)
	family(s)
	s.must("POST", "/events/1/codes", `{"uses":5,"code":"vip1"}`)
	for _, c := range []struct {
		status              int
		request, body, says string
	}{
		{404, "GET /events/7/ticket-types", "", "no event 7"},
		{404, "GET /events/7/pools", "", "no event 7"},
		{404, "GET /events/7/codes", "", "no event 7"},
		{404, "POST /events/7/ticket-types", `{"name":"x"}`, "no event 7"},
		{404, "PATCH /events/1/ticket-types/adlt", `{"price":1}`, `no ticket type \"adlt\"`},
		{404, "POST /events/1/ticket-types", `{"name":"x","pool":"y"}`, `no pool \"y\"`},
		{404, "PATCH /events/1/pools/y", `{"capacity":1}`, `no pool \"y\"`},
		{404, "PATCH /events/1/codes/none", `{"disabled":true}`, "no access code"},
		{404, "POST /events/1/codes", `{"uses":5,"types":["senior"]}`, "it has adult, child"},
		{404, "POST /bookings", `{"event_id":1,"quantity":1,"type":"x"}`, "it has adult, child"},
		{404, "POST /bookings", `{"event_id":1,"quantity":1,"type":"adult","code":"x"}`,
			"no access code"},
		{400, "POST /bookings", two, "type: is missing; event 1 sells adult, child"},
		{409, "POST /events/1/ticket-types", `{"name":"ADULT"}`, "a ticket type"},
		{409, "POST /events/1/pools", `{"name":"Boat","capacity":1}`, `a pool \"boat\" already`},
		{409, "POST /events/1/codes", `{"uses":5,"code":"VIP1"}`, "has the code VIP1 already"},
		{400, "GET /events/Go%20Meetup/codes", "", "neither an event's number nor its slug"},
		{405, "GET /events/1/pools/boat", "", "only PATCH"},
		{405, "DELETE /events/1/codes/VIP1", "", "only PATCH"},
	} {
		method, target, _ := strings.Cut(c.request, " ")
		w := s.do(method, target, c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s: %d %s, want %d %s", c.request, c.body, w.Code, w.Body, c.status,
				c.says)
		}
	}
}

func TestOneBookingHasSeatsOfSeveralTicketTypes(t *testing.T) {
	s := newSite(t)
	family(s)
	const lines = `[{"type":"adult","quantity":2},{"type":"child","quantity":3}]`
	first := s.must("POST", "/bookings", `{"event_id":1,"lines":`+lines+`}`)
	const part = `,"lines":[{"type":"adult","quantity":%d,"unit_price":12.50},` +
		`{"type":"child","quantity":%d,"unit_price":6.00}]`
	text := blot(first.Body.String())
	if !strings.Contains(text, `"unit_price":null,"total":43.00,`) ||
		!strings.Contains(text, fmt.Sprintf(part, 2, 3)) {
		t.Errorf("booked: %s", text)
	}
	where := first.Header().Get("Location")
	s.want(400, bad("quantity: is of several ticket types; say how many of each: adult, child",
		"null", `"code":"invalid","fields":[{"name":"quantity","reason":"is of several ticket `+
			`types; say how many of each: adult, child"}]`), "DELETE", where+"?quantity=1", "")
	text = s.must("DELETE", where+"?lines=adult:1,child:2", "").Body.String()
	if !strings.Contains(text, "3 seats back for event 1, 38 left") ||
		!strings.Contains(text, fmt.Sprintf(part, 1, 1)) {
		t.Errorf("part given back: %s", text)
	}
	hold := s.must("POST", "/bookings", `{"event_id":1,"hold":true,"lines":`+lines+`}`)
	text = s.must("POST", hold.Header().Get("Location")+"/confirm",
		`{"lines":[{"type":"child","quantity":2}]}`).Body.String()
	if !strings.Contains(text, "2 seats for event 1 and 3 seats back, 36 left") {
		t.Errorf("part confirmed: %s", text)
	}
	s.want(200, good("7 seats can be booked for event 1, 7 left",
		`{"event_id":1,"quantity":7,"available":7,"sufficient":true}`),
		"GET", "/bookings/check?event_id=1&quantity=7&type=child", "")
	s.want(200, good(`only 7 seats of pool "boat" left for event 1, asked for 8`,
		`{"event_id":1,"quantity":9,"available":7,"sufficient":false}`),
		"GET", "/bookings/check?event_id=1&lines=adult:1,child:8", "")
	s.want(409, bad(`only 7 seats of pool "boat" left for event 1, asked for 8`,
		`{"event_id":1,"available":7}`, `"code":"sold_out"`),
		"POST", "/bookings", `{"event_id":1,"quantity":8,"type":"child"}`)
}

func TestARepeatedBookingOfTicketTypesIsDoneOnce(t *testing.T) {
	s := newSite(t)
	family(s)
	const body = `{"event_id":1,"lines":[{"type":"adult","quantity":2}]}`
	first := s.must("POST", "/bookings", body, "Idempotency-Key", "k")
	again := s.must("POST", "/bookings", body, "Idempotency-Key", "k")
	// Another form of the same request.
	same := s.must("POST", "/bookings", `{"event_id":1,"quantity":2,"type":"adult"}`,
		"Idempotency-Key", "k")
	for _, w := range []string{again.Body.String(), same.Body.String()} {
		if w != first.Body.String() {
			t.Errorf("repeated: %swant %s", w, first.Body)
		}
	}
	if again.Header().Get("Idempotency-Replayed") != "true" {
		t.Error("the repetition is not marked")
	}
	for _, other := range []string{
		`{"event_id":1,"quantity":2,"type":"child"}`, `{"event_id":1,"quantity":2}`,
		`{"event_id":1,"quantity":2,"type":"adult","code":"x"}`,
	} {
		if w := s.do("POST", "/bookings", other, "Idempotency-Key", "k"); w.Code != 422 {
			t.Errorf("%s under the same key: %d %s", other, w.Code, w.Body)
		}
	}
	where := first.Header().Get("Location")
	for range 2 {
		w := s.must("DELETE", where+"?lines=adult:1", "", "Idempotency-Key", "c")
		if !strings.Contains(w.Body.String(), "1 seat back for event 1, 39 left") {
			t.Errorf("given back: %s", w.Body)
		}
	}
}

// What has a name is added once, so that no key is needed; one that is sent must not pass in
// silence.
func TestKeysAreRefusedWhereTheyHaveNoEffect(t *testing.T) {
	s := newSite(t)
	family(s)
	s.must("POST", "/events/1/codes", `{"uses":5,"code":"VIP1"}`)
	for request, body := range map[string]string{
		"POST /events/1/ticket-types": `{"name":"x"}`,
		"POST /events/1/pools":        `{"name":"x","capacity":1}`,
		"POST /events/1/codes":        `{"uses":5}`,
		"PATCH /events/1/pools/boat":  `{"capacity":9}`,
		"PATCH /events/1/codes/VIP1":  `{"disabled":true}`,

		"PATCH /events/1/ticket-types/adult": `{"price":1}`,
	} {
		method, target, _ := strings.Cut(request, " ")
		w := s.do(method, target, body, "Idempotency-Key", "k")
		if w.Code != 400 || !strings.Contains(w.Body.String(), "takes no Idempotency-Key") {
			t.Errorf("%s: %d %s", request, w.Code, w.Body)
		}
	}
}
