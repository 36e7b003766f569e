package contract

import (
	"fmt"
	"iter"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
)

const streamType = "text/event-stream"

// messages are the names and the data of the whole messages of a stream. What has no data is none:
// a comment, or how long to wait before coming back.
func messages(stream []byte) iter.Seq2[string, string] {
	return func(yield func(name, data string) bool) {
		rest := string(stream)
		for {
			text, after, whole := strings.Cut(rest, "\n\n")
			if !whole {
				return
			}
			rest = after
			var name, data string
			for line := range strings.SplitSeq(text, "\n") {
				switch field, value, _ := strings.Cut(line, ": "); field {
				case "event":
					name = value
				case "data":
					data = value
				}
			}
			if data != "" && !yield(name, data) {
				return
			}
		}
	}
}

// judgeStream says in what a message of a stream breaks the contract. The schema of a stream, which
// is a text, has those of the data of its messages by their names.
func (c *Contract) judgeStream(at string, stream []byte) error {
	for name, data := range messages(stream) {
		if err := c.conform(at+"/$defs/"+name, []byte(data)); err != nil {
			return fmt.Errorf("message %q: %w", name, err)
		}
	}
	return nil
}

// meetStream notes what the messages of a stream have.
func (c *Contract) meetStream(at string, schema *openapi3.Schema, stream []byte) {
	for name, data := range messages(stream) {
		message := schema.Defs[name]
		var value any
		if message != nil && json.Unmarshal([]byte(data), &value) == nil {
			c.meet(at+" "+name, message, value)
		}
	}
}
