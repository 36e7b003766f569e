package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// counted finds a new answer each time, as soon as it may go on.
type counted struct {
	begun atomic.Int64
	goOn  chan struct{}
}

func (c *counted) find() (rendered, error) {
	tag := strconv.FormatInt(c.begun.Add(1), 10)
	<-c.goOn
	return rendered{tag: tag}, nil
}

func TestWhoAsksTheSameSharesAnAnswerThatBeganLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crowd
		counted := &counted{goOn: make(chan struct{})}
		var all sync.WaitGroup
		ask := func(want string) {
			all.Go(func() {
				if got, err := c.ask(question{path: "/events/1"}, counted.find); err != nil ||
					got.tag != want {
					t.Errorf("got answer %s (%v), want %s", got.tag, err, want)
				}
			})
		}
		ask("1")
		synctest.Wait()
		for range 10 {
			ask("2")
		}
		synctest.Wait()
		if n := counted.begun.Load(); n != 1 {
			t.Errorf("%d answers are being found before the first is", n)
		}
		for _, other := range []question{
			{path: "/events/2"}, {path: "/events/1", role: owner},
			{path: "/events/1", keys: "token:1"}, {path: "/events/1", query: "quantity=2"},
		} {
			got, err := c.ask(other, func() (rendered, error) { return rendered{tag: "own"}, nil })
			if err != nil || got.tag != "own" {
				t.Errorf("%v got the answer %s of another question (%v)", other, got.tag, err)
			}
		}
		close(counted.goOn)
		all.Wait()
		if n := counted.begun.Load(); n != 2 || len(c.latest) > 0 {
			t.Errorf("%d answers were found for two rounds, %d are kept", n, len(c.latest))
		}
	})
}

func TestAPanicLeavesNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crowd
		first := &counted{goOn: make(chan struct{})}
		go func() { _, _ = c.ask(question{}, first.find) }()
		synctest.Wait()
		var panicked, failed atomic.Int64
		for range 5 {
			go func() {
				defer func() {
					if recover() != nil {
						panicked.Add(1)
					}
				}()
				if _, err := c.ask(question{}, func() (rendered, error) { panic("") }); err != nil {
					failed.Add(1)
				}
			}()
		}
		synctest.Wait()
		close(first.goOn)
		synctest.Wait()
		if panicked.Load() != 1 || failed.Load() != 4 || len(c.latest) > 0 {
			t.Errorf("%d panicked, %d were told, %d findings are left", panicked.Load(),
				failed.Load(), len(c.latest))
		}
	})
}

func TestAClientThatGoesAwayTakesNobodyAlong(t *testing.T) {
	gone, goAway := context.WithCancel(t.Context())
	goAway()
	h := together(func(_ *visit, r *http.Request) (rendered, error) {
		return rendered{}, r.Context().Err()
	})
	r := httptest.NewRequestWithContext(gone, http.MethodGet, "/events/1", nil)
	if err := h(&visit{door: &door{}}, httptest.NewRecorder(), r); err != nil {
		t.Errorf("an answer for all ends with the request of one: %v", err)
	}
}

func TestInACrowdEverybodySeesWhatIsForThem(t *testing.T) {
	g := newGuarded(t)
	var all sync.WaitGroup
	for _, target := range []string{"/events/1", "/bookings/check?event_id=1&quantity=1"} {
		for who, bearer := range g.bearers {
			ask := func() string {
				r := httptest.NewRequest(http.MethodGet, target, nil)
				r.Host = "localhost"
				if bearer != "" {
					r.Header.Set("Authorization", "Bearer "+bearer)
				}
				w := httptest.NewRecorder()
				g.Handler.ServeHTTP(w, r)
				return w.Header().Get("ETag") + w.Body.String()
			}
			alone := ask()
			for range 20 {
				all.Go(func() {
					if got := ask(); got != alone {
						t.Errorf("role %d asks %s and gets %s, alone %s", who, target, got, alone)
					}
				})
			}
		}
	}
	all.Wait()
}

// outdated lets people book, through a store of their own as another process has one, and ask for
// the event while others do. It gives how many answers were older than what was acknowledged to
// those who asked.
func outdated(t *testing.T, s *site, ask func() (version int64)) (stale int64) {
	t.Helper()
	other := openStore(t, s.path, storage.Options{Actor: "other"})
	var late atomic.Int64
	var bookers, others sync.WaitGroup
	done := make(chan struct{})
	for range 8 {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					ask()
				}
			}
		})
	}
	for range 8 {
		bookers.Go(func() {
			for range 25 {
				r, err := other.Book(t.Context(), booking.Request{
					Event: booking.Selector{ID: 1}, Quantity: 1,
				})
				if err != nil {
					t.Error(err)
					return
				}
				if ask() < r.Event.Version {
					late.Add(1)
				}
			}
		})
	}
	bookers.Wait()
	close(done)
	others.Wait()
	return late.Load()
}

func TestWhatWasAcknowledgedIsSeenByWhoAsksThen(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", `{"name":"Go Meetup","capacity":1000}`)
	find := func() int64 {
		r := httptest.NewRequest(http.MethodGet, "/events/1", nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		found := regexp.MustCompile(`"version":(\d+)`).FindStringSubmatch(w.Body.String())
		if found == nil {
			t.Errorf("no version in %d %s", w.Code, w.Body)
			return 0
		}
		version, _ := strconv.ParseInt(found[1], 10, 64)
		return version
	}
	if stale := outdated(t, s, find); stale > 0 {
		t.Errorf("%d answers were out of date", stale)
	}
	var mu sync.Mutex
	var kept int64
	var until time.Time
	remember := func() int64 {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.After(until) {
			kept, until = find(), now.Add(5*time.Millisecond)
		}
		return kept
	}
	if stale := outdated(t, s, remember); stale == 0 {
		t.Error("control: answers that are kept for a while were never out of date")
	}
}
