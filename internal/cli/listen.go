package cli

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/storage"
)

// lookUpTime is how long the name of a host may take to lead to an address.
const lookUpTime = 5 * time.Second

// place is where serve listens.
type place struct {
	// addr is the address and port; it names no host, so that nothing else can be listened to than
	// what was judged.
	addr string
	// here is true when only this machine reaches it.
	here bool
}

// placeOf finds out where a host and port lead.
func placeOf(ctx context.Context, addr string) (place, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return place{}, err
	}
	if host == "" {
		return place{addr: addr}, nil
	}
	if strings.EqualFold(host, "localhost") {
		return place{addr: addr, here: true}, nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return place{addr: addr, here: ip.Unmap().IsLoopback()}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return place{}, fmt.Errorf("%q leads to no address; use one such as 127.0.0.1:8080", addr)
	}
	ip := found[0].Unmap()
	if i := slices.IndexFunc(found, func(a netip.Addr) bool { return a.Unmap().Is4() }); i >= 0 {
		ip = found[i].Unmap()
	}
	return place{addr: net.JoinHostPort(ip.String(), port), here: ip.IsLoopback()}, nil
}

// safePlace is where a configuration lets serve listen. It refuses what other machines can reach
// when nobody protects what they send.
func safePlace(ctx context.Context, c config.Config) (place, error) {
	at, err := placeOf(ctx, c.Addr)
	if err != nil || at.here || c.TLSCert != "" || c.BehindProxy != "" {
		return at, err
	}
	return at, fmt.Errorf("%q can be reached from other machines, and what they send could be "+
		"read on the way; add --tls-cert and --tls-key, or --behind-proxy with the proxy that "+
		"encrypts it, or use an address such as 127.0.0.1:8080", c.Addr)
}

// checkTokens refuses to let other machines reach a server on which nobody could organise anything.
func (a *app) checkTokens(ctx context.Context, store *storage.Store, at place) error {
	if at.here {
		return nil
	}
	if tokens, err := store.Tokens(ctx); err != nil || len(tokens) > 0 {
		return err
	}
	return booking.Errorf(booking.Invalid, "%s can be reached from other machines, and there is "+
		"no token by which an organiser could be told from a stranger", a.config.Addr).
		WithHint("evbook token create --role organiser --name NAME makes one")
}

// listen opens the address, and writes it into a file unless that is "".
func (a *app) listen(ctx context.Context, at place, addrFile string) (net.Listener, error) {
	listener, err := listenOn(ctx, at.addr)
	if err != nil {
		return nil, booking.Errorf(booking.Unavailable, "cannot listen on %s: %w", a.config.Addr,
			err).WithHint("choose another port: evbook serve --addr 127.0.0.1:8081")
	}
	if addrFile == "" {
		return listener, nil
	}
	if err := onlyAnAddress(addrFile); err != nil {
		listener.Close()
		return nil, err
	}
	text := listener.Addr().String() + "\n"
	if err := os.WriteFile(addrFile, []byte(text), 0o600); err != nil {
		listener.Close()
		return nil, booking.Errorf(booking.Unavailable, "cannot write the address file: %w", err)
	}
	return listener, nil
}

func listenOn(ctx context.Context, addr string) (net.Listener, error) {
	var how net.ListenConfig
	listener, err := how.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, innermost(err)
	}
	return listener, nil
}

// onlyAnAddress refuses to write the address over a file that holds anything else, such as the
// database.
func onlyAnAddress(path string) error {
	const longest = 300 // a host name, a port and the end of the line
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return nil // what else is wrong is told when it is written
	} else if info.Size() <= longest {
		text, err := os.ReadFile(path)
		_, _, malformed := net.SplitHostPort(strings.TrimSpace(string(text)))
		if err == nil && malformed == nil {
			return nil
		}
	}
	return booking.Errorf(booking.Invalid, "addr-file: %s exists and holds no address", path).
		WithHint("name a file that may be overwritten")
}
