package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/uuid"

	"evbook/internal/booking"
)

const (
	requestIDHeader = "X-Request-Id"
	// maxRequestID is the longest request id that is taken over from a client, in bytes.
	maxRequestID = 64
)

// guard refuses what this door does not serve: a web page that had its name point here, and a
// form or script of another site that writes; those are [booking.Forbidden].
func (d *door) guard(r *http.Request) error {
	if !isHealth(r) && !d.servesHost(r) {
		return booking.Errorf(booking.Forbidden, "host %q is not served here", clip(r.Host)).
			WithHint("use localhost, or a name that the server was started with: --host")
	}
	if err := d.cross.Check(r); err != nil {
		return booking.Errorf(booking.Forbidden, "writing from another site is refused: %w", err)
	}
	return nil
}

// servesHost is true for the names that no foreign DNS answer can fake: those of this machine, the
// address at which the connection came in, and the configured ones.
func (d *door) servesHost(r *http.Request) bool {
	host := hostOf(r.Host)
	named := func(name string) bool { return strings.EqualFold(host, name) }
	if named("localhost") || slices.ContainsFunc(d.opts.Hosts, named) {
		return true
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return addr.IsLoopback() || local != nil && peerOf(local.String()) == addr.Unmap()
}

// hostOf is the host of "host:port", "host", "[v6]:port" or "[v6]".
func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
}

// hardHeaders are those that every answer carries with the same values.
func hardHeaders() []header {
	return []header{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Cache-Control", []string{"no-store"}},
		{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
		{"Referrer-Policy", []string{"no-referrer"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	}
}

// header is one header, its name as net/http keeps it.
type header struct {
	name   string
	values []string
}

// harden sets the headers that every answer carries.
func (d *door) harden(h http.Header, r *http.Request, requestID string) {
	for _, hard := range d.headers {
		h[hard.name] = hard.values
	}
	h[requestIDHeader] = []string{requestID}
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	d.share(h, r)
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
