package httpapi

import (
	"strings"
	"testing"
)

func TestTheSaleOfAnEventIsDecidedWithItAndLater(t *testing.T) {
	s := newSite(t)
	body := s.must("POST", "/events", `{"name":"Go Meetup","capacity":40,`+
		`"sales_open":"2026-01-01 10:00","sales_close":"2199-01-01 10:00","max_per_booking":4,`+
		`"max_per_customer":6,"code_required":true,"waitlist":"skip","offer_ttl_seconds":3600}`).
		Body.String()
	const decided = `"sales_open":"2026-01-01T10:00:00Z","sales_close":"2199-01-01T10:00:00Z",` +
		`"max_per_booking":4,"max_per_customer":6,"code_required":true,"waitlist":"skip",` +
		`"offer_ttl_seconds":3600}`
	if !strings.Contains(body, decided) {
		t.Errorf("created: %s", body)
	}
	for _, c := range []struct{ change, want string }{
		{`{"max_per_booking":5}`, `"max_per_booking":5,"max_per_customer":6,"code_required":true`},
		{`{"code_required":false,"sales_open":null}`, `"sales_open":null,"sales_close":"2199`},
		{`{"sales_close":null,"max_per_booking":null,"max_per_customer":0,"waitlist":"strict",` +
			`"offer_ttl_seconds":14400}`, plainSale},
	} {
		if body := s.must("PATCH", "/events/1", c.change).Body.String(); !strings.Contains(body,
			c.want) {
			t.Errorf("%s: %s", c.change, body)
		}
	}
}

func TestWhatTheSaleDoesNotAllowIsRefusedWithItsReason(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Go Meetup","capacity":40,"max_per_booking":3,`+
		`"max_per_customer":4}`)
	const ann = `{"event_id":1,"user_email":"ann@example.com","quantity":`
	s.must("POST", "/bookings", ann+`3}`)
	s.want(409, bad("event 1 allows 3 seats in a booking, asked for 4", "null",
		`"code":"limit","hint":"ask for fewer seats"`), "POST", "/bookings", ann+`4}`)
	s.want(409, bad("event 1 allows 4 seats to each customer; ann@example.com has 3, asked for 2",
		"null", `"code":"limit","hint":"ask for fewer seats"`), "POST", "/bookings", ann+`2}`)
	s.want(400, bad("user_email: is missing; event 1 allows 4 seats to each customer", "null",
		`"code":"invalid","fields":[{"name":"user_email","reason":"is missing; event 1 allows 4 `+
			`seats to each customer"}]`), "POST", "/bookings", two)
	s.must("PATCH", "/events/1", `{"sales_open":"2199-01-01 10:00"}`)
	s.want(409, bad("sales of event 1 begin at TIME", "null",
		`"code":"closed","hint":"come back then"`), "POST", "/bookings", two)
	s.want(200, good("sales of event 1 begin at TIME",
		`{"event_id":1,"quantity":2,"available":37,"sufficient":false}`),
		"GET", "/bookings/check?event_id=1&quantity=2", "")
}
