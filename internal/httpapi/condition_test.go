package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// change is a request that changes something in a scene.
type attempt struct {
	target, body string
	// of is the address of what changes, which has the entity tag; "" for what takes no condition.
	of string
}

// newScene makes a site on which every route finds something to do: event 1 has a confirmed
// booking and a hold for each route, event 2 is sold out and has an entry on its waitlist, event 3
// has a ticket type, a pool and a code, and events 4 and 5 have nothing. It gives the changes by
// their routes.
func newScene(t testing.TB) (*site, map[string]attempt) {
	t.Helper()
	s := newSite(t)
	for _, capacity := range []string{"40", "2", "40", "40", "40"} {
		s.must("POST", "/events", `{"name":"Go Meetup","capacity":`+capacity+`}`)
	}
	s.must("POST", "/events/3/pools", `{"name":"floor","capacity":20}`)
	s.must("POST", "/events/3/ticket-types", `{"name":"adult","pool":"floor"}`)
	s.must("POST", "/events/3/codes", `{"code":"CLUB","uses":5}`)
	s.must("POST", "/bookings", `{"event_id":2,"quantity":2}`)
	book := func(target, body string) string {
		return s.must("POST", target, body).Header().Get("Location")
	}
	confirmed := book("/bookings", two)
	const hold = `{"event_id":1,"quantity":2,"hold":true}`
	held := []string{
		book("/bookings", hold), book("/bookings", hold), book("/bookings", hold),
		book("/bookings", hold),
	}
	waiting := book("/events/2/waitlist", `{"quantity":1,"user_email":"ada@example.org"}`)
	return s, map[string]attempt{
		"POST /events":                   {"/events", meetup, ""},
		"PATCH /events/{id}":             {"/events/1", `{"capacity":41}`, "/events/1"},
		"DELETE /events/{id}":            {"/events/4", "", "/events/4"},
		"POST /events/{id}/ticket-types": {"/events/3/ticket-types", `{"name":"child"}`, ""},
		"PATCH /events/{id}/ticket-types/{name}": {"/events/3/ticket-types/adult",
			`{"price":5}`, "/events/3"},
		"POST /events/{id}/pools": {"/events/3/pools", `{"name":"balcony","capacity":5}`, ""},
		"PATCH /events/{id}/pools/{name}": {"/events/3/pools/floor", `{"capacity":21}`,
			"/events/3/pools"},
		"POST /events/{id}/codes": {"/events/3/codes", `{"code":"KIDS","uses":5}`, ""},
		"PATCH /events/{id}/codes/{code}": {"/events/3/codes/CLUB", `{"disabled":true}`,
			"/events/3/ticket-types"},
		"POST /events/{id}/waitlist": {"/events/2/waitlist",
			`{"quantity":1,"user_email":"bob@example.org"}`, ""},
		"POST /bookings":                     {"/bookings", two, ""},
		"POST /bookings/batch":               {"/bookings/batch", `{"bookings":[` + two + `]}`, ""},
		"DELETE /bookings/{reference}":       {confirmed + "?quantity=1", "", confirmed},
		"PATCH /bookings/{reference}":        {confirmed, `{"name":"Ada"}`, confirmed},
		"POST /bookings/{reference}/confirm": {held[0] + "/confirm", "", held[0]},
		"POST /bookings/{reference}/extend":  {held[1] + "/extend", `{"ttl_seconds":900}`, held[1]},
		"POST /bookings/{reference}/release": {held[2] + "/release", "", held[2]},
		"POST /bookings/{reference}/leave":   {waiting + "/leave", "", waiting},
		"POST /bookings/{reference}/move":    {confirmed + "/move", `{"event_id":5}`, confirmed},
		"POST /bookings/{reference}/transfer": {held[3] + "/transfer",
			`{"user_email":"bob@example.org"}`, held[3]},
	}
}

// state is all that there is, as a client sees it.
func (s *site) state() (state string) {
	for _, list := range []string{
		"/events", "/events/3", "/events/3/codes", "/bookings", "/events/2/waitlist",
	} {
		state += s.must("GET", list, "").Body.String()
	}
	return state
}

func TestEveryChangeHeedsItsConditionOrRefusesIt(t *testing.T) {
	s, changes := newScene(t)
	for _, route := range Routes() {
		if route.Method == "GET" {
			continue
		}
		pattern := route.Method + " " + route.Path
		c, ok := changes[pattern]
		if !ok {
			t.Errorf("%s: the scene has no such change", pattern)
			continue
		}
		before := s.state()
		refused := func(status int, name, value, says string) {
			t.Helper()
			w := s.do(route.Method, c.target, c.body, name, value)
			if w.Code != status || !strings.Contains(w.Body.String(), says) {
				t.Errorf("%s with %s: %s: %d %s, want %d %s", pattern, name, value, w.Code,
					w.Body, status, says)
			}
		}
		refused(400, "If-None-Match", "*", "takes no If-None-Match")
		refused(400, "If-None-Match", `"1"`, "takes no If-None-Match")
		refused(400, "If-Unmodified-Since", "Sun, 01 Mar 2026 08:00:00 GMT",
			"takes no If-Unmodified-Since")
		if c.of == "" {
			refused(400, "If-Match", `"1"`, "takes no If-Match")
			refused(400, "If-Match", "*", "takes no If-Match")
			continue
		}
		tag := s.must("GET", c.of, "").Header().Get("ETag")
		refused(412, "If-Match", `"0-0"`, `"error":{"code":"stale"`)
		refused(412, "If-Match", `"x", W/"y", ""`, `"error":{"code":"stale"`)
		refused(412, "If-Match", "W/"+tag, `"error":{"code":"stale"`)
		for _, bad := range []string{
			" ", ",", "1", tag[1:], tag[:len(tag)-1], "'1'", tag + tag, tag + " x", "*, " + tag,
			`w/` + tag, `W/ ` + tag, `"a b"`, "\"\x7f\"", `""x""`, "**",
		} {
			refused(400, "If-Match", bad, "no list of entity tags")
		}
		if s.state() != before {
			t.Errorf("%s: one that was refused has changed something", pattern)
		}
		if w := s.do(route.Method, c.target, c.body, "If-Match", `"0", `+tag); w.Code != 200 {
			t.Errorf("%s in the version that was seen: %d %s", pattern, w.Code, w.Body)
		} else if s.state() == before {
			t.Errorf("%s has changed nothing", pattern)
		}
	}
}

func TestTagsMayComeInSeveralHeaders(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   []givenTag
		all    bool
		ok     bool
	}{
		{nil, nil, false, true},
		{[]string{`"1"`, `W/"2-a"`}, []givenTag{{"1", false}, {"2-a", true}}, false, true},
		{[]string{"\t\"1\" , \"ü!#\"", ""}, []givenTag{{"1", false}, {"ü!#", false}}, false, true},
		{[]string{" * "}, nil, true, true},
		{[]string{"*", "*"}, nil, false, false},
		{[]string{`"1"`, "2"}, nil, false, false},
	} {
		tags, all, ok := readTags(c.values)
		if !slices.Equal(tags, c.want) || all != c.all || ok != c.ok {
			t.Errorf("%q: %v %t %t, want %+v", c.values, tags, all, ok, c)
		}
	}
}

func TestWhatIsThereIsChangedWhateverItsVersion(t *testing.T) {
	s, changes := newScene(t)
	for pattern, c := range changes {
		if method, _, _ := strings.Cut(pattern, " "); c.of != "" && method == "PATCH" {
			s.must(method, c.target, c.body, "If-Match", "*")
		}
	}
	for request, body := range map[string]string{
		"PATCH /events/9": `{"capacity":41}`, "DELETE /events/9": "",
		"PATCH /events/3/pools/cellar": `{"capacity":41}`, "DELETE /bookings/EVB-00000-00001-H": "",
	} {
		method, target, _ := strings.Cut(request, " ")
		for _, condition := range []string{"*", `"1"`} {
			w := s.do(method, target, body, "If-Match", condition)
			missing := w.Code == 404 || w.Code == 412 && strings.Contains(target, "cellar")
			if !missing {
				t.Errorf("%s if %s: %d %s", request, condition, w.Code, w.Body)
			}
		}
	}
}

func TestAClientIsSparedWhatItHas(t *testing.T) {
	s, _ := newScene(t)
	where := s.must("POST", "/bookings", two).Header().Get("Location")
	for _, target := range []string{
		"/events/3", "/events/3/ticket-types", "/events/3/pools", where,
	} {
		first := s.must("GET", target, "")
		tag := first.Header().Get("ETag")
		if strings.Count(tag, "-") != 1 || strings.Count(tag, `"`) != 2 {
			t.Errorf("%s: ETag %s", target, tag)
		}
		for _, known := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			w := s.do("GET", target, "", "If-None-Match", known)
			if w.Code != http.StatusNotModified || w.Header().Get("ETag") != tag {
				t.Errorf("%s unless %s: %d %s", target, known, w.Code, w.Header())
			}
		}
		if w := s.do("HEAD", target, "", "If-None-Match", tag); w.Code != http.StatusNotModified {
			t.Errorf("HEAD %s: %d", target, w.Code)
		}
		version, _, _ := strings.Cut(tag, "-")
		for _, other := range []string{`"x"`, version + `"`, tag[1:], "", "nonsense"} {
			w := s.do("GET", target, "", "If-None-Match", other)
			if w.Code != 200 || w.Body.String() != first.Body.String() {
				t.Errorf("%s unless %s: %d %s", target, other, w.Code, w.Body)
			}
		}
	}
}

func TestATagChangesWithWhatItNames(t *testing.T) {
	s, _ := newScene(t)
	where := s.must("POST", "/bookings", `{"event_id":3,"quantity":1,"hold":true}`).
		Header().Get("Location")
	tag := func(target string) string { return s.must("GET", target, "").Header().Get("ETag") }
	for _, step := range []struct{ method, target, body, changes string }{
		{"PATCH", "/events/3", `{"name":"Chess"}`, "/events/3"},
		{"PATCH", "/events/3/ticket-types/adult", `{"closed":true}`, "/events/3/ticket-types"},
		{"PATCH", "/events/3/pools/floor", `{"capacity":30}`, "/events/3/pools"},
		{"POST", where + "/extend", `{"ttl_seconds":3600}`, where},
		{"PATCH", where, `{"note":"aisle"}`, where},
		{"POST", where + "/confirm", ``, where},
		{"POST", "/bookings", `{"event_id":1,"quantity":1}`, "/events/1"},
	} {
		before := tag(step.changes)
		s.must(step.method, step.target, step.body)
		if after := tag(step.changes); after == before {
			t.Errorf("%s %s: the tag of %s stays %s", step.method, step.target, step.changes, after)
		}
		if again := tag(step.changes); again != tag(step.changes) {
			t.Errorf("%s has two tags", step.changes)
		}
	}
}

func TestARepeatedRequestIsAnsweredThoughItsConditionIsStaleByThen(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", two).Header().Get("Location")
	tag := s.must("GET", where, "").Header().Get("ETag")
	header := []string{"If-Match", tag, "Idempotency-Key", "k1"}
	first := s.must("DELETE", where+"?quantity=1", "", header...)
	again := s.must("DELETE", where+"?quantity=1", "", header...)
	if again.Header().Get("Idempotency-Replayed") != "true" ||
		first.Body.String() != again.Body.String() {
		t.Errorf("first %s again %s", first.Body, again.Body)
	}
	header[3] = "k2"
	if w := s.do("DELETE", where+"?quantity=1", "", header...); w.Code != 412 {
		t.Errorf("another request with the same condition: %d %s", w.Code, w.Body)
	}
}

func TestAStaleConditionSaysWhatToDo(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", two).Header().Get("Location")
	const hint = `"code":"stale","hint":"look at it again before it is changed"`
	s.want(412, bad("event 1 is in version 2 by now and not as it was seen", "null", hint),
		"PATCH", "/events/1", `{"capacity":41}`, "If-Match", `"1"`)
	s.want(412, bad("booking REF is not any more as it was seen", "null", hint),
		"DELETE", where, "", "If-Match", `"1"`)
}

// FuzzReadTags writes what was read anew, and reads that again.
func FuzzReadTags(f *testing.F) {
	for _, seed := range []string{
		"", "*", `"1"`, `W/"1-a", "2"`, `""`, ` , "x",,`, `"1" "2"`, `W/W/"1"`, "\"\xff\"", `"a`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tags, all, ok := readTags([]string{text})
		if !ok || all {
			if len(tags) > 0 {
				t.Errorf("%q: %v, %t", text, tags, ok)
			}
			return
		}
		var written []string
		for _, tag := range tags {
			weak := ""
			if tag.weak {
				weak = "W/"
			}
			written = append(written, weak+`"`+tag.text+`"`)
		}
		if again, _, ok := readTags(written); !ok || !slices.Equal(again, tags) {
			t.Errorf("%q is read as %v, and that as %v", text, tags, again)
		}
	})
}
