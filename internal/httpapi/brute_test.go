package httpapi

import (
	"bytes"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// gate is a door where the roles rule, with event 1 for the token of an organiser, and a thousand
// bookings of event 2 that are none of theirs.
type gate struct {
	door http.Handler
	// log is what the door has written down, metrics what it has counted, and token that of the
	// organiser.
	log     bytes.Buffer
	metrics *Metrics
	token   string
	// references are those of the bookings, with their secrets in the same order.
	references, secrets []string
	random              *rand.ChaCha8
	asked               int
}

const (
	theGuesser  = "192.0.2.66"
	aNeighbour  = "192.0.2.67"
	canaryQuery = "search=canary"
)

func newGate(t *testing.T, limits *Limits) *gate {
	t.Helper()
	return newGateOf(t, limits, maxBatch)
}

// newGateOf is one with so many bookings, a multiple of a batch.
func newGateOf(t *testing.T, limits *Limits, live int) *gate {
	t.Helper()
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.must("POST", "/events", `{"name":"Ball","capacity":1000000}`)
	row := `{"event_id":2,"quantity":1,"user_email":"ada@example.org","name":"Ada"}`
	batch := `{"bookings":[` + row + strings.Repeat(","+row, maxBatch-1) + `]}`
	var rows string
	for range live / maxBatch {
		rows += s.must("POST", "/bookings/batch", batch).Body.String()
	}
	g := &gate{
		metrics: NewMetrics(),
		token:   newToken(t, s, booking.Organiser, 1), random: rand.NewChaCha8([32]byte{6}),
		references: regexp.MustCompile(`EVB-[^"]+`).FindAllString(rows, -1),
		secrets:    regexp.MustCompile(`evb_booking_[^"]+`).FindAllString(rows, -1),
	}
	if len(g.references) != live || len(g.secrets) != live {
		t.Fatalf("%d references, %d secrets", len(g.references), len(g.secrets))
	}
	logger := slog.New(slog.NewJSONHandler(&g.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	g.door = New(s.store, Options{Limits: limits, Logger: logger, Metrics: g.metrics})
	return g
}

// ask sends a request from an address with what it shows, "" for nothing.
func (g *gate) ask(from, bearer, target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.Host, r.RemoteAddr = "localhost", from+":4711"
	r.Header.Set(requestIDHeader, "r1")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	g.asked++
	w := httptest.NewRecorder()
	g.door.ServeHTTP(w, r)
	return w
}

// wrongToken is one that is none: in the right form with a secret or a number that is made up, the
// right one with a slip, or nothing like it.
func (g *gate) wrongToken(n int) string {
	c := booking.Credential{Role: booking.TokenRoles()[n/4%2], ID: 1}
	g.random.Read(c.Secret[:])
	switch n % 4 {
	case 1:
		c.ID = int64(n) + 2
	case 2:
		at := len("evb_organiser_1_") + n%50
		slip := "a"
		if g.token[at] == 'a' {
			slip = "b"
		}
		return g.token[:at] + slip + g.token[at+1:]
	case 3:
		return strings.ToUpper(c.Text())
	}
	return c.Text()
}

// wrongReference is one in the right form, and wrongSecret a secret.
func (g *gate) wrongReference() string {
	const bits = 50
	return booking.Reference(g.random.Uint64() >> (64 - bits)).String()
}

func (g *gate) wrongSecret() string {
	var s booking.Secret
	g.random.Read(s[:])
	return s.Text()
}

// keepsQuiet fails the test when the log or the metrics tell of anything that opens something, or
// of anybody.
func (g *gate) keepsQuiet(t *testing.T) {
	t.Helper()
	text := g.log.String() + samples(t, g.metrics)
	for _, canary := range []string{"evb_", "EVB-", "example.org", "Ada", "Bearer", "canary", "?"} {
		if at := strings.Index(text, canary); at >= 0 {
			t.Errorf("the log tells of %s: %.200s", canary, text[max(0, at-100):])
		}
	}
	if lines := strings.Count(text, `"msg":"request"`); lines != g.asked {
		t.Errorf("%d requests are in the log, %d were made: it says too little to be judged",
			lines, g.asked)
	}
}

func TestWhoGuessesIsHeardNoMoreAndNobodyElseSuffers(t *testing.T) {
	const allowed = 10
	most := map[string]int{"tokens": 10_000, "secrets": 2_000}
	if underRace {
		most = map[string]int{"tokens": 1_000, "secrets": 200}
	}
	plenty := Rate{Count: 1_000_000, Per: time.Minute} // so that what is wrong alone counts
	for what, guess := range map[string]func(g *gate, n int) *httptest.ResponseRecorder{
		"tokens": func(g *gate, n int) *httptest.ResponseRecorder {
			return g.ask(theGuesser, g.wrongToken(n), "/bookings?"+canaryQuery)
		},
		"secrets": func(g *gate, n int) *httptest.ResponseRecorder {
			return g.ask(theGuesser, g.wrongSecret(), "/bookings/"+g.references[n%maxBatch])
		},
	} {
		g := newGate(t, &Limits{
			All: plenty, Read: plenty, Write: plenty, Organiser: plenty, Door: plenty,
			Wrong: Rate{Count: allowed, Per: time.Minute},
		})
		got, guesses := map[int]int{}, most[what]
		for n := range guesses {
			w := guess(g, n)
			got[w.Code]++
			if n < allowed && w.Code != http.StatusUnauthorized {
				t.Fatalf("%s: guess %d: %d %s", what, n+1, w.Code, w.Body)
			}
			if w.Code == http.StatusTooManyRequests {
				wait, err := strconv.Atoi(w.Header().Get("Retry-After"))
				if err != nil || wait < 1 || wait > int(barredFor/time.Second) {
					t.Fatalf("%s: guess %d: Retry-After %q", what, n+1,
						w.Header().Get("Retry-After"))
				}
			}
			if n%100 == 0 {
				g.serves(t, n)
			}
		}
		if got[401] < allowed || got[401] > allowed+1 || got[401]+got[429] != guesses {
			t.Errorf("%d guessed %s are answered by %v", guesses, what, got)
		}
		if w := g.ask(aNeighbour, g.wrongToken(0), "/events"); w.Code != http.StatusUnauthorized {
			t.Errorf("another address is barred too: %d %s", w.Code, w.Body)
		}
		g.keepsQuiet(t)
	}
}

// serves fails the test unless everybody is served who does not guess, after so many guesses.
func (g *gate) serves(t *testing.T, guesses int) {
	t.Helper()
	for who, w := range map[string]*httptest.ResponseRecorder{
		"the same address with the token": g.ask(theGuesser, g.token, "/bookings"),
		"the same address with nothing":   g.ask(theGuesser, "", "/events"),
		"another address":                 g.ask(aNeighbour, "", "/events"),
	} {
		if w.Code != http.StatusOK {
			t.Fatalf("after %d guesses %s is answered %d %s", guesses+1, who, w.Code, w.Body)
		}
	}
}

func TestGuessedReferencesAndSecretsOpenNothing(t *testing.T) {
	live, guesses := maxBatch, 6_000
	if os.Getenv("EVBOOK_LONG") == "1" {
		live, guesses = 100_000, 1_000_000
	} else if underRace {
		guesses = 500
	}
	g := newGateOf(t, nil, live)
	for n := range guesses {
		reference, other := g.references[n%live], g.secrets[(n+1)%live]
		var w *httptest.ResponseRecorder
		switch n % 5 {
		case 0:
			w = g.ask(theGuesser, "", "/bookings/"+reference)
		case 1:
			w = g.ask(theGuesser, g.wrongSecret(), "/bookings/"+reference)
		case 2:
			w = g.ask(theGuesser, other, "/bookings/"+reference)
		case 3:
			w = g.ask(theGuesser, g.token, "/bookings/"+g.wrongReference())
		case 4:
			w = g.ask(theGuesser, other, "/bookings/"+g.wrongReference())
		}
		if w.Code != http.StatusUnauthorized && (n%5 != 3 || w.Code != http.StatusNotFound) {
			t.Fatalf("guess %d opens %s: %d %s", n, reference, w.Code, w.Body)
		}
	}
	t.Logf("%d guesses against %d bookings", guesses, live)
	first := "/bookings/" + g.references[0]
	if w := g.ask(theGuesser, g.secrets[0], first); w.Code != http.StatusOK {
		t.Errorf("the right secret opens nothing, the test is blind: %d %s", w.Code, w.Body)
	}
	g.keepsQuiet(t)
}

// Work is counted in allocations, which depend on nothing but what is done: one statement more is
// thirty and more of them, the values of a row that is read are fifteen.
func TestWhatIsOfOthersAndWhatIsMissingTakeTheSameWork(t *testing.T) {
	const runs, much = 100, 20
	g := newGate(t, nil)
	work := func(bearer, target string) float64 {
		return testing.AllocsPerRun(runs, func() { g.ask(theGuesser, bearer, target) })
	}
	foreign, missing := "/bookings/"+g.references[0], "/bookings/"+g.wrongReference()
	for who, bearer := range map[string]string{
		"a stranger": "", "an organiser": g.token, "a guess": g.wrongSecret(),
		"a guest": g.secrets[1],
	} {
		for _, path := range []string{"", "/wait"} {
			of, none := work(bearer, foreign+path), work(bearer, missing+path)
			if math.Abs(of-none) > much {
				t.Errorf("%s and %s: of others %v, missing %v", who, path, of, none)
			}
		}
	}
	if own, none := work(g.secrets[0], foreign), work(g.secrets[0], missing); own-none < 2*much {
		t.Errorf("the right secret takes %v, a missing booking %v: the test is blind", own, none)
	}
}

func TestWhatIsOfOthersAndWhatIsMissingAreAnsweredByTheSameBytes(t *testing.T) {
	g := newGate(t, nil)
	for n, reference := range g.references[:100] {
		missing := g.wrongReference()
		for _, bearer := range []string{"", g.token, g.wrongSecret(), g.secrets[n+1]} {
			for _, path := range []string{"", "/wait"} {
				foreign := g.ask(theGuesser, bearer, "/bookings/"+reference+path)
				none := g.ask(theGuesser, bearer, "/bookings/"+missing+path)
				if got, want := told(foreign, reference), told(none, missing); got != want {
					t.Fatalf("of others:\n%smissing:\n%s", got, want)
				}
			}
		}
	}
	g.keepsQuiet(t)
}

// told is all of an answer, without the reference that was asked for.
func told(w *httptest.ResponseRecorder, reference string) string {
	var all strings.Builder
	all.WriteString(strconv.Itoa(w.Code) + "\n")
	_ = w.Header().Write(&all) // in the order of the names
	all.WriteString(w.Body.String())
	return strings.ReplaceAll(all.String(), reference, "REF")
}
