package httpapi

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a connection that only knows where it comes from, and whether it was closed.
type fake struct {
	net.Conn
	from   string
	closed bool
}

func (f *fake) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(f.from), 5))
}

func (f *fake) Close() error { f.closed = true; return nil }

// limitedTo is what a server says of its connections when it may have so many.
func limitedTo(most int, m *Metrics) func(net.Conn, http.ConnState) {
	server := &http.Server{}
	LimitConnections(server, most, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, m)
	return server.ConnState
}

// comes opens so many connections of an address.
func comes(says func(net.Conn, http.ConnState), from string, count int) []*fake {
	all := make([]*fake, count)
	for i := range all {
		all[i] = &fake{from: from}
		says(all[i], http.StateNew)
	}
	return all
}

func closedOf(all []*fake) (closed []int) {
	for i, f := range all {
		if f.closed {
			closed = append(closed, i)
		}
	}
	return closed
}

func TestTheLongestIdleConnectionMakesRoomForANewOne(t *testing.T) {
	synctest.Test(t, makesRoom)
}

func makesRoom(t *testing.T) {
	says := limitedTo(4, nil)
	old := comes(says, "192.0.2.1", 4)
	says(old[0], http.StateActive)
	says(old[1], http.StateActive)
	says(old[1], http.StateIdle) // now 2 and 3 have waited longer
	for n, want := range []string{"[2]", "[2 3]", "[1 2 3]"} {
		f := comes(says, "192.0.2.2", 1)[0]
		if got := fmt.Sprint(closedOf(old)); got != want || f.closed {
			t.Errorf("after %d more, closed are %s, want %s", n+1, got, want)
		}
		says(f, http.StateActive)
	}
	turned := comes(says, "192.0.2.3", 1)[0] // all are at work
	if !turned.closed || old[0].closed {
		t.Error("one at work was closed for a new one")
	}
	for _, gone := range append(old[1:], turned) { // the server says so later
		says(gone, http.StateClosed)
	}
	says(old[0], http.StateClosed)
	if f := comes(says, "192.0.2.4", 1)[0]; f.closed {
		t.Error("there is no room after one has gone")
	}
}

func TestWhereOneHasWaitedInVainTheNextAreTurnedAwayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		says := limitedTo(2, nil)
		waited := func(closed bool) time.Duration {
			t.Helper()
			began := time.Now()
			if f := comes(says, "192.0.2.2", 1)[0]; f.closed != closed {
				t.Errorf("closed is %t", f.closed)
			}
			return time.Since(began)
		}
		busy := comes(says, "192.0.2.1", 2)
		says(busy[0], http.StateActive)
		says(busy[1], http.StateActive)
		for n, want := range []time.Duration{patience, 0, 0} {
			if took := waited(true); took < want || took > want+2*lookEvery {
				t.Errorf("the new one number %d was turned away after %s, want %s", n+1, took, want)
			}
		}
		says(busy[0], http.StateIdle) // so there will be room
		if took := waited(false); took < quiet-2*lookEvery || took > patience {
			t.Errorf("the one after them came in after %s", took)
		}
	})
}

func TestOneAddressHasItsShareUnlessManyStandBehindIt(t *testing.T) {
	for from, limited := range map[string]bool{
		"192.0.2.1": true, "2001:db8::1": true, "127.0.0.1": false, "::1": false, "10.1.2.3": false,
	} {
		m := NewMetrics()
		says := limitedTo(1000, m)
		other := comes(says, "192.0.2.99", 1)
		all := comes(says, from, mostOfAddress+3)
		got := fmt.Sprint(closedOf(all))
		if want := "[0 1 2]"; limited != (got == want) || !limited && got != "[]" {
			t.Errorf("%s: closed %s", from, got)
		}
		if len(closedOf(other)) > 0 {
			t.Errorf("%s: a stranger had to go", from)
		}
		for _, f := range append(all, other...) {
			says(f, http.StateClosed)
			says(f, http.StateClosed)
		}
		if left := m.connections.values[labels{}]; left != 0 {
			t.Errorf("%s: %v connections are left", from, left)
		}
	}
}

func TestThousandsOfIdleConnectionsLeaveRoomForOneThatAsks(t *testing.T) {
	const idle, most, prompt = 2_000, 100, 2 * time.Second
	server := NewServer(New(nil, Options{}), 0)
	server.ReadHeaderTimeout = time.Hour // so that it is the limit that closes them
	LimitConnections(server, most, nil, nil)
	var open atomic.Int64
	limited := server.ConnState
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
		}
		limited(conn, state)
	}
	addr := serving(t, server)
	before := stand(t)
	conns := make([]net.Conn, idle)
	for i := range conns {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		conns[i] = conn
	}
	slowest := time.Duration(0)
	for range 20 {
		began := time.Now()
		client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}
		answer, err := client.Get("http://" + addr + healthPath)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		client.CloseIdleConnections()
		slowest = max(slowest, time.Since(began))
	}
	t.Logf("the slowest answer took %s", slowest)
	if slowest > prompt {
		t.Errorf("beside idle connections an answer took %s, at most %s", slowest, prompt)
	}
	until(t, "the server to keep no more than it may", func() bool { return open.Load() <= most })
	for _, conn := range conns {
		conn.Close()
	}
	settles(t, before)
}

func TestAConnectionWithoutARequestIsClosedForAnother(t *testing.T) {
	server := NewServer(New(nil, Options{}), 0)
	LimitConnections(server, 1, nil, nil)
	addr := serving(t, server)
	var conns [2]net.Conn
	for i := range conns {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns[i] = conn
	}
	if err := conns[0].SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err := conns[0].Read(make([]byte, 1))
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the first connection stays: %v", err)
	}
}
