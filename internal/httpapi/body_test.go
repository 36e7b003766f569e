package httpapi

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestOnlyPlainJSONIsTaken(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	large := `{"event_id":1,"quantity":2,"note":"` + strings.Repeat("x", maxBody) + `"}`
	for _, c := range []struct {
		status       int
		body         string
		header, says string
	}{
		{415, two, "Content-Type: ", "the Content-Type is missing"},
		{415, two, "Content-Type: application/x-www-form-urlencoded", "-H 'Content-Type: appl"},
		{415, two, "Content-Type: text/json", "Content-Type text/json is not taken"},
		{415, two, "Content-Type: application/json; charset=latin1", "charset latin1 is not taken"},
		{415, two, "Content-Type: application/json;;", "is not taken"},
		{415, two, "Content-Encoding: gzip", "Content-Encoding gzip is not taken"},
		{413, large, "Content-Type: application/json", "larger than 65536 bytes"},
		{201, two, "Content-Type: application/json; charset=UTF-8", "booked 2 seats"},
		{201, two, "Content-Type: Application/JSON", "booked 2 seats"},
		{201, two, "Content-Encoding: identity", "booked 2 seats"},
	} {
		name, value, _ := strings.Cut(c.header, ": ")
		w := s.do("POST", "/bookings", c.body, name, value)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s, want %d %q", c.header, w.Code, w.Body, c.status, c.says)
		}
	}
}

func TestNearbyNamesAreSuggested(t *testing.T) {
	known := (&bookBody{}).names()
	for name, want := range map[string]string{
		"Quantity": "quantity", "quantiy": "quantity", "qauntity": "quantity", "qty": "quantity",
		"event": "event_id", "eventid": "event_id", "email": "user_email", "nmae": "name",
		"more": "", "x": "", "": "", "seats": "",
	} {
		if got := nearest(name, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

// FuzzBookBody compares what is read with what a strict decoder of another make reads.
func FuzzBookBody(f *testing.F) {
	for _, c := range badBookings() {
		if len(c.request) < 1_000 {
			f.Add(c.request)
		}
	}
	f.Add(two)
	f.Add(`{"event_id":1,"quantity":2,"hold":true,"ttl_seconds":900}`)
	f.Add(`{"quantity":7,"event_id":3,"name":"\u00e9","note":"","user_email":"a@b.example"}`)
	f.Fuzz(func(t *testing.T, text string) {
		r := httptest.NewRequest("POST", "/bookings", strings.NewReader(text))
		r.Header.Set("Content-Type", "application/json")
		var fields form
		var b bookBody
		err := readBody(httptest.NewRecorder(), r, &fields, &b)
		if err == nil {
			err = fields.err()
		}
		if err != nil {
			if e := Failed(err, ""); e.Success || e.Error.Code == "internal" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var want struct {
			EventID  int64   `json:"event_id"`
			Quantity int     `json:"quantity"`
			Email    *string `json:"user_email"`
			Name     *string `json:"name"`
			Note     *string `json:"note"`
			Hold     bool    `json:"hold"`
			TTL      int64   `json:"ttl_seconds"`
		}
		if err := json.Unmarshal([]byte(text), &want, json.RejectUnknownMembers(true)); err != nil {
			t.Fatalf("%q was taken: %v", text, err)
		}
		got := []any{b.event, b.quantity, b.email, b.name, b.note, b.hold, int64(b.ttl.Seconds())}
		for i, v := range []any{want.EventID, want.Quantity, deref(want.Email), deref(want.Name),
			deref(want.Note), want.Hold, want.TTL} {
			if got[i] != v {
				t.Errorf("%q: got %v, want %v", text, got[i], v)
			}
		}
	})
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
