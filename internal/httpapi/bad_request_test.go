package httpapi

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"

	"evbook/internal/booking"
)

// badRequest has to be refused as invalid; says is part of the answer.
type badRequest struct {
	method, target, body string
	// header is a name and a value, or nothing.
	header []string
	says   string
	// status is that of the answer, 0 for 400.
	status int
}

// badRequests are all there are, about event 1 and its booking at a place.
func badRequests(where string) (all []badRequest) {
	add := func(request, body, says string) {
		method, target, _ := strings.Cut(request, " ")
		target = strings.ReplaceAll(target, "/bookings/{ref}", "{ref}")
		all = append(all, badRequest{method: method, target: target, body: body, says: says})
	}
	all = append(badEverywhere(where), badFields()...)
	for _, c := range slices.Concat(badBookings(), badLines()) {
		add("POST /bookings", c.request, c.says)
	}
	for _, c := range badBatches() {
		add("POST /bookings/batch", c.request, c.says)
	}
	for _, c := range badRows() {
		add("POST /bookings/batch", `{"bookings":[`+two+`,`+c.request+`]}`, c.says)
	}
	for _, c := range badParts() {
		add(c.method+" /events/1/"+c.target, c.body, c.says)
	}
	for _, c := range slices.Concat(badEvents(), badSales()) {
		add("POST /events", c.request, c.says)
		add("PATCH /events/1", c.request, c.says)
	}
	for _, c := range slices.Concat(badTargets(), badParameters(), badLinesInQueries(),
		badFilters()) {
		add(c.request, "", c.says)
	}
	for _, c := range badPatches() {
		add("PATCH /events/1", c.request, c.says)
	}
	for _, c := range badHolds() {
		add("POST {ref}"+c.target, c.body, c.says)
	}
	for _, c := range slices.Concat(badWaits(), badAmendments()) {
		add(c.request, c.body, c.says)
	}
	for i := range all {
		all[i].target = strings.ReplaceAll(all[i].target, "{ref}", where)
	}
	return all
}

// badSite is a site with an event and a booking, and the place of the booking.
func badSite(t testing.TB) (s *site, where string) {
	t.Helper()
	s = newSite(t)
	s.must("POST", "/events", meetup)
	return s, s.must("POST", "/bookings", two).Header().Get("Location")
}

func TestBadInputIsExplainedAndChangesNothing(t *testing.T) {
	const atLeast = 900
	s, where := badSite(t)
	all := badRequests(where)
	t.Logf("%d bad requests", len(all))
	if len(all) < atLeast {
		t.Errorf("there are %d bad requests, at least %d are wanted", len(all), atLeast)
	}
	l := newLedger(t, s)
	before := l.digest()
	told := complaints{}
	for _, c := range all {
		headers := append([]string{"Content-Type", "application/json"}, c.header...)
		w := s.do(c.method, c.target, c.body, headers...)
		text, status, code := w.Body.String(), 400, booking.Invalid
		if c.status == 404 {
			status, code = 404, booking.NotFound
		}
		if w.Code != status || !strings.Contains(text, c.says) ||
			!strings.Contains(text, `"error":{"code":"`+string(code)+`"`) {
			t.Errorf("%s %s %v %.100q: %d %s, want %q", c.method, c.target, c.header, c.body,
				w.Code, text, c.says)
		}
		if len(text) > 8_000 {
			t.Errorf("%s %s %.100q: an answer of %d bytes", c.method, c.target, c.body, len(text))
		}
		if l.digest() != before {
			t.Fatalf("%s %s %.100q changed something", c.method, c.target, c.body)
		}
		told.note(t, c, text)
	}
	for _, gap := range told.gaps() {
		t.Errorf("no bad request is about %s", gap)
	}
	report, err := s.store.Verify(t.Context())
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("verify: %v %v", report.Findings, err)
	}
}

// complaints are what was found bad, as an operation and what of it.
type complaints map[string]bool

// note reads from the answer to a bad request what was bad.
func (c complaints) note(t testing.TB, bad badRequest, text string) {
	t.Helper()
	r, err := http.NewRequest(bad.method, bad.target, nil)
	if err != nil {
		return // which is not even an address
	}
	op := theContract().Find(r)
	if op == nil {
		return
	}
	c[op.String()] = true
	var answer Envelope
	if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Error == nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, field := range answer.Error.Fields {
		c[op.String()+" "+field.Name] = true
	}
	for name, value := range op.PathValues(r.URL) {
		if strings.Contains(answer.Message, strconv.Quote(value)) {
			c[op.String()+" {"+name+"}"] = true
		}
	}
	if len(bad.header) > 0 {
		c[op.String()+" "+bad.header[0]] = true
	}
}

// gaps are operations, parameters and fields of bodies that no bad request was about.
func (c complaints) gaps() (all []string) {
	for _, op := range theContract().Operations() {
		if isHealth(&http.Request{URL: &url.URL{Path: op.Path()}}) {
			continue // whoever looks after a server may ask as they like
		}
		names := []string{""}
		for _, p := range op.AllParameters() {
			switch {
			case p.Value.In == openapi3.ParameterInPath:
				names = append(names, "{"+p.Value.Name+"}")
			case p.Value.Name != ifNoneMatch: // of a GET, which a bad one leaves as it is
				names = append(names, p.Value.Name)
			}
		}
		if body := op.RequestBody; body != nil {
			fields := body.Value.Content.Get("application/json").Schema.Value.Properties
			names = slices.AppendSeq(names, maps.Keys(fields))
		}
		for _, name := range names {
			if what := strings.TrimSpace(op.String() + " " + name); !c[what] {
				all = append(all, what)
			}
		}
	}
	slices.Sort(all)
	return all
}
