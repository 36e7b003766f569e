package httpapi

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// object is one of JSON.
type object = map[string]any

// published is the contract as clients read it.
func published() object {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(openAPIJSON))
	if err != nil {
		panic(err)
	}
	return document.(object)
}

// schemasOf are the schemas of the contract that have a name.
func schemasOf(document object) object {
	return document["components"].(object)["schemas"].(object)
}

// closed is the contract with no room for fields that it does not name. Clients have to take them,
// so that there can be new ones; but the server must have none that is not written down.
func closed() object {
	document := published()
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

// reach notes the names of all schemas that a part of the document refers to.
func reach(value any, named object, found map[string]bool) {
	switch value := value.(type) {
	case []any:
		for _, inner := range value {
			reach(inner, named, found)
		}
	case object:
		if name := refOf(value); named[name] != nil && !found[name] {
			found[name] = true
			reach(named[name], named, found)
		}
		for _, inner := range value {
			reach(inner, named, found)
		}
	}
}

func TestAnswersMayHaveNewFieldsAndRequestsNoOthers(t *testing.T) {
	document := published()
	named, asked := schemasOf(document), map[string]bool{}
	for _, item := range document["paths"].(object) {
		for _, operation := range item.(object) {
			if operation, ok := operation.(object); ok {
				reach(operation["requestBody"], named, asked)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		schema := named[name].(object)
		shut := schema["additionalProperties"] != nil || schema["unevaluatedProperties"] != nil
		if schema["type"] == "object" && shut != asked[name] {
			t.Errorf("%s is closed: %t, is asked for: %t", name, shut, asked[name])
		}
	}
	if !asked["NewBooking"] || !asked["NewLine"] || asked["Booking"] {
		t.Errorf("asked for are %v", asked)
	}
}
