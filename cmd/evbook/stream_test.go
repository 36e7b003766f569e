package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// told is what a stream tells in one message, beside its name.
type told struct {
	name, id string
	Seq      int64
	Kind     string
	Reason   string
	// Available is how many seats are left when the message is sent.
	Available int
}

// listen opens the stream of an event, behind the entry with the id unless it is empty. The
// messages come through the channel, which is closed at the end of the stream.
func (s *server) listen(t testing.TB, event, id string) <-chan told {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		s.url+"/events/"+event+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	if id != "" {
		request.Header.Set("Last-Event-ID", id)
	}
	answer, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the stream is answered %s", answer.Status)
	}
	messages := make(chan told)
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer close(messages)
		defer answer.Body.Close()
		var m told
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "id":
				m.id = value
			case name == "event":
				m.name = value
			case name == "data":
				if err := json.Unmarshal([]byte(value), &m); err != nil {
					t.Error(err)
				}
			case name == "" && m.name != "":
				select {
				case messages <- m:
				case <-ctx.Done():
					return
				}
				m = told{}
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-over
	})
	return messages
}

// heard gives the next message, and insists that there is one.
func heard(t testing.TB, messages <-chan told) told {
	t.Helper()
	m, more := <-messages
	if !more {
		t.Fatal("the stream has ended")
	}
	return m
}

func TestAStreamTellsWhatOtherProcessesBook(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	event := h.event(t, "Go Meetup", 40)
	s := h.serve(t)
	messages := s.listen(t, event, "")
	if m := heard(t, messages); m.Seq != 1 || m.Kind != "" || m.Available != 40 {
		t.Errorf("the stream begins with %+v", m)
	}
	for i := range 5 {
		h.must(t, "book", "--event", event, "--qty", "2")
		m := heard(t, messages)
		if m.id != strconv.Itoa(i+2) || m.Kind != "booking.confirmed" || m.Available != 38-2*i {
			t.Errorf("booking %d is told as %+v", i+1, m)
		}
	}
}

// A server is killed and started again while others book. The client comes back with the id of the
// last message, as browsers do by themselves.
func TestAClientMissesNothingThoughTheServerIsKilled(t *testing.T) {
	t.Parallel()
	const bookings, kills = 60, 3
	h := newHouse(t)
	event := h.event(t, "Go Meetup", 1000)
	var bookers sync.WaitGroup
	defer bookers.Wait()
	id, newest := "1", strconv.Itoa(1+bookings+kills)
	for round := 0; id != newest; round++ {
		s := h.serve(t)
		messages := s.listen(t, event, id)
		if round == 0 {
			bookers.Go(func() { h.bookOneByOne(t, event, bookings) })
		}
		for n := 0; id != newest && (round >= kills || n < bookings/kills/2); n++ {
			m := heard(t, messages)
			if want := next(t, id); m.id != want {
				t.Fatalf("behind %s comes %s", id, m.id)
			}
			id = m.id
		}
		s.kill()
		if round < kills { // in the absence of any server
			h.must(t, "book", "--event", event, "--qty", "1")
		}
	}
	h.verify(t)
}

// bookOneByOne books so many seats, each in a process of its own. Any goroutine may call it.
func (h house) bookOneByOne(t testing.TB, event string, seats int) {
	for range seats {
		if o := h.run("book", "--event", event, "--qty", "1"); o.code != 0 {
			t.Error(o.stderr)
		}
	}
}

// next is the id behind another one.
func next(t testing.TB, id string) string {
	t.Helper()
	n, err := strconv.Atoi(id)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(n + 1)
}

func TestAServerWithManyStreamsEndsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	event := h.event(t, "Go Meetup", 40)
	s := h.serve(t)
	streams := make([]<-chan told, 100)
	for i := range streams {
		streams[i] = s.listen(t, event, "")
		heard(t, streams[i])
	}
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.waitFor(t)
	// It would take the ten seconds of --shutdown-timeout if one of them were waited for.
	if took := time.Since(began); took > 5*time.Second || s.err != nil {
		t.Errorf("the end took %s: %v", took, s.err)
	} else {
		t.Logf("ended within %s", took)
	}
	for _, messages := range streams {
		if m := heard(t, messages); m.name != "end" || m.Reason != "shutdown" {
			t.Errorf("the last message is %+v", m)
		}
		if m, more := <-messages; more {
			t.Errorf("behind it comes %+v", m)
		}
	}
	if strings.Contains(s.stderr.String(), "cut off") {
		t.Errorf("streams were cut off: %s", &s.stderr)
	}
}
