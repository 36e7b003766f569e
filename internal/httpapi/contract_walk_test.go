package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// step is one request of a walk through the API. One that has the name of an example of the
// contract is answered as the example says.
type step struct {
	example string
	status  int
	// request is a method with a path; {name} stands for the booking that an earlier step made.
	request, body string
	// made names the booking that the step makes, for later ones.
	made string
}

// walk leads through every operation.
func walk() []step {
	return slices.Concat(walkOfEvents(), walkOfBookings(), walkOfTypes(), walkOfWaiting())
}

func walkOfEvents() []step {
	return []step{
		{"showHealth", 200, "GET /healthz", "", ""},
		{"showReadiness", 200, "GET /readyz", "", ""},
		{"createEvent", 201, "POST /events", meetup, ""},
		{"", 201, "POST /events", `{"name":"Spring concert","capacity":20,"slug":"spring",` +
			`"venue":"Town hall","status":"draft"}`, ""},
		{"", 409, "POST /events", `{"name":"x","capacity":5,"slug":"spring","status":"open"}`, ""},
		{"", 200, "PATCH /events/spring", `{"name":"Spring concert","venue":"Old town hall",` +
			`"description":"Two choirs.","timezone":"Europe/Berlin","price":12,"currency":"EUR"}`,
			""},
		{"listEvents", 200, "GET /events?limit=1", "", ""},
		{"", 200, "PATCH /events/2", `{"status":"open"}`, ""},
		{"changeEvent", 200, "PATCH /events/1", `{"capacity":60}`, ""},
		{"", 201, "POST /events", `{"name":"Mistake","capacity":1}`, ""},
		{"deleteEvent", 200, "DELETE /events/3", "", ""},
	}
}

func walkOfBookings() []step {
	return []step{
		{"book", 201, "POST /bookings", `{"event_id":1,"quantity":2,` +
			`"user_email":"ann@example.org"}`, "ann"},
		{"hold", 201, "POST /bookings", `{"event_id":1,"quantity":2,"ttl_seconds":900}`, "bob"},
		{"check", 200, "GET /bookings/check?event_id=1&quantity=2", "", ""},
		{"extendHold", 200, "POST /bookings/{bob}/extend", `{"ttl_seconds":900}`, ""},
		{"confirmHold", 200, "POST /bookings/{bob}/confirm", `{"quantity":1,` +
			`"user_email":"bob@example.org"}`, ""},
		{"", 201, "POST /bookings", `{"event_id":1,"quantity":1,"hold":true}`, "gone"},
		{"releaseHold", 200, "POST /bookings/{gone}/release", "", ""},
		{"showBooking", 200, "GET /bookings/{ann}", "", ""},
		{"listBookings", 200, "GET /bookings?event_id=1", "", ""},
		{"changeBooking", 200, "PATCH /bookings/{ann}", `{"quantity":3}`, ""},
		{"cancelBooking", 200, "DELETE /bookings/{ann}?quantity=1&reason=ill", "", ""},
		{"transferBooking", 200, "POST /bookings/{ann}/transfer", `{"name":"Dan",` +
			`"note":"on behalf of Ann","user_email":"dan@example.org"}`, ""},
		{"", 409, "POST /bookings/{gone}/transfer", `{"user_email":"dan@example.org"}`, ""},
		{"showEvent", 200, "GET /events/1", "", ""},
	}
}

func walkOfTypes() []step {
	return []step{
		{"addPool", 201, "POST /events/2/pools", `{"name":"balcony","capacity":10}`, ""},
		{"changePool", 200, "PATCH /events/2/pools/balcony", `{"capacity":12}`, ""},
		{"listPools", 200, "GET /events/2/pools", "", ""},
		{"", 201, "POST /events/2/ticket-types", `{"name":"adult"}`, ""},
		{"addTicketType", 201, "POST /events/2/ticket-types", `{"name":"child","price":5,` +
			`"pool":"balcony","max_per_booking":4}`, ""},
		{"", 409, "PATCH /events/2/ticket-types/child", `{"name":"Adult"}`, ""},
		{"", 200, "PATCH /events/2/ticket-types/adult", `{"max_per_booking":9,` +
			`"sales_close":"2199-12-01 19:00"}`, ""},
		{"changeTicketType", 200, "PATCH /events/2/ticket-types/child", `{"price":6}`, ""},
		{"listTicketTypes", 200, "GET /events/2/ticket-types", "", ""},
		{"addCode", 201, "POST /events/2/codes", `{"code":"FRIENDS-2026","uses":20}`, ""},
		{"listCodes", 200, "GET /events/2/codes", "", ""},
		{"moveBooking", 200, "POST /bookings/{bob}/move", `{"event_id":2,"type":"adult",` +
			`"code":"FRIENDS-2026"}`, ""},
		{"disableCode", 200, "PATCH /events/2/codes/friends-2026", `{"disabled":true}`, ""},
	}
}

func walkOfWaiting() []step {
	const cleo = `{"quantity":2,"user_email":"cleo@example.org"}`
	return []step{
		{"", 201, "POST /events", `{"name":"Workshop","capacity":2,"max_per_customer":2}`, ""},
		{"", 201, "POST /bookings", `{"event_id":4,"quantity":2,"user_email":"a@example.org"}`, ""},
		{"joinWaitlist", 201, "POST /events/4/waitlist", cleo, "cleo"},
		{"explainWait", 200, "GET /bookings/{cleo}/wait", "", ""},
		{"listWaitlist", 200, "GET /events/4/waitlist", "", ""},
		{"leaveWaitlist", 200, "POST /bookings/{cleo}/leave", "", ""},
		{"", 200, "PATCH /events/2/pools/balcony", `{"capacity":1}`, ""},
		{"", 201, "POST /bookings", `{"event_id":2,"quantity":1,"type":"child"}`, ""},
		{"", 201, "POST /events/2/waitlist", `{"quantity":1,"user_email":"d@example.org",` +
			`"name":"Dan","note":"any seat","type":"child"}`, "dan"},
		{"", 200, "PATCH /events/4", `{"capacity":4}`, ""},
		{"", 201, "POST /bookings", `{"event_id":4,"quantity":1,"hold":true,` +
			`"user_email":"b@example.org"}`, "late"},
		{"NotFound", 404, "GET /events/7", "", ""},
		{"Refused", 409, "POST /bookings", `{"event_id":4,"quantity":2,` +
			`"user_email":"e@example.org"}`, ""},
		{"Invalid", 400, "POST /bookings", `{"event_id":4,"qty":2}`, ""},
		{"", 409, "POST /bookings/{late}/confirm", `{"user_email":"a@example.org"}`, ""},
	}
}

func TestTheExamplesOfTheContractAreRealAnswers(t *testing.T) {
	s := newSite(t)
	made := map[string]string{}
	for _, step := range walk() {
		method, target, _ := strings.Cut(step.request, " ")
		for name, reference := range made {
			target = strings.ReplaceAll(target, "{"+name+"}", reference)
		}
		w := s.do(method, target, step.body)
		if w.Code != step.status {
			t.Fatalf("%s %s: %d %s, want %d", method, target, w.Code, w.Body, step.status)
		}
		if step.made != "" {
			made[step.made] = strings.TrimPrefix(w.Header().Get("Location"), "/bookings/")
		}
		if step.example == "" {
			continue
		}
		example := theContract().Components().Examples[step.example]
		if example == nil {
			t.Errorf("the contract has no example %s of %s", step.example, w.Body)
			continue
		}
		says, err := json.Marshal(example.Value.Value, json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		got := jsontext.Value(w.Body.Bytes())
		if err := got.Canonicalize(); err != nil {
			t.Fatal(err)
		}
		if want := jsontext.Value(says); want.Canonicalize() != nil ||
			blot(got.String()) != blot(want.String()) {
			t.Errorf("%s %s is answered\n%s\nthe example %s says\n%s", method, target, got,
				step.example, want)
		}
	}
}

func TestAKeyOfAnotherRequestIsRefusedByEveryOperationThatTakesOne(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", two, keyHeader, "k").Header().Get("Location")
	for _, op := range theContract().Operations() {
		if op.Responses.Status(http.StatusUnprocessableEntity) == nil {
			continue
		}
		a := sample(t, op, s)
		if strings.HasPrefix(a.target, "/bookings/EVB") {
			a.target = where + a.target[strings.LastIndex(a.target, "K")+1:]
		}
		switch op.String() {
		case "POST /bookings":
			a.body = `{"event_id":1,"quantity":3}`
		case "POST /bookings/batch":
			a.body = `{"bookings":[{"event_id":1,"quantity":3,"idempotency_key":"k"}]}`
		}
		w := s.do(op.Method(), a.target, a.body, keyHeader, "k")
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s with a used key: %d %s", op, w.Code, w.Body)
		}
	}
}

func TestAHoldThatHasLapsedIsExpired(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", `{"event_id":1,"quantity":2,"hold":true}`).
		Header().Get("Location")
	tamper(t, s.path, "update bookings set expires_at = created_at + 1")
	if text := s.must("GET", where, "").Body.String(); !strings.Contains(text, `"expired"`) {
		t.Errorf("got %s", text)
	}
}
