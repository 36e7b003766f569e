package httpapi

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestOnlyThisMachineIsServed(t *testing.T) {
	s := newSite(t)
	for host, served := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1": true, "127.8.9.1:8080": true,
		"[::1]": true, "[::1]:8080": true,
		"": false, "example.com": false, "localhost.example.com": false, "10.0.0.1:8080": false,
		"127.0.0.1.nip.io": false, "[2001:db8::1]:8080": false, "0.0.0.0:8080": false,
		"localhost:80:80": false, "127.1": false,
	} {
		for _, path := range []string{"/nowhere", healthPath} {
			r := httptest.NewRequest("GET", path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			want := 403
			if path == healthPath {
				want = 200
			} else if served {
				want = 404
			}
			if w.Code != want {
				t.Errorf("host %q, %s: %d %s, want %d", host, path, w.Code, w.Body, want)
			}
		}
	}
}

func TestConfiguredNamesAndTheAddressOfTheConnectionAreServed(t *testing.T) {
	s := &site{TB: t, Handler: New(nil, Options{Hosts: []string{"club.example"}})}
	for host, served := range map[string]bool{
		"club.example": true, "CLUB.example:8443": true, "localhost": true,
		"192.0.2.7:8080": true, "192.0.2.7": true, "[::ffff:192.0.2.7]": true,
		"192.0.2.8": false, "www.club.example": false, "club.example.evil": false,
		"club.example:80:80": false, "[2001:db8::7]": false,
	} {
		r := httptest.NewRequest("GET", "/nowhere", nil)
		r.Host = host
		local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8080}
		r = r.WithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, local))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		want := 403
		if served {
			want = 404
		}
		if w.Code != want {
			t.Errorf("host %q: %d %s, want %d", host, w.Code, w.Body, want)
		}
	}
}

func TestOverTLSBrowsersAreToldToStayWithIt(t *testing.T) {
	r := httptest.NewRequest("GET", "https://localhost"+healthPath, nil)
	w := httptest.NewRecorder()
	New(nil, Options{}).ServeHTTP(w, r)
	if got := w.Header().Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=") {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
}

func TestProxiesAndForeignPagesAreRefused(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	for _, c := range []struct {
		status       int
		method       string
		header, says string
	}{
		{403, "GET", "Forwarded: for=1.2.3.4", "Forwarded"},
		{403, "GET", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For"},
		{403, "GET", "x-forwarded-proto: https", "X-Forwarded-Proto"},
		{403, "GET", "X-Forwarded: for=1.2.3.4", "X-Forwarded"},
		{403, "GET", "X-Original-Forwarded-For: 1.2.3.4", "X-Original-Forwarded-For"},
		{403, "GET", "X-Real-IP: 1.2.3.4", "X-Real-Ip"},
		{403, "GET", "X-Client-IP: 1.2.3.4", "X-Client-Ip"},
		{403, "GET", "X-Cluster-Client-IP: 1.2.3.4", "X-Cluster-Client-Ip"},
		{403, "GET", "True-Client-IP: 1.2.3.4", "True-Client-Ip"},
		{403, "GET", "Client-IP: 1.2.3.4", "Client-Ip"},
		{403, "GET", "CF-Connecting-IP: 1.2.3.4", "Cf-Connecting-Ip"},
		{403, "GET", "X-Envoy-External-Address: 1.2.3.4", "X-Envoy-External-Address"},
		{403, "GET", "CDN-Loop: cdn", "Cdn-Loop"},
		{403, "GET", "Via: 1.1 proxy", "Via"},
		{403, "POST", "Sec-Fetch-Site: cross-site", "from another site"},
		{403, "POST", "Sec-Fetch-Site: same-site", "from another site"},
		{403, "POST", "Origin: https://evil.example", "from another site"},
		{403, "PATCH", "Origin: null", "from another site"},
		{403, "DELETE", "Origin: http://localhost:3000", "from another site"},
		{200, "GET", "X-Forward-Thinking: yes", "1 event"},
		{200, "GET", "Sec-Fetch-Site: cross-site", "1 event"},
		{201, "POST", "Sec-Fetch-Site: same-origin", "created event 2"},
		{201, "POST", "Origin: http://localhost:8080", "created event 3"},
	} {
		name, value, _ := strings.Cut(c.header, ": ")
		path, body := "/events", ""
		if c.method == "POST" {
			body = meetup
		} else if c.method != "GET" {
			path += "/1"
		}
		w := s.do(c.method, path, body, name, value)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s with %s: %d %s, want %d %q", c.method, c.header, w.Code, w.Body, c.status,
				c.says)
		}
	}
	s.want(200, good("event 1 is open, 40 of 40 seats left", plainEvent, 40, 40, 0, "12.50", "open",
		1), "GET", "/events/1", "")
}

func TestEveryAnswerIsHardened(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{healthPath, "/nowhere"} {
		w := s.do("GET", path, "")
		for name, want := range map[string]string{
			"X-Content-Type-Options":  "nosniff",
			"Cache-Control":           "no-store",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "no-referrer",
			"X-Request-Id":            "r1",

			"Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security":    "", // promised only where there is TLS
			"Access-Control-Allow-Origin":  "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestRequestIDsAreKeptWhenHarmlessAndElseMade(t *testing.T) {
	s := newSite(t)
	made := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	for _, id := range []string{"a", "A-b_c.9", strings.Repeat("x", 64)} {
		w := s.do("GET", "/nowhere", "", requestIDHeader, id)
		if got := w.Header().Get(requestIDHeader); got != id ||
			!strings.Contains(w.Body.String(), `"request_id":"`+id+`"`) {
			t.Errorf("id %q came back as %q in %s", id, got, w.Body)
		}
	}
	for _, id := range []string{"", "a b", "a\nb", "é", `"`, strings.Repeat("x", 65)} {
		got := s.do("GET", "/nowhere", "", requestIDHeader, id).Header().Get(requestIDHeader)
		if !made.MatchString(got) || got[14] != '7' {
			t.Errorf("for id %q came %q", id, got)
		}
	}
}
