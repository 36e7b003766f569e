package storage

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// boundSilence makes a connection end on which something was sent that the other side has not
// acknowledged for as long as silence. Keep-alive is for connections on which nothing is under way;
// without this, the system would repeat a lost message for a quarter of an hour. Where there is no
// TCP there is nothing to do.
func boundSilence(network, _ string, conn syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var set error
	err := conn.Control(func(fd uintptr) {
		set = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT,
			int(silence.Milliseconds()))
	})
	return errors.Join(err, set)
}
