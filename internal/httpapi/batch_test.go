package httpapi

import (
	"fmt"
	"strings"
	"testing"
)

// badBatches are bodies of POST /bookings/batch that book nothing, whether atomic or not.
func badBatches() []badInput {
	return []badInput{
		{``, "the body is empty"},
		{`[` + two + `]`, "the body is an array"},
		{`{}`, "bookings: is missing"},
		{`{"bookings":[]}`, "bookings: is empty; ask for one booking or more"},
		{`{"bookings":null}`, "bookings: must be an array, got null"},
		{`{"bookings":` + two + `}`, "bookings: must be an array, got an object"},
		{`{"bookings":"x"}`, `bookings: must be an array, got the text`},
		{`{"bookings":[` + two + `],"bookings":[` + two + `]}`, "bookings: is given twice"},
		{`{"bookings":[` + two + `],"atomic":"yes"}`, "atomic: must be true or false"},
		{`{"bookings":[` + two + `],"atomic":null}`, "atomic: must be true or false, got null"},
		{`{"booking":[` + two + `]}`, "booking: is unknown; did you mean bookings?"},
		{`{"bookings":[` + two + `],"event_id":1}`, "event_id: is unknown"},
		{`{"bookings":[` + two + `],"idempotency_key":"k"}`, "idempotency_key: is unknown"},
		{`{"bookings":[` + two, "the body ends before"},
		{`{"bookings":[` + two + `,]}`, "not valid JSON"},
		{`{"bookings":[` + strings.Repeat(`{},`, maxBatch) + `{}]}`,
			"bookings: has more than 1000 rows"},
		{`{"bookings":[` + strings.Repeat(`[`, 20_000) + `]}`, "not valid JSON"},
	}
}

// badRows are rows that are refused, each with a part of why.
func badRows() []badInput {
	return []badInput{
		{`1`, "the row is the number 1, a JSON object is needed"},
		{`null`, "the row is null"},
		{`[]`, "the row is an array"},
		{`{}`, "quantity: is missing"},
		{`{"quantity":1}`, "event_id: is missing"},
		{`{"event_id":null,"quantity":1}`, "event_id: is missing"},
		{`{"event_id":0,"quantity":1}`, "event_id: must be an event's number"},
		{`{"event_id":"No Slug","quantity":1}`, "neither an event's number nor its slug"},
		{`{"event_id":1,"quantity":0}`, "quantity: must be a whole number from 1 to"},
		{`{"event_id":1,"quantity":1,"quantity":1}`, "quantity: is given twice"},
		{`{"event_id":1,"qty":1}`, "qty: is unknown; did you mean quantity?"},
		{`{"event_id":1,"quantity":1,"user_email":"nobody"}`, "user_email: must be one address"},
		{`{"event_id":1,"quantity":1,"idempotency_key":""}`, "idempotency_key: is empty"},
		{`{"event_id":1,"quantity":1,"idempotency_key":"a b"}`, "use visible ASCII"},
		{`{"event_id":1,"quantity":1,"ttl_seconds":1}`, "ttl_seconds: must be from 60"},
		{`{"event_id":1,"quantity":1,"lines":[]}`, "lines: "},
	}
}

func TestABadBatchBooksNothing(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	for _, c := range badBatches() {
		w := s.do("POST", "/bookings/batch", c.request, "Content-Type", "application/json")
		if w.Code != 400 || !strings.Contains(w.Body.String(), c.says) || w.Body.Len() > 8_000 {
			t.Errorf("%.90s: %d %.500s, want %s", c.request, w.Code, w.Body, c.says)
		}
	}
	for _, c := range badRows() {
		w := s.do("POST", "/bookings/batch", `{"bookings":[`+two+`,`+c.request+`]}`)
		if text := w.Body.String(); w.Code != 400 || !strings.Contains(text, c.says) ||
			!strings.Contains(text, `"message":"1 of 2 rows refused, nothing was booked"`) ||
			!strings.Contains(text, `"fields":[{"name":"row 2","reason":"`) {
			t.Errorf("%s: %d %s, want %s", c.request, w.Code, text, c.says)
		}
	}
	for header, says := range map[string]string{
		"If-Match: *": "takes no If-Match",
		"Idempotency-Key: " + strings.Repeat("k", 255): "with the number of a row it is 260 char",
		"Idempotency-Key: a b":                         "with the number of a row it has ' ' at",
		`Idempotency-Key: ""`:                          "idempotency_key: is empty",
	} {
		name, value, _ := strings.Cut(header, ": ")
		w := s.do("POST", "/bookings/batch", `{"bookings":[`+two+`]}`, name, value)
		if w.Code != 400 || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %s, want %s", header, w.Code, w.Body, says)
		}
	}
	s.listed("/bookings", "reference")
}

func TestAllBadRowsAreToldAtOnceAndTwentyAreNamed(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	body := `{"bookings":[` + two + strings.Repeat(`,{"event_id":1,"quantity":0}`, 30) + `]}`
	text := s.do("POST", "/bookings/batch", body).Body.String()
	if !strings.Contains(text, `"30 of 31 rows refused, nothing was booked"`) ||
		strings.Count(text, `{"name":"row `) != 20 || !strings.Contains(text, `"name":"row 21"`) ||
		!strings.Contains(text, `"hint":"\"atomic\": false books the others"`) {
		t.Error(text)
	}
	text = s.do("POST", "/bookings/batch", `{"bookings":[{},{}]}`).Body.String()
	if !strings.Contains(text, `"2 of 2 rows refused`) || strings.Contains(text, "hint") {
		t.Error(text)
	}
}

// oneRow is the answer to one row of a batch; whoever has a reference gets the secret too.
func oneRow(row int, reference string, quantity int, status, code, message string) string {
	view := fmt.Sprintf(`{"row":%d,"reference":%s,"event_id":1,"quantity":%d,"status":%q,`+
		`"code":%s,"message":%s}`, row, reference, quantity, status, code, message)
	if reference == "null" {
		return view
	}
	return made(view)
}

func TestABatchIsBookedWhollyOrNotAtAll(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Go Meetup","capacity":6,"slug":"go"}`)
	const rows = `{"bookings":[` + two + `,{"event_id":"go","quantity":3,"hold":true}`
	s.want(201, `{"success":true,"message":"booked 1 booking with 2 seats, 1 row held","data":[`+
		oneRow(1, `"REF"`, 2, "booked", "null", "null")+","+
		oneRow(2, `"REF"`, 3, "held", "null", "null")+`]}`, "POST", "/bookings/batch", rows+`]}`)
	s.want(409, bad("1 of 2 rows refused, nothing was booked", "null", `"code":"sold_out",`+
		`"fields":[{"name":"row 2","reason":"event 1 is sold out, asked for 2"}],`+
		`"hint":"\"atomic\": false books the others"`), "POST", "/bookings/batch",
		`{"bookings":[{"event_id":1,"quantity":1},`+two+`]}`)
	if got := rowNames(s, "/events/1", "available"); got[0] != "1" {
		t.Errorf("%s seats are left, want 1", got)
	}
	for _, c := range []struct {
		status     int
		rows, says string
	}{
		{404, `{"event_id":9,"quantity":1}`, `"code":"not_found"`},
		{404, `{"event_id":"nowhere","quantity":1}`, `no event nowhere`},
		{409, two + `,{"event_id":9,"quantity":1}`, `"code":"sold_out"`},
		{400, two + `,{"event_id":1}`, `"code":"invalid"`},
	} {
		w := s.do("POST", "/bookings/batch", `{"bookings":[`+c.rows+`],"atomic":true}`)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s", c.rows, w.Code, w.Body)
		}
	}
	if got := rowNames(s, "/bookings", "reference"); len(got) != 2 {
		t.Errorf("there are %d bookings, want 2", len(got))
	}
}

func TestWhatFitsOfABatchIsBookedWhereThatIsAskedFor(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Go Meetup","capacity":3}`)
	s.want(200, `{"success":false,"message":"booked 2 bookings with 3 seats, 2 rows refused",`+
		`"data":[`+oneRow(1, `"REF"`, 2, "booked", "null", "null")+","+
		oneRow(2, "null", 2, "refused", `"sold_out"`,
			`"only 1 seat left for event 1, asked for 2"`)+","+
		oneRow(3, "null", 0, "refused", `"invalid"`,
			`"quantity: must be a whole number from 1 to 10000000, got 0"`)+","+
		oneRow(4, `"REF"`, 1, "booked", "null", "null")+`],"error":{"code":"partial"}}`,
		"POST", "/bookings/batch", `{"atomic":false,"bookings":[`+two+`,`+two+
			`,{"event_id":1,"quantity":0},{"event_id":1,"quantity":1}]}`)
	s.want(200, `{"success":false,"message":"booked 0 bookings with 0 seats, 1 row refused",`+
		`"data":[`+oneRow(1, "null", 0, "refused", `"invalid"`, `"quantity: is missing"`)+
		`],"error":{"code":"partial"}}`,
		"POST", "/bookings/batch", `{"atomic":false,"bookings":[{"event_id":1}]}`)
}

func TestABatchIsRepeatedAsAWhole(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	const rows = `{"bookings":[` + two + `,` + two + `,` +
		`{"event_id":1,"quantity":1,"idempotency_key":"own"}]}`
	first := s.must("POST", "/bookings/batch", rows, "Idempotency-Key", "batch-1")
	if first.Code != 201 || first.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("first: %d %v", first.Code, first.Header())
	}
	again := s.must("POST", "/bookings/batch", rows, "Idempotency-Key", "batch-1")
	if again.Code != 201 || again.Header().Get("Idempotency-Replayed") != "true" ||
		strings.Count(again.Body.String(), `"status":"replayed"`) != 3 {
		t.Errorf("again: %d %s", again.Code, again.Body)
	}
	one := s.must("POST", "/bookings", `{"event_id":1,"quantity":1}`, "Idempotency-Key", "own")
	if one.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("the key of a row is another one by itself: %s", one.Body)
	}
	if got := rowNames(s, "/bookings", "reference"); len(got) != 3 {
		t.Errorf("there are %d bookings, want 3", len(got))
	}
	if w := s.do("POST", "/bookings/batch", strings.Replace(rows, `"quantity":2`,
		`"quantity":3`, 1), "Idempotency-Key", "batch-1"); w.Code != 422 {
		t.Errorf("another batch with the key: %d %s", w.Code, w.Body)
	}
	for _, rows := range []string{
		`{"event_id":1,"quantity":1,"idempotency_key":"k"},` +
			`{"event_id":1,"quantity":1,"idempotency_key":"k"}`,
		`{"event_id":1,"quantity":1,"idempotency_key":"batch-2/2"},{"event_id":1,"quantity":1}`,
	} {
		w := s.do("POST", "/bookings/batch", `{"bookings":[`+rows+`]}`, "Idempotency-Key",
			"batch-2")
		if w.Code != 400 || !strings.Contains(w.Body.String(), `stands in row 1 already`) {
			t.Errorf("%s: %d %s", rows, w.Code, w.Body)
		}
	}
}

func TestABatchMayBeLongerThanOtherBodies(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Go Meetup","capacity":1000}`)
	row := `{"event_id":1,"quantity":1,"note":"` + strings.Repeat("x", 800) + `"}`
	body := `{"bookings":[` + row + strings.Repeat(","+row, maxBatch-1) + `]}`
	if w := s.do("POST", "/bookings/batch", body); w.Code != 201 ||
		!strings.Contains(w.Body.String(), `"booked 1000 bookings with 1000 seats"`) {
		t.Errorf("%d bytes: %d %.300s", len(body), w.Code, w.Body)
	}
	w := s.do("POST", "/bookings/batch", body+strings.Repeat(" ", maxBatchBody))
	if w.Code != 413 || !strings.Contains(w.Body.String(), "larger than 1048576 bytes") {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}

func TestARowOfABatchMayHaveAllThatABookingMay(t *testing.T) {
	s := newSite(t)
	family(s)
	s.must("POST", "/events/1/codes", `{"code":"CLUB","uses":9}`)
	s.must("POST", "/bookings/batch", `{"bookings":[{"event_id":1,"user_email":"ada@example.org",`+
		`"name":"Ada","note":"aisle","ttl_seconds":900,"code":"club",`+
		`"lines":[{"type":"adult","quantity":1},{"type":"child","quantity":1}]}]}`)
	row := s.must("GET", "/bookings", "").Body.String()
	for _, part := range []string{
		`"user_email":"ada@example.org","name":"Ada","note":"aisle"`, `"status":"held"`,
		`"lines":[{"type":"adult","quantity":1,`, `"code":"CLUB"`,
	} {
		if !strings.Contains(row, part) {
			t.Errorf("%s lacks %s", row, part)
		}
	}
}
