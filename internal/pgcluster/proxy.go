package pgcluster

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// Action is what becomes of a message and its connection.
type Action int

const (
	// DropRequest loses the message and what follows it; then both ends see the connection closed.
	// The server has heard all that came before.
	DropRequest Action = iota
	// DropAnswer lets the server act on everything up to the next Sync, and loses what it answers;
	// then both ends see the connection closed.
	DropAnswer
	// Stall keeps the message and what follows it back until the fault is lifted.
	Stall
	// Reset passes the message on and resets the connection on both sides at once. Whether the
	// server acts on it is open.
	Reset
)

// Proxy stands between clients and a server, reads every message, and does at a chosen one what
// networks do.
type Proxy struct {
	// Address is for clients: the server's but for the port.
	Address string

	server   *net.TCPAddr
	listener *net.TCPListener
	// deaf is closed when no more connections are accepted, gone when all are to end; open counts
	// their goroutines.
	deaf, gone chan struct{}
	open       sync.WaitGroup

	mu    sync.Mutex
	fault *Fault
	// ends are the two ends of each connection.
	ends map[*net.TCPConn]bool
}

// NewProxy puts a proxy before the server of an address. It is gone at the end of the test.
func NewProxy(t testing.TB, address string) *Proxy {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	server, err := net.ResolveTCPAddr("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{
		server: server, listener: listener, ends: map[*net.TCPConn]bool{},
		deaf: make(chan struct{}), gone: make(chan struct{}),
	}
	at.Host = listener.Addr().String()
	p.Address = at.String()
	go p.accept()
	t.Cleanup(p.close)
	return p
}

// Fault is something that happens once.
type Fault struct {
	at             func(Message) bool
	do             Action
	struck, lifted chan struct{}
}

// Struck is closed when the fault has happened.
func (f *Fault) Struck() <-chan struct{} { return f.struck }

// Lift lets a stalled connection go on. It is called once.
func (f *Fault) Lift() { close(f.lifted) }

// Arm has the next message for which at says yes meet a fault; an earlier fault that has not
// happened yet never will. All messages of all connections are shown to at, one after the other.
func (p *Proxy) Arm(do Action, at func(Message) bool) *Fault {
	f := &Fault{at: at, do: do, struck: make(chan struct{}), lifted: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	return f
}

// strike gives the fault that a message meets, or nil.
func (p *Proxy) strike(m Message) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.fault
	if f == nil || !f.at(m) {
		return nil
	}
	p.fault = nil
	close(f.struck)
	return f
}

// accept makes a connection to the server for each of a client, until the proxy is closed.
func (p *Proxy) accept() {
	defer close(p.deaf)
	for number := 1; ; number++ {
		client, err := p.listener.AcceptTCP()
		if err != nil {
			return
		}
		server, err := net.DialTCP("tcp", nil, p.server)
		if err != nil {
			_ = client.Close() // so the client finds out that there is no server
			continue
		}
		p.keep(client, server)
		p.open.Go(newWire(p, number, client, server).serve)
	}
}

// keep remembers the ends of a connection, so that close can close them.
func (p *Proxy) keep(ends ...*net.TCPConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range ends {
		p.ends[end] = true
	}
}

// cut closes the ends of a connection; a second time does nothing.
func (p *Proxy) cut(ends ...*net.TCPConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range ends {
		_ = end.Close() // an error says that it is closed
		delete(p.ends, end)
	}
}

// all lists the ends of all connections.
func (p *Proxy) all() []*net.TCPConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.ends))
}

// close ends the proxy and all connections.
func (p *Proxy) close() {
	_ = p.listener.Close() // an error says that it is closed
	<-p.deaf
	close(p.gone)
	p.cut(p.all()...)
	p.open.Wait()
}
