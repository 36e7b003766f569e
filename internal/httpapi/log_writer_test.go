package httpapi

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// stalled is a reader of a log who reads nothing until released.
type stalled struct {
	asked    sync.Once
	waiting  chan bool
	released chan bool
	writes   int
	text     bytes.Buffer
}

func newStalled() *stalled {
	return &stalled{waiting: make(chan bool), released: make(chan bool)}
}

func (s *stalled) Write(text []byte) (int, error) {
	s.asked.Do(func() { close(s.waiting) })
	<-s.released
	s.writes++
	return s.text.Write(text)
}

func TestAFlushedLogHasEveryLineWholeAndInOrder(t *testing.T) {
	var out bytes.Buffer
	log := NewLogWriter(&out)
	const writers, lines = 20, 200
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			for line := range lines {
				fmt.Fprintf(log, "%d %d\n", writer, line)
			}
		})
	}
	all.Wait()
	log.Flush()
	next := [writers]int{}
	for line := range strings.Lines(out.String()) {
		var writer, n int
		if _, err := fmt.Sscanf(line, "%d %d\n", &writer, &n); err != nil || n != next[writer] {
			t.Fatalf("%q: %v, want line %d", line, err, next[writer])
		}
		next[writer]++
	}
	for writer, n := range next {
		if n != lines {
			t.Errorf("writer %d: %d lines, want %d", writer, n, lines)
		}
	}
}

func TestNobodyWaitsForAReaderOfTheLogUntilAMebibyteIsUnread(t *testing.T) {
	out := newStalled()
	log := NewLogWriter(out)
	line := []byte(strings.Repeat("x", 1023) + "\n")
	_, _ = log.Write(line)
	<-out.waiting
	for range mostUnwritten / len(line) {
		_, _ = log.Write(line)
	}
	written := make(chan bool)
	go func() {
		_, _ = log.Write(line)
		close(written)
	}()
	select {
	case <-written:
		t.Error("more than a mebibyte waits to be written")
	case <-time.After(50 * time.Millisecond):
	}
	close(out.released)
	<-written
	log.Flush()
	if got, want := out.text.Len(), mostUnwritten+2*len(line); got != want {
		t.Errorf("%d bytes are written, want %d", got, want)
	}
	if out.writes > 3 {
		t.Errorf("lines that waited together took %d writes", out.writes)
	}
}
