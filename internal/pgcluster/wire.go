package pgcluster

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync/atomic"
)

// Message is something that a client says after it was let in.
type Message struct {
	// Connection counts the connections from 1, in the order in which they were made.
	Connection int
	// Round counts from 1 what the server answers as a whole: each ends with a Sync or is a Query.
	Round int
	// Type is the protocol's letter: P for Parse, B for Bind, E for Execute, S for Sync, Q for
	// Query.
	Type byte
	// SQL is the text of the statement that a Parse, Bind, Execute or Query is about.
	SQL string
}

// What a client may say before it says who it is.
const (
	askForCancel = 80877102
	askForTLS    = 80877103
	askForGSS    = 80877104
)

// mostBytes is more than any message of a test has.
const mostBytes = 1 << 28

// wire is one connection through a proxy.
type wire struct {
	proxy          *Proxy
	client, server *net.TCPConn
	// next is the next message, as far as it is known before it comes.
	next Message
	// statements has the text of those that were prepared, portals of those that were bound.
	statements, portals map[string]string
	// mute is the round whose answers are withheld, or 0.
	mute atomic.Int64
}

func newWire(p *Proxy, number int, client, server *net.TCPConn) *wire {
	return &wire{
		proxy: p, client: client, server: server,
		next:       Message{Connection: number, Round: 1},
		statements: map[string]string{}, portals: map[string]string{},
	}
}

// serve lives as long as the connection.
func (w *wire) serve() {
	defer w.proxy.cut(w.client, w.server)
	from := bufio.NewReader(w.client)
	if err := w.greet(from); err != nil {
		return
	}
	w.proxy.open.Go(func() {
		defer w.proxy.cut(w.client, w.server)
		w.down()
	})
	w.up(from)
}

// greet passes on how a client introduces itself; encryption is declined.
func (w *wire) greet(from io.Reader) error {
	for {
		said, err := read(from, 0)
		if err != nil {
			return err
		}
		switch code := binary.BigEndian.Uint32(append(said[4:], 0, 0, 0, 0)); code {
		case askForTLS, askForGSS:
			_, err = w.client.Write([]byte{'N'})
		case askForCancel:
			_, _ = w.server.Write(said) // nobody hears whether it arrives
			return io.EOF
		default:
			_, err = w.server.Write(said)
			return err
		}
		if err != nil {
			return err
		}
	}
}

// read reads one message: a header of so many bytes, the length of what follows, and that.
func read(from io.Reader, header int) ([]byte, error) {
	said := make([]byte, header+4)
	if _, err := io.ReadFull(from, said); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(said[header:])
	if length < 4 || length > mostBytes {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	said = append(said, make([]byte, length-4)...)
	_, err := io.ReadFull(from, said[header+4:])
	return said, err
}

// up passes on what the client says, until something ends the connection.
func (w *wire) up(from *bufio.Reader) {
	to := bufio.NewWriter(w.server)
	for {
		said, err := read(from, 1)
		if err != nil {
			return
		}
		m := w.understand(said)
		if f := w.proxy.strike(m); f != nil && !w.suffer(f, m, said, to) {
			return
		}
		_, err = to.Write(said)
		if err == nil && from.Buffered() == 0 {
			err = to.Flush()
		}
		if err != nil {
			return
		}
	}
}

// understand tells what a message is about.
func (w *wire) understand(said []byte) Message {
	m := w.next
	m.Type = said[0]
	first, rest, _ := bytes.Cut(said[5:], []byte{0})
	second, _, _ := bytes.Cut(rest, []byte{0})
	switch m.Type {
	case 'Q':
		m.SQL = string(first)
		w.next.Round++
	case 'S':
		w.next.Round++
	case 'P':
		m.SQL = string(second)
		w.statements[string(first)] = m.SQL
	case 'B':
		m.SQL = w.statements[string(second)]
		w.portals[string(first)] = m.SQL
	case 'E':
		m.SQL = w.portals[string(first)]
	}
	return m
}

// suffer has a message meet a fault, and says whether it is to be passed on nevertheless.
func (w *wire) suffer(f *Fault, m Message, said []byte, to *bufio.Writer) bool {
	switch f.do {
	case DropAnswer:
		w.mute.Store(int64(m.Round))
		return true
	case Stall:
		_ = to.Flush() // an error comes again
		select {
		case <-f.lifted:
			return true
		case <-w.proxy.gone:
			return false
		}
	case Reset:
		w.mute.Store(int64(m.Round))
		for _, end := range []*net.TCPConn{w.client, w.server} {
			_ = end.SetLinger(0) // an error says that it is closed
		}
		_, _ = to.Write(said) // as above
		_ = to.Flush()
	case DropRequest:
		_ = to.Flush() // as above
	}
	return false
}

// down passes on what the server says, until something ends the connection.
func (w *wire) down() {
	from, to := bufio.NewReader(w.server), bufio.NewWriter(w.client)
	defer to.Flush()
	// The server is ready for the first round when it has let the client in.
	for round := int64(0); ; {
		said, err := read(from, 1)
		if err != nil {
			return
		}
		ready := said[0] == 'Z'
		mute := w.mute.Load()
		withheld := mute != 0 && round >= mute
		if withheld && ready {
			return
		}
		if ready {
			round++
		}
		if withheld {
			continue
		}
		_, err = to.Write(said)
		if err == nil && from.Buffered() == 0 {
			err = to.Flush()
		}
		if err != nil {
			return
		}
	}
}
