package contract

import (
	"iter"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const streamType = "text/event-stream"

// messages are the whole messages of a stream, each as JSON with its fields. What has no data is
// none: a comment, or how long to wait before coming back.
func messages(stream []byte) iter.Seq2[[]byte, error] {
	return func(yield func(message []byte, err error) bool) {
		texts := strings.Split(string(stream), "\n\n")
		for _, text := range texts[:len(texts)-1] { // behind the last end is nothing whole
			fields := map[string]any{}
			for line := range strings.SplitSeq(text, "\n") {
				name, value, _ := strings.Cut(line, ": ")
				fields[name] = value
				if name == "data" {
					fields[name] = jsontext.Value(value)
				}
			}
			if fields["data"] != nil && !yield(json.Marshal(fields)) {
				return
			}
		}
	}
}

// judgeStream says in what a message of a stream breaks the schema of its messages.
func (c *Contract) judgeStream(at string, stream []byte) error {
	for message, err := range messages(stream) {
		if err == nil {
			err = c.conform(at+"/contentSchema", message)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// meetStream notes what the messages of a stream have.
func (c *Contract) meetStream(at string, schema *openapi3.SchemaRef, stream []byte) {
	for message, err := range messages(stream) {
		var value any
		if err == nil && json.Unmarshal(message, &value) == nil {
			c.meet(at, schema, value)
		}
	}
}
