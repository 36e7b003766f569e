//go:build unix

package yardstick

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Pace is how fast something was done again and again.
type Pace struct {
	// Rate is how many times a second.
	Rate float64
	// Median and P99 are how long 50 and 99 of a hundred times took at most.
	Median, P99 time.Duration
	// CPU is the processor time for each, in seconds.
	CPU float64
}

// Ask appends the text of the nth request.
type Ask func(to []byte, n uint64) []byte

// Client sends requests over connections that stay open. It does no more than that, since it shares
// the processors with the server: what a client costs brings all servers nearer to each other.
type Client struct {
	ask         Ask
	status      []byte
	conns       []*conn
	sent, right atomic.Uint64
}

// conn is one connection and what it needs from turn to turn.
type conn struct {
	*bufio.ReadWriter
	request []byte
	took    []time.Duration
}

// Dial opens so many connections, which are closed when the test ends. Each answer has to have the
// status.
func Dial(t testing.TB, address string, connections, status int, ask Ask) *Client {
	t.Helper()
	c := &Client{ask: ask, status: fmt.Appendf(nil, "HTTP/1.1 %d ", status)}
	for range connections {
		to, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = to.Close() })
		c.conns = append(c.conns, &conn{
			ReadWriter: bufio.NewReadWriter(bufio.NewReader(to), bufio.NewWriter(to)),
		})
	}
	return c
}

// Answered counts the answers that this client has ever had.
func (c *Client) Answered() int { return int(c.right.Load()) }

// Send sends requests over all connections at the same time, for so long. The processor time is
// that of this process.
func (c *Client) Send(t testing.TB, lasting time.Duration) Pace {
	t.Helper()
	var all sync.WaitGroup
	began, cpu := time.Now(), Used(t)
	for _, on := range c.conns {
		all.Go(func() {
			if err := c.sendOn(on, began.Add(lasting)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	ended, cpu := time.Since(began), Used(t)-cpu
	var took []time.Duration
	for _, on := range c.conns {
		took = append(took, on.took...)
	}
	if len(took) == 0 {
		t.Fatal("no request was answered")
	}
	c.right.Add(uint64(len(took)))
	return PaceOf(took, ended, cpu)
}

// sendOn sends requests over one connection, one after the other, until the end has come.
func (c *Client) sendOn(on *conn, end time.Time) error {
	on.took = on.took[:0]
	for began := time.Now(); began.Before(end); {
		on.request = c.ask(on.request[:0], c.sent.Add(1))
		if err := on.roundTrip(c.status); err != nil {
			return err
		}
		now := time.Now()
		on.took = append(on.took, now.Sub(began))
		began = now
	}
	return nil
}

// roundTrip sends the request and reads over its answer.
func (on *conn) roundTrip(want []byte) error {
	if _, err := on.Write(on.request); err != nil {
		return err
	}
	if err := on.Flush(); err != nil {
		return err
	}
	status, err := on.ReadSlice('\n')
	if err == nil && !bytes.HasPrefix(status, want) {
		err = fmt.Errorf("answered %q, not %q", status, want)
	}
	length := 0
	for err == nil {
		var line []byte
		line, err = on.ReadSlice('\n')
		if text, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, err = strconv.Atoi(string(bytes.TrimSpace(text)))
		}
		if len(line) == 2 {
			break
		}
	}
	if err == nil {
		_, err = on.Discard(length)
	}
	return err
}

// PaceOf sums up how long each of some things took, of which several may have been done at the same
// time, how long all took together, and how much processor time. It sorts them.
func PaceOf(took []time.Duration, together, cpu time.Duration) Pace {
	slices.Sort(took)
	many := float64(len(took))
	return Pace{
		Rate:   many / together.Seconds(),
		Median: took[len(took)/2], P99: took[len(took)*99/100],
		CPU: cpu.Seconds() / many,
	}
}

// Used is the processor time that this process has had.
func Used(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Median gives the middle one of some values.
func Median(of []float64) float64 {
	of = slices.Sorted(slices.Values(of))
	return (of[(len(of)-1)/2] + of[len(of)/2]) / 2
}
