//go:build linux

package yardstick

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// grossLosses tells of the rows that are not half as good as their floor.
func grossLosses(found map[string]figure) (all []string) {
	for _, r := range rows() {
		if f, measured := found[r.name]; measured && r.isGrossLoss(f.Median) {
			all = append(all, fmt.Sprintf("%s: %s is not half as good as the floor, %s", r.what,
				r.number(f.Median), r.number(r.floor)))
		}
	}
	return all
}

func TestHalfOfAFloorIsGrossLoss(t *testing.T) {
	for _, c := range []struct {
		row      string
		measured float64
		lost     bool
	}{
		{"post-64", .21, false}, {"post-64", .19, true}, {"post-64", .9, false},
		{"book", 4.3, false}, {"book", 4.5, true}, {"book", 1.2, false},
		{"memory", 127, false}, {"memory", 129, true}, {"memory", -5, false},
	} {
		lost := len(grossLosses(map[string]figure{c.row: {Median: c.measured}})) > 0
		if lost != c.lost {
			t.Errorf("%s at %g: lost is %t", c.row, c.measured, lost)
		}
	}
}

// The control of the short form: what it measures by finds a server out that sleeps.
func TestASlowServerIsFoundOut(t *testing.T) {
	answer := filepath.Join(t.TempDir(), "answer")
	const said = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
	if err := os.WriteFile(answer, []byte(said), 0o600); err != nil {
		t.Fatal(err)
	}
	limit := startYardstick(t, "limit", answer)
	slow := startYardstick(t, "slow", answer)
	measure := func(s server) Pace {
		c := Dial(t, s.address, 8, http.StatusCreated,
			s.request("POST /bookings", "", seatOfFirst))
		return c.Send(t, 200*time.Millisecond)
	}
	yard := measure(limit)
	for _, c := range []struct {
		of   server
		lost bool
	}{{limit, false}, {slow, true}} {
		ratio := measure(c.of).Rate / yard.Rate
		lost := len(grossLosses(map[string]figure{"post-64": {Median: ratio}})) > 0
		if lost != c.lost {
			t.Errorf("%.2f times the rate: lost is %t", ratio, lost)
		}
	}
}

func TestTheLimitServerReadsWhatItIsAsked(t *testing.T) {
	answer := filepath.Join(t.TempDir(), "answer")
	const said = "HTTP/1.1 201 Created\r\nX-Own: yes\r\nContent-Length: 2\r\n\r\n{}"
	if err := os.WriteFile(answer, []byte(said), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startYardstick(t, "limit", answer)
	for body, status := range map[string]string{
		seatOfFirst:                    "201 Created",
		`{"event_id":1,"seats":1}`:     "400 Bad Request",
		`{"event_id":1} {}`:            "400 Bad Request",
		`{"event_id":1,"quantity":"1"`: "400 Bad Request",
	} {
		text, err := os.ReadFile(s.answer(t, s.request("POST /bookings", "", body)))
		if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 "+status) {
			t.Errorf("%s is answered %s %v", body, text, err)
		}
	}
}

func TestTheSeedDesignStoresWhatItAcknowledges(t *testing.T) {
	for _, journal := range []string{"delete", "wal"} {
		path := filepath.Join(t.TempDir(), "seed.db")
		s := startYardstick(t, journal, path)
		c := Dial(t, s.address, 4, http.StatusCreated,
			s.request("POST /bookings", "", seatOfFirst))
		c.Send(t, 50*time.Millisecond)
		db, err := openSQLite(path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var rows, taken int
		var mode string
		err = db.QueryRow(`SELECT count(*), (SELECT capacity - available FROM events),
			(SELECT journal_mode FROM pragma_journal_mode) FROM bookings`).
			Scan(&rows, &taken, &mode)
		if err != nil || rows != c.Answered() || taken != rows || mode != journal {
			t.Errorf("%s: %d acknowledged, %d rows, %d seats, journal %s, %v", journal,
				c.Answered(), rows, taken, mode, err)
		}
	}
}
