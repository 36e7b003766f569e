package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// byBench gives a benchmark tokens, right and wrong ones, for servers of every kind. The server has
// tokens; of the secrets the first one is an organiser's, the third one a door's.
func (c *canaries) byBench(t *testing.T, s *server) {
	t.Helper()
	organiser, door := c.secrets[0], c.secrets[2]
	// What somebody else serves may say again what it was told.
	parrot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/later/events" {
			_, _ = io.WriteString(w, `{"data":{"id":1}}`)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = fmt.Fprintf(w, `{"message":"heard %[1]s","error":{"code":"internal","hint":%[1]q}}`,
			r.Header.Get("Authorization"))
	}))
	defer parrot.Close()
	garbled := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, r.Header.Get("Authorization")+"\r\n\r\n")
			err = conn.Close()
		}
		if err != nil {
			t.Error(err)
		}
	}))
	defer garbled.Close()
	for n, run := range []struct {
		code  int
		token string
		line  string
	}{
		{0, organiser, "bench --url " + s.url}, {0, organiser, "bench --url " + s.url + " -o json"},
		{7, door, "bench --url " + s.url}, {7, door, "bench --url " + s.url + " -o json"},
		{7, organiser[:len(organiser)-1] + "x", "bench --url " + s.url},
		{2, organiser, "bench --url http://192.0.2.1"},
		{2, organiser + "\n", "bench --url " + s.url},
		{8, organiser, "bench --url http://127.0.0.1:1"},
		{1, organiser, "bench --url " + parrot.URL},
		{1, organiser, "bench -o json --url " + parrot.URL},
		{1, organiser, "bench -o table --url " + parrot.URL + "/later"},
		{1, organiser, "bench -o json --url " + parrot.URL + "/later"},
		{10, organiser, "bench --url " + garbled.URL},
		{0, organiser, "bench"}, {0, organiser, "config show"},
		{0, organiser, "config show -o json"},
	} {
		words := strings.Fields(run.line)
		if words[0] == "bench" {
			words = append(words, "--yes", "--duration", "100ms", "--clients", "2")
		}
		cmd := c.command(t.Context(), c.binary, words...)
		cmd.Env = append(cmd.Env, "EVBOOK_TOKEN="+run.token)
		o := finish(cmd)
		if o.code != run.code {
			t.Errorf("%s: exit code %d, want %d: %s%s", run.line, o.code, run.code, o.stdout,
				o.stderr)
		}
		c.told[fmt.Sprintf("%d: EVBOOK_TOKEN=… evbook %s", n, run.line)] = o.stdout + o.stderr
	}
}
