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
	want, err := meanings(content)
	if err != nil {
		return nil, false, err
	}
	if _, there := want[c.name]; c.remove && !there {
		return content, false, nil
	}
	if c.remove {
		delete(want, c.name)
	} else {
		want[c.name] = meaning{"!!str", c.value}
	}
	for _, edit := range []func([]byte, change) ([]byte, error){editLine, editNodes} {
		after, err := edit(content, c)
		if err != nil {
			return nil, false, err
		}
		if got, err := meanings(after); err == nil && maps.Equal(got, want) {
			return after, true, nil
		}
	}
	return nil, false, errors.New("cannot be changed by a program: edit it by hand")
}

// meaning is what stands behind a key: a text or, for a person to mend, something else.
type meaning struct{ tag, text string }

// meanings gives the values of a file by their keys. Those that are wrong have to be kept too,
// else two of them could not be mended one after the other.
func meanings(content []byte) (map[string]meaning, error) {
	found, err := entries(content)
	all := make(map[string]meaning)
	for _, e := range found {
		text := e.value.Value
		if e.value.Kind != yaml.ScalarNode {
			text = asYAML(e.value)
		}
		all[e.name] = meaning{e.value.ShortTag(), text}
	}
	return all, err
}

// editLine changes the text of the line on which the key stands, or adds one at the end.
func editLine(content []byte, c change) ([]byte, error) {
	found, err := entries(content)
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
		return []byte(text + c.name + ": " + asYAML(textNode(c.value, 0)) + ending), nil
	}
	lines := strings.SplitAfter(text, "\n")
	at := found[i].line - 1
	if at >= len(lines) {
		return content, nil // YAML has further line ends, such as CR
	}
	if c.remove {
		lines = slices.Delete(lines, at, at+1)
	} else {
		lines[at] = replaceValue(lines[at], found[i].value, c.value)
	}
	return []byte(strings.Join(lines, "")), nil
}

// replaceValue puts another value into a line, quoted as the old one was, and leaves what stands
// before it and the comment after it alone.
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
	return before + asYAML(textNode(value, quotes(old))) + after + ending
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
		old := root.Content[at+1]
		value := textNode(c.value, quotes(old))
		value.LineComment = old.LineComment
		root.Content[at+1] = value
	case !c.remove:
		var style yaml.Style
		if root.Style&yaml.FlowStyle != 0 {
			style = yaml.DoubleQuotedStyle // it may be JSON, and stays so
		}
		root.Content = append(root.Content, textNode(c.name, style), textNode(c.value, style))
	}
	var after bytes.Buffer
	encoder := yaml.NewEncoder(&after)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&document), encoder.Close()); err != nil {
		return nil, err
	}
	return after.Bytes(), nil
}

// textNode is a text, which the encoder quotes where YAML would take it for something else.
func textNode(value string, style yaml.Style) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(value)
	node.Style |= style
	return node
}

// quotes tells how a value is quoted, if it is.
func quotes(value *yaml.Node) yaml.Style {
	return value.Style & (yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle)
}

// asYAML writes a value, a text of one line on one line.
func asYAML(value *yaml.Node) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		panic(err) // what was read or made here can be written
	}
	return strings.TrimSuffix(string(text), "\n")
}
