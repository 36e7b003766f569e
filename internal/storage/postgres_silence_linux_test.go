package storage

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAServerThatAcknowledgesNothingIsGivenUp(t *testing.T) {
	e := engineAt(t, postgresAddress(t))
	raw, err := e.conn.PgConn().Conn().(*net.TCPConn).SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) {
		got, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		if err != nil || got != 11_000 {
			t.Errorf("after %d ms, %v", got, err)
		}
	}))
}
