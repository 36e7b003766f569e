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

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"

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
func (c *clause) sample(t *testing.T, s *site) asking {
	t.Helper()
	a := asking{site: s}
	a.target = regexp.MustCompile(`\{\w+\}`).ReplaceAllStringFunc(c.route.Path,
		func(name string) string {
			p := c.parameters().GetByInAndName(openapi3.ParameterInPath, strings.Trim(name, "{}"))
			return fmt.Sprint(p.Schema.Value.Examples[0])
		})
	switch c.String() {
	case "GET /bookings":
		a.query = "?event_id=1"
	case "GET /bookings/check":
		a.query = "?event_id=1&quantity=1"
	}
	if c.RequestBody != nil {
		media := c.RequestBody.Value.Content.Get("application/json")
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

// provoke changes a request so that it gets the status; false when that takes more than a request.
func (a *asking) provoke(status int, robbed *site) bool {
	switch status {
	case http.StatusBadRequest:
		a.query = "?bogus=1"
	case http.StatusForbidden:
		a.headers = []string{"Via", "1.1 proxy"}
	case http.StatusNotFound: // as the database is empty
	case http.StatusRequestEntityTooLarge:
		a.body = strings.Repeat(" ", maxBody+1)
	case http.StatusUnsupportedMediaType:
		a.headers = []string{"Content-Type", "text/plain"}
	case http.StatusInternalServerError: // there is no store, so that the handler panics
		a.site = &site{TB: a.site.TB, Handler: New(nil, Options{})}
	case http.StatusServiceUnavailable:
		a.site = robbed
	default:
		return false
	}
	return true
}

// newRobbed makes a door over a database whose file was taken away.
func newRobbed(t *testing.T) *site {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.db")
	store, err := storage.Open(t.Context(), storage.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if err := os.Rename(path, path+".gone"); err != nil {
		t.Fatal(err)
	}
	return &site{TB: t, Handler: New(store, Options{}), store: store}
}

func TestEveryOperationRefusesWhatAllOfThemDo(t *testing.T) {
	empty, robbed := newSite(t), newRobbed(t)
	done := 0
	for _, op := range theContract().clauses() {
		if _, served := routes()[op.String()]; !served {
			continue
		}
		for text := range op.Responses.Map() {
			status, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			a := op.sample(t, empty)
			if !a.provoke(status, robbed) {
				continue
			}
			done++
			w := a.site.do(op.route.Method, a.target+a.query, a.body, a.headers...)
			if w.Code != status && (op.String() != "GET /bookings" || status != 404) {
				t.Errorf("%s %s: %d %s, want %d", op.route.Method, a.target, w.Code, w.Body, status)
			}
		}
	}
	if done < 150 {
		t.Errorf("only %d statuses were provoked", done)
	}
}
