//go:build unix

package httpapi

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
	"evbook/internal/yardstick"
)

// BenchmarkBookings books single seats over 64 connections, on disk, with a token and as a
// stranger, while access is controlled, limited, logged and measured. x-off is how many times as
// fast that is as the same door without any of it, whose clients name their requests themselves.
func BenchmarkBookings(b *testing.B) {
	for _, who := range []string{"token", "stranger"} {
		b.Run(who, func(b *testing.B) {
			full := newPaced(b, everythingOn(b))
			off := newPaced(b, pacing{Options: Options{Open: true}})
			header := ""
			if who == "token" {
				made, err := full.store.CreateToken(b.Context(),
					booking.NewToken{Name: "shop", Role: booking.Organiser})
				if err != nil {
					b.Fatal(err)
				}
				header = "Authorization: Bearer " + made.Credential.Text()
			}
			race(b, full.client(b, header), off.client(b, requestIDHeader+": r1"))
		})
	}
}

// race lets the clients of both servers send their requests in turn, and reports the medians: by
// the clock, and by the processor time of a request, with that of its client, which other programs
// and the disk disturb less.
func race(b *testing.B, ours, theirs *yardstick.Client) {
	const turn = time.Second / 2
	ours.Send(b, turn/5)
	theirs.Send(b, turn/5)
	var rates, yards, ratios, byCPU []float64
	for round := 0; b.Loop(); round++ {
		var our, their yardstick.Pace
		if round%2 == 0 {
			our, their = ours.Send(b, turn), theirs.Send(b, turn)
		} else {
			their, our = theirs.Send(b, turn), ours.Send(b, turn)
		}
		rates, yards = append(rates, our.Rate), append(yards, their.Rate)
		ratios, byCPU = append(ratios, our.Rate/their.Rate), append(byCPU, their.CPU/our.CPU)
	}
	b.ReportMetric(yardstick.Median(rates), "requests/s")
	b.ReportMetric(yardstick.Median(yards), "off-requests/s")
	b.ReportMetric(yardstick.Median(ratios), "x-off")
	b.ReportMetric(yardstick.Median(byCPU), "x-off-by-cpu")
}

// pacing is how a door is set up.
type pacing struct {
	Options
	// observe is what the store tells of its groups; nil for nobody who listens.
	observe func(storage.Group)
}

// everythingOn has all that a server can have switched on; nobody reaches the limits.
func everythingOn(b *testing.B) pacing {
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
			Logger: slog.New(slog.NewTextHandler(log, nil)), Metrics: metrics,
			Uses: &TokenUses{}, Limits: &Limits{
				All: most, Read: most, Write: most, Organiser: most, Door: most, Wrong: most,
			},
		},
		observe: metrics.Group,
	}
}

// paced is a server over TCP, with one large event.
type paced struct {
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
	server.Start()
	b.Cleanup(server.Close)
	return paced{server.Listener.Addr().String(), store}
}

// client books single seats, over 64 connections, with a header or none.
func (p paced) client(b *testing.B, header string) *yardstick.Client {
	b.Helper()
	const seat = `{"event_id":1,"quantity":1}`
	head := []string{"POST /bookings HTTP/1.1", "Host: " + p.address,
		"Content-Type: application/json", "Content-Length: " + strconv.Itoa(len(seat))}
	if header != "" {
		head = append(head, header)
	}
	text := strings.Join(head, "\r\n") + "\r\n\r\n" + seat
	return yardstick.Dial(b, p.address, 64, http.StatusCreated,
		func(to []byte, _ uint64) []byte { return append(to, text...) })
}
