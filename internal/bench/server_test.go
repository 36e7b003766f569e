package bench

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// reach makes a target of a server.
func reach(t testing.TB, address, token string) *Server {
	t.Helper()
	s, err := NewServer(address, token, 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// serve puts a door in front of a database, and gives its address.
func serve(t testing.TB, at Store) string {
	t.Helper()
	door := httptest.NewServer(httpapi.New(at.Store, httpapi.Options{Open: true}))
	t.Cleanup(door.Close)
	return door.URL
}

// aCall is one of the first client for the first event.
func aCall(o Operation) Call { return Call{Operation: o, Event: 1} }

func TestAServerIsMeasuredByWhatItsDatabaseHas(t *testing.T) {
	at := open(t)
	door := httptest.NewUnstartedServer(httpapi.New(at.Store, httpapi.Options{Open: true}))
	var connections atomic.Int64
	door.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	door.Start()
	defer door.Close()
	r := runOn(t, reach(t, door.URL+"/", ""), aLoad(t, "book=2,check=1,show=1"))
	report, err := at.Store.Verify(t.Context())
	if err != nil || !r.Sound() || r.Acknowledged == 0 || len(r.Others) > 0 || len(r.Lines) != 3 ||
		int64(report.Bookings) != r.Acknowledged || len(r.Left) > 0 || r.Report != nil {
		t.Errorf("%d bookings, %v, got %+v", report.Bookings, err, r)
	}
	// One more may be dialled while another becomes free.
	if n := connections.Load(); n > 2*8 {
		t.Errorf("8 clients have opened %d connections", n)
	}
	list, err := at.Events(t.Context(), storage.EventQuery{Page: storage.Page{Limit: 10}})
	if err != nil || len(list.Events) != 3 || list.Events[2].Status != booking.CancelledEvent {
		t.Errorf("%v, %v", list.Events, err)
	}
}

func TestAnswersOfServersAreTakenForWhatTheyAre(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		kind   booking.Kind
	}{
		{201, `{"success":true}`, ""}, {200, "", ""},
		{409, `{"message":"gone","error":{"code":"sold_out"}}`, booking.SoldOut},
		{503, `{"message":"later","error":{"code":"busy"}}`, booking.Busy},
		{503, `{"message":"?","error":{"code":"unknown"}}`, booking.Unknown},
		{500, `{"message":"!","error":{"code":"internal"}}`, booking.Internal},
		{429, `{"message":"slow","error":{"code":"too_many"}}`, booking.TooMany},
		{401, `{"message":"who","error":{"code":"unauthenticated"}}`, booking.Unauthenticated},
		{405, `{"message":"no","error":{"code":"method_not_allowed"}}`, booking.Internal},
		{502, `<html>`, booking.Unknown}, {504, ``, booking.Unknown},
		{404, `<html>`, booking.Internal}, {302, ``, booking.Internal},
	} {
		door := httptest.NewServer(http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/")
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
		err := reach(t, door.URL, "").Call(t.Context(), aCall(Book))
		door.Close()
		if booking.KindOf(err) != c.kind {
			t.Errorf("%d %s: got %v, want %q", c.status, c.body, err, c.kind)
		}
	}
}

func TestNoAnswerIsUnknownUnlessNothingCouldBeAsked(t *testing.T) {
	door := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler)
	}))
	target := reach(t, door.URL, "")
	if err := target.Call(t.Context(), aCall(Book)); booking.KindOf(err) != booking.Unknown {
		t.Errorf("hung up: got %v", err)
	}
	door.Close()
	if err := target.Call(t.Context(), aCall(Book)); booking.KindOf(err) != booking.Unavailable {
		t.Errorf("not there: got %v", err)
	}
	stranger := httptest.NewUnstartedServer(nil)
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.StartTLS()
	defer stranger.Close()
	err := reach(t, stranger.URL, "").Call(t.Context(), aCall(Book))
	if booking.KindOf(err) != booking.Unavailable {
		t.Errorf("nobody vouches for it: got %v", err)
	}
}

func TestWhatIsNotAnsweredIsNotRepeatedBehindOurBack(t *testing.T) {
	var asked atomic.Int64
	door := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 1 { // on the connection of the first one
			panic(http.ErrAbortHandler)
		}
	}))
	defer door.Close()
	target, call := reach(t, door.URL, ""), aCall(Book)
	call.Key = "a-key-that-says-it-is-safe"
	for n, want := range []booking.Kind{"", booking.Unknown} {
		if err := target.Call(t.Context(), call); booking.KindOf(err) != want {
			t.Errorf("call %d: got %v, want %q", n+1, err, want)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("2 calls were %d requests", n)
	}
}

func TestAnAnswerWithoutEndIsStrange(t *testing.T) {
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, maxAnswer+1))
	}))
	defer door.Close()
	err := reach(t, door.URL, "").Call(t.Context(), aCall(Show))
	if booking.KindOf(err) != booking.Unknown ||
		!strings.Contains(err.Error(), "answers 200 in a way") {
		t.Errorf("got %v", err)
	}
}

func TestATokenIsShownAndNeverToWhoCouldReadItOnTheWay(t *testing.T) {
	var shown atomic.Value
	door := httptest.NewServer(http.HandlerFunc(
		func(_ http.ResponseWriter, r *http.Request) {
			shown.Store(r.Header.Get("Authorization"))
		}))
	defer door.Close()
	target := reach(t, door.URL, "secret")
	if err := target.Call(t.Context(), aCall(Show)); err != nil || shown.Load() != "Bearer secret" {
		t.Errorf("%v, shown %q", err, shown.Load())
	}
	if _, err := target.Booked(t.Context(), 1); err == nil {
		t.Error("an answer of nothing has a number of seats")
	}
	_, err := NewServer("http://db.example", "secret", 1)
	if err == nil || !strings.Contains(err.Error(), "EVBOOK_TOKEN sent for others to read") {
		t.Errorf("got %v", err)
	}
	if _, err := NewServer("http://localhost", "two lines\nof text", 1); err == nil {
		t.Error("what is no token is taken for one")
	}
	if _, err := NewServer("https://db.example/booking/", "secret", 1); err != nil {
		t.Error(err)
	}
}

func TestAddressesThatAreNoneAreRefused(t *testing.T) {
	for address, says := range map[string]string{
		"": "write one such as", "127.0.0.1:8080": "is not the address", "ftp://x": `"ftp://x" is`,
		"http://": "is not the address", "http://a b": "is not the address",
		"http://:8080": "is not the address", "http://x?a=b": "leave out what follows",
		"http://ann:geheim@x":       "EVBOOK_TOKEN is for tokens",
		"http://x#y":                "leave out what follows",
		"postgres://ann:geheim@x/y": "is not the address",
	} {
		_, err := NewServer(address, "", 1)
		if err == nil || !strings.Contains(err.Error(), says) ||
			strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: got %v, want %q", address, err, says)
		}
	}
}
