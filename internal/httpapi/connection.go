package httpapi

import (
	"cmp"
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// mostOfAddress is how many connections one address may have open. It does not count for this
// machine and for proxies, behind which there are many.
const mostOfAddress = 64

const (
	// quiet is how long a connection has to be without a request before it is closed for another
	// one: what a client sends as soon as it is answered is on its way until then. One that has
	// asked for nothing yet has hasty: many such ones are no clients.
	quiet = 100 * time.Millisecond
	hasty = 10 * time.Millisecond
	// patience is how long a new connection waits for room, lookEvery how often it looks for some,
	// and askEvery how often it asks for the end of a connection, which takes a moment.
	patience  = time.Second
	lookEvery = time.Millisecond
	askEvery  = 20 * time.Millisecond
)

// LimitConnections makes a server keep at most so many connections, so that nobody can take them
// all by doing nothing. A new one that is too many takes the place of the one that has been without
// a request for longest, in all or of its address. Where all are at work it waits for an answer to
// be the last one of its connection, and is closed itself after a second; from then on nobody waits
// until a connection ends or is done with a request. Where it is too many of its address it does
// not wait either. What was asked on a connection that is closed for another one is not carried
// out. The server must have its handler, and not serve yet; the metrics may be nil.
func LimitConnections(server *http.Server, most int, proxies []netip.Prefix, metrics *Metrics) {
	c := &connections{
		most: most, proxies: proxies, metrics: metrics,
		open: map[net.Conn]*connection{}, of: map[string]int{},
	}
	server.ConnState = c.changed
	handler := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.wanted.Load() && c.wanted.CompareAndSwap(true, false) {
			w.Header().Set("Connection", "close")
		}
		handler.ServeHTTP(w, r)
	})
}

// connections are those of one server. It is safe for concurrent use.
type connections struct {
	most    int
	proxies []netip.Prefix
	metrics *Metrics
	// wanted is true while a new connection waits and the next answer has to be the last of its
	// own.
	wanted atomic.Bool

	mu   sync.Mutex
	open map[net.Conn]*connection
	// of counts them by address, those of this machine and of proxies left out.
	of map[string]int
	// idle has those without a request, the one that has been so for longest in front.
	idle list.List
	// stuck is true from a new connection that has waited in vain until there may be room again:
	// not each of a crowd is to keep those behind it waiting.
	stuck bool
}

type connection struct {
	net.Conn
	from string
	// counted is true when the number of connections of the address is limited.
	counted bool
	// answered is true once it has had a request.
	answered bool
	// place is where it is among those without a request, nil while it has one.
	place *list.Element
	// since is when it came there.
	since time.Time
}

// changed follows what the server says of a connection.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if state == http.StateNew {
		c.come(conn)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.open[conn]
	switch {
	case known == nil && state == http.StateActive:
		// It was surplus, and nobody would hear what became of the request. The server recovers
		// from this as it does when its handler aborts.
		panic(http.ErrAbortHandler)
	case known == nil:
	case state == http.StateIdle && known.place == nil:
		known.answered = true
		c.rest(known)
	case state == http.StateActive && known.place != nil:
		c.idle.Remove(known.place)
		known.place = nil
	case state == http.StateClosed || state == http.StateHijacked:
		c.forget(known)
	}
}

// come takes a new connection in as soon as there is room for it. Meanwhile no other can come.
func (c *connections) come(conn net.Conn) {
	peer := peerOf(conn.RemoteAddr().String())
	fresh := &connection{
		Conn: conn, from: networkOf(peer),
		counted: !peer.IsLoopback() && !among(c.proxies, peer),
	}
	began := time.Now()
	surplus, settled := c.settle(fresh, false)
	for looks := 0; !settled; looks++ {
		if looks%int(askEvery/lookEvery) == 0 {
			c.wanted.Store(true)
		}
		time.Sleep(lookEvery)
		surplus, settled = c.settle(fresh, time.Since(began) >= patience)
	}
	c.wanted.Store(false)
	if surplus != nil {
		closeAtOnce(surplus.Conn)
	}
}

// settle takes a new connection in, or turns it away when it is late; it is not settled where it
// has to wait. It gives the connection that has to go, nil for none.
func (c *connections) settle(fresh *connection, late bool) (surplus *connection, settled bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case fresh.counted && c.of[fresh.from] >= mostOfAddress: // others are not to wait for it
		surplus = cmp.Or(c.longestIdle(fresh.from), fresh)
	case len(c.open) >= c.most:
		if surplus = c.longestQuiet(); surplus == nil && !late && !c.stuck {
			return nil, false
		}
		c.stuck = surplus == nil
		surplus = cmp.Or(surplus, fresh)
	}
	if surplus == fresh {
		c.metrics.closed("new")
		return fresh, true
	}
	if surplus != nil {
		c.metrics.closed("idle")
		c.forget(surplus)
	}
	c.open[fresh.Conn] = fresh
	c.rest(fresh)
	if fresh.counted {
		c.of[fresh.from]++
	}
	c.metrics.connection(1)
	return surplus, true
}

// rest notes that a connection has no request.
func (c *connections) rest(idle *connection) {
	c.stuck = false
	idle.place, idle.since = c.idle.PushBack(idle), time.Now()
}

// longestQuiet finds the connection that has been without a request for longest; nil when a request
// may be on its way on each.
func (c *connections) longestQuiet() *connection {
	for e := c.idle.Front(); e != nil; e = e.Next() {
		one := e.Value.(*connection)
		enough := hasty
		if one.answered {
			enough = quiet
		}
		if time.Since(one.since) >= enough {
			return one
		}
	}
	return nil
}

// longestIdle finds the connection of an address without a request; nil when there is none.
func (c *connections) longestIdle(from string) *connection {
	for e := c.idle.Front(); e != nil; e = e.Next() {
		if one := e.Value.(*connection); one.from == from {
			return one
		}
	}
	return nil
}

func (c *connections) forget(gone *connection) {
	c.stuck = false
	delete(c.open, gone.Conn)
	if gone.place != nil {
		c.idle.Remove(gone.place)
		gone.place = nil
	}
	if gone.counted {
		if c.of[gone.from]--; c.of[gone.from] == 0 {
			delete(c.of, gone.from)
		}
	}
	c.metrics.connection(-1)
}

// closeAtOnce closes a connection without the farewell of TLS, for which a peer that does not read
// could let everybody wait.
func closeAtOnce(conn net.Conn) {
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	_ = conn.Close() // it may have ended by itself
}
