package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"evbook/internal/booking"
)

// clientOf is the address that a request comes from: the other end of the connection or, where
// that is a proxy of ours, the client that the proxy names. Whoever else says to have passed a
// request on is [booking.Forbidden]: anybody can write such a header.
func (d *door) clientOf(r *http.Request) (netip.Addr, error) {
	peer := peerOf(r.RemoteAddr)
	if among(d.opts.Proxies, peer) {
		return d.behindProxy(r.Header, peer)
	}
	for name := range r.Header {
		if ofProxy(name) {
			return peer, booking.Errorf(booking.Forbidden, "requests through a proxy are refused, "+
				"this one has the header %s", clip(name)).
				WithHint("talk to the server directly, or name the proxy with --behind-proxy")
		}
	}
	return peer, nil
}

// behindProxy is the client that the proxies in front of us name: the last address of the list that
// is none of theirs. What stands before it was written by the client itself.
func (d *door) behindProxy(h http.Header, peer netip.Addr) (netip.Addr, error) {
	plain, standard := h.Values("X-Forwarded-For"), h.Values("Forwarded")
	if len(plain) > 0 && len(standard) > 0 {
		// A proxy writes one of them and passes the other on as the client has sent it.
		return peer, booking.Errorf(booking.Forbidden,
			"a request with both X-Forwarded-For and Forwarded is refused").
			WithHint("have the proxy remove the header that it does not write itself")
	}
	hops := strings.Split(strings.Join(append(plain, standard...), ","), ",")
	client := peer
	for _, hop := range slices.Backward(hops) {
		addr, ok := parseHop(hop, len(standard) > 0)
		if !ok {
			break // what cannot be read, and all before it, says nothing: it was a proxy of ours
		}
		client = addr
		if !among(d.opts.Proxies, addr) {
			break
		}
	}
	return client, nil
}

// parseHop reads one element of X-Forwarded-For or, by the standard, of Forwarded.
func parseHop(text string, standard bool) (netip.Addr, bool) {
	node := strings.TrimSpace(text)
	if standard {
		node = ""
		for pair := range strings.SplitSeq(text, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if strings.EqualFold(name, "for") {
				node = strings.Trim(value, `"`)
			}
		}
	}
	addr, err := netip.ParseAddr(hostOf(node))
	return addr.Unmap().WithZone(""), err == nil
}

// peerOf is the address of the other end of a connection; the zero address where it has none.
func peerOf(remote string) netip.Addr {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap().WithZone("")
}

func among(networks []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(addr) })
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
