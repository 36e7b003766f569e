package httpapi

import (
	"bytes"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"time"

	"evbook/internal/storage"
)

const (
	metricsPath = "/metrics"
	metricsType = "text/plain; version=0.0.4; charset=utf-8"
)

// Metrics counts what a server does, and shows it to Prometheus at /metrics. It names no customer,
// event or address. It is safe for concurrent use; nil counts nothing.
type Metrics struct {
	mu sync.Mutex

	requests, limited, connections, turnedAway *vector
	changes, seats, refused                    *vector
	durations, groups, waits, commits          *histogram
}

// NewMetrics makes metrics in which nothing has happened yet.
func NewMetrics() *Metrics {
	times := []float64{
		0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
	}
	sizes := []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}
	return &Metrics{
		requests: counter("evbook_http_requests_total", "Requests by route and status.",
			"route", "status"),
		durations: newHistogram("evbook_http_request_duration_seconds",
			"Time to answer a request.", times, "route"),
		limited: counter("evbook_http_limited_total",
			"Requests refused because a client asked too often.", "limit"),
		connections: gauge("evbook_http_connections", "Connections that are open."),
		turnedAway: counter("evbook_http_connections_closed_total",
			"Connections closed to make room, and new ones closed for want of it.", "which"),
		changes: counter("evbook_changes_total", "Entries of the journal by kind.", "kind"),
		seats: counter("evbook_seats_total",
			"Seats that were confirmed, held, or freed again.", "change"),
		refused: counter("evbook_refused_total",
			"Commands that failed, by kind of failure.", "kind"),
		groups: newHistogram("evbook_group_commands",
			"Commands that shared a transaction.", sizes),
		waits: newHistogram("evbook_lock_wait_seconds",
			"Time until this process might write.", times),
		commits: newHistogram("evbook_commit_seconds", "Time to save and sync a group.", times),
	}
}

// Group counts a group of commands of the store.
func (m *Metrics) Group(g storage.Group) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.groups.add(float64(g.Commands), "")
	m.waits.add(g.Waited.Seconds(), "")
	if g.Commit > 0 {
		m.commits.add(g.Commit.Seconds(), "")
	}
	for _, kind := range g.Refused {
		m.refused.add(1, string(kind))
	}
	for _, e := range g.Entries {
		m.changes.add(1, string(e.Kind))
		m.seats.add(float64(max(0, e.Confirmed)), "confirmed")
		m.seats.add(float64(max(0, e.Held)), "held")
		m.seats.add(float64(max(0, -e.Held-e.Confirmed)), "freed")
	}
}

// request counts an answer.
func (m *Metrics) request(route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests.add(1, route, strconv.Itoa(status))
	m.durations.add(took.Seconds(), route)
}

// limit counts a request that a limit refused.
func (m *Metrics) limit(c class) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limited.add(1, string(c))
}

// connection counts connections that have come (1) or gone (-1).
func (m *Metrics) connection(change int) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.connections.add(float64(change))
}

// closed counts a connection that was closed for want of room: an "idle" or a "new" one.
func (m *Metrics) closed(which string) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turnedAway.add(1, which)
}

// ServeHTTP answers GET /metrics in the text format of Prometheus.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != metricsPath {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	goroutines := gauge("go_goroutines", "Goroutines that run or wait.")
	goroutines.add(float64(runtime.NumGoroutine()))
	var b bytes.Buffer
	m.mu.Lock()
	for _, part := range []interface{ write(*bytes.Buffer) }{
		m.requests, m.durations, m.limited, m.connections, m.turnedAway,
		m.changes, m.seats, m.refused, m.groups, m.waits, m.commits, goroutines,
	} {
		part.write(&b)
	}
	m.mu.Unlock()
	w.Header().Set("Content-Type", metricsType)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // that the reader is gone is nobody's to know
}
