package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"evbook/internal/contract"
	"evbook/internal/httpapi"
)

// theContract is what every request that a test sends, and every answer to it, is held against.
var theContract = sync.OnceValue(func() *contract.Contract {
	return contract.New(httpapi.OpenAPI("json"))
})

// through is the environment in which programs send their requests through a proxy, also those to
// the machine itself.
func through(proxy string) []string {
	return []string{"http_proxy=" + proxy, "no_proxy=", "NO_PROXY="}
}

// findings are the errors that a test would have had.
type findings struct {
	testing.TB
	mu  sync.Mutex
	all []string
}

func (f *findings) Errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, fmt.Sprintf(format, args...))
}

// want insists that there was one error, with the text in it, and forgets it.
func (f *findings) want(text string) {
	f.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.all) != 1 || !strings.Contains(f.all[0], text) {
		f.TB.Errorf("found are %q, want %q", f.all, text)
	}
	f.all = nil
}

// lies are answers that the contract does not know, by the paths of the requests, and what is wrong
// with them.
func lies() map[string][2]string {
	return map[string][2]string{
		"/readyz":   {`{"success":true,"message":"ready","data":1}`, "got number, want null"},
		"/nowhere":  {`{"success":true,"message":"here","data":null}`, "is no operation"},
		"/events/1": {`{"success":true,"message":"one","data":{"id":1}}`, "missing properties"},
		"/events/1/stream": {"event: change\ndata: {\"seq\":1}\n\n: more follows\n",
			"missing properties"},
	}
}

// lie answers with a lie.
func lie(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "/stream") {
		w.Header().Set("Content-Type", "text/event-stream")
	}
	_, _ = io.WriteString(w, lies()[r.URL.Path][0])
}

func TestAWrongAnswerToAClientIsFound(t *testing.T) {
	t.Parallel()
	liar := httptest.NewServer(http.HandlerFunc(lie))
	t.Cleanup(liar.Close)
	found := &findings{TB: t}
	client := http.Client{Transport: theContract().Transport(found, liar.Client().Transport)}
	for path, lie := range lies() {
		answer, err := client.Get(liar.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "/stream") { // whose clients leave before the end
			if _, err := io.ReadFull(answer.Body, make([]byte, len(lie[0]))); err != nil {
				t.Fatal(err)
			}
		}
		answer.Body.Close()
		found.want(lie[1])
	}
}

func TestAWrongAnswerToCurlIsFound(t *testing.T) {
	t.Parallel()
	need(t, "curl")
	liar := httptest.NewServer(http.HandlerFunc(lie))
	t.Cleanup(liar.Close)
	for path, lie := range lies() {
		t.Run(path, func(t *testing.T) {
			found := &findings{TB: t}
			// After the proxy has ended, since curl may have its answer before that is judged.
			t.Cleanup(func() { found.want(lie[1]) })
			cmd := exec.Command("curl", "-sN", liar.URL+path)
			cmd.Env = append(os.Environ(), through(theContract().Proxy(found))...)
			if o := finish(cmd); o.code != 0 || o.stdout != lie[0] {
				t.Errorf("exit code %d: %s%s", o.code, o.stdout, o.stderr)
			}
		})
	}
}
