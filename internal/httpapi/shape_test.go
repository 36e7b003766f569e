package httpapi

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// TestShapesWriteWhatPackageJSONWrites fills every view that has a shape with all kinds of values.
func TestShapesWriteWhatPackageJSONWrites(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	for view := range shapes() {
		for range 2000 {
			value := reflect.New(view).Elem()
			fill(random, value)
			data := value.Interface()
			want, err := json.Marshal(data, jsontext.AllowInvalidUTF8(true))
			if err != nil {
				t.Fatal(err)
			}
			got, want := string(mustEncode(data)), escapeControls(want)
			if got != string(want) {
				t.Fatalf("seed %d: %s is\n%s, not\n%s", seed, view, got, want)
			}
		}
	}
}

// TestShapesLeaveOtherTypesToPackageJSON has types of which no view is made.
func TestShapesLeaveOtherTypesToPackageJSON(t *testing.T) {
	for _, data := range []any{
		nil, 1.5, uint8(3), map[string]int{"a": 1}, []any{nil, "x", []float64{0.5}}, "te\u202ext",
		struct{}{}, &bookingView{}, []string(nil),
	} {
		want, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []Envelope{{Data: data}, {Data: []any{data}}} {
			got := string(mustEncode(e))
			if want := string(escapeControls(want)); !strings.Contains(got, want) {
				t.Errorf("%s is not in %s", want, got)
			}
		}
	}
}

// fill sets a value at random, often to nothing.
func fill(random *rand.Rand, v reflect.Value) {
	if v.Kind() != reflect.Struct && random.IntN(3) == 0 {
		return
	}
	if v.Type() == reflect.TypeFor[jsontext.Value]() {
		v.SetBytes([]byte([]string{"null", "0", "-12.50", "1234567.001"}[random.IntN(4)]))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(random.Int64() >> random.IntN(64) * int64(1-2*random.IntN(2)))
	case reflect.String:
		v.SetString(randomText(random))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(random, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), random.IntN(3), 3))
		for i := range v.Len() {
			fill(random, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(random, v.Field(i))
		}
	case reflect.Interface:
		data := reflect.New(reflect.TypeFor[madeView]()).Elem()
		fill(random, data)
		v.Set(data)
	}
}

// randomText is a text of what JSON and evbook escape, and of what they do not.
func randomText(random *rand.Rand) string {
	pieces := []string{
		"a", "Go Meetup", `"`, `\`, "/", "<&>", "\x00", "\x1f", "\n", "\r\t\b\f", "\x7f", "\u0085",
		"é", "日本", "🎟", "\u2028", "\u202e", "\ufeff", "\ufffd", "\xff", "\xc3", "\xed\xa0\x80",
		"\U000e0041",
	}
	var text strings.Builder
	for range random.IntN(6) {
		text.WriteString(pieces[random.IntN(len(pieces))])
	}
	return text.String()
}
