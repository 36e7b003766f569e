package contract

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
	"time"
)

// Watch is a handler of which each exchange is held against the contract. What breaks it is an
// error of the test, in the goroutine of the handler. Streams are judged at their end.
func (c *Contract) Watch(t testing.TB, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var sent transcript
		// The server looks at the body of its own request to see what is left to be read.
		asked := r.WithContext(r.Context())
		if r.Body != nil {
			asked.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, &sent), r.Body}
		}
		copied := &copier{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(copied, asked)
		c.hold(t, exchanged{r, sent.soFar(), copied.body.Bytes(), copied.status, w.Header()})
	})
}

// Proxy is the address of a proxy for programs, which find it in the environment: http_proxy. Each
// exchange is held against the contract. Where no answer comes, they get none; one that is cut off
// is not judged. Cleaning up after the test waits for what is under way.
func (c *Contract) Proxy(t testing.TB) (url string) {
	// A connection for each request is what programs have that end after one.
	direct := &http.Transport{
		DisableCompression: true, DisableKeepAlives: true, ExpectContinueTimeout: time.Minute,
	}
	proxy := &httputil.ReverseProxy{
		Transport: direct,
		Rewrite:   func(*httputil.ProxyRequest) {}, // since the request has the whole address
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {
			panic(http.ErrAbortHandler)
		},
	}
	server := httptest.NewServer(c.Watch(t, proxy))
	t.Cleanup(server.Close)
	return server.URL
}

// Transport sends requests as another one does, and holds each exchange against the contract when
// the answer was read or is closed. Bodies of requests have to be such that can be sent again.
func (c *Contract) Transport(t testing.TB, inner http.RoundTripper) http.RoundTripper {
	return &transport{c, t, inner}
}

type transport struct {
	*Contract
	t     testing.TB
	inner http.RoundTripper
}

func (tr *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := tr.inner.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	var sent []byte
	if r.GetBody != nil {
		again, _ := r.GetBody() // of texts, from which no error comes
		sent, _ = io.ReadAll(again)
	}
	answer.Body = &heard{ReadCloser: answer.Body, over: func(text []byte) {
		tr.hold(tr.t, exchanged{r, sent, text, answer.StatusCode, answer.Header})
	}, endless: strings.HasPrefix(answer.Header.Get("Content-Type"), streamType)}
	return answer, nil
}

// heard is the body of an answer, and a copy of what was read of it.
type heard struct {
	io.ReadCloser
	text transcript
	once sync.Once
	// over is told the whole body, or of one that is endless what was read of it.
	over    func(text []byte)
	endless bool
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	_, _ = h.text.Write(p[:n])
	if err == io.EOF {
		h.end()
	}
	return n, err
}

// Close reads what is left of a body, so that what a client does not care for is judged as well.
func (h *heard) Close() error {
	if h.endless {
		h.end()
	} else {
		_, _ = io.Copy(io.Discard, struct{ io.Reader }{h}) // what is cut off is not judged
	}
	return h.ReadCloser.Close()
}

func (h *heard) end() { h.once.Do(func() { h.over(h.text.soFar()) }) }

// hold fails a test of which an exchange breaks the contract.
func (c *Contract) hold(t testing.TB, e exchanged) {
	if err := c.judge(e); err != nil {
		t.Errorf("%s %s breaks the contract: %v\n%d %.2000s", e.Method, e.URL, err, e.status,
			e.answer)
	}
}

// transcript is the text of a body that may still be on its way when the answer is there.
type transcript struct {
	mu   sync.Mutex
	text []byte
}

func (tr *transcript) Write(text []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.text = append(tr.text, text...)
	return len(text), nil
}

func (tr *transcript) soFar() []byte {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return bytes.Clone(tr.text)
}

// copier keeps a copy of an answer.
type copier struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (c *copier) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copier) Write(text []byte) (int, error) {
	c.body.Write(text)
	return c.ResponseWriter.Write(text)
}

// Unwrap lets an [http.ResponseController] reach the connection.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }
