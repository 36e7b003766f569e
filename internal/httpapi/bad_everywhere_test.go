package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"evbook/internal/contract"
)

// badEverywhere are requests that each operation refuses for the same reasons as others: what it is
// about is nothing like that, or a header or a parameter is not as it has to be.
func badEverywhere(where string) (all []badRequest) {
	about := objects{"1", "adult", "hall", "FRIEND", strings.TrimPrefix(where, "/bookings/")}
	for _, op := range theContract().Operations() {
		good := badRequest{
			method: op.Method(), target: about.in(op.Path()),
			body: requests(about)[op.String()],
		}
		all = append(all, badPaths(op, good, about)...)
		if isHealth(&http.Request{URL: &url.URL{Path: op.Path()}}) {
			continue // whoever looks after a server may ask as they like
		}
		bad := good
		bad.target, bad.says = good.target+"?bogus=1", "bogus: is unknown"
		all = append(all, bad)
		for _, c := range badHeaders(op) {
			bad := good
			bad.header, bad.says = []string{c[0], c[1]}, c[2]
			all = append(all, bad)
		}
	}
	return all
}

// badPaths are requests about what can be nothing. Every text may be the name of something, so that
// one without anything is only not there.
func badPaths(op *contract.Operation, good badRequest, about objects) (all []badRequest) {
	const noEvent = "is neither an event's number nor its slug"
	for _, c := range []struct {
		wildcard, value, says string
		status                int
	}{
		{"{id}", "0", noEvent, 0}, {"{id}", "Bad_Slug", noEvent, 0}, {"{id}", "%00", noEvent, 0},
		{"{reference}", "nonsense", "has 8 letters and digits, should have 11", 0},
		{"{reference}", "EVB-00000-00001-J", "", 0}, // where the sign at the end is for a slip
		{"{name}", "a=b", "has no ", http.StatusNotFound},
		{"{name}", "%ff", "has no ", http.StatusNotFound},
		{"{code}", "%00", "has no access code", http.StatusNotFound},
	} {
		if strings.Contains(op.Path(), c.wildcard) {
			bad := good
			bad.target = about.in(strings.ReplaceAll(op.Path(), c.wildcard, c.value))
			bad.says, bad.status = c.says, c.status
			all = append(all, bad)
		}
	}
	return all
}

// badHeaders are headers that an operation refuses, each with a part of why.
func badHeaders(op *contract.Operation) (all [][3]string) {
	takes := func(name string) bool {
		return op.AllParameters().GetByInAndName(openapi3.ParameterInHeader, name) != nil
	}
	if takes(lastEventHeader) {
		all = append(all, [3]string{lastEventHeader, "x", "the header Last-Event-ID must be"},
			[3]string{lastEventHeader, "-1", "must not be negative, got -1"},
			[3]string{lastEventHeader, "9223372036854775808", "is too large"})
	}
	if op.Method() == http.MethodGet {
		return all
	}
	all = append(all, [3]string{ifNoneMatch, "*", "takes no If-None-Match"})
	if takes(ifMatch) {
		for _, value := range []string{"1", `"1`, "**", `"1" "2"`} {
			all = append(all, [3]string{ifMatch, value, "is no list of entity tags"})
		}
	} else {
		all = append(all, [3]string{ifMatch, "*", "takes no If-Match"})
	}
	if !takes(keyHeader) {
		return append(all, [3]string{keyHeader, "k", "takes no Idempotency-Key"})
	}
	return append(all, [3]string{keyHeader, `""`, "idempotency_key: is empty"},
		[3]string{keyHeader, "a b", "idempotency_key: "},
		[3]string{keyHeader, `a"b`, "has a stray quote"},
		[3]string{keyHeader, strings.Repeat("k", 256), "idempotency_key: "},
		[3]string{keyHeader, "schlüssel", "idempotency_key: "})
}

// badFields are requests of which one field or parameter is bad that no other table is about.
func badFields() []badRequest {
	const free = "/bookings/check?event_id=1&quantity=1"
	const confirm, move, transfer = "{ref}/confirm", "{ref}/move", "{ref}/transfer"
	const long, noText = " characters long, at most ", "must be a text, got "
	manyLines := strings.Repeat("x\\n", 4_000)
	return []badRequest{
		{method: "POST", target: "/events", says: "description: is ",
			body: `{"name":"x","capacity":5,"description":"` + manyLines + `"}`},
		{method: "POST", target: "/events", says: "description: " + noText,
			body: `{"name":"x","capacity":5,"description":7}`},
		{method: "PATCH", target: "/events/1", says: "description: is ",
			body: `{"description":"` + manyLines + `"}`},
		{method: "PATCH", target: "/events/1", says: "description: has a control character",
			body: `{"description":"a\u0000b"}`},
		{method: "PATCH", target: "/events/1/ticket-types/none", says: "sales_close: is empty",
			body: `{"sales_close":""}`},
		{method: "GET", target: free + "&code=a&code=b", says: "code: is given 2 times"},
		{method: "GET", target: "/events/1/codes?limit=0", says: "limit: must be"},
		{method: "GET", target: "/events/1/codes?limit=201", says: "limit: must be"},
		{method: "GET", target: "/events/1/codes?cursor=x", says: "cursor: "},
		{method: "GET", target: "/events/1/waitlist?user_email=", says: "user_email: is empty"},
		{method: "POST", target: confirm, body: `{"lines":[]}`, says: "lines: is empty"},
		{method: "POST", target: confirm, body: `{"lines":7}`, says: "lines: must be an array"},
		{method: "POST", target: confirm, body: `{"lines":[{"type":"x","quantity":0}]}`,
			says: "lines: "},
		{method: "POST", target: move, body: `{"event_id":2,"code":7}`, says: "code: " + noText},
		{method: "PATCH", target: "/events/1/pools/none", body: `{"name":7}`, says: "name: "},
		{method: "POST", target: transfer, says: "name: is 201" + long,
			body: `{"user_email":"b@example.org","name":"` + strings.Repeat("x", 201) + `"}`},
		{method: "POST", target: transfer, says: "note: " + noText,
			body: `{"user_email":"b@example.org","note":7}`},
		{method: "POST", target: "/events/1/waitlist", says: "note: has a control character",
			body: `{"quantity":1,"user_email":"b@example.org","note":"a\u0007b"}`},
		{method: "POST", target: "/events/1/waitlist", says: "note: " + noText,
			body: `{"quantity":1,"user_email":"b@example.org","note":[]}`},
	}
}
