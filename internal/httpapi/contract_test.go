package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/go-json-experiment/json"
)

// contract is the OpenAPI document, and what of it was seen.
type contract struct {
	doc *openapi3.T
	// mux finds the operation of a request.
	mux *http.ServeMux

	mu   sync.Mutex
	seen map[string]bool
}

// theContract is the one that all tests of the package are held against.
var theContract = sync.OnceValue(newContract)

func newContract() *contract {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(openAPIYAML))
	if err != nil {
		panic(err)
	}
	c := &contract{doc: doc, mux: http.NewServeMux(), seen: map[string]bool{}}
	for template, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			c.mux.Handle(method+" "+template, &clause{operation, &routers.Route{
				Spec: doc, Path: template, PathItem: item, Method: method, Operation: operation,
			}})
		}
	}
	return c
}

// clause is one operation of the contract.
type clause struct {
	*openapi3.Operation
	route *routers.Route
}

func (c *clause) ServeHTTP(http.ResponseWriter, *http.Request) { panic("is only looked up") }

func (c *clause) String() string { return c.route.Method + " " + c.route.Path }

// parameters are those of the operation and of its path.
func (c *clause) parameters() openapi3.Parameters {
	return slices.Concat(c.route.PathItem.Parameters, c.Parameters)
}

// find gives the operation that a request is for; nil when there is none.
func (c *contract) find(r *http.Request) *clause {
	if path.Clean(r.URL.Path) != r.URL.Path { // the mux would redirect it
		return nil
	}
	h, _ := c.mux.Handler(r)
	found, _ := h.(*clause)
	return found
}

// exchanged is a request and its answer.
type exchanged struct {
	*http.Request
	body, answer []byte
	status       int
	header       http.Header
}

// judge says in what an exchange breaks the contract; nil when it keeps to it.
func (c *contract) judge(e exchanged) error {
	clause := c.find(e.Request)
	if clause == nil {
		return c.judgeStray(e)
	}
	found := clause.Responses.Status(e.status)
	if found == nil {
		return fmt.Errorf("%s has no status %d", clause, e.status)
	}
	input := &openapi3filter.RequestValidationInput{
		Request: e.Request, Route: clause.route, PathParams: pathValues(clause, e.URL),
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
			SkipSettingDefaults:   true,
		},
	}
	if err := judgeHeaders(e, found.Value); err != nil {
		return err
	}
	err := openapi3filter.ValidateResponse(context.Background(),
		&openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: e.status, Header: e.header,
			Body: io.NopCloser(bytes.NewReader(e.answer)), Options: input.Options,
		})
	if err != nil || !wasUnderstood(e.status) {
		c.noteAnswer(clause, e, found)
		return err
	}
	if err := judgeQuery(clause, e.URL); err != nil {
		return err
	}
	e.Request.Body = io.NopCloser(bytes.NewReader(e.body))
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		return fmt.Errorf("the request was not refused: %w", err)
	}
	c.noteRequest(clause, e)
	c.noteAnswer(clause, e, found)
	return nil
}

// wasUnderstood says whether an answer means that the request was right, if not welcome.
func wasUnderstood(status int) bool {
	switch status {
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		return true
	}
	return status < http.StatusBadRequest
}

// judgeStray judges the answer to what no operation is for, and to what tests add to the server.
func (c *contract) judgeStray(e exchanged) error {
	if e.status < http.StatusBadRequest {
		return fmt.Errorf("%s %s is no operation, and is answered with %d", e.Method, e.URL,
			e.status)
	}
	if e.status == http.StatusMethodNotAllowed && e.header.Get("Allow") == "" {
		return fmt.Errorf("%s %s is refused without saying what is allowed", e.Method, e.URL)
	}
	var value any
	if err := json.Unmarshal(e.answer, &value); err != nil {
		return err
	}
	failure := c.doc.Components.Schemas["Failure"]
	c.note("Failure", failure, value)
	return failure.Value.VisitJSON(value, openapi3.EnableJSONSchema2020())
}

// judgeHeaders finds headers that clients rely on and the contract does not mention.
func judgeHeaders(e exchanged, response *openapi3.Response) error {
	for _, name := range []string{
		"Location", "ETag", "Idempotency-Replayed", "Retry-After", "WWW-Authenticate",
	} {
		if e.header.Get(name) != "" && response.Headers[name] == nil {
			return fmt.Errorf("%s %s, status %d, has the header %s", e.Method, e.URL, e.status,
				name)
		}
	}
	return nil
}

// judgeQuery finds parameters that the operation does not have.
func judgeQuery(c *clause, u *url.URL) error {
	for name := range u.Query() {
		if c.parameters().GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("%s has no parameter %s", c, name)
		}
	}
	return nil
}

// pathValues are the parameters that stand in the path.
func pathValues(c *clause, u *url.URL) map[string]string {
	values := map[string]string{}
	given := strings.Split(u.EscapedPath(), "/")
	for i, part := range strings.Split(c.route.Path, "/") {
		if name, found := strings.CutPrefix(part, "{"); found {
			values[strings.TrimSuffix(name, "}")], _ = url.PathUnescape(given[i])
		}
	}
	return values
}

// watched is a handler of which each exchange is held against the contract.
func watched(t testing.TB, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var sent bytes.Buffer
		if r.Body != nil {
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, &sent), r.Body}
		}
		copied := &copier{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(copied, r)
		e := exchanged{r, sent.Bytes(), copied.body.Bytes(), copied.status, w.Header()}
		if err := theContract().judge(e); err != nil {
			t.Errorf("%s %s breaks the contract: %v\n%d %.2000s", r.Method, r.URL, err, e.status,
				e.answer)
		}
	})
}

// copier keeps a copy of an answer.
type copier struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (c *copier) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copier) Write(text []byte) (int, error) {
	c.body.Write(text)
	return c.ResponseWriter.Write(text)
}

// Unwrap lets an [http.ResponseController] reach the connection.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }
