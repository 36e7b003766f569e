package httpapi

import (
	"strings"
	"testing"

	"evbook/internal/booking"
)

func TestARepeatedKeyHasTheSameAnswerAndNoSecondEffect(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ path, body, other string }{
		{"/events", meetup, `{"name":"Other","capacity":40}`},
		{"/bookings", two, `{"event_id":1,"quantity":3}`},
	} {
		first := s.must("POST", c.path, c.body, "Idempotency-Key", "key"+c.path)
		again := s.must("POST", c.path, c.body, "Idempotency-Key", `"key`+c.path+`"`)
		if first.Code != 201 || again.Code != 201 || first.Body.String() != again.Body.String() ||
			first.Header().Get("Location") != again.Header().Get("Location") {
			t.Errorf("%s: first %d %sagain %d %s", c.path, first.Code, first.Body, again.Code,
				again.Body)
		}
		if got := first.Header().Get("Idempotency-Replayed"); got != "" {
			t.Errorf("%s: the first answer calls itself a replay: %q", c.path, got)
		}
		if got := again.Header().Get("Idempotency-Replayed"); got != "true" {
			t.Errorf("%s: the second answer does not call itself a replay: %q", c.path, got)
		}
		if w := s.do("POST", c.path, c.other, "Idempotency-Key", "key"+c.path); w.Code != 422 {
			t.Errorf("%s: the key was taken for another request: %d %s", c.path, w.Code, w.Body)
		}
	}
	s.want(200, good("event 1 is open, 38 of 40 seats left", plainEvent, 40, 38, 2, "12.50",
		"open", 2), "GET", "/events/1", "")
	if w := s.do("GET", "/events/2", ""); w.Code != 404 {
		t.Errorf("a second event was made: %s", w.Body)
	}
}

func TestARepeatedCancellationGivesSeatsBackOnce(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", two).Header().Get("Location")
	first := s.must("DELETE", where+"?quantity=1&reason=ill", "", "Idempotency-Key", "k")
	again := s.must("DELETE", where+"?reason=ill&quantity=1", "", "Idempotency-Key", "k")
	if first.Body.String() != again.Body.String() ||
		first.Header().Get("Idempotency-Replayed") != "" ||
		again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %v %sagain %v %s", first.Header(), first.Body, again.Header(), again.Body)
	}
	if w := s.do("DELETE", where, "", "Idempotency-Key", "k"); w.Code != 422 {
		t.Errorf("the key was taken for another request: %d %s", w.Code, w.Body)
	}
	s.want(200, good("event 1 is open, 39 of 40 seats left", plainEvent, 40, 39, 1, "12.50",
		"open", 3), "GET", "/events/1", "")
}

func TestTimesFromNowAreTheSameRequestWhenRepeated(t *testing.T) {
	s := newSite(t)
	body := `{"name":"Soon","capacity":5,"starts_at":"+3d"}`
	first := s.must("POST", "/events", body, "Idempotency-Key", "k")
	s.now = s.now.AddDate(0, 0, 1)
	again := s.must("POST", "/events", body, "Idempotency-Key", "k")
	if first.Body.String() != again.Body.String() {
		t.Errorf("first %sagain %s", first.Body, again.Body)
	}
}

func TestKeysThatCannotBeMeantAreRefused(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", two).Header().Get("Location")
	for key, says := range map[string]string{
		`"k`:                     "has a stray quote",
		`k"`:                     "has a stray quote",
		`k"k`:                    "has a stray quote",
		`"`:                      "has a stray quote",
		`"a", "b"`:               "has a stray quote",
		`""`:                     "is empty",
		"a b":                    "visible ASCII",
		"ü":                      "visible ASCII",
		strings.Repeat("k", 256): "at most 255",
	} {
		for request, body := range map[string]string{
			"POST /bookings": two, "POST /events": meetup, "DELETE " + where: "",
			"POST " + where + "/confirm": "", "POST " + where + "/extend": "",
			"POST " + where + "/release": "", "POST " + where + "/leave": "",
			"POST " + where + "/move":     `{"event_id":1}`,
			"POST " + where + "/transfer": `{"user_email":"bob@example.com"}`,
			"PATCH " + where:              `{"quantity":1}`,
			"POST /events/1/waitlist":     `{"quantity":1,"user_email":"bob@example.com"}`,
		} {
			method, path, _ := strings.Cut(request, " ")
			w := s.do(method, path, body, "Idempotency-Key", key)
			text := w.Body.String()
			if w.Code != 400 || !strings.Contains(text, `"name":"idempotency_key"`) ||
				!strings.Contains(text, says) {
				t.Errorf("%s with key %s: %d %s", request, key, w.Code, text)
			}
		}
	}
}

func TestAKeyOutlivesTheRotationOfItsToken(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	made, err := s.store.CreateToken(t.Context(), booking.NewToken{
		Name: "shop", Role: booking.Organiser,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Handler = New(s.store, Options{})
	book := func(token string) string {
		return s.must("POST", "/bookings", two, "Authorization", "Bearer "+token, keyHeader,
			"k").Body.String()
	}
	first := book(made.Credential.Text())
	rotated, err := s.store.RotateToken(t.Context(), booking.Rotation{ID: made.Token.ID})
	if err != nil {
		t.Fatal(err)
	}
	if again := book(rotated.Credential.Text()); again != first {
		t.Errorf("after the rotation the repetition is %sfirst %s", again, first)
	}
	if other := book(newToken(t, s, booking.Organiser)); other == first {
		t.Errorf("another token is shown the booking: %s", other)
	}
}

// What a client relies on and the server does not know must not pass in silence.
func TestWhatHasNoEffectOnAChangeIsRefused(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	where := s.must("POST", "/bookings", two).Header().Get("Location")
	before := s.must("GET", "/events/1", "").Body.String()
	for _, c := range []struct{ request, body, header, says string }{
		{"DELETE " + where, `{"quantity":1}`, "", "use the query: ?quantity=1&reason=..."},
		{"DELETE " + where, " ", "", "takes no body"},
		{"DELETE /events/1", `{}`, "", "takes no body"},
		{"PATCH /events/1", `{"capacity":41}`, "Idempotency-Key: k",
			"of an event takes no Idempotency-Key"},
		{"DELETE /events/1", "", "Idempotency-Key: k", "of an event takes no Idempotency-Key"},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		var header []string
		if name, value, ok := strings.Cut(c.header, ": "); ok {
			header = []string{name, value}
		}
		w := s.do(method, path, c.body, header...)
		if w.Code != 400 || !strings.Contains(w.Body.String(), c.says) ||
			!strings.Contains(w.Body.String(), `"code":"invalid"`) {
			t.Errorf("%s %s %s: %d %s", c.request, c.body, c.header, w.Code, w.Body)
		}
		if got := s.must("GET", "/events/1", "").Body.String(); got != before {
			t.Fatalf("%s %s %s changed something: %s", c.request, c.body, c.header, got)
		}
	}
	// A reader that already has this state only asks to be spared the answer.
	s.must("GET", "/events/1", "", "If-None-Match", `"2"`)
	s.must("GET", "/events/1", "", "Idempotency-Key", "k")
}
