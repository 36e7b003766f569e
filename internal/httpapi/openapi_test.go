package httpapi

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

var renew = flag.Bool("update", false, "write the generated files anew")

func TestTheContractIsTheSameInBothForms(t *testing.T) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(openAPIYAML), &document); err != nil {
		t.Fatal(err)
	}
	var made bytes.Buffer
	out := jsontext.NewEncoder(&made, jsontext.WithIndent("  "))
	if err := writeJSON(out, document.Content[0]); err != nil {
		t.Fatal(err)
	}
	if *renew {
		if err := os.WriteFile("openapi.json", made.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made.String() != openAPIJSON {
		t.Error("openapi.json is not what openapi.yaml says; " +
			"run: go test ./internal/httpapi -run InBothForms -update")
	}
}

func TestTheContractIsServedAndSentOnce(t *testing.T) {
	s := newSite(t)
	for _, format := range OpenAPIFormats() {
		path := "/openapi." + format
		w := s.send("GET", path, "")
		tag := w.Header().Get("ETag")
		if w.Code != 200 || w.Body.String() != OpenAPI(format) ||
			w.Header().Get("Content-Type") != "application/"+format || len(tag) < 10 {
			t.Errorf("%s: %d, ETag %s, %.100s", path, w.Code, tag, w.Body)
		}
		for known, want := range map[string]int{
			tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, "": 200,
		} {
			w := s.send("GET", path, "", "If-None-Match", known)
			if w.Code != want || (w.Body.Len() == 0) != (want == 304) ||
				w.Header().Get("ETag") != tag || w.Header().Get("Cache-Control") != "no-cache" {
				t.Errorf("%s, known %s: %d, %v", path, known, w.Code, w.Header())
			}
		}
	}
	if OpenAPI("toml") != "" {
		t.Error("there is a contract in a form that is none")
	}
}

// writeJSON writes YAML as JSON, in the order in which it was written.
func writeJSON(out *jsontext.Encoder, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		begin, end := jsontext.BeginArray, jsontext.EndArray
		if n.Kind == yaml.MappingNode {
			begin, end = jsontext.BeginObject, jsontext.EndObject
		}
		if err := out.WriteToken(begin); err != nil {
			return err
		}
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				if err := out.WriteToken(jsontext.String(child.Value)); err != nil {
					return err
				}
			} else if err := writeJSON(out, child); err != nil {
				return err
			}
		}
		return out.WriteToken(end)
	}
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null": // which YAML and JSON write alike
		return out.WriteValue(jsontext.Value(n.Value))
	}
	return out.WriteToken(jsontext.String(n.Value))
}
