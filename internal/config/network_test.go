package config

import (
	"fmt"
	"testing"
	"time"
)

// badForServe are values that serve could not use.
func badForServe() []badValue {
	return []badValue{
		{"behind_proxy", "proxy.example", "write addresses or networks, such as 10.0.0.0/8"},
		{"behind_proxy", "10.0.0.1:80", "write addresses or networks, such as 10.0.0.0/8"},
		{"behind_proxy", "10.0.0.0/33", "write addresses or networks, such as 10.0.0.0/8"},
		{"behind_proxy", "10.0.0.1,", `holds "", which is no network`},
		{"behind_proxy", "fe80::1%eth0", "write addresses or networks, such as 10.0.0.0/8"},
		{"behind_proxy", "10.0.0.1,0.0.0.0/0", "would let everybody say"},
		{"behind_proxy", "::/0", "would let everybody say"},
		{"behind_proxy", "::ffff:10.0.0.0/104", "an IPv4 network written as IPv6"},
		{"host", "https://club.example", "write names, such as tickets.club.example"},
		{"host", "club.example:443", "write names, such as tickets.club.example"},
		{"host", "*.club.example", "write names, such as tickets.club.example"},
		{"host", "club.example/", "write names, such as tickets.club.example"},
		{"host", "bücher.example", "write names, such as tickets.club.example"},
		{"host", ".example", "write names, such as tickets.club.example"},
		{"cors_origin", "*", "every web page that somebody visits"},
		{"cors_origin", "https://club.example,*", "every web page that somebody visits"},
		{"cors_origin", "null", "any sandboxed page"},
		{"cors_origin", "club.example", "write origins, such as https://club.example"},
		{"cors_origin", "https://club.example/", "write origins, such as https://club.example"},
		{"cors_origin", "https://Club.example", "write origins, such as https://club.example"},
		{"cors_origin", "https://*.club.example", "write origins, such as https://club.example"},
		{"cors_origin", "file:///club", "write origins, such as https://club.example"},
		{"cors_origin", "https://club.example:443", "browsers leave out"},
		{"cors_origin", "http://club.example:80", "browsers leave out"},
		{"rate_limits", "", `has no limit ""`},
		{"rate_limits", "none", `has no limit "none"`},
		{"rate_limits", "read=600", "has no duration from 1s to 1h"},
		{"rate_limits", "read=600/10", "has no duration from 1s to 1h"},
		{"rate_limits", "read=600/2h", "has no duration from 1s to 1h"},
		{"rate_limits", "read=0/10s", "has no number from 1 to 1000000"},
		{"rate_limits", "read=/10s", "has no number from 1 to 1000000"},
		{"rate_limits", "read=1/1s,read=2/1s", `has no limit "read"`},
		{"max_connections", "0", "from 1 to 1000000"},
		{"max_connections", "many", "from 1 to 1000000"},
		{"max_connections", "1e3", "from 1 to 1000000"},
		{"max_connections", "0x10", "from 1 to 1000000"},
		{"max_connections", "", "from 1 to 1000000"},
		{"metrics_addr", "9090", "write host:port"},
		{"log_format", "JSON", "write text or json"},
		{"log_format", "", "write text or json"},
	}
}

func TestListsAreReadAsTheirUsersNeedThem(t *testing.T) {
	c := mustLoad(t, source(t, nil, "--behind-proxy", "10.1.2.3/8, ::ffff:192.168.1.7,2001:db8::7",
		"--host", "Club.EXAMPLE,2001:DB8::7",
		"--cors-origin", "https://a.example, http://[::1]:3000"))
	got := fmt.Sprint(c.Proxies(), c.Hosts(), c.Origins())
	const want = "[10.0.0.0/8 192.168.1.7/32 2001:db8::7/128] [club.example 2001:db8::7] " +
		"[https://a.example http://[::1]:3000]"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c = mustLoad(t, source(t, nil))
	if got := len(c.Proxies()) + len(c.Hosts()) + len(c.Origins()); got != 0 {
		t.Errorf("nothing configured lists %d", got)
	}
}

func TestLimitsThatAreNotNamedStayAsTheyAre(t *testing.T) {
	usual, on := mustLoad(t, source(t, nil)).Limits()
	if !on || usual.Write != (Rate{60, time.Minute}) || usual.Wrong.Count == 0 {
		t.Errorf("got %+v %v", usual, on)
	}
	got, on := mustLoad(t, source(t, nil, "--rate-limits", "write=7/5s")).Limits()
	want := usual
	want.Write = Rate{7, 5 * time.Second}
	if !on || got != want {
		t.Errorf("got %+v %v, want %+v", got, on, want)
	}
	if _, on := mustLoad(t, source(t, nil, "--rate-limits", "off")).Limits(); on {
		t.Error("off is on")
	}
}
