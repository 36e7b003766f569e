package httpapi

import (
	"fmt"
	"testing"
)

// poolJSON is a pool of the event of these tests.
const poolJSON = `{"event_id":1,"name":"%s","capacity":%d,"available":%d,"held":0,"confirmed":%d,` +
	`"waiting":0}`

func TestPoolsLiveTheirLifeOverHTTP(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.want(200, `{"success":true,"message":"0 pools","data":[]`+noPage,
		"GET", "/events/1/pools", "")
	s.want(201, good(`added pool "boat" with 10 seats to event 1`, poolJSON, "boat", 10, 10, 0),
		"POST", "/events/1/pools", `{"name":"boat","capacity":10}`)
	s.must("POST", "/events/1/ticket-types", `{"name":"child","pool":"BOAT"}`)
	s.must("POST", "/bookings", two) // there is only one type it can be
	s.want(409, bad(`pool "boat" has 2 seats taken, capacity cannot be lowered to 1`, "null",
		`"code":"conflict","hint":"cancel bookings first, or lower it to 2"`),
		"PATCH", "/events/1/pools/boat", `{"capacity":1}`)
	s.want(200, good(`saved pool "ship" of event 1, 0 of 2 seats left`, poolJSON, "ship", 2, 0, 2),
		"PATCH", "/events/1/pools/boat", `{"capacity":2,"name":"ship"}`)
	s.want(409, bad(`pool "ship" of event 1 is sold out, asked for 2`,
		`{"event_id":1,"available":0}`, `"code":"sold_out","hint":"join the waitlist"`),
		"POST", "/bookings", two)
	s.want(200, `{"success":true,"message":"1 pool","data":[`+
		fmt.Sprintf(poolJSON, "ship", 2, 0, 2)+`]`+noPage, "GET", "/events/1/pools", "")
}
