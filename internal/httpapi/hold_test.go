package httpapi

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// held is a booking of the event of these tests as JSON, by its status and the time until which it
// is held.
func held(email string, quantity int, status, total, expires string) string {
	text := fmt.Sprintf(plainBooking, email, quantity, status, total, "")
	return strings.Replace(text, `"expires_at":null`, `"expires_at":`+expires, 1)
}

// holdSeats makes an event with 40 seats and holds two of them, and gives where the hold is.
func holdSeats(s *site) (where string) {
	s.Helper()
	s.must("POST", "/events", meetup)
	return s.must("POST", "/bookings", `{"event_id":1,"quantity":2,"hold":true}`).
		Header().Get("Location")
}

func TestHoldsLiveTheirLifeOverHTTP(t *testing.T) {
	s := newSite(t)
	where := holdSeats(s)
	still := held("null", 2, "held", "25.00", `"TIME"`)
	s.want(200, good("booking REF is held, 2 seats for event 1", "%s", still), "GET", where, "")
	s.want(200, good("hold REF lasts until TIME, 2 seats for event 1", "%s", still),
		"POST", where+"/extend", `{"ttl_seconds":1800}`)
	s.want(200, good("hold REF lasts until TIME, 2 seats for event 1", "%s", still),
		"POST", where+"/extend", "")
	s.want(409, bad("booking REF is held and not confirmed", "null", `"code":"conflict",`+
		`"hint":"confirm it, or release it to give its seats back"`), "DELETE", where, "")
	s.want(200, good("confirmed booking REF, 1 seat for event 1 and 1 seat back, 39 left", "%s",
		strings.Replace(held(`"ann@example.com"`, 1, "confirmed", "12.50", "null"),
			`"name":null`, `"name":"Ann"`, 1)), "POST", where+"/confirm",
		`{"quantity":1,"user_email":"ann@example.com","name":"Ann","note":null}`)
	for _, command := range []string{"/confirm", "/extend", "/release"} {
		s.want(409, bad("booking REF is already confirmed", "null", `"code":"conflict","hint":`+
			`"cancel it to give its seats back"`),
			"POST", where+command, "")
	}
	s.want(200, good("cancelled booking REF, 1 seat back for event 1, 40 left", "%s",
		strings.Replace(held(`"ann@example.com"`, 1, "cancelled", "12.50", "null"),
			`"name":null`, `"name":"Ann"`, 1)), "DELETE", where, "")
}

func TestAReleasedHoldGivesItsSeatsBackOnce(t *testing.T) {
	s := newSite(t)
	where := holdSeats(s)
	s.want(200, good("released hold REF, 2 seats back for event 1, 40 left", "%s",
		held("null", 2, "released", "25.00", "null")), "POST", where+"/release", `{}`)
	s.want(409, bad("hold REF was released at TIME", "null", `"code":"conflict",`+
		`"hint":"its seats were given back then; nothing was changed now"`),
		"POST", where+"/release", "")
	s.want(404, bad("no booking REF", "null", `"code":"not_found",`+
		`"hint":"the list of an event's bookings shows the references"`),
		"POST", "/bookings/EVB-00000-00001-H/release", "")
}

func TestSeatsAreHeldWhereTheBodySaysSo(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	const until = "held 1 seat for event 1 until TIME, "
	for rest, want := range map[string]struct {
		message string
		ttl     time.Duration
	}{
		``:                                 {"booked 1 seat for event 1, ", 0},
		`,"hold":false`:                    {"booked 1 seat for event 1, ", 0},
		`,"hold":true`:                     {until, 10 * time.Minute},
		`,"ttl_seconds":60`:                {until, time.Minute},
		`,"ttl_seconds":86400,"hold":true`: {until, 24 * time.Hour},
	} {
		body := s.must("POST", "/bookings", `{"event_id":1,"quantity":1`+rest+`}`).Body.String()
		if !strings.HasPrefix(blot(body), `{"success":true,"message":"`+want.message) {
			t.Errorf("%s: %s", rest, body)
		}
		stamps := map[string]time.Time{}
		for _, name := range []string{"created_at", "expires_at"} {
			_, after, _ := strings.Cut(body, `"`+name+`":"`)
			text, _, _ := strings.Cut(after, `"`)
			stamps[name], _ = time.Parse(time.RFC3339, text)
		}
		lasts := stamps["expires_at"].Sub(stamps["created_at"])
		if want.ttl == 0 && !stamps["expires_at"].IsZero() || want.ttl != 0 && lasts != want.ttl {
			t.Errorf("%s: held for %s, want %s", rest, lasts, want.ttl)
		}
	}
}

func TestARepeatedCommandAboutAHoldIsDoneOnce(t *testing.T) {
	for _, c := range []struct{ command, body, other string }{
		{"/confirm", `{"quantity":1}`, `{"quantity":2}`}, {"/confirm", "", `{"name":"Ann"}`},
		{"/extend", `{"ttl_seconds":1800}`, `{"ttl_seconds":900}`}, {"/extend", "", ""},
		{"/release", "", ""},
	} {
		s := newSite(t)
		where := holdSeats(s)
		first := s.must("POST", where+c.command, c.body, "Idempotency-Key", "k")
		again := s.must("POST", where+c.command, c.body, "Idempotency-Key", "k")
		if first.Code != 200 || again.Code != 200 || first.Body.String() != again.Body.String() ||
			first.Header().Get("Idempotency-Replayed") != "" ||
			again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s %s: first %d %v %sagain %d %v %s", c.command, c.body, first.Code,
				first.Header(), first.Body, again.Code, again.Header(), again.Body)
		}
		if c.other == "" {
			continue
		}
		w := s.do("POST", where+c.command, c.other, "Idempotency-Key", "k")
		if w.Code != 422 {
			t.Errorf("%s %s: the key was taken for another request: %d %s", c.command, c.other,
				w.Code, w.Body)
		}
	}
}

func TestARepeatedHoldIsAnsweredAsItWasAndTakesSeatsOnce(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	const body = `{"event_id":1,"quantity":2,"hold":true}`
	first := s.must("POST", "/bookings", body, "Idempotency-Key", "k")
	s.must("POST", first.Header().Get("Location")+"/confirm", "")
	again := s.must("POST", "/bookings", body, "Idempotency-Key", "k")
	if again.Code != 201 || again.Body.String() != first.Body.String() ||
		again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %sagain %d %s", first.Body, again.Code, again.Body)
	}
	if w := s.do("POST", "/bookings", two, "Idempotency-Key", "k"); w.Code != 422 {
		t.Errorf("the key of a hold was taken for a booking: %d %s", w.Code, w.Body)
	}
	s.want(200, good("event 1 is open, 38 of 40 seats left", plainEvent, 40, 38, 2, "12.50",
		"open", 3), "GET", "/events/1", "")
}

// Some clients send the body in chunks even where there is none.
func TestABodyThatMayBeLeftOutIsTakenInEveryForm(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	for _, c := range []struct {
		body   string
		length int64
		media  string
		want   int
	}{
		{"", 0, "", 200}, {"", -1, "", 200}, {"", 0, "application/json", 200},
		{"", -1, "application/json", 200}, {"{}", 2, "application/json", 200},
		{"{}", -1, "application/json", 200}, {`{"ttl_seconds":900}`, -1, "application/json", 200},
		{"{}", 2, "", 415}, {"{}", -1, "", 415}, {"{}", 2, "text/plain", 415},
		{"", 2, "application/json", 400}, {" ", -1, "application/json", 400},
		{strings.Repeat(" ", maxBody+1), -1, "application/json", 413},
	} {
		hold := s.must("POST", "/bookings", `{"event_id":1,"quantity":1,"hold":true}`)
		r := httptest.NewRequest("POST", hold.Header().Get("Location")+"/extend",
			strings.NewReader(c.body))
		r.Host, r.ContentLength = "localhost:8080", c.length
		if c.media != "" {
			r.Header.Set("Content-Type", c.media)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%.20q of length %d, %s: %d %s", c.body, c.length, c.media, w.Code, w.Body)
		}
	}
}

func TestAStrangersHoldIsABasketAndNotADay(t *testing.T) {
	g := newGuarded(t)
	hold := func(ttl, bearer string) *httptest.ResponseRecorder {
		return g.do("POST", "/bookings", `{"event_id":1,"quantity":1,"type":"adult",`+
			`"ttl_seconds":`+ttl+`}`, "Authorization", bearer)
	}
	token := "Bearer " + g.bearers[organiser]
	if w := hold("86400", token); w.Code != 201 {
		t.Errorf("an organiser holds seats for a day: %d %s", w.Code, w.Body)
	}
	w := hold("1801", "")
	if w.Code != 400 || !strings.Contains(w.Body.String(), "from 60 to 1800 seconds, got 1801") {
		t.Errorf("a stranger holds seats for longer: %d %s", w.Code, w.Body)
	}
	w = hold("1740", "")
	if w.Code != 201 {
		t.Fatalf("a stranger holds seats for 29 minutes: %d %s", w.Code, w.Body)
	}
	path := w.Header().Get("Location") + "/extend"
	secret := "Bearer " + textField(t, w.Body.String(), "secret")
	w = g.do("POST", path, `{"ttl_seconds":1860}`, "Authorization", secret)
	if w.Code != 409 || !strings.Contains(w.Body.String(), "30 minutes in all") {
		t.Errorf("a guest extends the hold: %d %s", w.Code, w.Body)
	}
	if w = g.do("POST", path, `{"ttl_seconds":3600}`, "Authorization", token); w.Code != 200 {
		t.Errorf("an organiser extends the hold: %d %s", w.Code, w.Body)
	}
}
