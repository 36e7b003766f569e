package httpapi

import (
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// codeJSON is an access code of the event of these tests.
const codeJSON = `{"event_id":1,"code":"%s","uses":%d,"available":%d,"held":0,"confirmed":%d,` +
	`"types":[%s],"valid_until":%s,"disabled":%t,"created_at":"TIME","status":"%s"}`

func TestCodesLiveTheirLifeOverHTTP(t *testing.T) {
	s := newSite(t)
	family(s)
	s.want(201, good("added code FRIENDS for 3 seats of event 1", codeJSON, "FRIENDS", 3, 3, 0,
		`"child"`, `"TIME"`, false, "active"), "POST", "/events/1/codes",
		`{"code":" friends ","uses":3,"types":["Child"],"valid_until":"2199-12-01 19:00"}`)
	s.must("PATCH", "/events/1/ticket-types/child", `{"code_required":true}`)
	s.want(409, bad(`ticket type "child" of event 1 is sold with an access code only`, "null",
		`"code":"closed","hint":"give the code"`), "POST", "/bookings",
		`{"event_id":1,"quantity":1,"type":"child"}`)
	w := s.must("POST", "/bookings", `{"event_id":1,"quantity":2,"type":"child","code":"friends"}`)
	if !strings.Contains(w.Body.String(), `"code":"FRIENDS"`) {
		t.Errorf("booked with a code: %s", w.Body)
	}
	s.want(200, good("only 1 seat of code FRIENDS left for event 1, asked for 2",
		`{"event_id":1,"quantity":2,"available":1,"sufficient":false}`), "GET",
		"/bookings/check?event_id=1&quantity=2&type=child&code=friends", "")
	s.want(409, bad(`code FRIENDS is not for ticket type "adult" of event 1`, "null",
		`"code":"closed"`), "POST", "/bookings",
		`{"event_id":1,"quantity":1,"type":"adult","code":"FRIENDS"}`)
	s.want(200, good("code FRIENDS of event 1 is disabled, its bookings stay", codeJSON, "FRIENDS",
		3, 1, 2, `"child"`, `"TIME"`, true, "disabled"), "PATCH", "/events/1/codes/friends",
		`{"disabled":true}`)
	s.want(404, bad(`event 1 has no access code "FRIENDS" that can be used`, "null",
		`"code":"not_found","hint":"check how it is written, or ask who gave it to you"`), "POST",
		"/bookings", `{"event_id":1,"quantity":1,"type":"child","code":"FRIENDS"}`)
}

func TestACodeThatIsMadeUpCanBeUsedAndIsListed(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	w := s.must("POST", "/events/1/codes", `{"uses":1}`)
	made := regexp.MustCompile(`"code":"([2-9A-Z]{5}-[2-9A-Z]{5})"`).FindStringSubmatch(
		w.Body.String())
	if made == nil || w.Header().Get("Location") != "/events/1/codes/"+made[1] {
		t.Fatalf("added at %q: %s", w.Header().Get("Location"), w.Body)
	}
	s.must("POST", "/bookings", `{"event_id":1,"quantity":1,"code":"`+made[1]+`"}`)
	s.want(409, bad("code "+made[1]+" of event 1 is used up, asked for 1",
		`{"event_id":1,"available":0}`, `"code":"sold_out"`), "POST", "/bookings",
		`{"event_id":1,"quantity":1,"code":"`+made[1]+`"}`)
	list := s.must("GET", "/events/1/codes", "").Body.String()
	if !strings.Contains(list, `"message":"1 code","data":[{"event_id":1,"code":"`+made[1]+
		`","uses":1,"available":0,"held":0,"confirmed":1,"types":[],`) {
		t.Errorf("listed: %s", list)
	}
}

func TestCodesAreListedPageByPageWithWhatBecameOfThem(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.must("POST", "/events/1/codes", `{"code":"EARLY","uses":1,"valid_until":"+1h"}`)
	s.must("POST", "/events/1/codes", `{"code":"LATE","uses":1}`)
	s.now = time.Now().AddDate(1, 0, 0)
	page := s.must("GET", "/events/1/codes?limit=1", "").Body.String()
	next := "/events/1/codes?limit=1&cursor=" + textField(t, page, "next_cursor")
	for text, want := range map[string][2]string{
		page: {"EARLY", "expired"}, s.must("GET", next, "").Body.String(): {"LATE", "active"},
	} {
		got := [2]string{textField(t, text, "code"), textField(t, text, "status")}
		if got != want || strings.Count(text, `"uses"`) != 1 {
			t.Errorf("%s, want %v", text, want)
		}
	}
}

func TestWhoGuessesCodesIsHeardNoMoreWhicheverWay(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.must("POST", "/events/1/codes", `{"code":"FRIENDS","uses":3}`)
	plenty := Rate{Count: 100, Per: time.Minute}
	for request, status := range map[string]int{
		`POST /bookings {"event_id":1,"quantity":1,"code":"%s"}`: 404,
		"GET /bookings/check?event_id=1&quantity=1&code=%s ":     200,
	} {
		s.Handler = New(s.store, Options{Limits: &Limits{
			All: plenty, Read: plenty, Write: plenty, Organiser: plenty, Door: plenty,
			Wrong: Rate{Count: 2, Per: time.Minute},
		}})
		try := func(code string) *httptest.ResponseRecorder {
			method, rest, _ := strings.Cut(strings.Replace(request, "%s", code, 1), " ")
			target, body, _ := strings.Cut(rest, " ")
			return s.do(method, target, body)
		}
		for n := range 10 {
			want := status
			if n > 2 { // the first one that is too many is judged, and bars the rest
				want = 429
			}
			if w := try("WRONG" + strconv.Itoa(n)); w.Code != want {
				t.Errorf("%s, guess %d: %d %s", request, n+1, w.Code, w.Body)
			}
		}
		if w := try("FRIENDS"); w.Code > 201 {
			t.Errorf("%s, who knows the code: %d %s", request, w.Code, w.Body)
		}
	}
}

func TestBeforeASaleNothingTellsWhichCodesThereAre(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Later","capacity":40,"sales_open":"2199-12-01 19:00"}`)
	s.must("POST", "/events/1/codes", `{"code":"FRIENDS","uses":3}`)
	for _, code := range []string{"FRIENDS", "WRONG"} {
		s.want(200, good("sales of event 1 begin at TIME",
			`{"event_id":1,"quantity":1,"available":40,"sufficient":false}`), "GET",
			"/bookings/check?event_id=1&quantity=1&code="+code, "")
	}
}
