package httpapi

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// maxTarget is the longest address that a server would take, in bytes.
const maxTarget = 16 << 10

// abuse sends mutated requests to a site and keeps what must not have been.
type abuse struct {
	mutator
	*site
	ledger *ledger
	// requests are what is mutated: good ones and bad ones.
	requests []badRequest
	digest   string
	// answers counts them by status, and changes those that have changed a row.
	answers map[int]int
	changes int
	found   []string
}

// newAbuse makes a scene where every route has something to do.
func newAbuse(t testing.TB, m mutator) *abuse {
	t.Helper()
	s, changes := newScene(t)
	a := &abuse{mutator: m, site: s, ledger: newLedger(t, s), answers: map[int]int{}}
	for _, pattern := range slices.Sorted(maps.Keys(changes)) {
		method, _, _ := strings.Cut(pattern, " ")
		good := badRequest{method: method, target: changes[pattern].target,
			body: changes[pattern].body}
		for range 100 { // there are many more bad ones
			a.requests = append(a.requests, good)
		}
	}
	hold := changes["POST /bookings/{reference}/confirm"].of
	a.requests = append(a.requests, badRequests(hold)...)
	a.digest = a.ledger.digest()
	return a
}

// try sends one request. Some never come to be one: they are refused before the door hears of them.
func (a *abuse) try() {
	a.Helper()
	r := a.mutate(pick(a.mutator, a.requests), a.requests)
	if len(r.target) > maxTarget {
		return
	}
	parsed, err := http.ReadRequest(bufio.NewReader(strings.NewReader(
		r.method + " " + r.target + " HTTP/1.0\r\n\r\n")))
	if err != nil {
		return
	}
	if op := theContract().Find(parsed); op != nil && strings.HasSuffix(op.Path(), "/stream") {
		r.method = http.MethodHead // a stream would not end
	}
	w := a.send(r.method, r.target, r.body, r.header...)
	a.answers[w.Code]++
	after := a.ledger.digest()
	reads := r.method == "GET" || r.method == "HEAD" || r.method == "OPTIONS"
	if w.Code >= 500 || after != a.digest && (reads || w.Code >= 400) {
		a.found = append(a.found, fmt.Sprintf("%s %s %v %.300q is answered %d %.300s, changed: %t",
			r.method, r.target, r.header, r.body, w.Code, w.Body, after != a.digest))
	}
	if after != a.digest {
		a.digest = after
		a.changes++
	}
}

func TestMutatedRequestsBreakNothingAndAreRefusedWithoutATrace(t *testing.T) {
	wanted, scenes := 1_500, 5
	if os.Getenv("EVBOOK_LONG") == "1" {
		wanted, scenes = 200_000, 400
	} else if underRace {
		wanted, scenes = 300, 1
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	m := mutator{rand.New(rand.NewPCG(seed, 0))}
	answers, changes := map[int]int{}, 0
	for range scenes { // each is soon turned upside down
		a := newAbuse(t, m)
		for range wanted / scenes {
			a.try()
		}
		for status, count := range a.answers {
			answers[status] += count
		}
		changes += a.changes
		for _, finding := range a.found {
			t.Error(finding)
		}
		report, err := a.store.Verify(t.Context())
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("verify: %v %v", report.Findings, err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d changes, answers by status: %v", changes, answers)
	if changes < wanted/50 || answers[400] < wanted/4 {
		t.Error("the requests are too much alike")
	}
}

// The control: a door that fails, and one that writes before it refuses.
func TestADoorThatBreaksUnderMutatedRequestsIsFound(t *testing.T) {
	careless := func(s *site, w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		s.Handler.ServeHTTP(answer, r)
		if answer.Code == http.StatusBadRequest {
			_, _ = s.store.EditEvent(r.Context(), booking.Selector{ID: 1},
				booking.Edit{Venue: new("Hall")})
			_, _ = s.store.EditEvent(r.Context(), booking.Selector{ID: 1},
				booking.Edit{Venue: new("Garden")})
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}
	fragile := func(_ *site, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
	}
	for name, door := range map[string]func(*site, http.ResponseWriter, *http.Request){
		"careless": careless, "fragile": fragile,
	} {
		a := newAbuse(t, mutator{rand.New(rand.NewPCG(1, 0))})
		sound := *a.site
		a.site = &site{TB: mute{t}, store: sound.store, Handler: http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) { door(&sound, w, r) })}
		for range 50 {
			a.try()
		}
		if len(a.found) == 0 {
			t.Errorf("a %s door is not found", name)
		}
	}
}

// mute is a test that does not mind that the contract is broken.
type mute struct{ testing.TB }

func (mute) Errorf(string, ...any) {}
