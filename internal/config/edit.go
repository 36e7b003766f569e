package config

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// change is what becomes of one key of a file: a new value, or none.
type change struct {
	name, value string
	remove      bool
}

// edited gives the content of a file after a change, with comments and order as they were. The one
// line that is concerned is changed in the text, since YAML that is written anew loses its blank
// lines and its alignment. Files that are not one key a line (JSON, values of several lines) are
// written anew all the same. Either way the outcome is read again before it is believed. Nothing is
// changed when a key to remove is not there.
func edited(content []byte, c change) (after []byte, changed bool, err error) {
	want, err := texts(content)
	if err != nil {
		return nil, false, err
	}
	if _, there := want[c.name]; c.remove && !there {
		return content, false, nil
	}
	if c.remove {
		delete(want, c.name)
	} else {
		want[c.name] = c.value
	}
	for _, edit := range []func([]byte, change) ([]byte, error){editLine, editNodes} {
		after, err := edit(content, c)
		if err != nil {
			return nil, false, err
		}
		if got, err := texts(after); err == nil && maps.Equal(got, want) {
			return after, true, nil
		}
	}
	return nil, false, errors.New("cannot be changed by a program: edit it by hand")
}

// texts gives the values of a file by their keys.
func texts(content []byte) (map[string]string, error) {
	found, err := parseEntries(content)
	values := make(map[string]string)
	for _, e := range found {
		values[e.name] = e.value.Value
	}
	return values, err
}

func parseEntries(content []byte) ([]entry, error) {
	root, err := parse(content)
	if err != nil || root == nil {
		return nil, err
	}
	return entries(root)
}

// editLine changes the text of the line on which the key stands, or adds one at the end.
func editLine(content []byte, c change) ([]byte, error) {
	found, err := parseEntries(content)
	if err != nil {
		return nil, err
	}
	text := string(content)
	ending := "\n"
	if strings.Contains(text, "\r\n") {
		ending = "\r\n"
	}
	i := slices.IndexFunc(found, func(e entry) bool { return e.name == c.name })
	if i < 0 {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += ending
		}
		return []byte(text + c.name + ": " + asYAML(c.value) + ending), nil
	}
	lines := strings.SplitAfter(text, "\n")
	at := found[i].line - 1
	if c.remove {
		lines = slices.Delete(lines, at, at+1)
	} else {
		lines[at] = replaceValue(lines[at], found[i].value, asYAML(c.value))
	}
	return []byte(strings.Join(lines, "")), nil
}

// replaceValue puts another value into a line and leaves what stands before it and the comment
// after it alone.
func replaceValue(line string, old *yaml.Node, value string) string {
	rest := strings.TrimRight(line, "\r\n")
	ending := line[len(rest):]
	start := min(old.Column-1, len(rest))
	before, rest := rest[:start], rest[start:]
	end := len(rest)
	if old.LineComment != "" {
		end = max(strings.LastIndex(rest, old.LineComment), 0)
	}
	after := rest[len(strings.TrimRight(rest[:end], " \t")):]
	return before + value + after + ending
}

// editNodes writes the file anew from its nodes, which carry the comments.
func editNodes(content []byte, c change) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, notYAML(err)
	}
	if document.Kind == 0 { // nothing but comments, of which there are no nodes
		return content, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		*root = yaml.Node{Kind: yaml.MappingNode, HeadComment: root.HeadComment,
			LineComment: root.LineComment, FootComment: root.FootComment}
	}
	at := 0
	for at < len(root.Content) && root.Content[at].Value != c.name {
		at += 2
	}
	switch there := at < len(root.Content); {
	case there && c.remove:
		root.Content = slices.Delete(root.Content, at, at+2)
	case there:
		root.Content[at+1].SetString(c.value)
	case !c.remove:
		root.Content = append(root.Content, textNode(c.name), textNode(c.value))
	}
	var after bytes.Buffer
	encoder := yaml.NewEncoder(&after)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&document), encoder.Close()); err != nil {
		return nil, err
	}
	return after.Bytes(), nil
}

func textNode(value string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(value)
	return node
}

// asYAML writes a value as text on one line, quoted where YAML would take it for something else.
func asYAML(value string) string {
	text, err := yaml.Marshal(textNode(value))
	if err != nil {
		panic(err) // a text can always be written
	}
	return strings.TrimSuffix(string(text), "\n")
}
