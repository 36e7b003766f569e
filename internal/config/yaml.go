package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// strictYAML decodes the file for viper, whose own decoder folds the case of keys, splits them at
// dots, drops every document but the first and turns texts into numbers. Here each key is a known
// one, stands once and holds text.
type strictYAML struct{}

// Decoder serves every format that viper may ask for as YAML, the only one there is.
func (strictYAML) Decoder(string) (viper.Decoder, error) { return strictYAML{}, nil }

// Decode puts the keys of one YAML document into settings. Errors are one line and name the line.
func (strictYAML) Decode(content []byte, settings map[string]any) error {
	found, err := entries(content)
	if err != nil {
		return err
	}
	for _, e := range found {
		if wrong := e.notText(); wrong != "" {
			return fmt.Errorf("line %d: %s %s: %s", e.value.Line, e.name, wrong, e.hint)
		}
		settings[e.name] = e.value.Value
	}
	return nil
}

// entry is one key of a file with its value, which may be anything.
type entry struct {
	key
	line  int
	value *yaml.Node
}

// entries gives the keys of a file in their order.
func entries(content []byte) ([]entry, error) {
	root, err := parse(content)
	if err != nil || root == nil {
		return nil, err
	}
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: not a list of keys and values: write db: events.db",
			root.Line)
	}
	var found []entry
	for i := 0; i < len(root.Content); i += 2 {
		name, value := root.Content[i], root.Content[i+1]
		k, err := known(name)
		if err != nil {
			return nil, err
		}
		first := slices.IndexFunc(found, func(e entry) bool { return e.name == k.name })
		if first >= 0 {
			return nil, fmt.Errorf("line %d: %s is set in line %d already: remove one of the two",
				name.Line, k.name, found[first].line)
		}
		found = append(found, entry{k, name.Line, value})
	}
	return found, nil
}

// parse gives the root of the only document, nil where there is nothing in it.
func parse(content []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document, second yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, notYAML(err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, fmt.Errorf("line %d: there is a second document: remove ---", second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, notYAML(err)
	}
	root := document.Content[0]
	if root.ShortTag() == "!!null" {
		return nil, nil
	}
	return root, nil
}

func notYAML(err error) error {
	return fmt.Errorf("not YAML (%s): write one \"key: value\" a line",
		masked(strings.TrimPrefix(err.Error(), "yaml: ")))
}

// known gives the key that a node names.
func known(node *yaml.Node) (key, error) {
	if node.Kind != yaml.ScalarNode {
		return key{}, fmt.Errorf("line %d: a key is not a word: %s", node.Line, oneOf(keys()))
	}
	k, err := keyNamed(node.Value)
	if err != nil {
		return key{}, fmt.Errorf("line %d: %w", node.Line, err)
	}
	return k, nil
}

func oneOf(all []key) string { return "write one of " + strings.Join(names(all), ", ") }

func names(all []key) []string {
	sorted := make([]string, len(all))
	for i, k := range all {
		sorted[i] = k.name
	}
	slices.Sort(sorted)
	return sorted
}

// notText says what a value is if not text, "" if it is. Switches are written as YAML's own.
func (e entry) notText() string {
	node := e.value
	switch node.Kind {
	case yaml.MappingNode:
		return "holds further keys, not text"
	case yaml.SequenceNode:
		return "holds a list, not text"
	case yaml.AliasNode:
		return fmt.Sprintf("holds the alias %s, not text", quoted(node.Value))
	}
	switch tag := node.ShortTag(); {
	case tag == "!!str", tag == "!!bool" && e.isSwitch():
		return ""
	case tag == "!!null":
		return "has no value"
	case tag == "!!int", tag == "!!float":
		return quoted(node.Value) + " is a number, not text"
	default:
		return fmt.Sprintf("%s is of type %s, not text", quoted(node.Value), quoted(tag))
	}
}
