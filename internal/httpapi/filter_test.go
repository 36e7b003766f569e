package httpapi

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// badFilters are lists that cannot be asked for.
func badFilters() (all []badInput) {
	for _, list := range []string{"/events", "/bookings", "/events/1/waitlist"} {
		for query, says := range map[string]string{
			"status=":                    "status: is empty; leave it out",
			"status=,":                   `status: \",\" names no state`,
			"status=Open":                `status: must be one of `,
			"status=held,sold":           `status: must be one of `,
			"status=0":                   `status: must be one of `,
			"status=held&status=waiting": "status: is given 2 times",
			"since=":                     "since: is empty; leave it out",
			"since=soon":                 "since: ",
			"since=2026-02-30":           "since: ",
			"since=1764612000":           "since: ",
			"since=%00":                  "since: ",
			"since=0000-00-00":           "since: ",
			"until=":                     "until: is empty; leave it out",
			"until=2026-13-01":           "until: ",
			"until=-":                    "until: ",
			"until=-999999999d":          "until: ",
			"since=2026-12-02&until=2026-12-01": "until: 2026-12-01T00:00:00Z is not after " +
				"since, 2026-12-02T00:00:00Z",
			"since=2026-12-01&until=2026-12-01": "until: ",
			"search=":                           "search: is empty; leave it out",
			"search=a%0Ab":                      "search: has a line break",
			"search=" + strings.Repeat("x", 201): "search: is 201 characters long, " +
				"at most 200 are allowed",
			"sort=":                       "sort: is empty; leave it out",
			"sort=-":                      "sort: must be one of ",
			"sort=--name":                 "sort: must be one of ",
			"sort=Name":                   "sort: must be one of ",
			"sort=name,id":                "sort: must be one of ",
			"sort=1;DROP":                 "the query is not well-formed",
			"sort=id)--":                  "sort: must be one of ",
			"limit=":                      "limit: must be a whole number from 1 to 200",
			"limit=0":                     "limit: must be a whole number from 1 to 200, got 0",
			"limit=201":                   "limit: must be a whole number from 1 to 200, got 201",
			"cursor=x":                    "cursor: ",
			"cursor=eyJsIjoieCIsImUiOjF9": "cursor: ",
			"statsu=held":                 "statsu: is unknown; did you mean status?",
			"q=x":                         "q: is unknown; known are ",
			"offset=30":                   "offset: is unknown; known are ",
			"page=2":                      "page: is unknown; known are ",
			"status=x&limit=0&sort=y":     "sort: must be one of ",
		} {
			all = append(all, badInput{"GET " + list + "?" + query, says})
		}
	}
	return append(all, []badInput{
		{"GET /events?status=held", "must be one of draft, open, closed, cancelled, got"},
		{"GET /events?upcoming=", `upcoming: must be true or false, got \"\"`},
		{"GET /events?upcoming=1", `upcoming: must be true or false, got \"1\"`},
		{"GET /events?upcoming=TRUE", "upcoming: must be true or false"},
		{"GET /events?available=", "available: is empty; give a whole number"},
		{"GET /events?available=0", "available: must be a whole number from 1 to 10000000, got 0"},
		{"GET /events?available=-1", "available: must be a whole number from 1 to"},
		{"GET /events?available=10000001", "available: must be a whole number from 1 to"},
		{"GET /events?available=1.5", "available: must be a whole number in digits alone"},
		{"GET /events?available=two", "available: must be a whole number in digits alone"},
		{"GET /events?available=9223372036854775808", "available: is too large"},
		{"GET /events?sort=email", "one of id, name, starts_at, available, capacity, price, cre"},
		{"GET /events?user_email=ada@example.org", "user_email: is unknown"},
		{"GET /events?event_id=1", "event_id: is unknown"},
		{"GET /bookings?status=open", "must be one of waiting, held, confirmed, cancelled, rele"},
		{"GET /bookings?user_email=", "user_email: is empty; leave it out"},
		{"GET /bookings?user_email=" + strings.Repeat("x", 255),
			"user_email: is 255 bytes long, at most 254 are allowed"},
		{"GET /bookings?email=ada@example.org", "email: is unknown; did you mean user_email?"},
		{"GET /bookings?sort=id", "must be one of created_at, quantity, event_id, email, name, "},
		{"GET /bookings?upcoming=true", "upcoming: is unknown"},
		{"GET /bookings?available=1", "available: is unknown"},
		{"GET /bookings?event_id=1&event_id=2", "event_id: is given 2 times"},
		{"GET /events/Go%20Meetup/waitlist", "neither an event's number nor its slug"},
	}...)
}

// rowNames gives what one member of each row of a list is, in their order.
func rowNames(s *site, target, member string) []string {
	s.Helper()
	var names []string
	text := s.must("GET", target, "").Body.String()
	for _, match := range regexp.MustCompile(`"`+member+`":"?([^",]*)`).FindAllStringSubmatch(
		text, -1) {
		names = append(names, match[1])
	}
	return names
}

// listed compares what a list has with what it is to have.
func (s *site) listed(target, member string, want ...string) {
	s.Helper()
	if got := rowNames(s, target, member); !slices.Equal(got, want) {
		s.Errorf("%s: %s are %q, want %q", target, member, got, want)
	}
}

func TestEventsAreFilteredAndSortedAsTheCommandLineHasIt(t *testing.T) {
	s := newSite(t)
	for _, body := range []string{
		`{"name":"Go Meetup","capacity":5,"starts_at":"2099-03-02 19:00","venue":"Jazz Cellar"}`,
		`{"name":"Chess","capacity":2,"starts_at":"2099-03-01 19:00","slug":"chess"}`,
		`{"name":"Ball","capacity":9,"starts_at":"2020-03-03 19:00","status":"draft"}`,
		`{"name":"Any Time","capacity":1}`,
	} {
		s.must("POST", "/events", body)
	}
	s.must("POST", "/bookings", `{"event_id":1,"quantity":4}`)
	s.must("PATCH", "/events/2", `{"status":"cancelled"}`)
	s.listed("/events", "id", "1", "2", "3", "4")
	s.listed("/events?sort=-name", "name", "Go Meetup", "Chess", "Ball", "Any Time")
	s.listed("/events?status=draft,cancelled", "id", "2", "3")
	s.listed("/events?upcoming=true", "id", "1", "4")
	s.listed("/events?upcoming=false&limit=1", "id", "1")
	s.listed("/events?since=2099-03-02", "id", "1")
	s.listed("/events?until=2099-03-02&sort=starts_at", "id", "3", "2")
	s.listed("/events?since=2099-03-01T19:00:00Z&until=2099-03-01T19:00:01Z", "id", "2")
	s.listed("/events?search=CHESS", "id", "2")
	s.listed("/events?search=jazz+cellar", "id", "1")
	s.listed("/events?available=2", "id")
	s.listed("/events?available=1&sort=-id", "id", "4", "1")
	s.listed("/events?search=%ff", "id")
	s.listed("/events?search=%00", "id")
}

func TestBookingsAreFilteredAndSortedAsTheCommandLineHasIt(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Go Meetup","capacity":9,"slug":"go"}`)
	s.must("POST", "/events", `{"name":"Chess","capacity":3}`)
	for _, body := range []string{
		`{"event_id":1,"quantity":3,"user_email":"ada@example.org","name":"Ada"}`,
		`{"event_id":2,"quantity":1,"user_email":"Ada@example.org","name":"Bea"}`,
		`{"event_id":1,"quantity":2,"user_email":"cy@example.org","name":"Cy","hold":true}`,
		`{"event_id":2,"quantity":2,"name":"Ada Lovelace"}`,
	} {
		s.must("POST", "/bookings", body)
	}
	s.must("POST", "/events/2/waitlist", `{"quantity":1,"user_email":"dee@example.org",`+
		`"name":"Dee"}`)
	s.listed("/bookings", "name", "Ada", "Bea", "Cy", "Ada Lovelace", "Dee")
	s.listed("/bookings?event_id=go", "name", "Ada", "Cy")
	s.listed("/bookings?status=held", "name", "Cy")
	s.listed("/bookings?status=held,waiting&sort=-quantity", "quantity", "2", "1")
	s.listed("/bookings?user_email=ADA@example.org", "name", "Ada", "Bea")
	s.listed("/bookings?search=lovelace", "name", "Ada Lovelace")
	s.listed("/bookings?sort=-name&event_id=1", "name", "Cy", "Ada")
	s.listed("/bookings?since=2020-01-01&status=confirmed", "name", "Ada", "Bea", "Ada Lovelace")
	s.listed("/bookings?until=2020-01-01", "name")
	s.listed("/events/2/waitlist", "user_email", "dee@example.org")
	s.listed("/events/2/waitlist?status=left", "user_email")
	s.listed("/events/2/waitlist?search=dee&sort=-created_at", "quantity", "1")
	s.listed("/events/2/waitlist?user_email=DEE@example.org&since=2020-01-01", "quantity", "1")
	s.listed("/events/2/waitlist?until=2020-01-01", "quantity")
	if w := s.do("GET", "/bookings?event_id=nowhere&status=held", ""); w.Code != 404 {
		t.Errorf("an event that is not there: %d %s", w.Code, w.Body)
	}
}

// nextOf gives the cursor of the page after a page, "" after the last one.
func nextOf(text string) string {
	match := regexp.MustCompile(`"next_cursor":"([^"]*)"`).FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	return match[1]
}

func TestACursorIsGoodForItsOwnListOnly(t *testing.T) {
	s := newSite(t)
	for range 3 {
		s.must("POST", "/events", meetup)
		s.must("POST", "/bookings", two)
	}
	for list, others := range map[string][]string{
		"/events?limit=1": {
			"/events?sort=-id&limit=1", "/events?status=open", "/events?upcoming=true",
			"/events?search=go", "/events?available=1", "/events?since=2020-01-01", "/bookings",
		},
		"/bookings?limit=1&event_id=1": {
			"/bookings", "/bookings?event_id=2", "/bookings?event_id=1&status=confirmed",
			"/bookings?event_id=1&sort=quantity", "/bookings?event_id=1&user_email=a@b.example",
			"/events/1/waitlist", "/events",
		},
	} {
		cursor := nextOf(s.must("GET", list, "").Body.String())
		s.must("GET", list+"&cursor="+cursor, "")
		for _, other := range others {
			join := "?"
			if strings.Contains(other, "?") {
				join = "&"
			}
			w := s.do("GET", other+join+"cursor="+cursor, "")
			if w.Code != 400 || !strings.Contains(w.Body.String(), "with other filters") {
				t.Errorf("the cursor of %s with %s: %d %s", list, other, w.Code, w.Body)
			}
		}
	}
}

func TestATimeThatCountsFromNowGoesWithNoCursor(t *testing.T) {
	s := newSite(t)
	for range 3 {
		s.must("POST", "/events", meetup)
		s.must("POST", "/bookings", two)
	}
	for _, since := range []string{"-7d", "today", "yesterday 19:00"} {
		list := "/bookings?limit=1&since=" + url.QueryEscape(since)
		cursor := nextOf(s.must("GET", list, "").Body.String())
		w := s.do("GET", list+"&cursor="+cursor, "")
		if says := `is another time at each request`; w.Code != 400 ||
			!strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %s", since, w.Code, w.Body)
		}
	}
	list := "/bookings?limit=1&since=2026-01-01"
	s.must("GET", list+"&cursor="+nextOf(s.must("GET", list, "").Body.String()), "")
}

// page is a part of a list as a test reads it: the references of its rows, and the next cursor.
type page struct {
	rows []string
	next string
}

// walk reads a list page by page, and lets something happen after each.
func turnPages(read func(seen int, cursor string) page, between func()) (seen []string) {
	for cursor := ""; ; between() {
		p := read(len(seen), cursor)
		seen, cursor = append(seen, p.rows...), p.next
		if p.next == "" {
			return seen
		}
	}
}

// busySite is a site with twelve bookings, and a function that makes three more: their numbers,
// names and addresses come in at both ends of a list, and in between. After a while it makes none.
func busySite(t *testing.T) (s *site, book func()) {
	s = newSite(t)
	s.must("POST", "/events", `{"name":"Go Meetup","capacity":1000}`)
	n := 0
	book = func() {
		for _, name := range []string{"A", "M", "Z"} {
			if n++; n <= 27 {
				s.must("POST", "/bookings", fmt.Sprintf(`{"event_id":1,"quantity":%d,"name":%q,`+
					`"user_email":"%s%d@example.org"}`, 1+n*7%5, name, name, n))
			}
		}
	}
	for range 4 {
		book()
	}
	return s, book
}

// repeated counts the rows that were seen again.
func repeated(seen []string) int {
	return len(seen) - len(slices.Compact(slices.Sorted(slices.Values(seen))))
}

func TestPagesNeitherRepeatNorHideBookingsWhileOthersBook(t *testing.T) {
	for _, sort := range []string{"created_at", "-quantity", "name", "-email"} {
		s, book := busySite(t)
		before := rowNames(s, "/bookings?limit=200", "reference")
		seen := turnPages(func(_ int, cursor string) page {
			target := "/bookings?limit=3&sort=" + sort + "&cursor=" + cursor
			return page{rowNames(s, target, "reference"),
				nextOf(s.must("GET", target, "").Body.String())}
		}, book)
		if n := repeated(seen); n > 0 {
			t.Errorf("%s: %d rows are repeated", sort, n)
		}
		for _, reference := range before {
			if !slices.Contains(seen, reference) {
				t.Errorf("%s: %s is hidden", sort, reference)
			}
		}
	}
}

// The control: pages that are counted off repeat rows under the same bookings.
func TestPagesThatAreCountedOffRepeatRowsWhileOthersBook(t *testing.T) {
	s, book := busySite(t)
	seen := turnPages(func(seen int, _ string) page {
		all := rowNames(s, "/bookings?limit=200&sort=name", "reference")
		end := min(seen+3, len(all))
		p := page{rows: all[seen:end]}
		if end < len(all) {
			p.next = "more"
		}
		return p
	}, book)
	if repeated(seen) == 0 {
		t.Error("the bookings that came in between put no row out of its place")
	}
}
