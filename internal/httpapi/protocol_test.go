package httpapi

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"

	"evbook/internal/contract"
	"evbook/internal/storage"
)

// asking is a request that an operation has to answer in a certain way.
type asking struct {
	site          *site
	target, query string
	body          string
	headers       []string
}

// sample asks what the contract gives as an example of an operation.
func sample(t *testing.T, op *contract.Operation, s *site) asking {
	t.Helper()
	a := asking{site: s}
	a.target = regexp.MustCompile(`\{\w+\}`).ReplaceAllStringFunc(op.Path(),
		func(name string) string {
			name = strings.Trim(name, "{}")
			p := op.AllParameters().GetByInAndName(openapi3.ParameterInPath, name)
			return fmt.Sprint(p.Schema.Value.Examples[0])
		})
	switch op.String() {
	case "GET /bookings":
		a.query = "?event_id=1"
	case "GET /bookings/check":
		a.query = "?event_id=1&quantity=1"
	}
	if op.RequestBody != nil {
		media := op.RequestBody.Value.Content.Get("application/json")
		example := media.Example
		for _, one := range media.Examples {
			example = one.Value.Value
		}
		text, err := json.Marshal(example)
		if err != nil {
			t.Fatal(err)
		}
		a.body = string(text)
	}
	return a
}

// doors are some that refuse what is right.
type doors struct {
	// guarded wants to know who asks, and limited answers this client no more.
	guarded, limited *site
	// robbed had its database taken away, and cold knew of no tokens by then.
	robbed, cold *site
}

// newDoors makes doors, of which those with a database have that of a site.
func newDoors(t *testing.T, s *site) doors {
	t.Helper()
	once := Rate{Count: 1, Per: time.Hour}
	d := doors{
		guarded: &site{TB: t, Handler: New(s.store, Options{})},
		limited: &site{TB: t, Handler: New(s.store, Options{Limits: &Limits{
			All: once, Read: once, Write: once, Organiser: once, Door: once, Wrong: once,
		}})},
	}
	d.limited.must("GET", "/events", "")
	path := filepath.Join(t.TempDir(), "events.db")
	store, err := storage.Open(t.Context(), storage.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	d.robbed = &site{TB: t, Handler: New(store, Options{Open: true})}
	d.cold = &site{TB: t, Handler: New(store, Options{Open: true})}
	d.robbed.must("GET", "/events", "")
	if err := os.Rename(path, path+".gone"); err != nil {
		t.Fatal(err)
	}
	return d
}

// provoke changes a request so that it gets the status; false when that takes more than a request.
func (a *asking) provoke(status int, at doors) bool {
	switch status {
	case http.StatusBadRequest:
		a.query = "?bogus=1"
	case http.StatusUnauthorized:
		a.site, a.headers = at.guarded, []string{"Authorization", "Bearer guessed"}
	case http.StatusForbidden:
		a.headers = []string{"Via", "1.1 proxy"}
	case http.StatusNotFound: // as the database is empty; a batch must not be booked row by row
		a.body = strings.Replace(a.body, `"atomic":false`, `"atomic":true`, 1)
	case http.StatusNotAcceptable:
		a.headers = []string{"Accept", "application/json"}
	case http.StatusRequestEntityTooLarge:
		a.body = strings.Repeat(" ", maxBatchBody+1)
	case http.StatusUnsupportedMediaType:
		a.headers = []string{"Content-Type", "text/plain"}
	case http.StatusTooManyRequests:
		a.site = at.limited
	case http.StatusInternalServerError: // there is no store, so that the handler panics
		a.site = &site{TB: a.site.TB, Handler: New(nil, Options{Open: true})}
	case http.StatusServiceUnavailable:
		a.site = at.robbed
		if strings.HasPrefix(a.target, "/openapi") { // which needs no more than the tokens
			a.site = at.cold
		}
	default:
		return false
	}
	return true
}

func TestEveryOperationRefusesWhatAllOfThemDo(t *testing.T) {
	empty := newSite(t)
	at := newDoors(t, empty)
	done := 0
	for _, op := range theContract().Operations() {
		for text := range op.Responses.Map() {
			status, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			a := sample(t, op, empty)
			if !a.provoke(status, at) {
				continue
			}
			done++
			w := a.site.do(op.Method(), a.target+a.query, a.body, a.headers...)
			if w.Code != status && (op.String() != "GET /bookings" || status != 404) {
				t.Errorf("%s %s: %d %s, want %d", op.Method(), a.target, w.Code, w.Body, status)
			}
		}
	}
	if done < 260 {
		t.Errorf("only %d statuses were provoked", done)
	}
}
