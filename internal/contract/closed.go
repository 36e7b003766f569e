package contract

import (
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// object is one of JSON.
type object = map[string]any

// published is a document as clients read it.
func published(document string) object {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		panic(err)
	}
	return value.(object)
}

// schemasOf are the schemas of a document that have a name.
func schemasOf(document object) object {
	return document["components"].(object)["schemas"].(object)
}

// closed is a document with no room for fields that it does not name. Clients have to take them,
// so that there can be new ones; but the server must have none that is not written down.
func closed(text string) object {
	document := published(text)
	named := schemasOf(document)
	parts := map[string]bool{} // of others, which have fields beside theirs
	for _, schema := range named {
		all, _ := schema.(object)["allOf"].([]any)
		for _, part := range all {
			parts[refOf(part.(object))] = true
		}
	}
	for name, schema := range named {
		if !parts[name] {
			shut(schema)
		}
	}
	return document
}

// shut closes every object in a schema.
func shut(value any) {
	schema, _ := value.(object)
	for name, inner := range schema {
		if name != "allOf" {
			shut(inner)
		}
	}
	switch {
	case schema["type"] != "object":
	case schema["allOf"] != nil:
		schema["unevaluatedProperties"] = false
	default:
		schema["additionalProperties"] = false
	}
}

// refOf is the name of the schema that a schema refers to; "." for none.
func refOf(schema object) string {
	ref, _ := schema["$ref"].(string)
	return path.Base(ref)
}
