package httpapi

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// said is what a server answers to a text sent as it is: the statuses of its answers, and "open"
// when it then waits for more instead of closing the connection.
func said(t testing.TB, addr, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		_, _ = io.WriteString(conn, text) // the server may close before it has read everything
	}()
	var all []string
	from := bufio.NewReader(conn)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := from.Peek(1); err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				all = append(all, "open")
			}
			return strings.Join(all, " ")
		}
		answer, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatalf("%.60q: %v", text, err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatalf("%.60q: %v", text, err)
		}
		answer.Body.Close()
		all = append(all, fmt.Sprint(answer.StatusCode))
	}
}

func TestWhatIsNotCleanHTTPIsRefused(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	addr := serving(t, NewServer(s, 0))
	const (
		get  = "GET /events/1 HTTP/1.1\r\nHost: localhost\r\n"
		post = "POST /bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
		body = "\r\n\r\n" + `{"event_id":1,"quantity":1}`
		host = "\r\nHost: localhost\r\n\r\n"
	)
	chunks := post + "Transfer-Encoding: chunked\r\n"
	for name, c := range map[string][2]string{
		"a clean request":   {get + "\r\n", "200 open"},
		"two in one go":     {get + "\r\n" + get + "\r\n", "200 200 open"},
		"no host":           {"GET / HTTP/1.1\r\n\r\n", "400"},
		"two hosts":         {get + "Host: evil.example\r\n\r\n", "400"},
		"a foreign host":    {"GET /events HTTP/1.1\r\nHost: evil.example\r\n\r\n", "403 open"},
		"a foreign address": {"GET http://evil.example/events HTTP/1.1" + host, "403 open"},
		"an address of ours": {"GET http://localhost/events/1 HTTP/1.1\r\n" +
			"Host: evil.example\r\n\r\n", "200 open"},
		"another protocol":   {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n", "400"},
		"no protocol":        {"GET /events\r\n\r\n", "400"},
		"HTTP of the future": {"GET /events HTTP/3.0" + host, "505"},
		"a tunnel":           {"CONNECT localhost:22 HTTP/1.1" + host, "404 open"},
		"dots in a path":     {"GET /events/../../etc/passwd HTTP/1.1" + host, "404 open"},
		"a NUL in a path":    {"GET /events/%00 HTTP/1.1" + host, "400 open"},
		"a huge address":     {"GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1" + host, "431"},
		"a huge header":      {get + "X-A: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431"},
		"many headers":       {get + strings.Repeat("X-A: a\r\n", 10_000) + "\r\n", "431"},
		"a half request":     {get, "open"},

		"a space in a name":    {get + "Content-Length : 3\r\n\r\nabc", "400"},
		"a NUL in a header":    {get + "X-A: a\x00b\r\n\r\n", "400"},
		"lengths that differ":  {post + "Content-Length: 26\r\nContent-Length: 3" + body, "400"},
		"a negative length":    {post + "Content-Length: -1\r\n\r\n", "400"},
		"a length with a plus": {post + "Content-Length: +26" + body, "400"},
		"a list of lengths":    {post + "Content-Length: 26, 26" + body, "400"},
		"a strange wish":       {post + "Expect: a miracle\r\nContent-Length: 26" + body, "417"},
		"an unknown encoding":  {post + "Transfer-Encoding: gzip\r\n\r\n", "501"},
		"two encodings":        {chunks + "Transfer-Encoding: chunked\r\n\r\n", "501"},

		"a bad chunk":           {chunks + "\r\nxyz\r\n", "400"},
		"a chunk too long":      {chunks + "\r\nfffffffffffffffff\r\n", "400"},
		"an endless chunk line": {chunks + "\r\n1;" + strings.Repeat("a", 1<<20), "400"},
		"endless chunks": {chunks + "\r\n" +
			strings.Repeat("1000\r\n"+strings.Repeat(" ", 0x1000)+"\r\n", 100), "413"},
		// As the standard has it; a proxy that passes both on is what has to be mended.
		"a length beside chunks": {chunks + "Content-Length: 1000\r\n\r\n0\r\n\r\n" + get + "\r\n",
			"400 200 open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for half a second whether more comes
			if got := said(t, addr, c[0]); got != c[1] {
				t.Errorf("%s, want %s", got, c[1])
			}
		})
	}
	t.Cleanup(func() {
		s.want(200, good("event 1 is open, 40 of 40 seats left", plainEvent, 40, 40, 0, "12.50",
			"open", 1), "GET", "/events/1", "")
	})
}

func TestWhoHangsUpHalfwayIsToldThatNothingWasChanged(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	addr := serving(t, NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		s.ServeHTTP(w, r)
	}), 0))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "DELETE /events/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if err == nil {
		err = conn.(*net.TCPConn).CloseWrite()
	}
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusServiceUnavailable ||
		!strings.Contains(string(text), `"code":"interrupted"`) {
		t.Errorf("%d %s, %v", answer.StatusCode, text, err)
	}
	s.want(200, good("event 1 is open, 40 of 40 seats left", plainEvent, 40, 40, 0, "12.50",
		"open", 1), "GET", "/events/1", "")
}
