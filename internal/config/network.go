package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const (
	proxyHint  = "write addresses or networks, such as 10.0.0.0/8,192.168.1.7"
	hostHint   = "write names, such as tickets.club.example"
	originHint = "write origins, such as https://club.example"
	countHint  = `write a number in quotes, such as "1024"`
	// mostConnections is more than one process can use.
	mostConnections = 1_000_000
)

// Proxies are the networks of the proxies that say where requests come from; none for no proxy.
func (c Config) Proxies() []netip.Prefix { return mustList(c.BehindProxy, readProxy) }

// Hosts are the names that requests may call serve by, beside those of the machine: lower case,
// without ports.
func (c Config) Hosts() []string { return mustList(c.Host, readHost) }

// Origins are those of web pages that may use serve, as browsers write them:
// "https://club.example".
func (c Config) Origins() []string { return mustList(c.CORSOrigin, readOrigin) }

// mustList reads a list that Load has checked.
func mustList[T any](value string, read func(string) (T, error)) []T {
	list, err := readList(value, read)
	if err != nil {
		panic(err)
	}
	return list
}

// readList reads texts with commas between; an empty value has none.
func readList[T any](value string, read func(string) (T, error)) ([]T, error) {
	if value == "" {
		return nil, nil
	}
	var list []T
	for text := range strings.SplitSeq(value, ",") {
		text = strings.TrimSpace(text)
		one, err := read(text)
		if err != nil {
			return nil, fmt.Errorf("holds %s, which %w", quoted(text), err)
		}
		list = append(list, one)
	}
	return list, nil
}

// listOf is the check of a key that holds a list.
func listOf[T any](read func(string) (T, error)) func(string) error {
	return func(value string) error {
		_, err := readList(value, read)
		return err
	}
}

func readProxy(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return network, errors.New("is no network: " + proxyHint)
	case network.Bits() == 0:
		return network, errors.New("would let everybody say where requests come from: " +
			"name only the proxies")
	case network.Addr().Is4In6():
		return network, errors.New("is an IPv4 network written as IPv6: " + proxyHint)
	}
	return network.Masked(), nil
}

func readHost(text string) (string, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.String(), nil
	}
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
	}
	name := strings.ToLower(text)
	if name == "" || len(name) > 253 || strings.ContainsFunc(name, foreign) ||
		strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
		return "", errors.New("is no name of a host, without port and path: " + hostHint)
	}
	return name, nil
}

// readOrigin takes an origin only as browsers write it: another way would never match.
func readOrigin(text string) (string, error) {
	switch text {
	case "*":
		return "", errors.New("would let every web page that somebody visits use the server: " +
			"name the pages that may")
	case "null":
		return "", errors.New("is what any sandboxed page or local file may call itself: " +
			originHint)
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" ||
		u.Scheme+"://"+u.Host != text || text != strings.ToLower(text) ||
		strings.ContainsAny(u.Host, "*@") {
		return "", errors.New("is no origin, in lower case and without path: " + originHint)
	}
	if u.Port() == "80" && u.Scheme == "http" || u.Port() == "443" && u.Scheme == "https" {
		return "", errors.New("names the usual port, which browsers leave out: " + originHint)
	}
	return text, nil
}

func checkMetricsAddr(value string) error {
	if value == "" {
		return nil
	}
	return checkAddr(value)
}

func checkConnections(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 1 || n > mostConnections ||
		strconv.Itoa(n) != value {
		return fmt.Errorf("is no number from 1 to %d: %s", mostConnections, countHint)
	}
	return nil
}

// LogFormats are the formats of the log of serve.
func LogFormats() []string { return []string{"text", "json"} }

func checkLogFormat(value string) error {
	return checkWord(value, "a format of the log", LogFormats())
}
