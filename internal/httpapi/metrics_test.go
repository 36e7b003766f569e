package httpapi

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"evbook/internal/storage"
)

// samples are what metrics show, without the comments.
func samples(t testing.TB, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", metricsPath, nil))
	if w.Code != 200 || w.Header().Get("Content-Type") != metricsType {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	return regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(w.Body.String(), "")
}

func TestMetricsCountWhatHappens(t *testing.T) {
	m := NewMetrics()
	store := openStore(t, somewhere(t), storage.Options{Actor: "http", Observe: m.Group})
	limits := tight()
	limits.Write = Rate{4, limits.Write.Per}
	s := &site{TB: t, store: store, Handler: New(store, Options{Open: true})}
	s.must("POST", "/events", meetup)
	s.Handler = New(store, Options{Metrics: m, Limits: limits})
	s.must("POST", "/bookings", `{"event_id":1,"quantity":2}`)
	held := s.must("POST", "/bookings", `{"event_id":1,"quantity":3,"hold":true}`)
	s.must("POST", held.Header().Get("Location")+"/release", "",
		"Authorization", "Bearer "+textField(t, held.Body.String(), "secret"))
	s.do("POST", "/bookings", `{"event_id":1,"quantity":99}`)
	s.do("POST", "/bookings", `{"event_id":1,"quantity":1}`) // one too many
	s.do("GET", "/nowhere", "")
	m.connection(1)
	m.closed("idle")
	if err := store.Close(); err != nil { // the last group is told before that
		t.Fatal(err)
	}
	got := samples(t, m)
	for _, line := range []string{
		`evbook_http_requests_total{route="POST /bookings",status="201"} 2`,
		`evbook_http_requests_total{route="POST /bookings",status="409"} 1`,
		`evbook_http_requests_total{route="none",status="404"} 1`,
		`evbook_http_requests_total{route="POST /bookings",status="429"} 1`,
		`evbook_http_request_duration_seconds_count{route="POST /bookings"} 4`,
		`evbook_http_limited_total{limit="write"} 1`,
		`evbook_http_connections 1`,
		`evbook_http_connections_closed_total{which="idle"} 1`,
		`evbook_changes_total{kind="booking.confirmed"} 1`,
		`evbook_changes_total{kind="booking.held"} 1`,
		`evbook_seats_total{change="confirmed"} 2`,
		`evbook_seats_total{change="freed"} 3`,
		`evbook_seats_total{change="held"} 3`,
		`evbook_refused_total{kind="sold_out"} 1`,
		`evbook_group_commands_bucket{le="1"} 5`,
		`evbook_group_commands_sum 5`,
		`evbook_lock_wait_seconds_count 5`,
		`evbook_commit_seconds_count 4`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

// The grammar is that of the format of Prometheus, version 0.0.4.
func TestMetricsAreWrittenAsPrometheusReadsThem(t *testing.T) {
	m := NewMetrics()
	m.request("GET /a\"b\\c\n", 200, 3_000_000)
	m.request("none", 404, 90_000_000_000)
	line := regexp.MustCompile(`^[a-z_]+(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="[^"]*")*\})? ` +
		`[0-9.e+-]+$`)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", metricsPath, nil))
	for text := range strings.Lines(w.Body.String()) {
		text = strings.TrimSuffix(text, "\n")
		if !strings.HasPrefix(text, "# ") && !line.MatchString(text) {
			t.Errorf("not a sample: %q", text)
		}
	}
	got := samples(t, m)
	for _, want := range []string{
		`evbook_http_request_duration_seconds_bucket{route="GET /a\"b\\c\n",le="0.0025"} 0` + "\n",
		`evbook_http_request_duration_seconds_bucket{route="GET /a\"b\\c\n",le="0.005"} 1` + "\n",
		`evbook_http_request_duration_seconds_bucket{route="GET /a\"b\\c\n",le="+Inf"} 1` + "\n",
		`evbook_http_request_duration_seconds_bucket{route="none",le="10"} 0` + "\n",
		`evbook_http_request_duration_seconds_bucket{route="none",le="+Inf"} 1` + "\n",
		`evbook_http_request_duration_seconds_sum{route="none"} 90` + "\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in %s", want, got)
		}
	}
}

func TestMetricsAreReadAndNothingElse(t *testing.T) {
	for request, want := range map[string]int{
		"HEAD /metrics": 200, "POST /metrics": 405, "GET /": 404, "GET /metrics/x": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		w := httptest.NewRecorder()
		NewMetrics().ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Code != want {
			t.Errorf("%s: %d", request, w.Code)
		}
	}
}

func BenchmarkMetrics(b *testing.B) {
	m := NewMetrics()
	for b.Loop() {
		m.request("POST /bookings", 201, 5_000_000)
	}
}
