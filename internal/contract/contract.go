// Package contract holds requests and answers against an OpenAPI document, and remembers what of
// the document was seen. Tests alone import it: what it needs to read schemas would be paid for at
// every start of the program.
package contract

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// documentName is what errors call the document. Without a scheme it would be a file.
const documentName = "contract:///openapi.json"

// Contract is an OpenAPI document, and what of it was seen. Any goroutine may use it.
type Contract struct {
	doc *openapi3.T
	// mux finds the pattern of the operation of a request.
	mux *http.ServeMux
	// operations are by their patterns.
	operations map[string]*Operation

	mu sync.Mutex
	// schemas are those of the document, compiled when they are needed.
	schemas *jsonschema.Compiler
	seen    map[string]bool
}

// New reads a document, which is JSON. It panics when that is no OpenAPI 3.1.
func New(document string) *Contract {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(document))
	if err != nil {
		panic(err)
	}
	c := &Contract{
		doc: doc, mux: http.NewServeMux(), operations: map[string]*Operation{},
		schemas: jsonschema.NewCompiler(), seen: map[string]bool{},
	}
	if err := c.schemas.AddResource(documentName, closed(document)); err != nil {
		panic(err)
	}
	c.schemas.AssertFormat()
	for template, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			op := &Operation{operation, &routers.Route{
				Spec: doc, Path: template, PathItem: item, Method: method, Operation: operation,
			}}
			c.operations[op.String()] = op
			c.mux.Handle(op.String(), http.NotFoundHandler())
		}
	}
	return c
}

// Operation is one of a contract.
type Operation struct {
	*openapi3.Operation
	route *routers.Route
}

// String is the operation as a pattern of [http.ServeMux]: its method and its path.
func (o *Operation) String() string { return o.route.Method + " " + o.route.Path }

// Method is that of the requests for the operation.
func (o *Operation) Method() string { return o.route.Method }

// Path is that of the requests for the operation, with the names of parameters in braces.
func (o *Operation) Path() string { return o.route.Path }

// AllParameters are those of the operation and of its path.
func (o *Operation) AllParameters() openapi3.Parameters {
	return slices.Concat(o.route.PathItem.Parameters, o.Parameters)
}

// PathValues are the parameters that stand in the path of an address of the operation.
func (o *Operation) PathValues(u *url.URL) map[string]string {
	values := map[string]string{}
	given := strings.Split(u.EscapedPath(), "/")
	for i, part := range strings.Split(o.route.Path, "/") {
		if name, found := strings.CutPrefix(part, "{"); found {
			values[strings.TrimSuffix(name, "}")], _ = url.PathUnescape(given[i])
		}
	}
	return values
}

// pointer says where in the document the operation is.
func (o *Operation) pointer() string {
	return "#/paths/" + strings.ReplaceAll(o.route.Path, "/", "~1") + "/" +
		strings.ToLower(o.route.Method)
}

// Operations are all of the contract, in the order of their patterns.
func (c *Contract) Operations() (all []*Operation) {
	for _, pattern := range slices.Sorted(maps.Keys(c.operations)) {
		all = append(all, c.operations[pattern])
	}
	return all
}

// Components are the parts of the document that have names.
func (c *Contract) Components() *openapi3.Components { return c.doc.Components }

// Find gives the operation that a request is for; nil when there is none.
func (c *Contract) Find(r *http.Request) *Operation {
	if path.Clean(r.URL.Path) != r.URL.Path { // the mux would redirect it
		return nil
	}
	_, pattern := c.mux.Handler(r)
	return c.operations[pattern]
}

// Conform says in what a JSON text breaks a schema of the document that has a name.
func (c *Contract) Conform(name, text string) error {
	return c.conform("#/components/schemas/"+name, []byte(text))
}

// conform says in what a text breaks the schema at a place of the document.
func (c *Contract) conform(at string, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	c.mu.Lock()
	schema, err := c.schemas.Compile(documentName + at)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
