package httpapi

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// proxied is a door behind the proxies of two networks.
func proxied() *door {
	return &door{opts: Options{Proxies: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48"),
	}}}
}

func TestAClientIsTheLastAddressThatIsNoProxyOfOurs(t *testing.T) {
	for _, c := range []struct{ from, headers, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"[2001:db8:2::1]:5", "", "2001:db8:2::1"},
		{"[::ffff:192.0.2.1]:5", "", "192.0.2.1"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "X-Forwarded-For: 192.0.2.7", "192.0.2.7"},
		{"[::ffff:10.0.0.1]:5", "X-Forwarded-For: 192.0.2.7", "192.0.2.7"},
		{"[2001:db8:1::9]:5", "X-Forwarded-For: 192.0.2.7", "192.0.2.7"},
		{"10.0.0.1:5", "X-Forwarded-For: 6.6.6.6, 192.0.2.7", "192.0.2.7"},
		{"10.0.0.1:5", "X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.9.9.9", "192.0.2.7"},
		{"10.0.0.1:5", "X-Forwarded-For: 6.6.6.6\nX-Forwarded-For: 192.0.2.7", "192.0.2.7"},
		{"10.0.0.1:5", "X-Forwarded-For: 10.1.1.1, 10.2.2.2", "10.1.1.1"},
		{"10.0.0.1:5", "X-Forwarded-For: 192.0.2.7:4711", "192.0.2.7"},
		{"10.0.0.1:5", "X-Forwarded-For: 2001:db8:2::7", "2001:db8:2::7"},
		{"10.0.0.1:5", "X-Forwarded-For: [2001:db8:2::7]:80", "2001:db8:2::7"},
		{"10.0.0.1:5", "X-Forwarded-For: 6.6.6.6, nonsense", "10.0.0.1"},
		{"10.0.0.1:5", "X-Forwarded-For: 6.6.6.6, nonsense, 10.3.3.3", "10.3.3.3"},
		{"10.0.0.1:5", "X-Forwarded-For: ", "10.0.0.1"},
		{"10.0.0.1:5", "X-Forwarded-For: 6.6.6.6,", "10.0.0.1"},
		{"10.0.0.1:5", "Forwarded: for=192.0.2.7;proto=https", "192.0.2.7"},
		{"10.0.0.1:5", `Forwarded: proto=https; For="[2001:db8:2::7]:80"`, "2001:db8:2::7"},
		{"10.0.0.1:5", `Forwarded: for="6.6.6.6, for=192.0.2.7`, "192.0.2.7"},
		{"10.0.0.1:5", "Forwarded: for=6.6.6.6, for=_hidden", "10.0.0.1"},
		{"10.0.0.1:5", "Forwarded: by=10.0.0.1", "10.0.0.1"},
		{"10.0.0.1:5", "Via: 1.1 proxy\nX-Real-Ip: 6.6.6.6", "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		for line := range strings.Lines(c.headers) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			r.Header.Add(name, value)
		}
		got, err := proxied().clientOf(r)
		if err != nil || got.String() != c.want {
			t.Errorf("from %s with %q: %v %v, want %s", c.from, c.headers, got, err, c.want)
		}
	}
}

func TestWhoIsNoProxyOfOursCannotSpeakForOthers(t *testing.T) {
	for _, c := range [][2]string{
		{"192.0.2.1:5", "X-Forwarded-For"}, {"192.0.2.1:5", "Forwarded"}, {"127.0.0.1:5", "Via"},
		{"[2001:db8:2::1]:5", "X-Real-Ip"}, {"", "X-Forwarded-For"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c[0]
		r.Header.Set(c[1], "6.6.6.6")
		if _, err := proxied().clientOf(r); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s may send %s: %v", c[0], c[1], err)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:5"
	r.Header.Set("X-Forwarded-For", "192.0.2.7")
	r.Header.Set("Forwarded", "for=6.6.6.6")
	if _, err := proxied().clientOf(r); err == nil || !strings.Contains(err.Error(), "both") {
		t.Errorf("one header of the proxy's and one of the client's: %v", err)
	}
}
