//go:build unix

package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patrons book one seat each, and repeat what may be repeated until they hear that they have it or
// that all is sold.
type patrons struct {
	// forgetful ones repeat without the key of the first time.
	forgetful bool

	mu sync.Mutex
	// asked counts those who came.
	asked int
	// booked are the references that were acknowledged, by key, and moments when that was.
	booked  map[string]string
	moments []time.Time
	// refused counts those who heard that all is sold, repeated what was asked again, by answer.
	refused  int
	repeated map[string]int
	strange  []string
}

func newPatrons() *patrons {
	return &patrons{booked: map[string]string{}, repeated: map[string]int{}}
}

// repeatAfter is how long a patron waits before asking again.
const repeatAfter = 100 * time.Millisecond

// newKey gives the key of one who comes. Strangers need sixteen characters.
func (p *patrons) newKey() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return fmt.Sprintf("patron-%012d", p.asked)
}

// verdict is what an answer means to a patron.
type verdict int

const (
	booked verdict = iota
	soldOut
	mayBeRepeated
	strange
)

// hear writes an answer down, and says whether it was the last one.
func (p *patrons) hear(v verdict, key, text string) (done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch v {
	case booked:
		p.booked[key] = text
		p.moments = append(p.moments, time.Now())
	case soldOut:
		p.refused++
	case mayBeRepeated:
		p.repeated[text]++
		return false
	case strange:
		p.strange = append(p.strange, text)
	}
	return true
}

// book has one patron book over HTTP; it is false if there was no seat, or the test has ended.
func (p *patrons) book(ctx context.Context, s *server, event string) bool {
	key := p.newKey()
	for sent := key; ctx.Err() == nil; time.Sleep(repeatAfter) {
		r, err := s.book(event, 1, sent)
		v, text := judge(r, err)
		if p.hear(v, key, text) {
			return v == booked
		}
		if p.forgetful {
			sent = p.newKey()
		}
	}
	return false
}

// judge says what an answer over HTTP means. An error without a status says that somebody has hung
// up. What HAProxy says by itself is no JSON.
func judge(r reply, err error) (verdict, string) {
	switch {
	case r.status == http.StatusBadGateway, r.status == http.StatusServiceUnavailable,
		r.status == http.StatusGatewayTimeout:
		return mayBeRepeated, fmt.Sprintf("%d %s", r.status, r.Error.Code)
	case err != nil:
		return strange, fmt.Sprintf("%d: %v", r.status, err)
	case r.status == http.StatusCreated:
		return booked, r.Data.Reference
	case r.status == http.StatusConflict && r.Error.Code == "sold_out":
		return soldOut, ""
	}
	return strange, fmt.Sprintf("the server answers %d %q: %s", r.status, r.Error.Code, r.Message)
}

// command has one patron book by evbook book; it is false if there was no seat.
func (p *patrons) command(ctx context.Context, h house, event string) bool {
	key := p.newKey()
	for ; ctx.Err() == nil; time.Sleep(repeatAfter) {
		o := h.run("book", "--event", event, "--qty", "1", "--idempotency-key", key, "-o", "name")
		v, text := strange, fmt.Sprintf("evbook book ended with %d: %s", o.code, o.stderr)
		switch o.code {
		case 0:
			v, text = booked, strings.TrimSpace(o.stdout)
		case 4:
			v = soldOut
		case 6, 8, 10: // busy, unavailable, unknown
			v, text = mayBeRepeated, fmt.Sprintf("exit %d", o.code)
		}
		if p.hear(v, key, text) {
			return v == booked
		}
	}
	return false
}

// compare gives the bookings that were acknowledged and are not in the database, and those in the
// database that nobody was told of.
func (p *patrons) compare(t *testing.T, h house, event string) (lost, extra []string) {
	t.Helper()
	there := map[string]bool{}
	for _, reference := range references(t, h, event) {
		there[reference] = true
	}
	for key, reference := range p.booked {
		if !there[reference] {
			lost = append(lost, key+" "+reference)
		}
		delete(there, reference)
	}
	for reference := range there {
		extra = append(extra, reference)
	}
	return lost, extra
}

// prove insists that every patron has heard the truth, once: what was acknowledged is in the
// database and nothing else.
func (p *patrons) prove(t *testing.T, h house, event string) {
	t.Helper()
	for _, text := range p.strange {
		t.Error(text)
	}
	lost, extra := p.compare(t, h, event)
	if len(lost)+len(extra) > 0 {
		t.Errorf("acknowledged and lost: %q; booked and told to nobody: %q", lost, extra)
	}
	e := ask[eventAnswer](t, h, "event", "show", event)
	if len(p.booked) != e.Confirmed || len(p.booked)+p.refused != p.asked {
		t.Errorf("of %d patrons %d have a seat and %d were refused; %d seats are sold", p.asked,
			len(p.booked), p.refused, e.Confirmed)
	}
	t.Logf("of %d patrons %d have a seat and %d were refused; asked again after %v",
		p.asked, len(p.booked), p.refused, p.repeated)
	h.verify(t)
}

// longestGap is the longest time in which nobody was told of a booking.
func (p *patrons) longestGap() time.Duration {
	slices.SortFunc(p.moments, time.Time.Compare)
	var longest time.Duration
	for i := 1; i < len(p.moments); i++ {
		longest = max(longest, p.moments[i].Sub(p.moments[i-1]))
	}
	return longest
}

// count is how many have a seat by now.
func (p *patrons) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.booked)
}
