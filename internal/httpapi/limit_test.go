package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"evbook/internal/booking"
)

// tight are limits that a test reaches soon.
func tight() *Limits {
	return &Limits{
		All: Rate{100, time.Second}, Read: Rate{3, 6 * time.Second}, Write: Rate{1, time.Minute},
		Organiser: Rate{5, time.Second}, Door: Rate{2, time.Second}, Wrong: Rate{2, time.Minute},
	}
}

// answered counts a request, and gives what its answer tells.
func answered(l limits, c class, who string) (string, error) {
	h := http.Header{}
	err := l.count(h, c, who)
	return fmt.Sprint(h.Get("RateLimit-Policy"), " ", h.Get("RateLimit"), " ",
		h.Get("Retry-After")), err
}

func TestAClientMayDoSoMuchAtOnceAndThenWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(tight(), nil, time.Now)
		for n, want := range []string{
			`"read";q=3;w=6 "read";r=2;t=2 `, `"read";q=3;w=6 "read";r=1;t=4 `,
			`"read";q=3;w=6 "read";r=0;t=6 `, `"read";q=3;w=6 "read";r=0;t=6 2`,
		} {
			got, err := answered(l, strangersRead, "a")
			if got != want || (booking.KindOf(err) == booking.TooMany) != (n == 3) {
				t.Errorf("request %d: %s %v, want %s", n, got, err, want)
			}
		}
		if _, err := answered(l, strangersRead, "b"); err != nil {
			t.Errorf("another client pays for the first: %v", err)
		}
		if _, err := answered(l, strangersWrite, "a"); err != nil {
			t.Errorf("writing pays for reading: %v", err)
		}
		time.Sleep(1900 * time.Millisecond)
		got, err := answered(l, strangersRead, "a")
		if err == nil {
			t.Errorf("answered before it was due: %s", got)
		}
		time.Sleep(100 * time.Millisecond)
		for n := range 2 { // a refused request costs nothing
			if got, err := answered(l, strangersRead, "a"); (err == nil) != (n == 0) {
				t.Errorf("request %d when one was due: %s %v", n, got, err)
			}
		}
	})
}

func TestInTheLongRunARateIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(tight(), nil, time.Now)
		done := 0
		for range 6_000 { // a minute
			if _, err := answered(l, strangersRead, "a"); err == nil {
				done++
			}
			time.Sleep(10 * time.Millisecond)
		}
		if done < 32 || done > 33 { // 3 at once, and one each 2 seconds
			t.Errorf("%d requests were answered in a minute", done)
		}
	})
}

func TestWrongSecretsBarAnAddressForFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(tight(), nil, time.Now)
		h := http.Header{}
		for range 2 {
			l.failed("a")
			if err := l.barred(h, "a"); err != nil {
				t.Errorf("too early: %v", err)
			}
		}
		l.failed("a")
		for range 10 { // looking, and trying on, makes it neither longer nor shorter
			if err := l.barred(h, "a"); booking.KindOf(err) != booking.TooMany {
				t.Errorf("not barred: %v", err)
			}
		}
		if got := h.Get("Retry-After"); got != "300" {
			t.Errorf("Retry-After: %s", got)
		}
		if err := l.barred(h, "b"); err != nil {
			t.Errorf("another address is barred too: %v", err)
		}
		time.Sleep(barredFor - time.Second)
		if err := l.barred(h, "a"); err == nil {
			t.Error("forgiven too early")
		}
		time.Sleep(time.Second)
		if err := l.barred(h, "a"); err != nil {
			t.Errorf("never forgiven: %v", err)
		}
	})
}

func TestAnAddressIsOneClientAndOfIPv6ItsNetwork(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1": "2001:db8:1:2::/64", "2001:db8:1:3::1": "2001:db8:1:3::/64",
		"::1": "::/64",
	} {
		if got := networkOf(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s is %s, want %s", addr, got, want)
		}
	}
}

func TestManyClientsTakeNoMoreMemoryThanTheTableHas(t *testing.T) {
	l := newLimits(tight(), nil, time.Now)
	for n := range 3 * mostBuckets {
		if err := l.count(http.Header{}, strangersWrite, fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
		if _, err := answered(l, strangersWrite, "0"); n > 0 && err == nil {
			t.Fatalf("who asks all the time was forgotten after %d others", n)
		}
	}
	table := l[strangersWrite]
	if got := len(table.buckets); got != mostBuckets || table.recent.Len() != mostBuckets {
		t.Errorf("%d clients are remembered", got)
	}
}

func TestOneTooManyIsAnsweredInTheEnvelope(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.Handler = New(s.store, Options{Limits: tight()})
	s.must("POST", "/bookings", two)
	w := s.do("POST", "/bookings", two)
	const want = `{"success":false,"message":"too many requests (write): ` +
		`at most 1 in 60 seconds",` +
		`"data":null,"error":{"code":"too_many","hint":"try again in 60 seconds",` +
		`"request_id":"r1"}}` + "\n"
	if w.Code != 429 || w.Body.String() != want || w.Header().Get("Retry-After") != "60" ||
		w.Header().Get("RateLimit") != `"write";r=0;t=60` {
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
	s.must("GET", "/events/1", "")
	for range 20 {
		s.must("GET", healthPath, "", "RateLimit", "")
		s.must("GET", readyPath, "")
	}
}

func TestEachKindOfClientHasItsOwnLimit(t *testing.T) {
	g := newGuarded(t)
	in := func(count int) Rate { return Rate{Count: count, Per: time.Hour} }
	g.Handler = New(g.store, Options{Now: func() time.Time { return g.now }, Limits: &Limits{
		All: in(100), Read: in(1), Write: in(100), Door: in(2), Organiser: in(3), Wrong: in(100),
	}})
	for _, c := range []struct {
		as    role
		class class
		most  int
	}{
		{stranger, strangersRead, 1}, {doorkeeper, byDoor, 2}, {organiser, byOrganiser, 3},
		{manager, byOrganiser, 3}, // with a token of its own
	} {
		for n := range c.most + 1 {
			status, body := g.ask(c.as, "GET /events/{id}", g.own)
			tooMany := status == http.StatusTooManyRequests &&
				strings.Contains(body, "too many requests ("+string(c.class)+")")
			if tooMany != (n == c.most) || !tooMany && status != http.StatusOK {
				t.Errorf("request %d of role %v: %d %s", n+1, c.as, status, body)
			}
		}
	}
}

func TestEverythingOfAnAddressCountsBeforeItIsLookedAt(t *testing.T) {
	limits := tight()
	limits.All = Rate{5, time.Minute}
	door := New(nil, Options{Limits: limits})
	ask := func() int {
		r := httptest.NewRequest("GET", "/nowhere", nil)
		r.Host = "evil.example"
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		return w.Code
	}
	for range 5 {
		if got := ask(); got != 403 {
			t.Errorf("status %d", got)
		}
	}
	if got := ask(); got != 429 {
		t.Errorf("status %d", got)
	}
}

func TestWithoutLimitsNothingIsCounted(t *testing.T) {
	var none limits
	h := http.Header{}
	none.failed("a")
	if err := errors.Join(none.count(h, strangersWrite, "a"), none.barred(h, "a")); err != nil ||
		len(h) > 0 {
		t.Errorf("%v %v", err, h)
	}
}

func BenchmarkLimit(b *testing.B) {
	l := newLimits(&Limits{Read: Rate{1_000_000, time.Second}}, nil, time.Now)
	for b.Loop() {
		_ = l.count(http.Header{}, strangersRead, "192.0.2.1")
	}
}
