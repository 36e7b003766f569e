package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dataNames are the names in the data of the messages of a stream, each once.
func dataNames(stream string) (names []string) {
	for line := range strings.Lines(stream) {
		if data, found := strings.CutPrefix(line, "data: "); found {
			for _, match := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(data, -1) {
				names = append(names, match[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestStreamsHaveWhatTheContractSays(t *testing.T) {
	s := newSite(t)
	s.must("POST", "/events", meetup)
	s.must("PATCH", "/events/1", `{"status":"cancelled"}`) // so that the stream ends
	op := theContract().doc.Paths.Find("/events/{id}/stream").Get
	media := op.Responses.Status(http.StatusOK).Value.Content[streamType]
	for who, opts := range map[string]Options{"all": {}, "staff": {Open: true}} {
		s.Handler = New(s.store, opts)
		server := httptest.NewServer(s)
		text := readStream(t, server, "", http.StatusOK)
		readStream(t, server, "2", http.StatusNoContent)
		server.Close()
		if who == "all" && !slices.Equal(dataNames(text), dataNames(media.Example.(string))) {
			t.Errorf("strangers see %s, the example is %s", text, media.Example)
		}
		for _, name := range dataNames(text) {
			if !strings.Contains(op.Description, "`"+name+"`") {
				t.Errorf("%s: the contract does not tell of %s", who, name)
			}
		}
		for _, line := range []string{"retry: 3000\n", "event: change\n", "event: end\n"} {
			if !strings.Contains(text, line) || !strings.Contains(media.Example.(string), line) {
				t.Errorf("%s: no %q in %s or the example", who, line, text)
			}
		}
	}
}

// readStream reads the stream of event 1 to its end, for a client that has some of it already.
func readStream(t *testing.T, server *httptest.Server, had string, want int) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/events/1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	if had != "" {
		r.Header.Set(lastEventHeader, had)
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		t.Fatalf("%d %s %v, want %d", answer.StatusCode, text, err, want)
	}
	return string(text)
}
