package httpapi

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/storage"
)

// site is a door over a database of its own.
type site struct {
	testing.TB
	http.Handler
	store *storage.Store
	// path is the file or the address of the database.
	path string
	// now is the time by the clock of the door; only tests that move it look at it.
	now time.Time
}

func newSite(t testing.TB) *site {
	t.Helper()
	path := somewhere(t)
	store := openStore(t, path, storage.Options{Actor: "http"})
	s := &site{
		TB: t, store: store, path: path, now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
	}
	s.Handler = New(store, Options{Open: true, Now: func() time.Time { return s.now }})
	return s
}

// ServeHTTP answers a request, and holds both against the contract.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	theContract().Watch(s.TB, s.Handler).ServeHTTP(w, r)
}

// do sends a request, with headers given as name and value in turn; "" removes a header. Every
// answer has to be an envelope, whatever it says, or nothing where the status means so.
func (s *site) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	s.Helper()
	w := s.send(method, target, body, headers...)
	if w.Code == http.StatusNoContent || w.Code == http.StatusNotModified {
		if w.Body.Len() > 0 || w.Header().Get("Content-Type") != "" {
			s.Errorf("%s %s: %d with %v %s", method, target, w.Code, w.Header(), w.Body)
		}
		return w
	}
	if got := w.Header().Get("Content-Type"); got != contentType {
		s.Errorf("%s %s: Content-Type %q", method, target, got)
	}
	text := w.Body.String()
	if !jsontext.Value(text).IsValid() || !strings.HasPrefix(text, `{"success":`) ||
		!strings.Contains(text, `"message":"`) || !strings.Contains(text, `"data":`) {
		s.Errorf("%s %s: not an envelope: %s", method, target, text)
	}
	return w
}

// send sends a request as do does, whatever the answer is.
func (s *site) send(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	s.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:8080"
	r.Header.Set("X-Request-Id", "r1")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if r.Header.Del(headers[i]); headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// want sends a request and compares status and envelope, with times, references and secrets
// blotted out.
func (s *site) want(status int, envelope, method, target, body string, headers ...string) {
	s.Helper()
	w := s.do(method, target, body, headers...)
	if got := blot(w.Body.String()); w.Code != status || got != envelope+"\n" {
		s.Errorf("%s %s %s:\ngot  %d %swant %d %s", method, target, body, w.Code, got, status,
			envelope)
	}
}

// must sends a request that has to succeed, and gives its answer.
func (s *site) must(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	s.Helper()
	w := s.do(method, target, body, headers...)
	if w.Code >= http.StatusBadRequest {
		s.Fatalf("%s %s %s: %d %s", method, target, body, w.Code, w.Body)
	}
	return w
}

func blot(text string) string {
	stamps := regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z`)
	secrets := regexp.MustCompile(`evb_booking_[a-z2-7]{33}`)
	text = secrets.ReplaceAllString(text, "SECRET")
	references := regexp.MustCompile(`EVB(-[0-9A-Z]{5}){2}-[0-9A-Z]`)
	return references.ReplaceAllString(stamps.ReplaceAllString(text, "TIME"), "REF")
}
