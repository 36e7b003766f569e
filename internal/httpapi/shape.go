package httpapi

import (
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// shape writes values of one type as JSON at the end of a text, as package json does.
type shape func(to []byte, v reflect.Value) []byte

// shapeBook has the shapes of types. It is not changed once it is made.
type shapeBook map[reflect.Type]shape

// shapes are those of the answers that are given most often: what their types say is worked out
// once, and not for every answer.
var shapes = sync.OnceValue(func() shapeBook {
	book := shapeBook{}
	for _, view := range []any{
		Envelope{}, bookingView{}, madeView{}, doorView{}, checkView{}, shortageView{},
		eventView{}, []bookingView{}, []eventView{}, standingView{}, publicView{},
	} {
		t := reflect.TypeOf(view)
		book[t] = book.of(t)
	}
	return book
})

// of works the shape of a type out. Types other than those of views are left to package json; views
// have no methods of their own for JSON, and what package json makes of them is compared in a test.
func (s shapeBook) of(t reflect.Type) shape {
	if t == reflect.TypeFor[jsontext.Value]() { // numbers, written before
		return orNullOf(func(to []byte, v reflect.Value) []byte { return append(to, v.Bytes()...) })
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(to []byte, v reflect.Value) []byte { return strconv.AppendBool(to, v.Bool()) }
	case reflect.Int, reflect.Int64:
		return func(to []byte, v reflect.Value) []byte { return strconv.AppendInt(to, v.Int(), 10) }
	case reflect.String:
		return func(to []byte, v reflect.Value) []byte { return appendText(to, v.String()) }
	case reflect.Pointer:
		pointed := s.of(t.Elem())
		return orNullOf(func(to []byte, v reflect.Value) []byte { return pointed(to, v.Elem()) })
	case reflect.Slice:
		return listOf(s.of(t.Elem()))
	case reflect.Struct:
		return objectOf(s.members(t))
	}
	return func(to []byte, v reflect.Value) []byte { return s.append(to, v.Interface()) }
}

// orNullOf is a shape of what may be nil.
func orNullOf(write shape) shape {
	return func(to []byte, v reflect.Value) []byte {
		if v.IsNil() {
			return append(to, "null"...)
		}
		return write(to, v)
	}
}

// listOf is the shape of a list. Even one that is nil is an array.
func listOf(write shape) shape {
	return func(to []byte, v reflect.Value) []byte {
		to = append(to, '[')
		for i := range v.Len() {
			if i > 0 {
				to = append(to, ',')
			}
			to = write(to, v.Index(i))
		}
		return append(to, ']')
	}
}

// objectOf is the shape of an object whose members are written with a comma before each.
func objectOf(members shape) shape {
	return func(to []byte, v reflect.Value) []byte {
		start := len(to)
		if to = members(to, v); len(to) == start {
			return append(to, "{}"...)
		}
		to[start] = '{'
		return append(to, '}')
	}
}

// members writes those of a struct. JSON shows the fields of what is embedded like any other.
func (s shapeBook) members(t reflect.Type) shape {
	var all []shape
	for i := range t.NumField() {
		f := t.Field(i)
		var write shape
		if f.Anonymous {
			write = s.members(f.Type)
		} else {
			name, when, _ := strings.Cut(f.Tag.Get("json"), ",")
			write = memberOf(name, when, s.of(f.Type))
		}
		all = append(all, write)
	}
	return func(to []byte, v reflect.Value) []byte {
		for i, write := range all {
			to = write(to, v.Field(i))
		}
		return to
	}
}

// memberOf is the shape of one member, which may be left out when it says nothing.
func memberOf(name, when string, write shape) shape {
	lead := "," + strconv.Quote(name) + ":"
	return func(to []byte, v reflect.Value) []byte {
		if when == "omitzero" && v.IsZero() {
			return to
		}
		start := len(to)
		to = write(append(to, lead...), v)
		if when == "omitempty" && isEmpty(to[start+len(lead):]) {
			return to[:start]
		}
		return to
	}
}

// isEmpty is true for the JSON of what says nothing.
func isEmpty(value []byte) bool {
	switch string(value) {
	case "null", `""`, "[]", "{}":
		return true
	}
	return false
}
