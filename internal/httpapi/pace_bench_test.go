//go:build unix

package httpapi

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// BenchmarkReads asks the door for an event, and whether seats can be booked, over 64 connections:
// as the owner of an open server and as a stranger, with everything on that a server has. x-bare
// is how many times as fast that is as a handler that only sends the same bytes.
func BenchmarkReads(b *testing.B) {
	const requests = 5_000
	for _, ask := range []struct{ name, target string }{
		{"event", "/events/1"}, {"check", "/bookings/check?event_id=1&quantity=2"},
	} {
		for _, open := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/open=%t", ask.name, open), func(b *testing.B) {
				full := newPaced(b, everythingOn(b, open))
				ask := full.request("GET", ask.target, "")
				bare := serveAt(b, httptest.NewUnstartedServer(sameBytes(full.answer(ask))))
				race(b, "bare", requests,
					newClients(b, full.address, ask), newClients(b, bare, ask))
			})
		}
	}
}

// BenchmarkBookings books single seats over 64 connections, on disk, with a token and as a
// stranger, while access is controlled, limited, logged and measured. x-off is how many times as
// fast that is as the same door without any of it, whose clients name their requests themselves.
func BenchmarkBookings(b *testing.B) {
	const requests = 8_000
	const seat = `{"event_id":1,"quantity":1}`
	for _, who := range []string{"token", "stranger"} {
		b.Run(who, func(b *testing.B) {
			full := newPaced(b, everythingOn(b, false))
			off := newPaced(b, pacing{Options: Options{Open: true}})
			headers := []string{}
			if who == "token" {
				made, err := full.store.CreateToken(b.Context(),
					booking.NewToken{Name: "shop", Role: booking.Organiser})
				if err != nil {
					b.Fatal(err)
				}
				headers = append(headers, "Authorization: Bearer "+made.Credential.Text())
			}
			race(b, "off", requests,
				newClients(b, full.address, full.request("POST", "/bookings", seat, headers...)),
				newClients(b, off.address, off.request("POST", "/bookings", seat,
					requestIDHeader+": r1")))
		})
	}
}

// race lets the clients of both servers send their requests in turn, and reports the medians: by
// the clock, and by the processor time of a request, with that of its client, which other programs
// and the disk disturb less.
func race(b *testing.B, yardstick string, requests int, ours, theirs clients) {
	var rates, yards, ratios, byCPU []float64
	ours.send(b, requests/10)
	theirs.send(b, requests/10)
	for round := 0; b.Loop(); round++ {
		var our, their pace
		if round%2 == 0 {
			our, their = ours.send(b, requests), theirs.send(b, requests)
		} else {
			their, our = theirs.send(b, requests), ours.send(b, requests)
		}
		rates, yards = append(rates, our.rate), append(yards, their.rate)
		ratios = append(ratios, our.rate/their.rate)
		byCPU = append(byCPU, float64(their.cpu)/float64(our.cpu))
	}
	median := func(of []float64) float64 {
		slices.Sort(of)
		return (of[(len(of)-1)/2] + of[len(of)/2]) / 2
	}
	b.ReportMetric(median(rates), "requests/s")
	b.ReportMetric(median(yards), yardstick+"-requests/s")
	b.ReportMetric(median(ratios), "x-"+yardstick)
	b.ReportMetric(median(byCPU), "x-"+yardstick+"-by-cpu")
}

// pace is how fast requests were answered: so many a second, and with so much processor time.
type pace struct {
	rate float64
	cpu  time.Duration
}

// cpuTime is the processor time that this process has had.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// pacing is how a door is set up.
type pacing struct {
	Options
	// observe is what the store tells of its groups; nil for nobody who listens.
	observe func(storage.Group)
}

// everythingOn has all that a server can have switched on; nobody reaches the limits.
func everythingOn(b *testing.B, open bool) pacing {
	file, err := os.Create(filepath.Join(b.TempDir(), "access.log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	log := NewLogWriter(file)
	b.Cleanup(log.Flush)
	metrics, most := NewMetrics(), Rate{1_000_000_000, time.Second}
	return pacing{
		Options: Options{
			Open: open, Logger: slog.New(slog.NewTextHandler(log, nil)), Metrics: metrics,
			Uses: &TokenUses{}, Limits: &Limits{
				All: most, Read: most, Write: most, Organiser: most, Door: most, Wrong: most,
			},
		},
		observe: metrics.Group,
	}
}

// paced is a server over TCP, with one large event.
type paced struct {
	testing.TB
	address string
	store   *storage.Store
}

func newPaced(b *testing.B, p pacing) paced {
	b.Helper()
	store, err := storage.Open(b.Context(), storage.Options{
		Path: filepath.Join(b.TempDir(), "events.db"), Create: true, Actor: Actor,
		Serving: true, Observe: p.observe,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	event := booking.NewEvent{EventDetails: booking.EventDetails{
		Name: "Go Meetup", Capacity: booking.MaxCapacity, Zone: defaultZone,
		Price: booking.Money{Currency: defaultCurrency},
	}}
	_, err = store.CreateEvent(b.Context(), event)
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config = NewServer(New(store, p.Options), 0)
	if p.Limits != nil {
		LimitConnections(server.Config, 1024, nil, p.Metrics)
	}
	return paced{b, serveAt(b, server), store}
}

// serveAt starts a server and gives its address.
func serveAt(b *testing.B, server *httptest.Server) string {
	server.Start()
	b.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// request is the text of a request.
func (p paced) request(method, target, body string, headers ...string) []byte {
	head := append([]string{method + " " + target + " HTTP/1.1", "Host: " + p.address}, headers...)
	if body != "" {
		head = append(head, "Content-Type: application/json",
			"Content-Length: "+strconv.Itoa(len(body)))
	}
	return []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + body)
}

// answer is what the server answers to a request.
func (p paced) answer(request []byte) (http.Header, []byte) {
	p.Helper()
	conn, err := net.Dial("tcp", p.address)
	if err != nil {
		p.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(request); err != nil {
		p.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		p.Fatalf("%v %v", answer, err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.Fatal(err)
	}
	return answer.Header, body
}

// sameBytes answers every request with the same headers and body.
func sameBytes(header http.Header, body []byte) http.Handler {
	header.Del("Date") // the server writes it
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		_, _ = w.Write(body)
	})
}

// clients are connections that send one request over and over. They do no more than that, since
// they share the processors with the server: what a client costs would bring the ratios near to 1.
type clients struct {
	request []byte
	conns   []*bufio.ReadWriter
}

func newClients(b *testing.B, address string, request []byte) clients {
	b.Helper()
	c := clients{request: request}
	for range 64 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		c.conns = append(c.conns,
			bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn)))
	}
	return c
}

// send sends so many requests.
func (c clients) send(b *testing.B, requests int) pace {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(requests))
	var all sync.WaitGroup
	start, cpu := time.Now(), cpuTime(b)
	for _, conn := range c.conns {
		all.Go(func() {
			var err error
			for left.Add(-1) >= 0 && err == nil {
				err = roundTrip(conn, c.request)
			}
			if err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return pace{float64(requests) / time.Since(start).Seconds(), cpuTime(b) - cpu}
}

// roundTrip sends a request and reads over its answer, which has to be a success.
func roundTrip(conn *bufio.ReadWriter, request []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	if err := conn.Flush(); err != nil {
		return err
	}
	status, err := conn.ReadSlice('\n')
	if err == nil && !bytes.HasPrefix(status, []byte("HTTP/1.1 20")) {
		err = fmt.Errorf("answered %s", status)
	}
	length := 0
	for err == nil {
		var line []byte
		line, err = conn.ReadSlice('\n')
		if text, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, err = strconv.Atoi(string(bytes.TrimSpace(text)))
		}
		if len(line) == 2 {
			break
		}
	}
	if err == nil {
		_, err = conn.Discard(length)
	}
	return err
}
