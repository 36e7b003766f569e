package contract

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// exchanged is a request and its answer.
type exchanged struct {
	*http.Request
	body, answer []byte
	status       int
	header       http.Header
}

// judge says in what an exchange breaks the contract; nil when it keeps to it.
func (c *Contract) judge(e exchanged) error {
	clause := c.Find(e.Request)
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
	err := c.judgeAnswer(clause, e, found)
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

// judgeAnswer says what is wrong with the body of an answer.
func (c *Contract) judgeAnswer(op *Operation, e exchanged, found *openapi3.ResponseRef) error {
	if len(found.Value.Content) == 0 {
		if len(e.answer) > 0 {
			return fmt.Errorf("%s has no body with status %d", op, e.status)
		}
		return nil
	}
	kind, _, _ := mime.ParseMediaType(e.header.Get("Content-Type"))
	if found.Value.Content[kind] == nil {
		return fmt.Errorf("%s has no %q with status %d", op, kind, e.status)
	}
	at := found.Ref
	if at == "" {
		at = fmt.Sprintf("%s/responses/%d", op.pointer(), e.status)
	}
	at += "/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema"
	switch {
	case e.isHead():
		return nil
	case kind == "application/json":
		return c.conform(at, e.answer)
	case kind == streamType:
		return c.judgeStream(at, e.answer)
	}
	return nil
}

// judgeRequest says what is wrong with a request.
func (c *Contract) judgeRequest(op *Operation, e exchanged) error {
	if err := judgeQuery(op, e.URL); err != nil {
		return err
	}
	input := &openapi3filter.RequestValidationInput{
		Request: e.Request, Route: op.route, PathParams: op.PathValues(e.URL),
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

// wasUnderstood says whether an answer means that the request was right, if not welcome. Of a batch
// some rows may have been wrong.
func (e exchanged) wasUnderstood() bool {
	switch e.status {
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		return true
	}
	return e.status < http.StatusBadRequest && !bytes.Contains(e.answer, []byte(`"partial"`))
}

// isHead says whether an answer has no body since none was asked for.
func (e exchanged) isHead() bool { return e.Method == http.MethodHead && len(e.answer) == 0 }

// judgeStray judges the answer to what no operation is for, and to what tests add to the server.
func (c *Contract) judgeStray(e exchanged) error {
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
	if e.isHead() {
		return nil
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
func judgeQuery(c *Operation, u *url.URL) error {
	for name := range u.Query() {
		if c.AllParameters().GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("%s has no parameter %s", c, name)
		}
	}
	return nil
}
