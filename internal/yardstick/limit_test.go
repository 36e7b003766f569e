//go:build linux

package yardstick

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"strconv"
)

// limit is the least that a server in Go can do: it reads the request as strictly as one needs to,
// and answers what evbook once answered, byte by byte, but for the date. It stores nothing.
type limit struct {
	status int
	header http.Header
	body   []byte
}

// seatRequest is what clients ask for.
type seatRequest struct {
	EventID  int64  `json:"event_id"`
	Email    string `json:"user_email"`
	Quantity int    `json:"quantity"`
}

// newLimit reads from a file what is to be answered.
func newLimit(path string) (*limit, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), nil)
	if err != nil {
		return nil, err
	}
	answer.Header.Del("Date") // the server writes it
	body, err := io.ReadAll(answer.Body)
	return &limit{answer.StatusCode, answer.Header, body}, err
}

func (l *limit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var err error
	if r.Method == http.MethodPost {
		_, err = decodeSeat(w, r)
	} else if r.URL.RawQuery != "" {
		_, err = strconv.Atoi(r.URL.Query().Get("quantity"))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	maps.Copy(w.Header(), l.header)
	w.WriteHeader(l.status)
	_, _ = w.Write(l.body)
}

// decodeSeat reads one JSON object without unknown fields, and nothing after it.
func decodeSeat(w http.ResponseWriter, r *http.Request) (ask seatRequest, err error) {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&ask); err != nil {
		return ask, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ask, errors.New("something follows the object")
	}
	return ask, nil
}
