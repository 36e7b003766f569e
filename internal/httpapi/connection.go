package httpapi

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// mostOfAddress is how many connections one address may have open. It does not count for this
// machine and for proxies, behind which there are many.
const mostOfAddress = 64

// LimitConnections makes a server keep at most so many connections, so that nobody can take them
// all by doing nothing. A new one that is too many takes the place of the one that has been without
// a request for longest, in all or of its address; only where all are at work it is closed itself.
// The metrics may be nil.
func LimitConnections(server *http.Server, most int, proxies []netip.Prefix, metrics *Metrics) {
	c := &connections{
		most: most, proxies: proxies, metrics: metrics,
		open: map[net.Conn]*connection{}, of: map[string]int{},
	}
	server.ConnState = c.changed
}

// connections are those of one server. It is safe for concurrent use.
type connections struct {
	most    int
	proxies []netip.Prefix
	metrics *Metrics

	mu   sync.Mutex
	open map[net.Conn]*connection
	// of counts them by address, those of this machine and of proxies left out.
	of map[string]int
	// idle has those without a request, the one that has been so for longest in front.
	idle list.List
}

type connection struct {
	net.Conn
	from string
	// counted is true when the number of connections of the address is limited.
	counted bool
	// waits is its place among those without a request, nil while it has one.
	waits *list.Element
}

// changed follows what the server says of a connection.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	var surplus *connection
	known := c.open[conn]
	switch {
	case state == http.StateNew:
		surplus = c.come(conn)
	case known == nil: // it was surplus
	case state == http.StateIdle && known.waits == nil:
		known.waits = c.idle.PushBack(known)
	case state == http.StateActive && known.waits != nil:
		c.idle.Remove(known.waits)
		known.waits = nil
	case state == http.StateClosed || state == http.StateHijacked:
		c.forget(known)
	}
	c.mu.Unlock()
	if surplus != nil {
		closeAtOnce(surplus.Conn)
	}
}

// come takes a new connection in, and gives the one that has to go for it; nil for none.
func (c *connections) come(conn net.Conn) (surplus *connection) {
	peer := peerOf(conn.RemoteAddr().String())
	from := networkOf(peer)
	fresh := &connection{
		Conn: conn, from: from, counted: !peer.IsLoopback() && !among(c.proxies, peer),
	}
	which := "idle"
	switch {
	case fresh.counted && c.of[from] >= mostOfAddress:
		surplus = c.longestIdle(func(i *connection) bool { return i.from == from })
	case len(c.open) >= c.most:
		surplus = c.longestIdle(func(*connection) bool { return true })
	default:
		which = ""
	}
	c.open[conn] = fresh
	fresh.waits = c.idle.PushBack(fresh)
	if fresh.counted {
		c.of[from]++
	}
	c.metrics.connection(1)
	if which == "" {
		return nil
	}
	if surplus == nil {
		surplus, which = fresh, "new"
	}
	c.metrics.closed(which)
	c.forget(surplus)
	return surplus
}

// longestIdle finds a connection without a request; nil when there is none.
func (c *connections) longestIdle(fits func(*connection) bool) *connection {
	for e := c.idle.Front(); e != nil; e = e.Next() {
		if one := e.Value.(*connection); fits(one) {
			return one
		}
	}
	return nil
}

func (c *connections) forget(gone *connection) {
	delete(c.open, gone.Conn)
	if gone.waits != nil {
		c.idle.Remove(gone.waits)
		gone.waits = nil
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
