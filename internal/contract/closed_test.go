package contract

import (
	"maps"
	"slices"
	"testing"

	"evbook/internal/httpapi"
)

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
	document := published(httpapi.OpenAPI("json"))
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
