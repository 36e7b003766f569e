package httpapi

import (
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// slowClients is how many clients dribble their requests.
const slowClients = 300

// footing is what a process holds.
type footing struct {
	goroutines, files int
	// heap is in bytes.
	heap uint64
}

// stand measures the process, once what has ended is gone.
func stand(t testing.TB) footing {
	t.Helper()
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	f := footing{goroutines: runtime.NumGoroutine(), heap: memory.HeapAlloc}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil { // elsewhere they are not counted
		f.files = len(open)
	}
	return f
}

// settles fails the test unless the process comes back to what it held before.
func settles(t testing.TB, before footing) {
	t.Helper()
	const (
		few  = 20       // idle connections of the database, timers
		heap = 16 << 20 // bytes
	)
	var now footing
	for range 100 {
		now = stand(t)
		if now.goroutines <= before.goroutines+few && now.files <= before.files+few &&
			now.heap <= before.heap+heap {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the process has grown from %+v to %+v", before, now)
}

// dribble sends a request byte by byte until the server has enough or the time is over. Half of
// the clients are slow from the first byte, half in the body.
func dribble(addr string, n int, over <-chan struct{}) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer conn.Close()
	head := "POST /bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
		"Content-Length: 10000\r\n\r\n"
	if n%2 == 0 {
		if _, err := io.WriteString(conn, head); err != nil {
			return
		}
		head = strings.Repeat(" ", 10_000)
	}
	for i := range head {
		if _, err := io.WriteString(conn, head[i:i+1]); err != nil {
			return
		}
		select {
		case <-over:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// slowest is the time below which 99 of 100 answers are, of so many asked for by eight clients.
func slowest(t testing.TB, addr string, count int) time.Duration {
	t.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var crowd sync.WaitGroup
	for range 8 {
		crowd.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			client := http.Client{Transport: transport, Timeout: time.Minute}
			for range count / 8 {
				began := time.Now()
				answer, err := client.Get("http://" + addr +
					"/bookings/check?event_id=1&quantity=1")
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK {
					t.Errorf("%d %v", answer.StatusCode, err)
				}
				mu.Lock()
				all = append(all, time.Since(began))
				mu.Unlock()
			}
		})
	}
	crowd.Wait()
	slices.Sort(all)
	return all[len(all)*99/100]
}

// The other processes of the machine are in these times too, so that the best of some tries counts.
func TestSlowClientsDoNotSlowTheOthers(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	server := NewServer(s.Handler, 0)
	LimitConnections(server, 1024, nil, nil)
	addr := serving(t, server)
	slowest(t, addr, 80) // opens what stays open
	before := stand(t)
	count, most, tries := 800, 3.0, 5
	if os.Getenv("EVBOOK_LONG") == "1" {
		count, most, tries = 8000, 1.5, 10
	}
	for n := 1; ; n++ {
		alone := slowest(t, addr, count)
		over := make(chan struct{})
		var slow sync.WaitGroup
		for i := range slowClients {
			slow.Go(func() { dribble(addr, i, over) })
		}
		time.Sleep(500 * time.Millisecond) // until all have begun
		beside := slowest(t, addr, count)
		close(over)
		slow.Wait()
		ratio := float64(beside) / float64(alone)
		t.Logf("99 of 100 answers within %s, beside %d slow clients %s: %.2f", alone, slowClients,
			beside, ratio)
		if ratio <= most || t.Failed() {
			break
		}
		if n == tries {
			t.Errorf("slow clients make the others %.2f times slower, at most %v", ratio, most)
			break
		}
	}
	settles(t, before)
}

func TestASlowClientIsCutOff(t *testing.T) {
	server := NewServer(New(nil, Options{}), 0)
	server.ReadHeaderTimeout, server.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond
	addr := serving(t, server)
	for n, want := range []time.Duration{server.ReadTimeout, server.ReadHeaderTimeout} {
		began := time.Now()
		dribble(addr, n, nil)
		if took := time.Since(began); took < want || took > 20*want {
			t.Errorf("client %d was cut off after %s, want %s", n, took, want)
		}
	}
}

func TestWhatHostileClientsLeaveBehindIsGoneSoon(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	server := NewServer(s, 0)
	LimitConnections(server, 200, nil, nil)
	addr := serving(t, server)
	slowest(t, addr, 80)
	before := stand(t)
	var conns []net.Conn
	for n := range 1500 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		text := []string{
			"", "GET /events HTTP/1.1\r\nHost: loc",
			"POST /bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
				"Content-Length: 99\r\n\r\n{",
			"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
				"Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("400\r\n", 100),
		}[n%5]
		_, _ = io.WriteString(conn, text) // it may have been closed for another already
	}
	for _, conn := range conns {
		conn.Close()
	}
	settles(t, before)
	s.want(200, good("event 1 is open, 40 of 40 seats left", plainEvent, 40, 40, 0, "12.50", "open",
		1), "GET", "/events/1", "")
}
