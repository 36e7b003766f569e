package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
)

func TestMoreStreamsThanThereMayBeAreTurnedAway(t *testing.T) {
	a := onAir(t, Options{Open: true, MaxStreams: 2}, nil)
	a.must("POST", "/events", meetup)
	first, second := a.listen("/events/1/stream"), a.listen("/events/1/stream")
	first.next()
	second.next()
	third := a.ask("/events/1/stream")
	if third.answer.StatusCode != 503 || third.answer.Header.Get("Retry-After") == "" ||
		!strings.Contains(third.rest(), `"code":"busy"`) {
		t.Errorf("got %d %v", third.answer.StatusCode, third.answer.Header)
	}
	first.leave()
	until(t, "the first to be gone", func() bool { return a.hub().listening() == 1 })
	a.listen("/events/1/stream").want(change(1, "null", "null", 40, 0, "open"))
}

func TestOneClientCannotTakeAllStreams(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	hub := s.Handler.(*door).streams
	join := func(who string) error {
		l, err := hub.join(1, 1, who)
		if err == nil {
			t.Cleanup(func() { hub.leave(l) })
		}
		return err
	}
	for n := range mostStreamsOfOne {
		if err := errors.Join(join("192.0.2.1"), join("")); err != nil {
			t.Fatalf("stream %d: %v", n+1, err)
		}
	}
	if err := join("192.0.2.1"); booking.KindOf(err) != booking.TooMany {
		t.Errorf("one client has %d streams, and another one: %v", mostStreamsOfOne, err)
	}
	if err := errors.Join(join("192.0.2.2"), join("")); err != nil {
		t.Errorf("another client, and the owner: %v", err)
	}
}

// Five hundred clients come and go, some in the very moment of a change. Nothing of them is left.
func TestStreamsThatEndedLeaveNothingBehind(t *testing.T) {
	const clients = 500
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", `{"name":"x","capacity":10000}`)
	a.listen("/events/1/stream").leave()
	until(t, "the hub to rest", func() bool { return a.hub().listening() == 0 })
	a.client.CloseIdleConnections()
	before := runtime.NumGoroutine()
	var crowd sync.WaitGroup
	for i := range clients {
		crowd.Go(func() {
			if err := a.visit(i); err != nil {
				t.Error(err)
			}
		})
	}
	for range 20 {
		a.book()
	}
	crowd.Wait()
	a.client.CloseIdleConnections()
	until(t, fmt.Sprintf("%d goroutines to be left, there were %d", runtime.NumGoroutine(), before),
		func() bool { return runtime.NumGoroutine() <= before })
	if !a.hub().resting() {
		t.Error("the hub still follows the journal")
	}
}

// visit listens until the first change, or goes without having listened.
func (a *air) visit(i int) error {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+"/events/1/stream", nil)
	if err != nil {
		return err
	}
	if i%5 == 0 {
		time.AfterFunc(time.Duration(i)*time.Microsecond, leave)
	}
	answer, err := a.client.Do(r)
	if err == nil {
		defer answer.Body.Close()
		_, err = io.ReadAtLeast(answer.Body, make([]byte, 100), 100)
	}
	if i%5 == 0 {
		return nil
	}
	return err
}

func TestAReplacedDatabaseEndsStreamsAndTheHubRecovers(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", meetup)
	full, public := a.listen("/events/1/stream"), a.listen("/public/events/1/stream")
	full.next()
	public.next()
	path := a.path
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	move(path, path+".away")
	full.wantEnd(endUnavailable)
	public.wantEnd(endUnavailable)
	if e := a.ask("/events/1/stream"); e.answer.StatusCode != 503 {
		t.Errorf("without a database: %d", e.answer.StatusCode)
	}
	move(path+".away", path)
	e := a.listen("/events/1/stream", "Last-Event-ID", "1")
	a.must("POST", "/bookings", two)
	e.want(change(2, `"booking.confirmed"`, `"REF"`, 38, 2, "open"))
}

func TestWhoDoesNotListenIsDismissedAndTheOthersHearAll(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.hub().pause = time.Millisecond
	a.must("POST", "/events", `{"name":"x","capacity":10000}`)
	deaf, err := a.hub().join(1, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	defer a.hub().leave(deaf)
	e := a.listen("/events/1/stream", "Last-Event-ID", "1")
	for seq := 2; ; seq++ {
		a.book()
		if !strings.HasPrefix(e.next(), fmt.Sprintf("id: %d ", seq)) {
			t.Fatalf("entry %d is missing", seq)
		}
		if a.hub().listening() == 1 {
			break
		}
		if seq > 2*streamBacklog {
			t.Fatal("nobody is dismissed")
		}
	}
	told := 0
	for range deaf.updates {
		told++
	}
	if deaf.reason != endSlow || told != streamBacklog {
		t.Errorf("dismissed as %q after %d updates", deaf.reason, told)
	}
}

func TestAClientThatIsDismissedHearsWhy(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", `{"name":"Go Meetup","capacity":40,"status":"draft"}`)
	e := a.listen("/events/1/stream")
	e.want(change(1, "null", "null", 40, 0, "draft"))
	hub := a.hub()
	hub.mu.Lock()
	for l := range hub.current.listeners[1] {
		hub.dismiss(l, endSlow)
	}
	hub.mu.Unlock()
	e.wantEnd(endSlow)
}

func TestAClientThatReadsNothingIsCutOff(t *testing.T) {
	a := onAir(t, Options{Open: true}, func(s *http.Server) {
		s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
			if err := c.(*net.TCPConn).SetWriteBuffer(4 << 10); err != nil {
				t.Error(err)
			}
			return ctx
		}
	})
	a.hub().patience = 200 * time.Millisecond
	a.must("POST", "/events", `{"name":"x","capacity":100000}`)
	conn, err := net.Dial("tcp", strings.TrimPrefix(a.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(conn, "GET /events/1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the client to listen", func() bool { return a.hub().listening() == 1 })
	for booked := 0; a.hub().listening() == 1; booked += 200 {
		if booked == 40_000 {
			t.Fatal("nobody is cut off")
		}
		a.bookAll(200).Wait()
	}
}

// The deadlines that NewServer sets are for requests. The control is a stream that leaves them be.
func TestNoDeadlineOfTheServerEndsAStream(t *testing.T) {
	const short = 500 * time.Millisecond
	a := onAir(t, Options{Open: true, Heartbeat: short / 4}, func(s *http.Server) {
		s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout = short, short, short
	})
	d := a.Handler.(*door)
	control := func(_ *visit, w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", streamType)
		beat := time.NewTicker(short / 4)
		defer beat.Stop()
		for range 40 {
			if _, err := io.WriteString(w, ": still here\n\n"); err != nil ||
				http.NewResponseController(w).Flush() != nil || r.Context().Err() != nil {
				return nil
			}
			<-beat.C
		}
		return errors.New("no deadline has ended it")
	}
	d.mux.Handle("GET /control", d.adapt(everyone, control))
	a.mux.Handle("GET /control", d) // which is not in the contract
	a.must("POST", "/events", meetup)
	e := a.listen("/events/1/stream")
	e.next()
	for range 12 { // three times the deadlines
		e.want(": still here")
	}
	a.must("POST", "/bookings", two)
	for e.next() == ": still here" {
	}
	if text, _ := io.ReadAll(a.ask("/control").lines); strings.Count(string(text), "here") > 20 {
		t.Errorf("no deadline ends the control either: %q", text)
	}
}

func TestTheEndOfTheServerWaitsForNoStream(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", meetup)
	var ears []*ear
	for range 20 {
		e := a.listen("/events/1/stream")
		e.next()
		ears = append(ears, e)
	}
	a.draining.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), streamTime)
	defer cancel()
	late := a.ask("/events/1/stream")
	if late.answer.StatusCode != 503 {
		t.Errorf("a stream of a server that ends: %d", late.answer.StatusCode)
	}
	late.rest()
	if err := a.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	for _, e := range ears {
		e.wantEnd(endShutdown)
	}
}
