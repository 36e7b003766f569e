package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/google/uuid"

	"evbook/internal/booking"
)

const (
	requestIDHeader = "X-Request-Id"
	// maxRequestID is the longest request id that is taken over from a client, in bytes.
	maxRequestID = 64
)

// guard refuses what this door does not serve. As long as everybody who reaches it may do
// everything, only the machine itself may reach it: no proxy, no web page that had its name point
// here, no form on another site; those are [booking.Forbidden].
func (d *door) guard(r *http.Request) error {
	for name := range r.Header {
		if ofProxy(name) {
			return booking.Errorf(booking.Forbidden, "requests through a proxy are refused, "+
				"this one has the header %s", clip(name)).
				WithHint("talk to the server directly, from the machine it runs on")
		}
	}
	if !isHealth(r) && !servesHost(r.Host) {
		return booking.Errorf(booking.Forbidden, "host %q is not served here", clip(r.Host)).
			WithHint("use localhost, 127.0.0.1 or [::1]")
	}
	if err := d.cross.Check(r); err != nil {
		return booking.Errorf(booking.Forbidden, "writing from another site is refused: %w", err)
	}
	return nil
}

// ofProxy is true for the headers, in canonical form, that proxies and content networks add to
// the requests they pass on.
func ofProxy(name string) bool {
	switch name {
	case "Forwarded", "Via", "Cdn-Loop", "X-Original-Forwarded-For", "X-Envoy-External-Address",
		"X-Originating-Ip", "X-Remote-Ip", "X-Remote-Addr", "X-Real-Ip":
		return true
	}
	// Among them X-Forwarded-For; True-Client-Ip, X-Client-Ip; Cf-Connecting-Ip.
	return strings.HasPrefix(name, "X-Forwarded") || strings.HasSuffix(name, "Client-Ip") ||
		strings.HasSuffix(name, "Connecting-Ip")
}

// servesHost is true for names of this machine that no DNS answer can fake.
func servesHost(hostport string) bool {
	host := hostOf(hostport)
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// hostOf is the host of "host:port", "host", "[v6]:port" or "[v6]".
func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
}

// harden sets the headers that every answer carries.
func harden(h http.Header, requestID string) {
	h.Set(requestIDHeader, requestID)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// requestID is the client's own name for the request if it is harmless, else a new one.
func requestID(r *http.Request) string {
	id := r.Header.Get(requestIDHeader)
	if id == "" || len(id) > maxRequestID || strings.ContainsFunc(id, notInRequestID) {
		return uuid.Must(uuid.NewV7()).String()
	}
	return id
}

func notInRequestID(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	return !letter && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
}
