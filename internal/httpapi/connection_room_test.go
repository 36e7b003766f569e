package httpapi

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestMoreClientsThanConnectionsAreAllAnswered(t *testing.T) {
	const clients, most, calls = 16, 4, 50
	var done atomic.Int64
	server := NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		time.Sleep(time.Millisecond)
		done.Add(1)
	}), 0)
	LimitConnections(server, most, nil, nil)
	address := "http://" + serving(t, server)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for range calls {
				answer, err := client.Post(address, "", strings.NewReader("{}"))
				if err != nil {
					t.Error(err)
					return
				}
				answer.Body.Close()
			}
		})
	}
	all.Wait()
	if n := done.Load(); n != clients*calls {
		t.Errorf("%d requests were carried out, want %d", n, clients*calls)
	}
}

func TestARequestWhoseConnectionWasClosedForAnotherIsNotCarriedOut(t *testing.T) {
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s,late=%t", protocol, late), func(t *testing.T) {
				var carriedOut atomic.Int64
				server := httptest.NewUnstartedServer(http.HandlerFunc(
					func(_ http.ResponseWriter, r *http.Request) {
						if r.Proto != protocol {
							t.Errorf("asked with %s", r.Proto)
						}
						carriedOut.Add(1)
					}))
				LimitConnections(server.Config, 1, nil, nil)
				limited := server.Config.ConnState
				server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
					// The request has been read, but the server has not been told of it yet.
					if late && state == http.StateActive && carriedOut.Load() > 0 {
						limited(&fake{from: "127.0.0.1"}, http.StateNew)
					}
					limited(conn, state)
				}
				server.EnableHTTP2 = protocol == "HTTP/2.0"
				server.StartTLS()
				defer server.Close()
				client := server.Client()
				first, second := twice(t, client, server.URL)
				if first != nil || (second != nil) != late {
					t.Errorf("the first %v, the second %v", first, second)
				}
				want := int64(2)
				if late {
					want = 1
				}
				if n := carriedOut.Load(); n != want {
					t.Errorf("%d requests were carried out, want %d", n, want)
				}
			})
		}
	}
}

// twice asks two times, the second time on the connection of the first.
func twice(t testing.TB, client *http.Client, address string) (first, second error) {
	t.Helper()
	var errs [2]error
	for i := range errs {
		answer, err := client.Post(address, "", strings.NewReader("{}"))
		if errs[i] = err; err == nil {
			answer.Body.Close()
		}
	}
	return errs[0], errs[1]
}
