package httpapi

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"evbook/internal/storage"
)

// listening is the address of a server in front of a door without a database.
func listening(t *testing.T) string {
	t.Helper()
	return serving(t, NewServer(newSite(t), 0))
}

// serving is the address of a server, which is closed at the end of the test.
func serving(t testing.TB, server *http.Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// exchange sends the text as it is and reads the one answer that comes, soon or not at all.
func exchange(t *testing.T, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", listening(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

func TestTheServerLimitsEveryTimeAndSize(t *testing.T) {
	server := NewServer(New(nil, Options{Open: true}), 0)
	if server.ReadHeaderTimeout == 0 || server.ReadTimeout == 0 || server.WriteTimeout == 0 ||
		server.IdleTimeout == 0 || server.MaxHeaderBytes == 0 {
		t.Fatalf("something is unlimited: %+v", server)
	}
	for _, c := range []struct {
		size, status int
		closed       bool
	}{{maxBody, 400, false}, {maxBody + 1, 413, true}, {4 << 20, 413, true}} {
		url := "http://" + listening(t) + "/bookings"
		// A reader of unknown length is sent in chunks, so that no Content-Length gives it away.
		body := io.LimitReader(endless{}, int64(c.size))
		r, err := http.Post(url, "application/json", body)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != c.status || r.Close != c.closed {
			t.Errorf("%d bytes: %d, close %v, %s %v", c.size, r.StatusCode, r.Close, text, err)
		}
		if err := r.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestAnAnswerCanBeWrittenAfterTheLongestWaitForTheDatabase(t *testing.T) {
	for _, wait := range []time.Duration{0, time.Second, time.Hour} {
		server := NewServer(nil, wait)
		longest := wait
		if wait == 0 {
			longest = storage.DefaultLockTimeout
		}
		if longest += server.ReadTimeout; server.WriteTimeout <= longest {
			t.Errorf("with a wait of %s, writing ends after %s", wait, server.WriteTimeout)
		}
	}
}

func TestWhoCancelsAnEventIsAnsweredHoweverLongItTakes(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	server := NewServer(s.Handler, 0)
	server.WriteTimeout = time.Nanosecond
	address := "http://" + serving(t, server) + "/events/1"
	if _, err := http.Get(address); err == nil {
		t.Error("the control is answered")
	}
	body := strings.NewReader(`{"status":"cancelled","cancel_bookings":true}`)
	r, err := http.NewRequest(http.MethodPatch, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("got %d", answer.StatusCode)
	}
}

func TestWorkThatIsNotHurriedOutlastsTheServersDeadlines(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, hurried := range []bool{false, true} {
			server := httptest.NewUnstartedServer(http.HandlerFunc(
				func(w http.ResponseWriter, _ *http.Request) {
					work := func() (int, error) {
						time.Sleep(600 * time.Millisecond)
						return 0, nil
					}
					if hurried {
						_, _ = work()
					} else {
						_, _ = unhurried(w, work)
					}
				}))
			server.Config.WriteTimeout = 300 * time.Millisecond
			server.EnableHTTP2 = http2
			server.StartTLS()
			answer, err := server.Client().Get(server.URL)
			if err == nil {
				answer.Body.Close()
			}
			server.Close()
			if (err != nil) != hurried {
				t.Errorf("HTTP/2 %t, hurried %t: %v", http2, hurried, err)
			}
		}
	}
}

func TestABodyAnnouncedTooLargeIsNotWaitedFor(t *testing.T) {
	for _, size := range []int{maxBody + 1, 100 << 10, 1 << 40} {
		r, text := exchange(t, fmt.Sprintf("POST /bookings HTTP/1.1\r\nHost: localhost\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", size))
		if r.StatusCode != 413 || !strings.Contains(text, `"code":"too_large"`) || !r.Close {
			t.Errorf("%d bytes: %d, close %v, %s", size, r.StatusCode, r.Close, text)
		}
	}
}

func TestABodyIsRefusedOnDeleteWhetherItsLengthIsKnownOrNot(t *testing.T) {
	const request = "DELETE /bookings/EVB-00000-00001-H HTTP/1.1\r\nHost: localhost\r\n"
	for _, rest := range []string{
		"Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
	} {
		r, text := exchange(t, request+rest)
		if r.StatusCode != 400 || !strings.Contains(text, "takes no body") {
			t.Errorf("%q: %d %s", rest, r.StatusCode, text)
		}
	}
}

func TestTheOptionsOfTheServerAsAWholeAreToldByItsHandler(t *testing.T) {
	r, text := exchange(t, "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if r.StatusCode != 204 || r.Header.Get("Allow") != allMethods || text != "" ||
		r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v %q", r.StatusCode, r.Header, text)
	}
}
