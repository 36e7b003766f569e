//go:build linux

package yardstick

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// serverEnv has this binary be one of the servers that evbook is measured against.
const serverEnv = "EVBOOK_TEST_YARDSTICK"

func TestMain(m *testing.M) {
	which := os.Getenv(serverEnv)
	if which == "" {
		os.Exit(m.Run())
	}
	if err := beServer(which, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// beServer serves on a port of the system's choice, tells its address, and ends with its standard
// input, and so with the process that has started it.
func beServer(which, path string) error {
	var (
		handler http.Handler
		err     error
	)
	switch which {
	case "limit":
		handler, err = newLimit(path)
	case "slow":
		handler, err = newLimit(path)
		handler = sleepy(handler)
	case "delete", "wal":
		handler, err = newSeed(path, which)
	default:
		err = fmt.Errorf("%s: no server is called %q", serverEnv, which)
	}
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		listener.Close()
	}()
	_ = http.Serve(listener, handler) // ends when the listener is closed, and always with an error
	return nil
}

// sleepy answers late.
func sleepy(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		handler.ServeHTTP(w, r)
	})
}
