package httpapi

import (
	"container/list"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"evbook/internal/booking"
)

const (
	// mostBuckets is how many clients a limiter remembers. Whoever is forgotten begins anew, which
	// costs less than to let strangers fill the memory.
	mostBuckets = 10_000
	// barredFor is how long wrong secrets of an address that has shown too many are not judged.
	barredFor = 5 * time.Minute
	// rateHeader and policyHeader are written as net/http keeps them: other forms would be
	// translated for every answer.
	rateHeader, policyHeader = "Ratelimit", "Ratelimit-Policy"
	// ipv6Network is the part of an IPv6 address that one client cannot choose, in bits.
	ipv6Network = 64
)

// Rate is how often something may be done: up to Count times at once, and Count times in each Per
// in the long run.
type Rate struct {
	Count int
	Per   time.Duration
}

// Limits say how often the door answers one client, for each class of requests.
type Limits struct {
	// All counts every request of an address, Read and Write those of one that shows no token.
	All, Read, Write Rate
	// Organiser and Door count the requests with one token.
	Organiser, Door Rate
	// Wrong counts the tokens, secrets and access codes of an address that are none. Above it,
	// further ones get no verdict for five minutes; right ones are taken.
	Wrong Rate
}

// class is what a request counts as.
type class string

const (
	// anyRequest counts whatever comes from an address, before anything is known of it.
	anyRequest class = "all"
	// strangersRead and strangersWrite are the requests of an address that shows no token.
	strangersRead  class = "read"
	strangersWrite class = "write"
	// byOrganiser and byDoor are the requests with one token.
	byOrganiser class = "organiser"
	byDoor      class = "door"
	// wrongSecret are the tokens and secrets of an address that are none.
	wrongSecret class = "wrong"
)

// limits are the limiters of a door, by class; nil limits nothing.
type limits map[class]*limiter

// newLimits makes the limiters of a door, by a clock of its own.
func newLimits(l *Limits, metrics *Metrics, now func() time.Time) limits {
	if l == nil {
		return nil
	}
	made := limits{}
	for class, rate := range map[class]Rate{
		anyRequest: l.All, strangersRead: l.Read, strangersWrite: l.Write,
		byOrganiser: l.Organiser, byDoor: l.Door, wrongSecret: l.Wrong,
	} {
		made[class] = &limiter{
			class: class, rate: rate, metrics: metrics, now: now,
			policy: []string{fmt.Sprintf("%q;q=%d;w=%d", string(class), rate.Count,
				wholeSeconds(rate.Per))},
			buckets: map[string]*list.Element{},
		}
	}
	return made
}

// strangers is the class of a request that shows no token.
func strangers(r *http.Request) class {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return strangersRead
	}
	return strangersWrite
}

// count counts a request of a client, a [networkOf] an address or the number of a token, and tells
// in the headers of the answer what is left. One too many is [booking.TooMany].
func (l limits) count(h http.Header, c class, who string) error {
	if l == nil {
		return nil
	}
	b := l[c].take(who)
	if !b.ok {
		return l[c].refuse(h, b)
	}
	l[c].tell(h, b)
	return nil
}

// barred refuses a client that has shown too many wrong secrets. It counts nothing.
func (l limits) barred(h http.Header, who string) error {
	if l == nil {
		return nil
	}
	if b := l[wrongSecret].look(who); !b.ok {
		return l[wrongSecret].refuse(h, b)
	}
	return nil
}

// failed counts a wrong secret of a client.
func (l limits) failed(who string) {
	if l != nil && !l[wrongSecret].take(who).ok {
		l[wrongSecret].bar(who, barredFor)
	}
}

// networkOf is the client that an address stands for: one address, of IPv6 the network of one
// customer.
func networkOf(client netip.Addr) string {
	if client.Is6() {
		if network, err := client.Prefix(ipv6Network); err == nil {
			return network.String()
		}
	}
	return client.String()
}

// limiter counts the requests of one class, in a token bucket for each client. It is safe for
// concurrent use.
type limiter struct {
	class   class
	rate    Rate
	metrics *Metrics
	now     func() time.Time
	// policy is the rate as the header RateLimit-Policy has it, the same for every answer.
	policy []string

	mu      sync.Mutex
	buckets map[string]*list.Element
	// recent has the buckets, the one that was used last in front.
	recent list.List
}

// bucket is what is known of one client.
type bucket struct {
	who string
	*rate.Limiter
	// barred is until when every request is refused.
	barred time.Time
}

// balance is what a client may still do.
type balance struct {
	ok bool
	// left is how many requests may follow at once, full in how long it will be all of them, and
	// wait how long until it is one.
	left       int
	full, wait time.Duration
}

// take counts a request.
func (l *limiter) take(who string) balance {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, now := l.bucket(who), l.now()
	return l.balance(b, now, !now.Before(b.barred) && b.AllowN(now, 1))
}

// look says whether a client is barred, without counting anything.
func (l *limiter) look(who string) balance {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, now := l.bucket(who), l.now()
	return l.balance(b, now, !now.Before(b.barred))
}

// bar refuses a client for some time.
func (l *limiter) bar(who string, lasting time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bucket(who).barred = l.now().Add(lasting)
}

// bucket finds or makes the bucket of a client, in the place of the one that was not used for
// longest where there are too many.
func (l *limiter) bucket(who string) *bucket {
	if known, ok := l.buckets[who]; ok {
		l.recent.MoveToFront(known)
		return known.Value.(*bucket)
	}
	if last := l.recent.Back(); l.recent.Len() >= mostBuckets {
		delete(l.buckets, last.Value.(*bucket).who)
		l.recent.Remove(last)
	}
	every := rate.Every(l.rate.Per / time.Duration(l.rate.Count))
	b := &bucket{who: who, Limiter: rate.NewLimiter(every, l.rate.Count)}
	l.buckets[who] = l.recent.PushFront(b)
	return b
}

func (l *limiter) balance(b *bucket, now time.Time, ok bool) balance {
	tokens := b.TokensAt(now)
	in := func(missing float64) time.Duration {
		return time.Duration(max(0, missing) / float64(b.Limit()) * float64(time.Second))
	}
	return balance{
		ok: ok, left: max(0, int(tokens)), full: in(float64(l.rate.Count) - tokens),
		wait: max(b.barred.Sub(now), in(1-tokens)),
	}
}

// tell writes what is left into the headers, in the words of the IETF's draft on RateLimit.
func (l *limiter) tell(h http.Header, b balance) {
	h[policyHeader] = l.policy
	var room [64]byte
	text := strconv.AppendQuote(room[:0], string(l.class))
	text = append(text, ";r="...)
	text = strconv.AppendInt(text, int64(b.left), 10)
	text = append(text, ";t="...)
	text = strconv.AppendInt(text, int64(wholeSeconds(b.full)), 10)
	h[rateHeader] = []string{string(text)}
}

// refuse is the answer to one request too many.
func (l *limiter) refuse(h http.Header, b balance) error {
	l.metrics.limit(l.class)
	b.left = 0
	l.tell(h, b)
	h.Set("Retry-After", strconv.Itoa(wholeSeconds(b.wait)))
	return booking.Errorf(booking.TooMany, "too many requests (%s): at most %d in %d seconds",
		l.class, l.rate.Count, wholeSeconds(l.rate.Per)).
		WithHint("try again in %d seconds", wholeSeconds(b.wait))
}

// wholeSeconds is a duration in whole seconds, rounded up.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
