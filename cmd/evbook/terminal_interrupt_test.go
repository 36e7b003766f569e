//go:build unix

package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestCtrlCWhileWaitingForTheDatabaseBooksNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.event(t, "Go Meetup", 10)
	x := h.terminal(t, 100)
	for _, keys := range [][]string{{"C-c"}, {"C-c", "C-c"}} {
		release := h.hold(t)
		x.start("evbook book --event 1 --qty 2 --lock-timeout 1m")
		h.awaitQueue(t)
		x.press(keys...)
		shown, code := x.end()
		release()
		told := strings.Count(shown, "nothing was changed")
		if code != 130 || told > 1 || told == 0 && len(keys) == 1 {
			t.Errorf("%q: the booking ends with %d:\n%s", keys, code, shown)
		}
	}
	if e := ask[eventAnswer](t, h, "event", "show", "1"); e.Available != 10 {
		t.Errorf("%d of 10 seats are free", e.Available)
	}
	h.must(t, "book", "--event", "1", "--qty", "2")
	h.verify(t)
}

func TestAFollowedLogShowsWhatOthersBook(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.event(t, "Go Meetup", 10)
	x := h.terminal(t, 120)
	x.start("evbook log --follow")
	x.awaitText("Waiting for new entries")
	reference := h.must(t, "book", "--event", "1", "--qty", "2", "-o", "name")
	x.awaitText(reference)
	x.press("C-c")
	shown, code := x.end()
	if code != 130 || strings.Count(shown, reference) != 1 {
		t.Errorf("log --follow ends with %d:\n%s", code, shown)
	}
}

func TestABenchmarkShowsHowFarItIsAndEndsWithCtrlC(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	x := h.terminal(t, 120)
	x.start("evbook bench --duration 1m --clients 4")
	x.awaitText("s of 1m0s, ")
	x.press("C-c")
	shown, code := x.end()
	if code != 130 || !strings.Contains(shown, "\nSound: ") || strings.Contains(shown, "loading") {
		t.Errorf("bench ends with %d:\n%s", code, shown)
	}
}

// bookGuests books guestRows rows, which are enough to stop in between.
const (
	bookGuests = "evbook book --event 1 --from guests.csv --on-error skip --lock-timeout 1m"
	guestRows  = 5_000
)

// guests writes a file of bookings, each with a seat and a key.
func (h house) guests(t testing.TB) {
	t.Helper()
	var text strings.Builder
	text.WriteString("quantity,idempotency_key\n")
	for i := range guestRows {
		fmt.Fprintf(&text, "1,guest-%d\n", i+1)
	}
	if err := os.WriteFile(h.path("guests.csv"), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// startGuests begins to book many rows on a terminal and stops in the middle, until the database is
// released.
func (h house) startGuests(t *testing.T) (x *terminal, release func()) {
	t.Helper()
	h.event(t, "Go Meetup", 100_000)
	h.guests(t)
	x = h.terminal(t, 50)
	release = h.hold(t)
	x.start(bookGuests)
	h.awaitQueue(t)
	release()
	release = h.hold(t) // stands in line while the first rows are booked
	h.awaitQueue(t)
	x.awaitText("Booking")
	return x, release
}

func TestProgressIsShownToPeopleAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	x, release := h.startGuests(t)
	release()
	want := fmt.Sprintf("Booked %d bookings with %[1]d seats.\n", guestRows)
	if shown, code := x.end(); code != 0 || shown != want {
		t.Errorf("the booking ends with %d and leaves:\n%s", code, shown)
	}
	shown, code := x.run("head -n 3001 guests.csv | evbook book --event 1 --from - " +
		"--on-error skip 2>err.txt; cat err.txt")
	if want := "Booked 0 bookings with 0 seats, 3000 rows booked before.\n"; shown != want {
		t.Errorf("with the standard error in a file the booking ends with %d and shows:\n%s",
			code, shown)
	}
}

func TestCtrlCAmongManyRowsTellsWhatIsBooked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	x, release := h.startGuests(t)
	x.press("C-c")
	shown, code := x.end()
	release()
	booked := ask[eventAnswer](t, h, "event", "show", "1").Confirmed
	if booked == 0 || booked == guestRows {
		t.Fatal("nothing or all was booked before the interruption: proves nothing")
	}
	told := []string{
		fmt.Sprintf("error: interrupted: booked %d bookings with %[1]d seats", booked),
		fmt.Sprintf("%d rows not done", guestRows-booked), "run it again",
	}
	if code != 130 || slices.ContainsFunc(told, func(s string) bool {
		return !strings.Contains(shown, s)
	}) {
		t.Errorf("%d are booked, the command ends with %d:\n%s", booked, code, shown)
	}
	h.must(t, strings.Fields(bookGuests)[1:]...)
	if e := ask[eventAnswer](t, h, "event", "show", "1"); e.Confirmed != guestRows {
		t.Errorf("after it was run again %d of %d are booked", e.Confirmed, guestRows)
	}
	h.verify(t)
}

func TestCtrlCLetsAServerEndItsRequests(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	x, release, answer := h.interruptedServer(t)
	release()
	if got := <-answer; got != "201 Created" {
		t.Errorf("the request that was running is answered %q", got)
	}
	if shown, code := x.end(); code != 0 {
		t.Errorf("the server ends with %d:\n%s", code, shown)
	}
}

func TestASecondCtrlCEndsAServerAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	x, release, answer := h.interruptedServer(t)
	x.press("C-c")
	if shown, code := x.end(); code != 130 {
		t.Errorf("the server ends with %d:\n%s", code, shown)
	}
	if got := <-answer; got != "" {
		t.Errorf("the request that was cut off is answered %q", got)
	}
	release()
	if e := ask[eventAnswer](t, h, "event", "show", "1"); e.Available != 10 {
		t.Errorf("%d of 10 seats are free", e.Available)
	}
}

// interruptedServer gives a server on a terminal after Ctrl-C, while a request for two seats waits
// for the database, until that is released.
func (h house) interruptedServer(
	t *testing.T,
) (x *terminal, release func(), answer <-chan string) {
	t.Helper()
	h.event(t, "Go Meetup", 10)
	x = h.terminal(t, 100)
	url := x.serve(h)
	release = h.hold(t)
	answer = askForSeats(t, url)
	h.awaitQueue(t)
	x.press("C-c")
	awaitNoListener(t, url)
	return x, release, answer
}

// serve starts a server on the terminal and waits until it listens.
func (x *terminal) serve(h house) (url string) {
	x.t.Helper()
	x.start("evbook serve --addr 127.0.0.1:0 --addr-file addr.txt --lock-timeout 1m " +
		"--shutdown-timeout 1m")
	x.awaitText("Ctrl-C stops it")
	addr, err := os.ReadFile(h.path("addr.txt"))
	if err != nil {
		x.t.Fatal(err)
	}
	return "http://" + strings.TrimSpace(string(addr))
}

// askForSeats asks a server for two seats. The status of the answer comes later, "" when there is
// no answer.
func askForSeats(t testing.TB, url string) <-chan string {
	status := make(chan string, 1)
	go func() {
		client := http.Client{
			Timeout:   patience,
			Transport: theContract().Transport(t, &http.Transport{DisableKeepAlives: true}),
		}
		response, err := client.Post(url+"/bookings", "application/json",
			strings.NewReader(`{"event_id":1,"quantity":2}`))
		if err != nil {
			status <- ""
			return
		}
		response.Body.Close()
		status <- response.Status
	}()
	return status
}

// awaitNoListener waits until a server takes no more requests.
func awaitNoListener(t testing.TB, url string) {
	t.Helper()
	until(t, "the server to stop listening", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}
