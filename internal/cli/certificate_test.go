package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evbook/internal/httpapi"
)

// pems makes a certificate for localhost with its number, and the key of it.
func pems(t testing.TB, number int64, valid time.Duration) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(number), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(valid),
	}
	made, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// certified is a certificate in two files, and what it logs.
type certified struct {
	*certificate
	log bytes.Buffer
}

func newCertified(t testing.TB, valid time.Duration) *certified {
	t.Helper()
	dir := t.TempDir()
	c := &certified{}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	cert, key := pems(t, 1, valid)
	put(t, certFile, cert)
	put(t, keyFile, key)
	var err error
	logger := slog.New(slog.NewTextHandler(&c.log, nil))
	if c.certificate, err = newCertificate(certFile, keyFile, logger); err != nil {
		t.Fatal(err)
	}
	return c
}

func put(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// number is that of the certificate which is shown when the files were last looked at long ago.
func (c *certified) number(t testing.TB) int64 {
	t.Helper()
	c.looked = time.Time{}
	pair, err := c.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.SerialNumber.Int64()
}

func TestARenewedCertificateIsTakenUpWhenItIsWhole(t *testing.T) {
	c := newCertified(t, 90*24*time.Hour)
	if got := c.number(t); got != 1 || c.log.Len() > 0 {
		t.Errorf("shows %d, log %s", got, &c.log)
	}
	cert, key := pems(t, 2, 90*24*time.Hour)
	put(t, c.certFile, cert)
	if got := c.number(t); got != 1 || !strings.Contains(c.log.String(), "does not match") {
		t.Errorf("with half of it there, shows %d, log %s", got, &c.log)
	}
	put(t, c.keyFile, key)
	if got := c.number(t); got != 2 {
		t.Errorf("shows %d, log %s", got, &c.log)
	}
	for _, path := range []string{c.certFile, c.keyFile} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if got := c.number(t); got != 2 {
			t.Errorf("without %s, shows %d", path, got)
		}
	}
}

func TestACertificateThatEndsSoonIsTold(t *testing.T) {
	c := newCertified(t, 20*24*time.Hour)
	if !strings.Contains(c.log.String(), "has to be renewed") {
		t.Errorf("log %s", &c.log)
	}
}

func TestOnlyTLSOfThisTimeIsSpoken(t *testing.T) {
	c := newCertified(t, 90*24*time.Hour)
	server := httpapi.NewServer(httpapi.New(nil, httpapi.Options{}), 0)
	server.TLSConfig = c.config()
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() {
		server.Close()
		<-ended
	})
	roots := x509.NewCertPool()
	roots.AddCert(c.pair.Leaf)
	for most, proto := range map[uint16]string{
		tls.VersionTLS13: "HTTP/2.0", tls.VersionTLS12: "HTTP/2.0", tls.VersionTLS11: "",
	} {
		transport := &http.Transport{
			ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{
				RootCAs: roots, ServerName: "localhost",
				MinVersion: tls.VersionTLS10, MaxVersion: most,
			},
		}
		client := http.Client{Transport: theContract().Transport(t, transport)}
		answer, err := client.Get("https://" + listener.Addr().String() + "/healthz")
		transport.CloseIdleConnections()
		switch {
		case proto == "":
			if err == nil {
				t.Errorf("%s is spoken", tls.VersionName(most))
				answer.Body.Close()
			}
		case err != nil:
			t.Errorf("%s: %v", tls.VersionName(most), err)
		default:
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.Proto != proto || err != nil ||
				answer.Header.Get("Strict-Transport-Security") == "" {
				t.Errorf("%s: %s %v %s %v", tls.VersionName(most), answer.Proto, answer.Header,
					body, err)
			}
		}
	}
}
