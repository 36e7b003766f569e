package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
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
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is the OpenAPI document, and what of it was seen.
type contract struct {
	doc *openapi3.T
	// mux finds the operation of a request.
	mux *http.ServeMux

	mu sync.Mutex
	// schemas are those of the document, compiled when they are needed.
	schemas *jsonschema.Compiler
	seen    map[string]bool
}

// theContract is the one that all tests of the package are held against.
var theContract = sync.OnceValue(newContract)

func newContract() *contract {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(openAPIYAML))
	if err != nil {
		panic(err)
	}
	c := &contract{
		doc: doc, mux: http.NewServeMux(), schemas: jsonschema.NewCompiler(),
		seen: map[string]bool{},
	}
	if err := c.schemas.AddResource("openapi.json", closed()); err != nil {
		panic(err)
	}
	c.schemas.AssertFormat()
	for _, op := range c.clauses() {
		c.mux.Handle(op.String(), op)
	}
	return c
}

// clauses are all operations of the contract, in no order.
func (c *contract) clauses() (all []*clause) {
	for template, item := range c.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			all = append(all, &clause{operation, &routers.Route{
				Spec: c.doc, Path: template, PathItem: item, Method: method, Operation: operation,
			}})
		}
	}
	return all
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
	if err := judgeHeaders(e, found.Value); err != nil {
		return err
	}
	at, err := clause.answerSchema(e, found)
	if err == nil && at != "" {
		err = c.conform(at, e.answer)
	}
	if err != nil || !e.wasUnderstood() {
		c.noteAnswer(clause, e, found)
		return err
	}
	if err := c.judgeRequest(clause, e); err != nil {
		return fmt.Errorf("the request was not refused: %w", err)
	}
	c.noteRequest(clause, e)
	c.noteAnswer(clause, e, found)
	return nil
}

// answerSchema says where in the document the schema of an answer is; "" for one without a body.
func (c *clause) answerSchema(e exchanged, found *openapi3.ResponseRef) (at string, err error) {
	if len(found.Value.Content) == 0 {
		if len(e.answer) > 0 {
			return "", fmt.Errorf("%s has no body with status %d", c, e.status)
		}
		return "", nil
	}
	kind, _, _ := mime.ParseMediaType(e.header.Get("Content-Type"))
	if found.Value.Content[kind] == nil {
		return "", fmt.Errorf("%s has no %q with status %d", c, kind, e.status)
	}
	at = found.Ref
	if at == "" {
		at = fmt.Sprintf("%s/responses/%d", c.pointer(), e.status)
	}
	if kind != "application/json" {
		return "", nil
	}
	return at + "/content/application~1json/schema", nil
}

// pointer says where in the document the operation is.
func (c *clause) pointer() string {
	return "#/paths/" + strings.ReplaceAll(c.route.Path, "/", "~1") + "/" +
		strings.ToLower(c.route.Method)
}

// judgeRequest says what is wrong with a request.
func (c *contract) judgeRequest(op *clause, e exchanged) error {
	if err := judgeQuery(op, e.URL); err != nil {
		return err
	}
	input := &openapi3filter.RequestValidationInput{
		Request: e.Request, Route: op.route, PathParams: pathValues(op, e.URL),
		Options: &openapi3filter.Options{
			AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc,
			SkipSettingDefaults: true,
			ExcludeRequestBody:  true,
		},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		return err
	}
	switch {
	case op.RequestBody == nil && len(e.body) > 0:
		return fmt.Errorf("%s has no body", op)
	case op.RequestBody == nil || len(e.body) == 0 && !op.RequestBody.Value.Required:
		return nil
	}
	return c.conform(op.pointer()+"/requestBody/content/application~1json/schema", e.body)
}

// conform says in what a text breaks the schema at a place of the document.
func (c *contract) conform(at string, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	c.mu.Lock()
	schema, err := c.schemas.Compile("openapi.json" + at)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// wasUnderstood says whether an answer means that the request was right, if not welcome. Of a batch
// some rows may have been wrong.
func (e exchanged) wasUnderstood() bool {
	switch e.status {
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		return true
	}
	return e.status < http.StatusBadRequest && !bytes.Contains(e.answer, []byte(`"partial"`))
}

// judgeStray judges the answer to what no operation is for, and to what tests add to the server.
func (c *contract) judgeStray(e exchanged) error {
	if e.Method == http.MethodOptions && e.status == http.StatusNoContent && len(e.answer) == 0 {
		return nil // which every path takes
	}
	if e.status < http.StatusBadRequest {
		return fmt.Errorf("%s %s is no operation, and is answered with %d", e.Method, e.URL,
			e.status)
	}
	if e.status == http.StatusMethodNotAllowed && e.header.Get("Allow") == "" {
		return fmt.Errorf("%s %s is refused without saying what is allowed", e.Method, e.URL)
	}
	c.noteStray(e)
	return c.conform("#/components/schemas/Failure", e.answer)
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
		// The server looks at the body of its own request to see what is left to be read.
		asked := r.WithContext(r.Context())
		if r.Body != nil {
			asked.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, &sent), r.Body}
		}
		copied := &copier{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(copied, asked)
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
