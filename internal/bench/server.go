package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

const (
	// answerTimeout is how long a server may take: longer than it lets a booking wait.
	answerTimeout = time.Minute
	// maxAnswer is how much of an answer is read, in bytes.
	maxAnswer = 64 << 10
)

// Server is an evbook server as a target. Each client keeps one connection.
type Server struct {
	base, token string
	client      *http.Client
}

// NewServer reads the address of a server, such as http://127.0.0.1:8080. A token is sent with
// every request unless it is empty, over TLS or to this machine alone. The error says what is wrong
// with the address.
func NewServer(address, token string, clients int) (*Server, error) {
	at, err := url.Parse(address)
	switch {
	case err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Hostname() == "":
		return nil, fmt.Errorf("%.60q is not the address of a server, write one such as "+
			"http://127.0.0.1:8080", booking.Conceal(address))
	case at.User != nil:
		return nil, errors.New("holds a user or password, leave it out: EVBOOK_TOKEN is for tokens")
	case at.RawQuery != "" || at.Fragment != "":
		return nil, fmt.Errorf("%.60q has more than an address, leave out what follows the path",
			address)
	case token != "" && at.Scheme == "http" && !isHere(at.Hostname()):
		return nil, fmt.Errorf("%.60q would have EVBOOK_TOKEN sent for others to read, write "+
			"https:// or unset it", address)
	case strings.ContainsFunc(token, notInToken):
		return nil, errors.New("cannot be asked with what EVBOOK_TOKEN holds, which is no token")
	}
	transport := &http.Transport{
		MaxIdleConns: clients, MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients,
		DisableCompression: true, Protocols: new(http.Protocols),
	}
	transport.Protocols.SetHTTP1(true) // with HTTP/2 all clients would share a connection
	return &Server{
		base: strings.TrimRight(at.String(), "/"), token: token,
		client: &http.Client{
			Transport: transport, Timeout: answerTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}, nil
}

// notInToken is what stands in no token, and would end a header.
func notInToken(r rune) bool { return r <= ' ' || r > '~' }

// isHere says whether only this machine has such a host.
func isHere(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// String is the address.
func (s *Server) String() string { return s.base }

// Close lets the connections go.
func (s *Server) Close() { s.client.CloseIdleConnections() }

// eventAnswer is what is read of an answer about an event.
type eventAnswer struct {
	Data struct {
		ID        int64  `json:"id"`
		Confirmed *int64 `json:"confirmed"`
	} `json:"data"`
}

// Create makes an event.
func (s *Server) Create(ctx context.Context, d Draft) (int64, error) {
	text, err := json.Marshal(map[string]any{"name": d.Name, "capacity": d.Capacity})
	if err != nil {
		return 0, err
	}
	var made eventAnswer
	err = s.exchange(ctx, request{http.MethodPost, "/events", text, d.Key}, &made)
	return made.Data.ID, err
}

// Call makes one call of a client.
func (s *Server) Call(ctx context.Context, c Call) error {
	number := strconv.FormatInt(c.Event, 10)
	ask := request{method: http.MethodGet}
	switch c.Operation {
	case Book:
		text := `{"event_id":` + number + `,"quantity":1,"user_email":"` + emailOf(c.Client) + `"}`
		ask = request{http.MethodPost, "/bookings", []byte(text), c.Key}
	case Check:
		ask.path = "/bookings/check?quantity=1&event_id=" + number
	case Show:
		ask.path = "/events/" + number
	}
	return s.exchange(ctx, ask, nil)
}

// Booked is how many seats of an event are confirmed.
func (s *Server) Booked(ctx context.Context, event int64) (int64, error) {
	var shown eventAnswer
	ask := request{method: http.MethodGet, path: "/events/" + strconv.FormatInt(event, 10)}
	if err := s.exchange(ctx, ask, &shown); err != nil {
		return 0, err
	}
	if shown.Data.Confirmed == nil {
		return 0, booking.Errorf(booking.Forbidden, "%s does not say how many seats of event %d "+
			"are booked", s.base, event).WithHint("EVBOOK_TOKEN takes the token of an organiser")
	}
	return *shown.Data.Confirmed, nil
}

// Verify is nothing that a server can be asked for.
func (s *Server) Verify(context.Context) (*storage.Report, error) { return nil, nil }

// Cancel calls an event off.
func (s *Server) Cancel(ctx context.Context, event int64) error {
	text := `{"status":"cancelled","cancel_bookings":true,"reason":"` + cancelReason + `"}`
	return s.exchange(ctx, request{
		method: http.MethodPatch, path: "/events/" + strconv.FormatInt(event, 10),
		body: []byte(text),
	}, nil)
}

// request is what a server is asked: body is JSON, nil for none, and key an idempotency key, "" for
// none.
type request struct {
	method, path string
	body         []byte
	key          string
}

// exchange makes a request and reads the answer into something, nil for what tells by its status
// alone.
func (s *Server) exchange(ctx context.Context, ask request, into any) error {
	request, err := http.NewRequestWithContext(ctx, ask.method, s.base+ask.path,
		bytes.NewReader(ask.body))
	if err != nil {
		return err
	}
	if ask.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if ask.key != "" {
		request.Header.Set("Idempotency-Key", ask.key)
		request.GetBody = nil // else net/http repeats what was not answered, and tells nobody
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return s.unanswered(err)
	}
	defer answer.Body.Close()
	taken := answer.StatusCode/100 == 2
	if taken && into == nil { // what is not read would cost the connection
		switch _, err := io.CopyN(io.Discard, answer.Body, maxAnswer); err {
		case io.EOF:
			return nil
		case nil:
			return s.strange(answer.StatusCode, errors.New("the answer does not end"))
		default:
			return s.unanswered(err)
		}
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	switch {
	case err != nil:
		return s.unanswered(err)
	case !taken:
		return s.refusal(answer.StatusCode, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return s.strange(answer.StatusCode, err)
	}
	return nil
}

// strange is what is known when a server says that something was done, in words that are not those
// of evbook.
func (s *Server) strange(status int, err error) error {
	return booking.Errorf(booking.Unknown, "%s answers %d in a way that evbook does not", s.base,
		status).Because(err).WithHint("look whether evbook serves there")
}

// unanswered is what is known when there was no answer: nothing was asked unless there was a
// connection, to a server that could be trusted.
func (s *Server) unanswered(err error) error {
	var at *net.OpError
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &at) && at.Op == "dial" || errors.As(err, &certificate) {
		return booking.Errorf(booking.Unavailable, "%s cannot be reached", s.base).
			Because(err).WithHint("evbook serve starts a server; --url names its address")
	}
	return booking.Errorf(booking.Unknown, "%s has not answered", s.base).Because(err)
}

// refusal reads the answer to a request that was not carried out. One that is not evbook's leaves
// open what has become of it.
func (s *Server) refusal(status int, text []byte) error {
	var told struct {
		Message string `json:"message"`
		Error   struct {
			Code booking.Kind `json:"code"`
			Hint string       `json:"hint"`
		} `json:"error"`
	}
	err := json.Unmarshal(text, &told)
	code := told.Error.Code
	switch {
	case err == nil && slices.Contains(booking.Kinds(), code):
		refusal := booking.Errorf(code, "%s", told.Message)
		refusal.Hint = told.Error.Hint
		if code == booking.Unauthenticated || code == booking.Forbidden {
			return refusal.WithHint("EVBOOK_TOKEN takes the token of an organiser")
		}
		return refusal
	case status >= http.StatusInternalServerError:
		return booking.Errorf(booking.Unknown, "%s answers %d", s.base, status)
	}
	return booking.Errorf(booking.Internal, "%s answers %d", s.base, status).
		WithHint("look whether evbook serves there")
}
