package httpapi

import (
	"strings"
	"testing"
)

func TestEachRoleSeesNoMoreThanItsShare(t *testing.T) {
	g := newGuarded(t)
	counters := []string{`"held"`, `"confirmed":`, `"waiting"`, `"pools"`, `"pool":"hall"`}
	personal := []string{"ada@example.org", `"note"`, "price", `"total"`, "currency"}
	for _, c := range []struct {
		as     role
		target string
		hidden []string
		all    bool
	}{
		{stranger, "/events/1", counters, true}, {stranger, "/events", counters, true},
		{stranger, "/events/1/ticket-types", counters, true},
		{guest, "/events/1", counters, true},
		{doorkeeper, "/events/1", counters, false},
		{guest, "/bookings/" + g.own.reference, personal, false},
		{doorkeeper, "/bookings/" + g.own.reference, personal, true},
		{organiser, "/bookings/" + g.own.reference, personal, false},
	} {
		var headers []string
		if bearer := g.bearers[c.as]; bearer != "" {
			headers = []string{"Authorization", "Bearer " + bearer}
		}
		text := g.must("GET", c.target, "", headers...).Body.String()
		for _, part := range c.hidden {
			if strings.Contains(text, part) == c.all {
				t.Errorf("%v sees of %s, with %s hidden: %t\n%s", c.as, c.target, part, c.all, text)
			}
		}
		if strings.Contains(text, "secret") {
			t.Errorf("%v sees a secret again: %s", c.as, text)
		}
	}
}

func TestTheKeyOfAStrangerIsLongEnoughNotToBeGuessed(t *testing.T) {
	g := newGuarded(t)
	const body = `{"event_id":1,"quantity":1,"type":"adult"}`
	w := g.do("POST", "/bookings", body, keyHeader, strings.Repeat("k", minStrangersKey-1))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "must have 16 characters or more") {
		t.Errorf("a short key: %d %s", w.Code, w.Body)
	}
	long := strings.Repeat("k", minStrangersKey)
	first := g.must("POST", "/bookings", body, keyHeader, long).Body.String()
	if again := g.must("POST", "/bookings", body, keyHeader, long).Body.String(); again != first {
		t.Errorf("repeated: %s, at first %s", again, first)
	}
	token := []string{"Authorization", "Bearer " + g.bearers[organiser]}
	g.must("POST", "/bookings", body, append(token, keyHeader, "k")...)
	// The keys of others are none of theirs: the same one makes a booking of its own.
	other := g.must("POST", "/bookings", body, append(token, keyHeader, long)...).Body.String()
	if textField(t, other, "reference") == textField(t, first, "reference") {
		t.Errorf("an organiser is shown the booking of a stranger: %s", other)
	}
}
