package httpapi

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the generated files anew")

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
	if *update {
		if err := os.WriteFile("openapi.json", made.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made.String() != openAPIJSON {
		t.Error("openapi.json is not what openapi.yaml says; " +
			"run: go test ./internal/httpapi -run Contract -update")
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
