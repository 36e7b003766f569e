package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evbook/internal/booking"
)

// air is a site that is reached over the network, as streams have to be.
type air struct {
	*site
	server *http.Server
	// mux is what the server answers with: the site, and what stands beside it.
	mux    http.ServeMux
	url    string
	client *http.Client
	// draining is what the door is told about the end of the server.
	draining atomic.Bool
}

// onAir serves a site, with the server as it is set up here.
func onAir(t testing.TB, opts Options, setUp func(*http.Server)) *air {
	t.Helper()
	a := &air{site: newSite(t), client: &http.Client{Transport: &http.Transport{}}}
	opts.Draining = a.draining.Load
	d := New(a.store, opts).(*door)
	// What everybody may see is told at an address of its own, where nobody is the owner.
	opts.Open = false
	outside := New(a.store, opts).(*door)
	outside.streams = d.streams
	a.Handler = d
	a.mux.Handle("/", a.site)
	a.mux.Handle("/public/", http.StripPrefix("/public", theContract().Watch(t, outside)))
	a.server = NewServer(&a.mux, 0)
	if setUp != nil {
		setUp(a.server)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a.url = "http://" + listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- a.server.Serve(listener) }()
	t.Cleanup(func() {
		a.client.CloseIdleConnections()
		a.server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		until(t, "the hub to rest", func() bool { return a.hub().listening() == 0 })
	})
	return a
}

func (a *air) hub() *streamHub { return a.Handler.(*door).streams }

// listening is how many listeners a hub has.
func (h *streamHub) listening() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.current == nil {
		return 0
	}
	return h.current.count
}

// resting says whether a hub follows nothing.
func (h *streamHub) resting() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.current == nil
}

// streamTime bounds every wait for a stream, on a busy machine too.
const streamTime = 2 * time.Minute

// until waits until something has come about.
func until(t testing.TB, what string, come func() bool) {
	t.Helper()
	for end := time.Now().Add(streamTime); !come(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// ear listens to one stream.
type ear struct {
	t      testing.TB
	answer *http.Response
	lines  *bufio.Reader
	leave  context.CancelFunc
}

// ask opens an address, with headers as name and value in turn.
func (a *air) ask(path string, headers ...string) *ear {
	a.Helper()
	ctx, leave := context.WithTimeout(context.Background(), streamTime)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+path, nil)
	if err != nil {
		a.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := a.client.Do(r)
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { leave(); answer.Body.Close() })
	return &ear{a, answer, bufio.NewReader(answer.Body), leave}
}

// listen opens a stream, which has to be one.
func (a *air) listen(path string, headers ...string) *ear {
	a.Helper()
	e := a.ask(path, headers...)
	if e.answer.StatusCode != 200 || e.answer.Header.Get("Content-Type") != streamType {
		a.Fatalf("%s: %d %s", path, e.answer.StatusCode, e.rest())
	}
	e.want("retry: 3000")
	return e
}

// next gives the next message, its lines joined by spaces and its times blotted out.
func (e *ear) next() string {
	e.t.Helper()
	var lines []string
	for {
		line, err := e.lines.ReadString('\n')
		if err != nil {
			e.t.Fatalf("after %q: %v", lines, err)
		}
		if line = strings.TrimSuffix(line, "\n"); line == "" {
			return blot(strings.Join(lines, " "))
		}
		lines = append(lines, line)
	}
}

func (e *ear) want(message string) {
	e.t.Helper()
	if got := e.next(); got != message {
		e.t.Fatalf("got  %s\nwant %s", got, message)
	}
}

// wantEnd insists that the stream ends for a reason.
func (e *ear) wantEnd(reason endReason) {
	e.t.Helper()
	e.want(`event: end data: {"reason":"` + string(reason) + `"}`)
	if rest := e.rest(); rest != "" {
		e.t.Errorf("behind the end there is %q", rest)
	}
}

// rest is what is left to read.
func (e *ear) rest() string {
	e.t.Helper()
	text, err := io.ReadAll(e.lines)
	if err != nil {
		e.t.Fatal(err)
	}
	return string(text)
}

// change is a message about event 1, of 40 seats: the entry, and how the event stands.
func change(seq int, kind, reference string, available, confirmed int, status string) string {
	return fmt.Sprintf(`id: %d event: change data: {"event_id":1,"seq":%[1]d,"at":"TIME",`+
		`"kind":%s,"booking":%s,"capacity":40,"available":%d,"held":0,"confirmed":%d,`+
		`"waiting":0,"status":%q}`, seq, kind, reference, available, confirmed, status)
}

// brief is a message for everybody.
func brief(seq, available int, status string) string {
	return fmt.Sprintf(`id: %d event: change data: {"seq":%[1]d,"at":"TIME","available":%d,`+
		`"status":%q}`, seq, available, status)
}

func TestAStreamBeginsWithHowTheEventStandsAndTellsEachChange(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", `{"name":"Go Meetup","capacity":40,"slug":"go"}`)
	a.must("POST", "/events", meetup)
	e := a.listen("/events/go/stream")
	e.want(change(1, "null", "null", 40, 0, "open"))
	a.must("POST", "/bookings", `{"event_id":2,"quantity":5}`) // is no concern of this stream
	a.must("POST", "/bookings", two)
	e.want(change(2, `"booking.confirmed"`, `"REF"`, 38, 2, "open"))
	a.must("PATCH", "/events/1", `{"venue":"Hall"}`)
	e.want(change(3, `"event.edited"`, "null", 38, 2, "open"))
	a.must("PATCH", "/events/1", `{"status":"closed"}`)
	e.want(change(4, `"event.closed"`, "null", 38, 2, "closed"))
}

func TestEverybodyIsToldOfSeatsAndNotOfWhatElseGoesOn(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", meetup)
	e := a.listen("/public/events/1/stream")
	e.want(brief(1, 40, "open"))
	where := a.must("POST", "/bookings", `{"event_id":1,"quantity":2,"hold":true}`).
		Header().Get("Location")
	e.want(brief(2, 38, "open"))
	a.must("POST", where+"/confirm", "")
	a.must("PATCH", where, `{"note":"vegetarian"}`)
	a.must("DELETE", where, "")
	e.want(brief(5, 40, "open"))
	a.must("PATCH", "/events/1", `{"status":"closed"}`)
	e.want(brief(6, 40, "closed"))

	a.listen("/public/events/1/stream", "Last-Event-ID", "2").want(brief(6, 40, "closed"))
	e = a.listen("/public/events/1/stream", "Last-Event-ID", "6")
	a.must("PATCH", "/events/1", `{"venue":"Hall"}`)
	a.must("PATCH", "/events/1", `{"status":"open"}`)
	e.want(brief(8, 40, "open"))
}

func TestAClientThatComesBackMissesNothing(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", meetup)
	for range 3 {
		a.must("POST", "/bookings", two)
	}
	e := a.listen("/events/1/stream", "Last-Event-ID", "2")
	// The entries are those of the past, the seats those of today.
	e.want(change(3, `"booking.confirmed"`, `"REF"`, 34, 6, "open"))
	e.want(change(4, `"booking.confirmed"`, `"REF"`, 34, 6, "open"))
	e = a.listen("/events/1/stream", "Last-Event-ID", "4")
	a.must("POST", "/bookings", two)
	e.want(change(5, `"booking.confirmed"`, `"REF"`, 32, 8, "open"))
	a.listen("/events/1/stream", "Last-Event-ID", "0").
		want(change(1, `"event.created"`, "null", 32, 8, "open"))
	// Somebody who has more than there is has it from another database.
	e = a.listen("/events/1/stream", "Last-Event-ID", "77")
	e.want(change(5, "null", "null", 32, 8, "open"))
	a.must("POST", "/bookings", two)
	e.want(change(6, `"booking.confirmed"`, `"REF"`, 30, 10, "open"))
}

func TestALongAbsenceIsMadeUpForWhileOthersBook(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", `{"name":"x","capacity":10000}`)
	const past, after = 2*replayedAtOnce + 7, 200
	a.bookAll(past).Wait()
	e := a.listen("/events/1/stream", "Last-Event-ID", "0")
	defer a.bookAll(after).Wait()
	for seq := 1; seq <= 1+past+after; seq++ {
		if got, want := e.next(), fmt.Sprintf("id: %d event: change ", seq); !strings.HasPrefix(
			got, want) {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

// book books one seat of event 1, past the door.
func (s *site) book() {
	_, err := s.store.Book(context.Background(), booking.Request{
		Event: booking.Selector{ID: 1}, Quantity: 1,
	})
	if err != nil {
		s.Error(err)
	}
}

// bookAll lets so many people book at once.
func (s *site) bookAll(people int) *sync.WaitGroup {
	var crowd sync.WaitGroup
	for range people {
		crowd.Go(s.book)
	}
	return &crowd
}

func TestAStreamEndsWithItsEvent(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", meetup)
	a.must("POST", "/events", meetup)
	a.must("POST", "/bookings", two)
	full, public := a.listen("/events/1/stream"), a.listen("/public/events/1/stream")
	full.want(change(2, "null", "null", 38, 2, "open"))
	public.want(brief(2, 38, "open"))
	a.must("PATCH", "/events/1", `{"status":"cancelled","cancel_bookings":true}`)
	full.want(change(3, `"booking.cancelled"`, `"REF"`, 40, 0, "cancelled"))
	full.want(change(4, `"event.cancelled"`, "null", 40, 0, "cancelled"))
	full.wantEnd(endOver)
	public.want(brief(4, 40, "cancelled"))
	public.wantEnd(endOver)

	// Who comes back is told what is left, and then not to come again.
	e := a.listen("/events/1/stream", "Last-Event-ID", "3")
	e.want(change(4, `"event.cancelled"`, "null", 40, 0, "cancelled"))
	e.wantEnd(endOver)
	e = a.listen("/events/1/stream")
	e.want(change(4, "null", "null", 40, 0, "cancelled"))
	e.wantEnd(endOver)
	if e := a.ask("/events/1/stream", "Last-Event-ID", "4"); e.answer.StatusCode != 204 {
		t.Errorf("got %d", e.answer.StatusCode)
	}

	full, public = a.listen("/events/2/stream"), a.listen("/public/events/2/stream")
	full.next()
	public.next()
	a.must("DELETE", "/events/2", "")
	full.want(`id: 2 event: change data: {"event_id":2,"seq":2,"at":"TIME",` +
		`"kind":"event.deleted","booking":null,"capacity":0,"available":0,"held":0,` +
		`"confirmed":0,"waiting":0,"status":"deleted"}`)
	full.wantEnd(endOver)
	public.want(brief(2, 0, "deleted"))
	public.wantEnd(endOver)
	if e := a.ask("/events/2/stream", "Last-Event-ID", "2"); e.answer.StatusCode != 404 {
		t.Errorf("got %d", e.answer.StatusCode)
	}
}

func TestASilentStreamShowsThatItIsStillThere(t *testing.T) {
	a := onAir(t, Options{Open: true, Heartbeat: 50 * time.Millisecond}, nil)
	a.must("POST", "/events", meetup)
	e := a.listen("/events/1/stream")
	e.next()
	e.want(": still here")
	e.want(": still here")
}

func TestBadRequestsForAStreamAreRefusedInTheEnvelope(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	for _, c := range []struct {
		status              int
		path, header, value string
		says                string
	}{
		{404, "/events/2/stream", "X-Request-Id", "r1", `"message":"no event 2"`},
		{400, "/events/1/stream?x=1", "X-Request-Id", "r1", `"code":"invalid"`},
		{400, "/events/1/stream", "Last-Event-ID", "-1", "must not be negative, got -1"},
		{400, "/events/1/stream", "Last-Event-ID", "x", "must be a whole number in digits alone"},
		{400, "/events/1/stream", "Last-Event-ID", "99999999999999999999", "is too large"},
		{406, "/events/1/stream", "Accept", "application/json", `"code":"not_acceptable"`},
		{406, "/events/1/stream", "Accept", "text/event-stream;q=0", `"code":"not_acceptable"`},
		{406, "/events/1/stream", "Accept", "nonsense", `"code":"not_acceptable"`},
	} {
		w := s.do("GET", c.path, "", c.header, c.value)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s: %d %s", c.path, c.value, w.Code, w.Body)
		}
	}
	if w := s.do("POST", "/events/1/stream", ""); w.Code != 405 ||
		w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("POST: %d, Allow %s", w.Code, w.Header().Get("Allow"))
	}
}

func TestAStreamIsForWhoeverTakesOne(t *testing.T) {
	a := onAir(t, Options{Open: true}, nil)
	a.must("POST", "/events", meetup)
	for _, accept := range []string{
		streamType, "*/*", "text/*", "text/html, application/json;q=0.9, */*;q=0.1",
		"TEXT/Event-Stream;q=0.001",
	} {
		a.listen("/events/1/stream", "Accept", accept).leave()
	}
	answer, err := a.client.Head(a.url + "/events/1/stream")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != streamType {
		t.Errorf("HEAD: %d %s", answer.StatusCode, answer.Header)
	}
}
