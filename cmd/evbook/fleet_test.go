//go:build unix

package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evbook/internal/pgcluster"
)

// fleet is three servers on one database and HAProxy in front of them, as docs/deployment.md has
// them, on one machine.
type fleet struct {
	house   house
	servers []*server
	// flags are those of each server.
	flags [][]string
	// proxy is HAProxy as its clients see it.
	proxy *server
}

// fleetSize is how many servers stand behind HAProxy.
const fleetSize = 3

// newFleet starts servers with the flags of their systemd unit, and further ones, on the database
// of a house.
func newFleet(t *testing.T, h house, further ...string) *fleet {
	t.Helper()
	need(t, "haproxy")
	f := &fleet{house: h, servers: make([]*server, fleetSize), flags: make([][]string, fleetSize)}
	secret := h.writeAddress(t)
	for i := range f.servers {
		addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		config := h.path(fmt.Sprintf("config-%d.yaml", i))
		deploy(t, "three-servers.yaml", config,
			"addr: 10.0.0.11:8080", "addr: "+addr, "10.0.0.10", "127.0.0.1",
			"/etc/evbook/address", secret)
		flags := unitFlags(t, "evbook-postgres.service", "/etc/evbook/config.yaml", config,
			"${CREDENTIALS_DIRECTORY}/address", secret)
		flags = append(flags, further...)
		// All clients of the test have one address.
		f.flags[i] = append(flags, "--rate-limits", "off")
		f.start(t, i)
	}
	f.proxy = startHAProxy(t, f)
	return f
}

// writeAddress keeps the address of the database in /etc/evbook/address of the house.
func (h house) writeAddress(t *testing.T) (path string) {
	t.Helper()
	path = h.path("etc/evbook/address")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(h.db+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// start starts a server, for the first time or again, at its own port.
func (f *fleet) start(t *testing.T, i int) {
	t.Helper()
	f.servers[i] = f.house.serveAsTold(t, f.flags[i]...)
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := pgcluster.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// startHAProxy runs HAProxy until the end of the test, even if that is killed, and waits until it
// leads to a server that is ready.
func startHAProxy(t *testing.T, f *fleet) *server {
	t.Helper()
	client := selfSigned(t, f.house)
	port := freePort(t)
	pairs := []string{
		"bind :80", fmt.Sprintf("bind 127.0.0.1:%d", freePort(t)),
		"bind :443", fmt.Sprintf("bind 127.0.0.1:%d", port),
		"/etc/haproxy/club.pem", f.house.path("club.pem"),
	}
	for i, s := range f.servers {
		pairs = append(pairs, fmt.Sprintf("10.0.0.1%d:8080", i+1),
			strings.TrimPrefix(s.url, "http://"))
	}
	if os.Geteuid() != 0 {
		pairs = append(pairs, "\tuser haproxy\n", "", "\tgroup haproxy\n", "",
			"\tchroot /var/lib/haproxy\n", "")
	}
	config := f.house.path("haproxy.cfg")
	deploy(t, "haproxy.cfg", config, pairs...)
	if said, err := exec.Command("haproxy", "-c", "-f", config).CombinedOutput(); err != nil {
		t.Fatalf("haproxy: %v: %s", err, said)
	}
	runUntilTheEnd(t, f.house, "haproxy", "-db", "-f", config)
	proxy := &server{url: fmt.Sprintf("https://127.0.0.1:%d", port), client: client}
	until(t, "HAProxy to answer", func() bool {
		answer, err := proxy.client.Get(proxy.url + "/readyz")
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})
	return proxy
}

// selfSigned writes a certificate, its key, and both as one: cert.pem, key.pem and club.pem. It
// gives a client that trusts them.
func selfSigned(t *testing.T, h house) http.Client {
	t.Helper()
	maker := httptest.NewTLSServer(nil)
	defer maker.Close()
	own := maker.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	for name, text := range map[string][]byte{
		"cert.pem": cert, "key.pem": key, "club.pem": slices.Concat(cert, key),
	} {
		if err := os.WriteFile(h.path(name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(maker.Certificate())
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted}, MaxIdleConnsPerHost: fleetClients,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return http.Client{Transport: transport, Timeout: patience}
}

// leash runs a program until the standard input ends, which the system sees to when the test is
// gone.
const leash = `"$@" & child=$!; cat >/dev/null; kill -s KILL $child; wait $child 2>/dev/null`

// runUntilTheEnd runs a program until the end of the test, however that ends.
func runUntilTheEnd(t *testing.T, h house, program string, args ...string) {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", leash, "sh", program}, args...)...)
	cmd.Dir = h.dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	hold, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = hold.Close() // an error says that it is closed
		_ = cmd.Wait()   // it was killed
		if t.Failed() {
			t.Logf("%s said: %s", program, &said)
		}
	})
}
