package httpapi

import (
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// mustEncode is the one way in which evbook writes JSON. Bytes that are no UTF-8 come out as U+FFFD
// and invisible control characters as \u escapes, whatever the database holds.
func mustEncode(data any) []byte {
	text, err := json.Marshal(data, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic(err) // views are plain values: they always encode
	}
	return escapeControls(text)
}

// escapeControls writes the characters that could steer a terminal or reorder a line as \u escapes.
// JSON itself asks for that only below U+0020. Outside strings, JSON has none of them.
func escapeControls(text []byte) []byte {
	ascii := true
	for _, c := range text {
		ascii = ascii && c < 0x7f
	}
	if ascii {
		return text
	}
	safe := make([]byte, 0, len(text)+16)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if booking.Misleading(r) {
			code := strconv.FormatInt(0x10000+int64(r), 16)
			safe = append(append(safe, `\u`...), code[1:]...)
		} else {
			safe = append(safe, text[:size]...)
		}
		text = text[size:]
	}
	return safe
}
