package httpapi

import (
	"strings"
	"testing"
)

// badAmendments are requests about one booking, which is confirmed and of event 1, that leave it as
// it is.
func badAmendments() []struct{ request, body, says string } {
	const patch, move, transfer = "PATCH {ref}", "POST {ref}/move", "POST {ref}/transfer"
	return []struct{ request, body, says string }{
		{patch, ``, "the body is empty"}, {patch, `null`, "the body is null"},
		{patch, `{}`, "the body names nothing to change"},
		{patch, `{"status":"cancelled"}`, "status: is unknown; known are quantity, user_email"},
		{patch, `{"email":"ann@example.com"}`, "did you mean user_email?"},
		{patch, `{"user_email":"nobody"}`, "user_email: must be one address"},
		{patch, `{"name":7}`, "name: must be a text, got the number 7"},
		{patch, `{"note":"a\u0000b"}`, "note: has a control character"},
		{patch, `{"name":"x","name":"y"}`, "name: is given twice"},
		{patch, `{"quantity":0}`, "quantity: must be a whole number from 1"},
		{patch, `{"quantity":null}`, "quantity: must be a whole number, got null"},
		{patch, `{"quantity":1.5}`, "quantity: must be a whole number in digits alone"},
		{patch, `{"lines":[]}`, "lines: is empty"},
		{patch, `{"lines":[{"type":"x","quantity":-1}]}`, "must be"},
		{patch, `{"lines":[{"type":"x","quantity":1}],"quantity":1}`, "given beside lines"},
		{patch, `{"quantity":1,"name":"Ann"}`, "name: cannot change along with the"},
		{patch, `{"lines":[{"type":"x","quantity":1}],"note":"x"}`, "note: cannot change along"},
		{patch + "?quantity=1", `{"name":"Ann"}`, "quantity: is unknown"},
		{"PATCH /bookings/nonsense", `{"name":"Ann"}`, "nonsense"},
		{move, ``, "the body is empty"}, {move, `{}`, "event_id: is missing; say to which event"},
		{move, `{"event_id":0}`, "event_id: must be an event's number, 1 or more, got 0"},
		{move, `{"event_id":0,"type":"x"}`, "event_id: must be an event's number, 1 or more"},
		{move, `{"event_id":-1}`, "event_id: must be an event's number, 1 or more, got -1"},
		{move, `{"event_id":null}`, "event_id: must be a whole number, got null"},
		{move, `{"event_id":"2"}`, "event_id: must be a whole number, got the text"},
		{move, `{"type":""}`, "type: is empty; leave it out"},
		{move, `{"code":"CLUB"}`, "event_id: is missing"},
		{move, `{"to_event":2}`, "to_event: is unknown"},
		{move, `{"event_id":2,"quantity":1}`, "quantity: is unknown; known are event_id"},
		{transfer, `{}`, "user_email: is missing; write the new customer's address"},
		{transfer, `{"user_email":null}`, "user_email: is missing"},
		{transfer, `{"user_email":"nobody"}`, "user_email: must be one address"},
		{transfer, `{"user_email":"bob@example.com","quantity":1}`, "quantity: is unknown"},
		{transfer + "?force=1", `{"user_email":"bob@example.com"}`, "force: is unknown"},
		{"POST /bookings/nonsense/transfer", `{"user_email":"bob@example.com"}`, "nonsense"},
	}
}

// booked makes two events with 40 and 3 seats and a booking of 2 seats of the first, and gives
// where it is.
func booked(s *site) (where string) {
	s.Helper()
	s.must("POST", "/events", meetup)
	s.must("POST", "/events", `{"name":"Chess Night","capacity":3,"price":5}`)
	return s.must("POST", "/bookings", `{"event_id":1,"quantity":2,"name":"Ann","note":"aisle",`+
		`"user_email":"ann@example.com"}`).Header().Get("Location")
}

// ofCustomer is a booking of the event of these tests as JSON, with the name and note that there
// are.
func ofCustomer(email, name, note string, quantity int, total string) string {
	text := held(email, quantity, "confirmed", total, "null")
	return strings.Replace(text, `"name":null,"note":null`, `"name":`+name+`,"note":`+note, 1)
}

func TestABookingIsAmendedByWhatTheBodyNames(t *testing.T) {
	s := newSite(t)
	where := booked(s)
	s.want(200, good("saved booking REF", "%s",
		ofCustomer(`"ann@example.com"`, `"Ann B."`, "null", 2, "25.00")),
		"PATCH", where, `{"name":"Ann B.","note":null}`)
	s.want(200, good("saved booking REF", "%s", ofCustomer("null", "null", "null", 2, "25.00")),
		"PATCH", where, `{"name":"","user_email":null}`)
	s.want(200, good("booking REF has 5 seats for event 1, 35 left", "%s",
		ofCustomer("null", "null", "null", 5, "62.50")), "PATCH", where, `{"quantity":5}`)
	s.want(409, bad("only 35 seats left for event 1, asked for 36",
		`{"event_id":1,"available":35}`, `"code":"sold_out"`), "PATCH", where, `{"quantity":41}`)
	s.want(404, bad(`event 1 has no ticket type "adult"`, "null", `"code":"not_found",`+
		`"hint":"its seats are of no type; leave the type out"`),
		"PATCH", where, `{"lines":[{"type":"adult","quantity":1}]}`)
	s.must("DELETE", where, "")
	for _, body := range []string{`{"name":"Ann"}`, `{"quantity":1}`} {
		s.want(409, bad("booking REF is already cancelled", "null", `"code":"conflict",`+
			`"hint":"its seats were given back then; nothing was changed now"`),
			"PATCH", where, body)
	}
}

func TestLinesOfABookingAreChangedOneByOne(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.must("POST", "/events/1/ticket-types", `{"name":"adult","price":20}`)
	s.must("POST", "/events/1/ticket-types", `{"name":"child","price":5}`)
	where := s.must("POST", "/bookings", `{"event_id":1,"type":"adult","quantity":2}`).
		Header().Get("Location")
	text := s.must("PATCH", where, `{"lines":[{"type":"child","quantity":3}]}`).Body.String()
	if !strings.Contains(text, `"message":"booking EVB-`) || !strings.Contains(text,
		`"quantity":5,"status":"confirmed","unit_price":null,"total":55.00`) {
		t.Errorf("with children: %s", text)
	}
	text = s.must("PATCH", where, `{"lines":[{"type":"adult","quantity":0}]}`).Body.String()
	if !strings.Contains(text, `"total":15.00`) ||
		!strings.Contains(text, `"lines":[{"type":"child","quantity":3,"unit_price":5.00}]`) {
		t.Errorf("without adults: %s", text)
	}
}

func TestABookingMovesOrStays(t *testing.T) {
	s := newSite(t)
	where := booked(s)
	chess := strings.NewReplacer(`"event_id":1`, `"event_id":2`, "12.50", "5.00").
		Replace(ofCustomer(`"ann@example.com"`, `"Ann"`, `"aisle"`, 2, "10.00"))
	s.want(200, good("moved booking REF, it has 2 seats for event 2, 1 left", "%s", chess),
		"POST", where+"/move", `{"event_id":2}`)
	s.want(200, good("event 1 is open, 40 of 40 seats left", plainEvent, 40, 40, 0, "12.50",
		"open", 3), "GET", "/events/1", "")
	other := s.must("POST", "/bookings", two).Header().Get("Location")
	s.want(409, bad("only 1 seat left for event 2, asked for 2", `{"event_id":2,"available":1}`,
		`"code":"sold_out"`), "POST", other+"/move", `{"event_id":2}`)
	s.want(404, bad("no event 9", "null",
		`"code":"not_found","hint":"the list of events shows what there is"`),
		"POST", other+"/move", `{"event_id":9}`)
	s.want(200, good("booking REF is confirmed, 2 seats for event 1", "%s",
		ofCustomer("null", "null", "null", 2, "25.00")), "GET", other, "")
}

func TestATransferErasesWhatTheFormerCustomerGave(t *testing.T) {
	s := newSite(t)
	where := booked(s)
	s.want(200, good("booking REF belongs to another customer", "%s",
		made(ofCustomer(`"bob@example.com"`, "null", "null", 2, "25.00"))),
		"POST", where+"/transfer", `{"user_email":"bob@example.com"}`)
	s.want(404, bad("no booking REF", "null", `"code":"not_found",`+
		`"hint":"the list of an event's bookings shows the references"`),
		"POST", "/bookings/EVB-00000-00001-H/transfer", `{"user_email":"bob@example.com"}`)
}

func TestARepeatedChangeOfABookingIsMadeOnce(t *testing.T) {
	for _, c := range []struct{ request, body, other string }{
		{"PATCH ", `{"name":"Bob"}`, `{"name":"Cy"}`},
		{"PATCH ", `{"quantity":3}`, `{"quantity":4}`},
		{"POST /move", `{"event_id":2}`, `{"event_id":1}`},
		{"POST /transfer", `{"user_email":"bob@example.com"}`, `{"user_email":"cy@example.com"}`},
	} {
		s := newSite(t)
		where := booked(s)
		method, target, _ := strings.Cut(c.request, " ")
		first := s.must(method, where+target, c.body, "Idempotency-Key", "k")
		again := s.must(method, where+target, c.body, "Idempotency-Key", "k")
		if first.Code != 200 || again.Code != 200 || first.Body.String() != again.Body.String() ||
			first.Header().Get("Idempotency-Replayed") != "" ||
			again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s %s: first %d %v %sagain %d %v %s", c.request, c.body, first.Code,
				first.Header(), first.Body, again.Code, again.Header(), again.Body)
		}
		if w := s.do(method, where+target, c.other, "Idempotency-Key", "k"); w.Code != 422 {
			t.Errorf("%s %s: the key was taken for another request: %d %s", c.request, c.other,
				w.Code, w.Body)
		}
	}
}
