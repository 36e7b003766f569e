package contract

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"evbook/internal/httpapi"
)

// exchangeOf is a request with its answer, as a test would see them.
func exchangeOf(method, target, body string, status int, answer string) exchanged {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return exchanged{r, []byte(body), []byte(answer), status,
		http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}

func TestTheContractFindsWhatItDoesNotSay(t *testing.T) {
	const (
		check   = `{"event_id":1,"quantity":2,"available":40,"sufficient":true}`
		free    = "/bookings/check?quantity=2"
		asked   = free + "&event_id=1"
		answer  = `{"success":true,"message":"yes","data":` + check + `}`
		refused = `{"success":false,"message":"no event 1","data":null,` +
			`"error":{"code":"not_found","request_id":"r1"}}`
	)
	c := New(httpapi.OpenAPI("json"))
	for what, e := range map[string]exchanged{
		"": exchangeOf("GET", asked, "", 200, answer),
		"additional properties 'more'": exchangeOf("GET", asked, "", 200,
			strings.Replace(answer, `"quantity"`, `"more":1,"quantity"`, 1)),
		"missing property 'quantity'": exchangeOf("GET", asked, "", 200,
			strings.Replace(answer, `"quantity":2,`, "", 1)),
		"got string, want integer": exchangeOf("GET", asked, "", 200,
			strings.Replace(answer, `:40`, `:"40"`, 1)),
		"minimum: got -1, want 0": exchangeOf("GET", asked, "", 200,
			strings.Replace(answer, ":40", ":-1", 1)),
		"value must be 'invalid'":        exchangeOf("GET", asked, "", 400, refused),
		"has no status 409":              exchangeOf("GET", asked, "", 409, refused),
		"has no status 202":              exchangeOf("GET", asked, "", 202, answer),
		"is no operation":                exchangeOf("GET", "/nowhere", "", 200, answer),
		"without saying what is allowed": exchangeOf("PUT", "/events", "", 405, refused),
		"has no parameter more":          exchangeOf("GET", asked+"&more=1", "", 200, answer),
		`parameter "event_id" in query`:  exchangeOf("GET", free, "", 200, answer),
		"additional properties 'qty'": exchangeOf("POST", "/bookings", `{"event_id":1,"qty":2}`,
			409, strings.Replace(refused, "not_found", "conflict", 1)),
	} {
		err := c.judge(e)
		if (err == nil) != (what == "") || err != nil && !strings.Contains(err.Error(), what) {
			t.Errorf("%s %s, status %d: %v, want %q", e.Method, e.URL, e.status, err, what)
		}
	}
	const list = `{"success":true,"message":"1 booking","data":[{"reference":"EVB-7K3M9-9QXT4-K",` +
		`"event_id":1,"user_email":null,"name":null,"note":null,"quantity":1,` +
		`"status":"confirmed","unit_price":1,"total":1,"currency":"EUR",` +
		`"created_at":"2026-11-20T18:30:00.000Z","updated_at":"2026-11-20T18:30:00.000Z",` +
		`"expires_at":null}],"page":{"next_cursor":null,"has_more":false}}`
	if err := c.judge(exchangeOf("GET", "/bookings", "", 200, list)); err != nil {
		t.Errorf("a list of bookings: %v", err)
	}
	const secret = `"secret":"evb_booking_mfrggzdfmztwq2lknnwg23tpoaytemzug",`
	if err := c.judge(exchangeOf("GET", "/bookings", "", 200,
		strings.Replace(list, `"reference"`, secret+`"reference"`, 1))); err == nil {
		t.Error("a list with a secret is not found")
	}
	e := exchangeOf("GET", asked, "", 200, answer)
	e.header.Set("ETag", `"1"`)
	if err := c.judge(e); err == nil || !strings.Contains(err.Error(), "has the header ETag") {
		t.Errorf("an undocumented header: %v", err)
	}
}

func TestTheContractMissesWhatWasNeverSeen(t *testing.T) {
	c := New(httpapi.OpenAPI("json"))
	const promise = "no test has seen "
	for _, what := range []string{
		"GET /bookings/check 200", "Check.sufficient", "NewBooking.hold", "BookingStatus=expired",
		"POST /events 201 Location", "Refused.error.code=limit", "GET /bookings/check ?quantity",
	} {
		if !slices.Contains(c.Gaps(), promise+what) {
			t.Errorf("nothing was seen, and %s is not missed", what)
		}
	}
	c.seen["GET /bookings/check 200"] = true
	if slices.Contains(c.Gaps(), promise+"GET /bookings/check 200") {
		t.Error("what was seen is missed")
	}
}
