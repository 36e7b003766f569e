package httpapi

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// newOdd makes a door that logs, with one more route that does what the test says.
func newOdd(t *testing.T, h handler) (*site, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	opts := Options{Open: true, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	d := New(newSite(t).store, opts).(*door)
	d.mux.Handle("POST /odd/{id}", d.adapt(everyone, h))
	return &site{TB: t, Handler: d}, &log
}

func failing(err error) handler {
	return func(*visit, http.ResponseWriter, *http.Request) error { return err }
}

func TestWhatIsNotRoutedAnswersInTheEnvelopeToo(t *testing.T) {
	s, _ := newOdd(t, failing(nil))
	const hint = `"code":"not_found","hint":"there are /events, /bookings and /bookings/check"`
	for _, path := range []string{
		"/", "/nowhere", "/events/", "/bookings/", "/events/1/",
		// What the mux would redirect with a page of HTML.
		"//events", "/events//1", "/./events", "/x/../events", "/bookings/../events/1",
	} {
		if w := s.do("POST", path, meetup); w.Code != 404 || w.Header().Get("Location") != "" {
			t.Errorf("POST %s: %d, Location %q", path, w.Code, w.Header().Get("Location"))
		}
		s.want(404, bad("no such address: "+path, "null", hint), "GET", path, "")
	}
	for request, allow := range map[string]string{
		"PUT /events":            "GET, HEAD, OPTIONS, POST",
		"POST /events/1":         "DELETE, GET, HEAD, OPTIONS, PATCH",
		"PATCH /bookings":        "GET, HEAD, OPTIONS, POST",
		"POST /bookings/check":   "DELETE, GET, HEAD, OPTIONS, PATCH",
		"DELETE " + healthPath:   "GET, HEAD, OPTIONS",
		"BREW /bookings/EVB-1-1": "DELETE, GET, HEAD, OPTIONS, PATCH",
	} {
		method, path, _ := strings.Cut(request, " ")
		w := s.do(method, path, "")
		if w.Code != 405 || w.Header().Get("Allow") != allow ||
			!strings.Contains(w.Body.String(), `"code":"method_not_allowed"`) {
			t.Errorf("%s: %d, Allow %q, %s", request, w.Code, w.Header().Get("Allow"), w.Body)
		}
	}
}

func TestAPanicIsAnsweredLoggedAndSurvived(t *testing.T) {
	s, log := newOdd(t, func(*visit, http.ResponseWriter, *http.Request) error { panic("secret") })
	for range 2 {
		s.want(500, bad("internal error", "null", `"code":"internal"`), "POST", "/odd/1", "")
	}
	if text := log.String(); !strings.Contains(text, "panicked: secret") ||
		!strings.Contains(text, "request_id=r1") || !strings.Contains(text, "respond_test.go") {
		t.Errorf("the log does not tell: %s", text)
	}
}

func TestInternalErrorsAreLoggedAndNotTold(t *testing.T) {
	s, log := newOdd(t, failing(errors.New("no such table: booking")))
	s.want(500, bad("internal error", "null", `"code":"internal"`), "POST", "/odd/1", "")
	if !strings.Contains(log.String(), `error="no such table: booking"`) {
		t.Errorf("the log does not tell: %s", log)
	}
}

func TestBusyAndUnknownSayHowToGoOn(t *testing.T) {
	s, _ := newOdd(t, failing(booking.Errorf(booking.Busy, "the database is busy")))
	if w := s.do("POST", "/odd/1", ""); w.Code != 503 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("busy: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	s, _ = newOdd(t, failing(booking.Errorf(booking.Unknown, "no answer to the commit").
		WithHint("repeat it with the same key")))
	w := s.do("POST", "/odd/1", "")
	if w.Code != 503 || !strings.Contains(w.Body.String(), `"hint":"repeat it`) ||
		w.Header().Get("Retry-After") != "" {
		// Clients that see Retry-After repeat on their own, and without a key that may book twice.
		t.Errorf("unknown: %d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestClientsHearNothingOfWhereTheDatabaseIs(t *testing.T) {
	const where = "postgres://10.0.0.21/club"
	for _, kind := range []booking.Kind{booking.Unavailable, booking.Busy, booking.Unknown} {
		e := booking.Errorf(kind, "%s is in the way", where).Because(errors.New("at " + where))
		s, log := newOdd(t, failing(e))
		w := s.do("POST", "/odd/1", "")
		if text := w.Body.String(); w.Code != 503 || strings.Contains(text, "10.0.0.21") ||
			!strings.Contains(text, `"code":"`+string(kind)+`"`) {
			t.Errorf("%s: %d %s", kind, w.Code, text)
		}
		if told := strings.Contains(log.String(), where); told != (kind != booking.Busy) {
			t.Errorf("%s: the log tells where it is: %v: %s", kind, told, log)
		}
	}
}

func TestEachRequestIsOneLogLineWithoutPersonalData(t *testing.T) {
	s, log := newOdd(t, failing(booking.Errorf(booking.Conflict, "no")))
	s.do("POST", "/odd/ann@example.com?email=ann@example.com", `{"user_email":"ann@example.com"}`,
		"Idempotency-Key", "ann@example.com")
	text := log.String()
	for _, part := range []string{
		"level=INFO", "method=POST", `route="POST /odd/{id}"`, "status=409", "duration=",
		"request_id=r1",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q lacks %s", text, part)
		}
	}
	if strings.Count(text, "\n") != 1 || strings.Contains(text, "ann@") {
		t.Errorf("not one line without e-mails: %q", text)
	}
	log.Reset()
	s.do("GET", healthPath, "")
	if log.Len() > 0 {
		t.Errorf("a health check is in the log: %s", log)
	}
}

func TestReadinessEndsWhenDrainingStarts(t *testing.T) {
	s := newSite(t)
	draining := false
	s.Handler = New(s.store, Options{Open: true, Draining: func() bool { return draining }})
	s.want(200, good("evbook is ready", "null"), "GET", readyPath, "")
	draining = true
	s.want(503, bad("the server is shutting down", "null", `"code":"unavailable"`),
		"GET", readyPath, "")
	s.want(200, good("evbook is up", "null"), "GET", healthPath, "")
}

func TestAnswersOfAnySizeSayTheirLength(t *testing.T) {
	for _, size := range []int{1, mostBuffered - 1, mostBuffered, mostBuffered + 1, 1 << 20} {
		server := httptest.NewServer(http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) {
				write(&recorder{ResponseWriter: w}, http.StatusOK, make([]byte, size))
			}))
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r, err := http.NewRequest(method, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.ContentLength != int64(size) {
				t.Errorf("%s of %d bytes says %d", method, size, answer.ContentLength)
			}
		}
		server.Close()
	}
}
