package httpapi

import (
	"net/http/httptest"
	"testing"
)

func TestOnlyPagesOfListedOriginsMayReadAndWrite(t *testing.T) {
	s := newSite(t)
	s.Handler = New(s.store, Options{Open: true, Origins: []string{"https://club.example"}})
	s.must("POST", "/events", meetup)
	for origin, listed := range map[string]bool{
		"https://club.example": true, "http://club.example": false, "https://evil.example": false,
		"https://club.example:8443": false, "https://www.club.example": false, "null": false,
		"https://club.example.evil.example": false, "*": false, "HTTPS://CLUB.EXAMPLE": false,
	} {
		for method, status := range map[string]int{"GET": 200, "POST": 201} {
			body := ""
			if method == "POST" {
				body = meetup
				if !listed {
					status = 403
				}
			}
			w := s.do(method, "/events", body, "Origin", origin, "Sec-Fetch-Site", "cross-site")
			h := w.Header()
			allowed := h.Get("Access-Control-Allow-Origin")
			if w.Code != status || (allowed == origin) != listed || (allowed != "") != listed ||
				h.Get("Vary") != "Origin" || h.Get("Access-Control-Allow-Credentials") != "" ||
				(h.Get("Cross-Origin-Resource-Policy") == "cross-origin") != listed ||
				(h.Get("Access-Control-Expose-Headers") != "") != listed {
				t.Errorf("%s from %s: %d %s %v", method, origin, w.Code, w.Body, h)
			}
		}
	}
}

func TestBrowsersMayAskBeforehandForListedOrigins(t *testing.T) {
	door := New(nil, Options{Origins: []string{"https://club.example"}})
	ask := func(origin, method string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("OPTIONS", "/bookings", nil)
		r.Host = "localhost"
		r.Header.Set("Origin", origin)
		if method != "" {
			r.Header.Set("Access-Control-Request-Method", method)
		}
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		return w
	}
	w := ask("https://club.example", "POST")
	if h := w.Header(); w.Code != 204 || w.Body.Len() > 0 ||
		h.Get("Access-Control-Allow-Origin") != "https://club.example" ||
		h.Get("Access-Control-Allow-Methods") != sharedMethods ||
		h.Get("Access-Control-Allow-Headers") != sharedHeaders ||
		h.Get("Access-Control-Max-Age") != preflightAge {
		t.Errorf("%d %q %v", w.Code, w.Body, h)
	}
	for _, c := range [][2]string{{"https://evil.example", "POST"}, {"https://club.example", ""}} {
		if w := ask(c[0], c[1]); w.Header().Get("Access-Control-Allow-Methods") != "" {
			t.Errorf("%s asks for %q: %d %v", c[0], c[1], w.Code, w.Header())
		}
	}
}
