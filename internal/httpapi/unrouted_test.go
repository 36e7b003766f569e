package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// filled gives the path of a route with something in place of each wildcard.
func filled(path string) string {
	return strings.NewReplacer("{id}", "1", "{reference}", "EVB-00000-00001-H", "{name}", "adult",
		"{code}", "CLUB").Replace(path)
}

func TestEveryRouteSaysWhichMethodsThereAre(t *testing.T) {
	s := &site{TB: t, Handler: New(nil, Options{})}
	methods := map[string]string{}
	for _, r := range Routes() {
		w := s.do("OPTIONS", filled(r.Path), "")
		allow := w.Header().Get("Allow")
		methods[r.Path] = allow
		if w.Code != http.StatusNoContent || !strings.Contains(allow, r.Method) ||
			!strings.Contains(allow, "OPTIONS") ||
			strings.Contains(allow, "GET") != strings.Contains(allow, "HEAD") {
			t.Errorf("OPTIONS %s: %d, Allow %q", r.Path, w.Code, allow)
		}
	}
	for path, want := range map[string]string{
		"/events":               "GET, HEAD, OPTIONS, POST",
		"/events/{id}/codes":    "GET, HEAD, OPTIONS, POST",
		"/bookings":             "GET, HEAD, OPTIONS, POST",
		"/healthz":              "GET, HEAD, OPTIONS",
		"/events/{id}":          "DELETE, GET, HEAD, OPTIONS, PATCH",
		"/events/{id}/waitlist": "GET, HEAD, OPTIONS, POST",
	} {
		if methods[path] != want {
			t.Errorf("OPTIONS %s: Allow %q, want %q", path, methods[path], want)
		}
	}
	if w := s.do("OPTIONS", "*", ""); w.Code != 204 || w.Header().Get("Allow") != allMethods {
		t.Errorf("OPTIONS *: %d %v", w.Code, w.Header())
	}
	for _, target := range []string{"/", "/nowhere", "//events", "/events/"} {
		if w := s.do("OPTIONS", target, ""); w.Code != http.StatusNotFound {
			t.Errorf("OPTIONS %s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestWhatIsOfferedIsWhatAllRoutesTake(t *testing.T) {
	for _, r := range Routes() {
		if !strings.Contains(allMethods, r.Method) {
			t.Errorf("%s of %s is not offered", r.Method, r.Path)
		}
	}
}

// answerOf asks a real server, which sends no body where there must be none. Of a stream it gives
// the beginning.
func answerOf(t *testing.T, server *httptest.Server, method, target string) (http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(requestIDHeader, "r1")
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	from := io.Reader(answer.Body)
	if answer.Header.Get("Content-Type") == streamType {
		from = io.LimitReader(from, int64(len("retry:")))
	}
	body, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	answer.Header.Del("Date")
	answer.Header.Set("status", answer.Status)
	return answer.Header, string(body)
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	s, _ := newScene(t)
	server := httptest.NewServer(s)
	defer server.Close()
	where := rowNames(s, "/bookings?status=waiting", "reference")[0]
	for _, r := range Routes() {
		if r.Method != "GET" {
			continue
		}
		target := strings.NewReplacer("{id}", "3", "{reference}", where).Replace(r.Path)
		for _, target := range []string{target, target + "?x=1"} { // the second is refused by most
			if strings.HasSuffix(target, "z?x=1") {
				continue // whoever looks after a server may ask as they like
			}
			full, body := answerOf(t, server, "GET", target)
			head, none := answerOf(t, server, "HEAD", target)
			if none != "" || body == "" {
				t.Errorf("%s: GET has %q and HEAD has %q", target, body, none)
			}
			for name := range full {
				if full.Get(name) != head.Get(name) {
					t.Errorf("%s: %s is %q, and %q for HEAD", target, name, full.Get(name),
						head.Get(name))
				}
			}
			if len(full) != len(head) {
				t.Errorf("%s: %v, and for HEAD %v", target, full, head)
			}
		}
	}
}
