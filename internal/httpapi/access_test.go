package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

func TestEveryRouteSaysWhoMayUseIt(t *testing.T) {
	may := policy()
	for pattern := range routes() {
		if may[pattern] == 0 {
			t.Errorf("%s has no row in the policy: nobody but the owner may use it", pattern)
		}
	}
	for pattern := range may {
		if _, ok := routes()[pattern]; !ok {
			t.Errorf("the policy has a row for %s, which is no route", pattern)
		}
	}
}

// guarded is a site where the roles rule, with two events of which the tokens open the first only.
type guarded struct {
	*site
	// bearers are what each role shows.
	bearers map[role]string
	// own, foreign and missing are what each route can be about.
	own, foreign, missing objects
}

// objects are what takes the place of the wildcards of a path.
type objects struct{ event, kind, pool, code, reference string }

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	s := newSite(t)
	var refs, secrets []string
	for range 2 {
		s.must("POST", "/events", `{"name":"Go Meetup","capacity":40}`)
	}
	s.must("POST", "/events", `{"name":"Secret","capacity":40,"status":"draft"}`)
	for id := 1; id <= 2; id++ {
		at := fmt.Sprintf("/events/%d", id)
		s.must("POST", at+"/pools", `{"name":"hall","capacity":30}`)
		s.must("POST", at+"/ticket-types", `{"name":"adult","pool":"hall"}`)
		s.must("POST", at+"/codes", `{"code":"FRIEND","uses":5}`)
		made := s.must("POST", "/bookings",
			fmt.Sprintf(`{"event_id":%d,"quantity":2,"user_email":"ada@example.org"}`, id))
		refs = append(refs, textField(t, made.Body.String(), "reference"))
		secrets = append(secrets, textField(t, made.Body.String(), "secret"))
	}
	g := &guarded{
		site:    s,
		own:     objects{"1", "adult", "hall", "FRIEND", refs[0]},
		foreign: objects{"2", "adult", "hall", "FRIEND", refs[1]},
		missing: objects{"99", "adult", "hall", "FRIEND", "EVB-00000-00000-0"},
		bearers: map[role]string{
			stranger: "", guest: secrets[0],
			doorkeeper: newToken(t, s, booking.Door, 1),
			organiser:  newToken(t, s, booking.Organiser, 1),
			manager:    newToken(t, s, booking.Organiser),
		},
	}
	// The one before knew of no tokens, and may go by that for a moment.
	s.Handler = New(s.store, Options{Open: true, Now: func() time.Time { return s.now }})
	return g
}

// newToken makes a token for a role, bound to some events or to none.
func newToken(t *testing.T, s *site, as booking.Role, events ...int64) string {
	t.Helper()
	ask := booking.NewToken{Name: "test", Role: as}
	for _, id := range events {
		ask.Events = append(ask.Events, booking.Selector{ID: id})
	}
	made, err := s.store.CreateToken(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return made.Credential.Text()
}

// textField is the value of a field that is a text.
func textField(t *testing.T, body, name string) string {
	t.Helper()
	found := regexp.MustCompile(`"` + name + `":"([^"]+)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("no %s in %s", name, body)
	}
	return found[1]
}

// in puts objects into the path of a pattern.
func (o objects) in(path string) string {
	named := o.kind
	if strings.Contains(path, "/pools") {
		named = o.pool
	}
	return strings.NewReplacer("{id}", o.event, "{name}", named, "{code}", o.code,
		"{reference}", o.reference).Replace(path)
}

// requests are bodies that each route takes, so that a refusal is one of the role.
func requests(o objects) map[string]string {
	row := `{"event_id":` + o.event + `,"quantity":1,"type":"adult"}`
	return map[string]string{
		"POST /events":                           `{"name":"Other","capacity":4}`,
		"PATCH /events/{id}":                     `{"venue":"Hall"}`,
		"POST /events/{id}/ticket-types":         `{"name":"child"}`,
		"PATCH /events/{id}/ticket-types/{name}": `{"price":"3.00"}`,
		"POST /events/{id}/pools":                `{"name":"balcony","capacity":3}`,
		"PATCH /events/{id}/pools/{name}":        `{"capacity":31}`,
		"POST /events/{id}/codes":                `{"uses":3}`,
		"PATCH /events/{id}/codes/{code}":        `{"disabled":true}`,
		"POST /bookings":                         row,
		"POST /bookings/batch":                   `{"bookings":[` + row + `]}`,
		"POST /events/{id}/waitlist": `{"quantity":1,"type":"adult",` +
			`"user_email":"eve@example.org"}`,
		"PATCH /bookings/{reference}":         `{"note":"front row"}`,
		"POST /bookings/{reference}/move":     `{"event_id":` + o.event + `,"type":"adult"}`,
		"POST /bookings/{reference}/transfer": `{"user_email":"bob@example.org"}`,
	}
}

// ask sends what a route takes about some objects as a role.
func (g *guarded) ask(as role, pattern string, about objects) (status int, body string) {
	g.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	target := about.in(path)
	if path == "/bookings/check" {
		target += "?quantity=1&type=adult&event_id=" + about.event
	}
	var headers []string
	if bearer := g.bearers[as]; bearer != "" {
		headers = []string{"Authorization", "Bearer " + bearer}
	}
	do := g.do
	switch {
	case strings.HasSuffix(path, "/stream"): // the head says whether there would be one
		do, method = g.send, http.MethodHead
	case strings.HasPrefix(path, "/openapi"): // which is no envelope
		do = g.send
	}
	w := do(method, target, requests(about)[pattern], headers...)
	named := strings.NewReplacer(about.event, "N", about.reference, "REF").Replace(w.Body.String())
	return w.Code, named
}

// contents are all events and their versions, which every change counts up.
func (g *guarded) contents() string {
	g.Helper()
	page, err := g.store.Events(g.Context(), storage.EventQuery{Page: storage.Page{Limit: 9}})
	if err != nil {
		g.Fatal(err)
	}
	return fmt.Sprint(page.Events)
}

func TestEveryRoleMayDoWhatThePolicySaysAndNothingElse(t *testing.T) {
	may := policy()
	for _, as := range []role{stranger, guest, doorkeeper, organiser, manager} {
		g := newGuarded(t)
		for _, pattern := range slices.Sorted(maps.Keys(may)) {
			status, body := g.ask(as, pattern, g.own)
			barred := status == http.StatusUnauthorized || status == http.StatusForbidden
			switch {
			case status >= 500:
				t.Errorf("%v %s: %d %s", as, pattern, status, body)
			case may[pattern].has(as) && (barred || status == http.StatusNotFound):
				t.Errorf("%v may %s, got %d %s", as, pattern, status, body)
			case !may[pattern].has(as) && !as.has(stranger|guest) &&
				status != http.StatusForbidden,
				// A booking's secret says nothing elsewhere.
				!may[pattern].has(as) && as.has(stranger|guest) &&
					status != http.StatusUnauthorized:
				t.Errorf("%v may not %s, got %d %s", as, pattern, status, body)
			}
		}
	}
}

func TestWhatIsOfOthersLooksAsIfItWereNotThere(t *testing.T) {
	may := policy()
	for _, as := range []role{stranger, guest, doorkeeper, organiser} {
		g := newGuarded(t)
		before := g.contents()
		for _, pattern := range slices.Sorted(maps.Keys(may)) {
			about := strings.ContainsAny(pattern, "{") || requests(objects{})[pattern] != "" ||
				strings.HasSuffix(pattern, "/check")
			if !about || pattern == "POST /events" {
				continue
			}
			foreign := g.foreign
			if as == stranger || as == guest { // all events on sale are theirs to see
				foreign.event = "3"
			}
			gotStatus, got := g.ask(as, pattern, foreign)
			wantStatus, want := g.ask(as, pattern, g.missing)
			if gotStatus != wantStatus || got != want || gotStatus < 400 {
				t.Errorf("%v %s: of others %d %smissing %d %s", as, pattern, gotStatus, got,
					wantStatus, want)
			}
			if after := g.contents(); after != before {
				t.Errorf("%v %s changed what is of others", as, pattern)
			}
		}
	}
}
