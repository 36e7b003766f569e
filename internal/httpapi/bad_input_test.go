package httpapi

import (
	"net/url"
	"strings"
	"testing"
)

// badInput is a request that has to be refused as invalid; says is part of the answer.
type badInput struct{ request, says string }

// badBookings are bodies that book nothing.
func badBookings() []badInput {
	return []badInput{
		{``, "the body is empty"},
		{` `, "the body is empty"},
		{`null`, "the body is null"},
		{`[]`, "the body is an array"},
		{`2`, "the body is the number 2"},
		{`"x"`, `the body is the text \"x\"`},
		{`{`, "the body ends before"},
		{`{"event_id":1,"quantity":2`, "the body ends before"},
		{`{"event_id":1,"quantity":2}}`, "the body goes on"},
		{`{"event_id":1,"quantity":2} {}`, "the body goes on"},
		{`{"event_id":1,"quantity":2,}`, "not valid JSON at byte 27"},
		{`{event_id:1}`, "not valid JSON at byte 2"},
		{`{'event_id':1}`, "not valid JSON at byte 2"},
		{"\ufeff" + two, "not valid JSON at byte 1"},
		{`{"event_id":1,"quantity":2,"note":"` + "\xff" + `"}`, "invalid UTF-8"},
		{`{"event_id":1,"quantity":2,"note":"\ud800"}`, "not valid JSON"},
		{`{"event_id":1,"quantity":2,"note":"` + "\x01" + `"}`, "not valid JSON"},
		{strings.Repeat("[", 20_000), "not valid JSON"},
		{`{"a":` + strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999) + `}`, "a: is unknown"},
		{`{"event_id":1,` + strings.Repeat(`"x":1,`, 60) + `"quantity":2}`, "x: is unknown"},
		{`{` + manyFields(51) + `}`, "more than 50 fields"},
		{`{}`, "event_id: is missing; quantity: is missing"},
		{`{"event_id":1}`, "quantity: is missing"},
		{`{"quantity":1}`, "event_id: is missing"},
		{`{"event_id":1,"quantity":1,"quantity":500}`, "quantity: is given twice"},
		{`{"event_id":1,"quantity":1,"quantit\u0079":500}`, "quantity: is given twice"},
		{`{"event_id":1,"Quantity":1}`, "Quantity: is unknown; did you mean quantity?"},
		{`{"event_id":1,"qty":1}`, "qty: is unknown; did you mean quantity?"},
		{`{"event":1,"quantity":1}`, "event: is unknown; did you mean event_id?"},
		{`{"event_id":1,"quantity":1,"admin":true}`, "admin: is unknown; known are event_id, "},
		{`{"event_id":1,"quantity":1,"":1}`, "is unknown"},
		{`{"event_id":1,"quantity":0}`, "quantity: must be a whole number from 1 to"},
		{`{"event_id":1,"quantity":-0}`, "got 0"},
		{`{"event_id":1,"quantity":-1}`, "got -1"},
		{`{"event_id":1,"quantity":1.5}`, "in digits alone, got 1.5"},
		{`{"event_id":1,"quantity":1.0}`, "in digits alone, got 1.0"},
		{`{"event_id":1,"quantity":1e3}`, "in digits alone, got 1e3"},
		{`{"event_id":1,"quantity":"2"}`, `must be a whole number, got the text \"2\"`},
		{`{"event_id":1,"quantity":true}`, "got true"},
		{`{"event_id":1,"quantity":null}`, "got null"},
		{`{"event_id":1,"quantity":[2]}`, "got an array"},
		{`{"event_id":1,"quantity":{}}`, "got an object"},
		{`{"event_id":1,"quantity":02}`, "not valid JSON"},
		{`{"event_id":1,"quantity":+2}`, "not valid JSON"},
		{`{"event_id":1,"quantity":0x2}`, "not valid JSON"},
		{`{"event_id":1,"quantity":NaN}`, "not valid JSON"},
		{`{"event_id":1,"quantity":10000001}`, "got 10000001"},
		{`{"event_id":1,"quantity":2147483648}`, "got 2147483648"},
		{`{"event_id":1,"quantity":9223372036854775808}`, "is too large"},
		{`{"event_id":1,"quantity":-9223372036854775809}`, "is too large"},
		{`{"event_id":1,"quantity":` + strings.Repeat("9", 60_000) + `}`, "is too large"},
		{`{"event_id":0,"quantity":2}`, "event_id: must be"},
		{`{"event_id":-1,"quantity":2}`, "event_id: must be"},
		{`{"event_id":"1","quantity":2}`, "event_id: must be a whole number, got the text"},
		{`{"event_id":9223372036854775808,"quantity":2}`, "event_id: is too large"},
		{`{"event_id":1,"quantity":2,"user_email":"nobody"}`, "user_email: must be one address"},
		{`{"event_id":1,"quantity":2,"user_email":7}`, "must be a text, got the number 7"},
		{`{"event_id":1,"quantity":2,"user_email":"a@b.example, c@d.example"}`, "user_email: "},
		{`{"event_id":1,"quantity":2,"name":"a\u0000b"}`, "name: has a control character"},
		{`{"event_id":1,"quantity":2,"name":"a\u001b[2Jb"}`, "name: has a control character"},
		{`{"event_id":1,"quantity":2,"name":"a\u202eb"}`, "name: has a text direction control"},
		{`{"event_id":1,"quantity":2,"name":"` + strings.Repeat("x", 10_000) + `"}`, "characters"},
		{`{"event_id":1,"quantity":2,"note":["x"]}`, "note: must be a text, got an array"},
		{`{"event_id":1,"quantity":2,"hold":"yes"}`, "hold: must be true or false, got the text"},
		{`{"event_id":1,"quantity":2,"hold":null}`, "hold: must be true or false, got null"},
		{`{"event_id":1,"quantity":2,"hold":1}`, "hold: must be true or false, got the number 1"},
		{`{"event_id":1,"quantity":2,"hold":true,"hold":true}`, "hold: is given twice"},
		{`{"event_id":1,"quantity":2,"hold":false,"ttl_seconds":600}`,
			"ttl_seconds: is only for seats that are held"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":59}`, "from 60 to 86400 seconds, got 59"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":0}`, "ttl_seconds: must be from 60 to"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":-600}`, "ttl_seconds: must be from 60 to"},
		{`{"event_id":1,"quantity":2,"hold":true,"ttl_seconds":86401}`, "seconds, got 86401"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":18446744074}`, "seconds, got 18446744074"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":9223372036854775808}`, "is too large"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":600.5}`, "ttl_seconds: must be a whole number"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":"10m"}`, "ttl_seconds: must be a whole number"},
		{`{"event_id":1,"quantity":2,"ttl_seconds":null}`, "ttl_seconds: must be a whole number"},
		{`{"event_id":1,"quantity":2,"ttl":600}`, "ttl: is unknown"},
		{`{"event_id":"x","quantity":0,"name":false,"more":1}`, "must be a whole number, " +
			`got the text \"x\"; name: must be a text, got false; more: is unknown; known are ` +
			"event_id, quantity, user_email, name, note, hold, ttl_seconds, type, lines, code; " +
			"quantity: must be"},
	}
}

// badHolds are requests about one booking, which is confirmed, that change nothing of a hold.
func badHolds() []struct{ target, body, says string } {
	return []struct{ target, body, says string }{
		{"/confirm", `[]`, "the body is an array"}, {"/confirm", ` `, "the body is empty"},
		{"/confirm", `null`, "the body is null"}, {"/confirm", `{} {}`, "the body goes on"},
		{"/confirm", `{"quantity":0}`, "quantity: must be"},
		{"/confirm", `{"quantity":-1}`, "quantity: must be"},
		{"/confirm", `{"quantity":null}`, "quantity: must be a whole number, got null"},
		{"/confirm", `{"quantity":"2"}`, "quantity: must be a whole number, got the text"},
		{"/confirm", `{"quantity":10000001}`, "got 10000001"},
		{"/confirm", `{"qty":1}`, "did you mean quantity?"},
		{"/confirm", `{"user_email":"nobody"}`, "user_email: must be one address"},
		{"/confirm", `{"name":"a\u0000b"}`, "name: has a control character"},
		{"/confirm", `{"note":7}`, "note: must be a text"},
		{"/confirm", `{"event_id":1}`, "event_id: is unknown; known are quantity, user_email"},
		{"/confirm", `{"ttl_seconds":600}`, "ttl_seconds: is unknown"},
		{"/confirm?quantity=1", ``, "quantity: is unknown; there are none here"},
		{"/extend", `{"ttl_seconds":0}`, "must be from 60 to 86400 seconds, got 0"},
		{"/extend", `{"ttl_seconds":59}`, "must be from 60 to 86400 seconds, got 59"},
		{"/extend", `{"ttl_seconds":86401}`, "must be from 60 to 86400 seconds, got 86401"},
		{"/extend", `{"ttl_seconds":"10m"}`, "ttl_seconds: must be a whole number"},
		{"/extend", `{"ttl_seconds":null}`, "ttl_seconds: must be a whole number"},
		{"/extend", `{"ttl":600}`, "ttl: is unknown"},
		{"/extend?ttl_seconds=600", ``, "ttl_seconds: is unknown"},
		{"/extend", `60`, "the body is the number 60"},
		{"/release", `{"quantity":1}`, "quantity: is unknown; there are none here"},
		{"/release", `[]`, "the body is an array"}, {"/release", `{`, "the body ends before"},
		{"/release?quantity=1", ``, "quantity: is unknown"},
	}
}

func manyFields(n int) string {
	var fields []string
	for i := range n {
		fields = append(fields, `"`+strings.Repeat("x", i+1)+`":1`)
	}
	return strings.Join(fields, ",")
}

// badEvents are bodies that create no event, and change none.
func badEvents() []badInput {
	return []badInput{
		{`{"name":"","capacity":5}`, "name: is empty"},
		{`{"name":null,"capacity":5}`, "name: must be a text, got null"},
		{`{"name":5,"capacity":5}`, "name: must be a text, got the number 5"},
		{`{"name":" ","capacity":5}`, "name: is blank"},
		{`{"name":"` + strings.Repeat("x", 201) + `","capacity":5}`, "name: is 201 characters"},
		{`{"name":"x","capacity":0}`, "capacity: must be"},
		{`{"name":"x","capacity":-5}`, "capacity: must be"},
		{`{"name":"x","capacity":"5"}`, "capacity: must be a whole number, got the text"},
		{`{"name":"x","capacity":5.0}`, "capacity: must be a whole number in digits alone"},
		{`{"name":"x","capacity":10000001}`, "capacity: must be"},
		{`{"name":"x","capacity":9223372036854775808}`, "capacity: is too large"},
		{`{"name":"x","capacity":5,"price":-1}`, "price: must not be negative"},
		{`{"name":"x","capacity":5,"price":12.345}`, "price: "},
		{`{"name":"x","capacity":5,"price":1e400}`, "price: "},
		{`{"name":"x","capacity":5,"price":"NaN"}`, "price: "},
		{`{"name":"x","capacity":5,"price":"1,50"}`, "price: "},
		{`{"name":"x","capacity":5,"price":""}`, "price: "},
		{`{"name":"x","capacity":5,"price":null}`, "price: must be a number or a decimal text"},
		{`{"name":"x","capacity":5,"price":true}`, "price: must be a number or a decimal text"},
		{`{"name":"x","capacity":5,"price":1000000000.01}`, "price: "},
		{`{"name":"x","capacity":5,"price":1.5,"currency":"JPY"}`, "price: "},
		{`{"name":"x","capacity":5,"price":1,"currency":"QQQ"}`, "is not a known currency"},
		{`{"name":"x","capacity":5,"price":1,"currency":5}`, "currency: must be a text"},
		{`{"name":"x","capacity":5,"timezone":"Mars/Base"}`, "timezone: "},
		{`{"name":"x","capacity":5,"timezone":"../../etc/passwd"}`, "timezone: "},
		{`{"name":"x","capacity":5,"starts_at":"soon"}`, "starts_at: "},
		{`{"name":"x","capacity":5,"starts_at":""}`, "starts_at: is empty; use null for no time"},
		{`{"name":"x","capacity":5,"starts_at":1764612000}`, "starts_at: must be a text"},
		{`{"name":"x","capacity":5,"starts_at":"2026-02-30 19:00"}`, "starts_at: "},
		{`{"name":"x","capacity":5,"starts_at":"2026-03-29 02:30","timezone":"Europe/Berlin"}`,
			"starts_at: "},
		{`{"name":"x","capacity":5,"starts_at":"2026-05-02 19:00","ends_at":"2026-05-01 19:00"}`,
			"ends_at: "},
		{`{"name":"x","capacity":5,"slug":"No Spaces"}`, "slug: must be"},
		{`{"name":"x","capacity":5,"slug":""}`, "slug: is empty; use null for no slug"},
		{`{"name":"x","capacity":5,"slug":"42"}`, "slug: must have a letter"},
		{`{"name":"x","capacity":5,"status":"sold"}`, "status: "},
		{`{"name":"x","capacity":5,"venue":"a\nb"}`, "venue: has a line break"},
		{`{"name":"x","capacity":5,"id":9}`, "id: is unknown"},
		{`{"name":"x","capacity":5,"nmae":"y"}`, "nmae: is unknown; did you mean name?"},
	}
}

// badPatches are bodies that only a change of an event refuses.
func badPatches() []badInput {
	return []badInput{
		{`{}`, "the body names nothing to change"},
		{`{"currency":"USD"}`, "currency: cannot change from EUR to USD alone"},
		{`{"ends_at":"soon"}`, "ends_at: "},
		{`{"reason":"x"}`, "reason: goes only with"},
		{`{"status":"open","cancel_bookings":true}`, "cancel_bookings: goes only with"},
		{`{"status":"closed","name":"x"}`, "name: cannot change along with the status"},
		{`{"status":"cancelled","cancel_bookings":"yes"}`, "must be true or false"},
		{`{"status":null}`, "status: must be a text, got null"},
		{`{"capacity":"x","name":""}`, "capacity: must be a whole number, got the text"},
	}
}

// badTargets are methods and addresses that are refused; {ref} stands for a booking.
func badTargets() []badInput {
	return []badInput{
		{"GET /events/0", "neither an event's number nor its slug"},
		{"GET /events/-1", "neither"},
		{"GET /events/Bad_Slug", "neither"},
		{"GET /events/99999999999999999999", "neither"},
		{"GET /events/1?verbose=1", "verbose: is unknown; there are none here"},
		{"GET /events?limit=0", "limit: must be a whole number from 1 to 200, got 0"},
		{"GET /events?limit=-1", "limit: must be a whole number from 1 to 200, got -1"},
		{"GET /events?limit=201", "limit: must be a whole number from 1 to 200, got 201"},
		{"GET /events?limit=1e2", `limit: must be a whole number from 1 to 200, got \"1e2\"`},
		{"GET /events?limit=%2B5", "limit: must be a whole number from 1 to 200, got "},
		{"GET /events?limit=", `limit: must be a whole number from 1 to 200, got \"\"`},
		{"GET /events?limit=9223372036854775808", "must be a whole number from 1 to 200, got "},
		{"GET /bookings?limit=0", "limit: must be a whole number from 1 to 200, got 0"},
		{"GET /events?limit=1&limit=2", "limit: is given 2 times"},
		{"GET /events?limits=5", "limits: is unknown; did you mean limit?"},
		{"GET /events?cursor=nonsense", "cursor: "},
		{"GET /events?cursor=%zz", "the query is not well-formed"},
		{"GET /events?a=1;b=2", "the query is not well-formed"},
		{"GET /bookings?event_id=", "event_id: "},
		{"GET /bookings?event_id=1&cursor=nonsense", "cursor: "},
		{"GET /bookings/check", "event_id: is missing; quantity: is missing"},
		{"GET /bookings/check?event_id=1", "quantity: is missing"},
		{"GET /bookings/check?event_id=1&quantity=0", "quantity: must be"},
		{"GET /bookings/check?event_id=1&quantity=two", "quantity: must be a whole number"},
		{"GET /bookings/check?event_id=1&quantity=%2B2", "quantity: must be a whole number"},
		{"GET /bookings/check?event_id=1&qty=2", "qty: is unknown; did you mean quantity?"},
		{"GET /bookings/check?event_id=1&quantity=1&quantity=2",
			"quantity: is given 2 times"},
		{"GET /bookings/EVB-1", "EVB-1"},
		{"GET /bookings/nonsense", "nonsense"},
		{"DELETE /bookings/nonsense", "nonsense"},
		{"DELETE /bookings/check", "check"},
		{"POST /bookings/check/confirm", "check"},
		{"POST /bookings/nonsense/extend", "nonsense"},
		{"POST /bookings/EVB-1/release", "EVB-1"},
		{"DELETE /events/1?force=1", "force: is unknown"},
		{"DELETE /bookings/{ref}?quantity=0", "quantity: must be"},
		{"DELETE /bookings/{ref}?quantity=-1", "quantity: must be"},
		{"DELETE /bookings/{ref}?quantity=all", "quantity: must be"},
		{"DELETE /bookings/{ref}?reason=%00", "reason: has a control character"},
		{"DELETE /bookings/{ref}?reason=%ff", "reason: is not valid UTF-8"},
		{"DELETE /bookings/{ref}?seats=1", "seats: is unknown"},
	}
}

// badParameters are what only commands take. Left out of sight, they would change what a request
// does: a dry run would book.
func badParameters() []badInput {
	return []badInput{
		{"POST /bookings?dry_run=1", "dry_run: is unknown; there are none here"},
		{"POST /events?dry_run=true", "dry_run: is unknown; there are none here"},
		{"PATCH /events/1?dry_run=1", "dry_run: is unknown; there are none here"},
		{"DELETE /events/1?dry-run=1", "dry-run: is unknown"},
		{"DELETE /bookings/{ref}?dry_run=1", "dry_run: is unknown"},
		{"DELETE /bookings/{ref}?forget=1", "forget: is unknown"},
		{"DELETE /bookings/{ref}?quantity=1&dry_run=1", "dry_run: is unknown"},
		{"POST /bookings/{ref}/confirm?dry_run=1", "dry_run: is unknown"},
		{"POST /bookings/{ref}/extend?dry_run=1", "dry_run: is unknown"},
		{"POST /bookings/{ref}/release?dry_run=1", "dry_run: is unknown"},
		{"POST /bookings/{ref}/leave?dry_run=1", "dry_run: is unknown"},
		{"POST /bookings/{ref}/move?dry_run=1", "dry_run: is unknown"},
		{"POST /bookings/{ref}/transfer?dry_run=1", "dry_run: is unknown"},
		{"PATCH /bookings/{ref}?dry_run=1", "dry_run: is unknown"},
		{"POST /bookings?hold=true", "hold: is unknown"},
		{"POST /bookings?on_error=skip", "on_error: is unknown"},
		{"POST /bookings?idempotency_key=k", "idempotency_key: is unknown"},
		{"GET /events?fields=id", "fields: is unknown"},
		{"GET /events?output=csv", "output: is unknown"},
		{"GET /events?all=1", "all: is unknown"},
		{"GET /events/1?fields=id", "fields: is unknown"},
		{"GET /bookings?event=1", "event: is unknown; did you mean event_id?"},
		{"GET /bookings/{ref}?fields=reference", "fields: is unknown"},
		{"GET /bookings/check?event_id=1&quantity=1&wait=1s", "wait: is unknown"},
		{"GET /events?cursor=" + strings.Repeat("A", 7_000), "cursor: "},
		{"GET /events?cursor=null", "cursor: "},
		{"GET /bookings?cursor=-1", "cursor: "},
		{"GET /bookings?event_id=Go%20Meetup", "event_id: "},
		{"GET /bookings?event_id=%00", "event_id: "},
	}
}

func TestNamesOfAllTheWorldAreTaken(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"O'Brien – 李小龍 🎟","capacity":9,"price":"0.10",`+
		`"description":"line\nline","slug":null,"starts_at":null}`)
	for _, name := range []string{"O'Brien", "李小龍", "👩‍👩‍👧", "<b>&", `; DROP TABLE booking`} {
		body := s.must("POST", "/bookings",
			`{"event_id":1,"quantity":1,"user_email":null,"note":null,"name":"`+name+`"}`)
		if !strings.Contains(body.Body.String(), `"name":"`+name+`"`) {
			t.Errorf("%s came back as %s", name, body.Body)
		}
	}
}

func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "1", "0", "-1", "EVB-00000-00001-H", "\x00", "1;1"} {
		f.Add(seed)
	}
	s := newSite(f)
	s.must("POST", "/events", meetup)
	s.must("POST", "/bookings", two)
	f.Fuzz(func(t *testing.T, cursor string) {
		s := &site{TB: t, Handler: s.Handler}
		for _, path := range []string{"/events?cursor=", "/bookings?event_id=1&cursor="} {
			w := s.do("GET", path+url.QueryEscape(cursor), "")
			if w.Code != 200 && w.Code != 400 {
				t.Errorf("%s%q: %d %s", path, cursor, w.Code, w.Body)
			}
		}
	})
}
