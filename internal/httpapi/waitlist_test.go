package httpapi

import (
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// badWaits are requests about the waitlist of event 1 that change nothing; {ref} stands for a
// booking that is confirmed.
func badWaits() []struct{ request, body, says string } {
	const join, who = "POST /events/1/waitlist", `"user_email":"ann@example.com"`
	return []struct{ request, body, says string }{
		{join, ``, "the body is empty"}, {join, `[]`, "the body is an array"},
		{join, `{}`, "quantity: is missing; user_email: is missing; who waits has to be told"},
		{join, `{"quantity":1}`, "user_email: is missing; who waits has to be told"},
		{join, `{"quantity":1,"user_email":null}`, "user_email: is missing"},
		{join, `{"quantity":1,"user_email":"nobody"}`, "user_email: must be one address"},
		{join, `{` + who + `}`, "quantity: is missing"},
		{join, `{"quantity":0,` + who + `}`, "quantity: must be a whole number from 1"},
		{join, `{"quantity":"1",` + who + `}`, "quantity: must be a whole number, got the text"},
		{join, `{"quantity":1,"type":"",` + who + `}`, "type: is empty; leave it out"},
		{join, `{"quantity":1,"type":null,` + who + `}`, "type: must be a text, got null"},
		{join, `{"quantity":1,"name":"a\u0000b",` + who + `}`, "name: has a control character"},
		{join, `{"quantity":1,"event_id":1,` + who + `}`, "event_id: is unknown; known are"},
		{join, `{"quantity":1,"code":"CLUB",` + who + `}`, "code: is unknown"},
		{join, `{"quantity":1,"lines":[],` + who + `}`, "lines: is unknown"},
		{join, `{"qty":1,` + who + `}`, "did you mean quantity?"},
		{join + "?dry_run=1", `{"quantity":1,` + who + `}`, "dry_run: is unknown"},
		{"POST /events/Go%20Meetup/waitlist", `{"quantity":1,` + who + `}`, "Go Meetup"},
		{"GET /events/1/waitlist?event_id=1", ``, "event_id: is unknown; known are user_email, "},
		{"GET /events/1/waitlist?limit=0", ``, "limit: must be a whole number from 1 to 200"},
		{"GET /events/1/waitlist?cursor=x", ``, "cursor: "},
		{"POST {ref}/leave", `{"quantity":1}`, "quantity: is unknown; there are none here"},
		{"POST {ref}/leave", `[]`, "the body is an array"},
		{"POST {ref}/leave?quantity=1", ``, "quantity: is unknown"},
		{"POST /bookings/nonsense/leave", ``, "nonsense"},
		{"GET {ref}/wait?all=1", ``, "all: is unknown"},
		{"GET /bookings/nonsense/wait", ``, "nonsense"},
	}
}

// soldOut makes an event with 40 seats that are all taken, and gives where the booking is.
func soldOut(s *site) (where string) {
	s.Helper()
	s.must("POST", "/events", meetup)
	return s.must("POST", "/bookings", `{"event_id":1,"quantity":40}`).Header().Get("Location")
}

// join puts somebody on the waitlist and gives where the entry is.
func (s *site) join(body string, headers ...string) (where string) {
	s.Helper()
	return s.must("POST", "/events/1/waitlist", body, headers...).Header().Get("Location")
}

func TestPeopleWaitOverHTTP(t *testing.T) {
	s := newSite(t)
	all := soldOut(s)
	s.want(409, bad("event 1 is sold out, asked for 2", `{"event_id":1,"available":0}`,
		`"code":"sold_out","hint":"join the waitlist"`), "POST", "/bookings", two)
	ann := held(`"ann@example.com"`, 2, "waiting", "25.00", "null")
	s.want(201, good("waiting for 2 seats of event 1", "%s", made(ann)),
		"POST", "/events/1/waitlist", `{"quantity":2,"user_email":"ann@example.com"}`)
	s.want(409, bad("ANN@example.com waits for event 1 already, as REF", "null",
		`"code":"conflict","hint":"leave that place first"`),
		"POST", "/events/1/waitlist", `{"quantity":1,"user_email":"ANN@example.com"}`)
	where := s.join(`{"quantity":1,"user_email":"bob@example.com"}`)
	bob := held(`"bob@example.com"`, 1, "waiting", "12.50", "null")
	s.want(200, `{"success":true,"message":"2 bookings","data":[`+ann+`,`+bob+
		`],"page":{"next_cursor":null,"has_more":false}}`, "GET", "/events/1/waitlist", "")
	s.want(200, good("booking REF is number 2 of the waitlist of event 1: it asks for 1 and "+
		"0 seats are free", `{"reference":"REF","event_id":1,"status":"waiting","position":2,`+
		`"ahead":2,"reason":"it asks for 1 and 0 seats are free","quantity":1}`),
		"GET", where+"/wait", "")
	s.must("DELETE", all+"?quantity=2", "")
	offer := strings.Replace(held(`"ann@example.com"`, 2, "held", "25.00", `"TIME"`), "}",
		`,"offered_at":"TIME"}`, 1)
	s.want(200, `{"success":true,"message":"2 bookings","data":[`+offer+`,`+bob+
		`],"page":{"next_cursor":null,"has_more":false}}`, "GET", "/events/1/waitlist", "")
	s.want(200, good("booking REF left the waitlist of event 1", "%s",
		strings.Replace(bob, "waiting", "left", 1)), "POST", where+"/leave", "")
	s.want(409, bad("booking REF left the waitlist at TIME", "null", `"code":"conflict",`+
		`"hint":"it never had seats; join again to wait for some"`), "POST", where+"/leave", "")
	s.want(200, good("booking REF is left: it left the waitlist at TIME",
		`{"reference":"REF","event_id":1,"status":"left","position":null,"ahead":null,`+
			`"reason":"it left the waitlist at TIME","quantity":1}`), "GET", where+"/wait", "")
}

func TestTheWaitlistGoesOnWhereTheCursorSays(t *testing.T) {
	s := newSite(t)
	soldOut(s)
	for _, who := range []string{"ann", "bob", "cy"} {
		s.join(`{"quantity":1,"user_email":"` + who + `@example.com"}`)
	}
	first := s.must("GET", "/events/1/waitlist?limit=2", "").Body.String()
	_, cursor, _ := strings.Cut(first, `"next_cursor":"`)
	cursor, _, _ = strings.Cut(cursor, `"`)
	second := s.must("GET", "/events/1/waitlist?limit=2&cursor="+cursor, "").Body.String()
	if !strings.Contains(second, "cy@example.com") || strings.Count(second, "created_at") != 1 {
		t.Errorf("the second page is %s", second)
	}
	if w := s.do("GET", "/bookings?event_id=1&cursor="+cursor, ""); w.Code != 400 {
		t.Errorf("the list of bookings goes on from a page of the waitlist: %d %s", w.Code, w.Body)
	}
	if w := s.do("GET", "/events/2/waitlist", ""); w.Code != 404 {
		t.Errorf("an event that does not exist: %d %s", w.Code, w.Body)
	}
}

func TestWhoRepeatsAJoinSeesWhatBecameOfTheEntry(t *testing.T) {
	s := newSite(t)
	all := soldOut(s)
	const body = `{"quantity":2,"user_email":"ann@example.com"}`
	first := s.must("POST", "/events/1/waitlist", body, "Idempotency-Key", "k")
	again := s.must("POST", "/events/1/waitlist", body, "Idempotency-Key", "k")
	if again.Code != 201 || again.Body.String() != first.Body.String() ||
		again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %sagain %d %s", first.Body, again.Code, again.Body)
	}
	s.must("DELETE", all, "")
	again = s.must("POST", "/events/1/waitlist", body, "Idempotency-Key", "k")
	if !strings.Contains(again.Body.String(), `"message":"offered 2 seats of event 1 until `) ||
		!strings.Contains(again.Body.String(), `"status":"held"`) {
		t.Errorf("offered and repeated: %s", again.Body)
	}
	where := first.Header().Get("Location")
	s.must("POST", where+"/release", "")
	again = s.must("POST", "/events/1/waitlist", body, "Idempotency-Key", "k")
	if !strings.Contains(again.Body.String(),
		`"message":"joined the waitlist before, status now: released"`) {
		t.Errorf("released and repeated: %s", again.Body)
	}
	w := s.do("POST", "/events/1/waitlist", `{"quantity":1,"user_email":"ann@example.com"}`,
		"Idempotency-Key", "k")
	if w.Code != 422 {
		t.Errorf("the key was taken for another request: %d %s", w.Code, w.Body)
	}
}

func TestWhoLeavesTwiceWithOneKeyLeavesOnce(t *testing.T) {
	s := newSite(t)
	soldOut(s)
	where := s.join(`{"quantity":2,"user_email":"ann@example.com"}`)
	first := s.must("POST", where+"/leave", "", "Idempotency-Key", "k")
	again := s.must("POST", where+"/leave", `{}`, "Idempotency-Key", "k")
	if again.Body.String() != first.Body.String() ||
		again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %sagain %v %s", first.Body, again.Header(), again.Body)
	}
}

func TestAnswersAboutTheWaitlistKeepTheirForm(t *testing.T) {
	event, b := sampleEvent(), sampleBooking()
	b.Status = booking.Waiting
	waits := strings.Replace(bookingJSON, "confirmed", "waiting", 1)
	offered := b
	offered.Status, offered.OfferedAt, offered.ExpiresAt = booking.Held, noted(), noted()
	offer := strings.Replace(bookingHead+`"status":"held",`+bookingTail+bookingTime, `null}`,
		`"2026-03-01T08:30:00.123Z","offered_at":"2026-03-01T08:30:00.123Z"}`, 1)
	nameless := b
	nameless.Reference = 0
	compare(t, []wanted{
		{"waiting", Joined(booking.Receipt{Booking: b, Event: event}),
			`{"success":true,"message":"waiting for 2 seats of event 1","data":` + waits + `}`},
		{"offered", Joined(booking.Receipt{Booking: offered, Event: event}),
			`{"success":true,"message":"offered 2 seats of event 1 until 2026-03-01T08:30:00Z, ` +
				`confirm them before then","data":` + offer + `}`},
		{"in a dry run", Joined(booking.Receipt{Booking: nameless, Event: event}),
			`{"success":true,"message":"waiting for 2 seats of event 1","data":` +
				strings.Replace(waits, `"EVB-00000-00001-H"`, "null", 1) + `}`},
		{"called off", CalledOff(booking.CalledOff{
			Event: event, Bookings: 1, Seats: 3, Waiting: 2,
		}), `{"success":true,"message":"cancelled event 1 and 1 booking with 3 seats, and ` +
			`2 waitlist entries","data":` + eventJSON + `}`},
		{"explained", Explained(event.Explain(b, nil, time.Time{}.AddDate(3000, 0, 0))),
			`{"success":true,"message":"booking EVB-00000-00001-H is waiting: its seats are ` +
				`free: the next change of the event offers them","data":{"reference":` +
				`"EVB-00000-00001-H","event_id":1,"status":"waiting","position":null,` +
				`"ahead":null,"reason":"its seats are free: the next change of the event offers ` +
				`them","quantity":2}}`},
	})
}
