//go:build linux

package yardstick

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

const (
	// seatOfFirst asks for a seat of the first event, under one of ten million addresses.
	seatOfFirst = `{"event_id":1,"user_email":"guest{n}@example.com","quantity":1}`
	// ownKey is a header with a key that no other request has.
	ownKey = "Idempotency-Key: {key}\r\n"
)

// blanks are what differs from request to request: a number of seven digits, a random key.
var blanks = regexp.MustCompile(`\{n\}|\{key\}`)

// request is the text of requests with blanks in them.
func (s server) request(line, header, body string) Ask {
	head := line + " HTTP/1.1\r\nHost: " + s.address + "\r\n" + header
	if body != "" {
		length := len(body)
		for _, blank := range blanks.FindAllString(body, -1) {
			length += len(filled(nil, blank, 0)) - len(blank)
		}
		head += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", length)
	}
	whole := head + "\r\n" + body
	marks, between := blanks.FindAllString(whole, -1), blanks.Split(whole, -1)
	return func(to []byte, n uint64) []byte {
		to = append(to, between[0]...)
		for i, blank := range marks {
			to = append(filled(to, blank, n), between[i+1]...)
		}
		return to
	}
}

// filled appends what stands in a blank of the nth request.
func filled(to []byte, blank string, n uint64) []byte {
	if blank == "{key}" {
		return fmt.Appendf(to, "%016x%016x", rand.Uint64(), rand.Uint64())
	}
	for unit := uint64(1_000_000); unit > 0; unit /= 10 {
		to = append(to, '0'+byte(n/unit%10))
	}
	return to
}

// answer writes what the server answers to a request into a file, for a limit server to repeat.
func (s server) answer(t testing.TB, ask Ask) (path string) {
	t.Helper()
	to, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err := to.Write(ask(nil, 0)); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadResponse(bufio.NewReader(to), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := httputil.DumpResponse(got, true)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "answer")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// limitOf starts a limit server that answers as this one does, and wants the same status.
func (s server) limitOf(t testing.TB, ask Ask) server {
	t.Helper()
	return startYardstick(t, "limit", s.answer(t, ask))
}
