package contract

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
)

// Gaps says what is promised and was never seen.
func (c *Contract) Gaps() (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(c.promises())) {
		if !c.seen[what] {
			all = append(all, "no test has seen "+what)
		}
	}
	return all
}

// promises names everything that tests have to see: operations with their parameters and statuses,
// the fields of bodies and answers, and the words of which a field has one.
func (c *Contract) promises() map[string]bool {
	all := &Contract{doc: c.doc, seen: map[string]bool{}}
	for _, op := range c.operations {
		for _, p := range op.AllParameters() {
			all.seen[op.String()+" ?"+p.Value.Name] = true
		}
		if body := op.RequestBody; body != nil {
			all.walk(op.String()+" body", body.Value.Content.Get("application/json").Schema)
		}
		for status, response := range op.Responses.Map() {
			at := op.String() + " " + status
			all.seen[at] = true
			for name := range response.Value.Headers {
				all.seen[nameOf(response, at)+" "+name] = true
			}
			for _, media := range response.Value.Content {
				all.walk(nameOf(response, at), media.Schema)
			}
		}
	}
	return all.seen
}

// nameOf is the name of a response that several operations share; else it is at, its own.
func nameOf(response *openapi3.ResponseRef, at string) string {
	if response.Ref != "" {
		return path.Base(response.Ref)
	}
	return at
}

// walk notes everything that a schema has.
func (c *Contract) walk(at string, schema *openapi3.SchemaRef) {
	if schema.Ref != "" {
		at = path.Base(schema.Ref)
	}
	for _, part := range parts(schema) {
		c.walk(at, part)
	}
	for name, field := range schema.Value.Properties {
		c.seen[at+"."+name] = true
		c.walk(at+"."+name, field)
	}
	if message := schema.Value.ContentSchema; message != nil {
		c.walk(at, message)
	}
	for _, word := range schema.Value.Enum {
		c.seen[fmt.Sprintf("%s=%v", at, word)] = true
	}
	if schema.Value.Items != nil {
		c.walk(at, schema.Value.Items)
	}
}

// parts are the schemas of which a schema is made.
func parts(schema *openapi3.SchemaRef) openapi3.SchemaRefs {
	return slices.Concat(schema.Value.AllOf, schema.Value.OneOf, schema.Value.AnyOf)
}

// meet notes what of a schema a value has.
func (c *Contract) meet(at string, schema *openapi3.SchemaRef, value any) {
	if schema.Ref != "" {
		at = path.Base(schema.Ref)
	}
	for _, part := range parts(schema) {
		c.meet(at, part, value)
	}
	switch value := value.(type) {
	case map[string]any:
		for name, field := range schema.Value.Properties {
			if of, has := value[name]; has {
				c.seen[at+"."+name] = true
				c.meet(at+"."+name, field, of)
			}
		}
	case []any:
		if schema.Value.Items == nil {
			return
		}
		for _, entry := range value {
			c.meet(at, schema.Value.Items, entry)
		}
	default:
		if slices.Contains(schema.Value.Enum, value) {
			c.seen[fmt.Sprintf("%s=%v", at, value)] = true
		}
	}
}

// noteStray notes what belongs to no operation. Tests add operations to a server to make it fail in
// ways that are hard to bring about otherwise; each operation may be answered so.
func (c *Contract) noteStray(e exchanged) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var value any
	if json.Unmarshal(e.answer, &value) != nil {
		return
	}
	c.meet("Failure", c.doc.Components.Schemas["Failure"], value)
	if e.status == http.StatusServiceUnavailable {
		response := c.doc.Components.Responses["Unavailable"]
		c.meet("Unavailable", response.Value.Content.Get("application/json").Schema, value)
		c.meetHeaders("Unavailable", e, response)
	}
}

// meetHeaders notes which headers of a response there are.
func (c *Contract) meetHeaders(at string, e exchanged, response *openapi3.ResponseRef) {
	for name := range response.Value.Headers {
		if e.header.Get(name) != "" {
			c.seen[at+" "+name] = true
		}
	}
}

// noteRequest notes the parameters and the body of a request.
func (c *Contract) noteRequest(op *Operation, e exchanged) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range op.AllParameters() {
		if p.Value.In == openapi3.ParameterInPath || e.URL.Query().Has(p.Value.Name) ||
			e.Header.Get(p.Value.Name) != "" {
			c.seen[op.String()+" ?"+p.Value.Name] = true
		}
	}
	var value any
	if op.RequestBody != nil && json.Unmarshal(e.body, &value) == nil {
		c.meet(op.String()+" body", op.RequestBody.Value.Content.Get("application/json").Schema,
			value)
	}
}

// noteAnswer notes the status, the headers and the fields of an answer.
func (c *Contract) noteAnswer(op *Operation, e exchanged, found *openapi3.ResponseRef) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := op.String() + " " + strconv.Itoa(e.status)
	c.seen[at] = true
	c.meetHeaders(nameOf(found, at), e, found)
	kind, _, _ := mime.ParseMediaType(e.header.Get("Content-Type"))
	media := found.Value.Content.Get(kind)
	var value any
	switch {
	case media == nil:
	case kind == streamType:
		c.meetStream(at, media.Schema.Value.ContentSchema, e.answer)
	case json.Unmarshal(e.answer, &value) == nil:
		c.meet(nameOf(found, at), media.Schema, value)
	}
}
