package httpapi

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
)

// openAPIYAML is the contract of this door, written by hand.
//
//go:embed openapi.yaml
var openAPIYAML string

// openAPIJSON is the same as JSON. It is kept beside it, since a reader of YAML would be paid for
// at every start of the program.
//
//go:embed openapi.json
var openAPIJSON string

// OpenAPIFormats are the forms in which [OpenAPI] gives the contract, first the one as written.
func OpenAPIFormats() []string { return []string{"yaml", "json"} }

// OpenAPI is the contract of the door, an OpenAPI 3.1 document, in one of the [OpenAPIFormats]; ""
// for any other.
func OpenAPI(format string) string {
	switch format {
	case "yaml":
		return openAPIYAML
	case "json":
		return openAPIJSON
	}
	return ""
}

// showContract answers with the contract. It may be kept, and costs nothing to ask for again while
// it is the same.
func showContract(format string) handler {
	return func(_ *visit, w http.ResponseWriter, r *http.Request) error {
		text := OpenAPI(format)
		digest := sha256.Sum256([]byte(text))
		tag := strconv.Quote(hex.EncodeToString(digest[:16]))
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "no-cache")
		if isKnown(r.Header, tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
		w.Header().Set("Content-Type", "application/"+format)
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = io.WriteString(w, text) // that the client is gone by then is nobody's to know
		return nil
	}
}
