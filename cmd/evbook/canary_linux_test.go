package main

import (
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// What is given as a secret or as personal data has a word in it that stands nowhere else.
const (
	canaryEmail = "canary.lovelace@example.org"
	canaryName  = "Canary Lovelace"
	canaryNote  = "canary at the window"
	canaryCode  = "CANARY-2026"
	canaryKey   = "canary-5c7e3f0a-9d1b-4b6e"
)

// canaries is a house in which secrets are given everywhere, whatever the umask of whoever runs it.
type canaries struct {
	house
	// secrets are the texts of tokens and of bookings' secrets, which nothing but a word that they
	// have in common could tell from others.
	secrets []string
	// told is what was said where no secret has to be, by the place.
	told map[string]string
}

func newCanaries(t *testing.T) *canaries {
	t.Helper()
	need(t, "sh")
	c := &canaries{house: newHouse(t), told: map[string]string{}}
	// The folder of the script is not that of the house, whose files are looked at.
	c.binary = filepath.Join(t.TempDir(), "loose")
	script := "#!/bin/sh\numask 0\nexec evbook \"$@\"\n"
	if err := os.WriteFile(c.binary, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return c
}

// finds says which secrets are in a text, as they are or as an address or JSON has them.
func (c *canaries) finds(text string) (all []string) {
	text = strings.ToLower(text)
	for _, secret := range append([]string{"canary", "lovelace"}, c.secrets...) {
		for _, form := range []string{secret, url.QueryEscape(secret), strconv.Quote(secret)} {
			if strings.Contains(text, strings.ToLower(form)) {
				all = append(all, secret)
				break
			}
		}
	}
	return all
}

// says notes what a command says, which has to end as wanted.
func (c *canaries) says(t *testing.T, code int, args ...string) {
	t.Helper()
	o := c.run(args...)
	if o.code != code {
		t.Errorf("evbook %q: exit code %d, want %d: %s%s", args, o.code, code, o.stdout, o.stderr)
	}
	c.told["evbook "+strings.Join(args, " ")] = o.stdout + o.stderr
}

// sends makes a request, whose answer has to have the status, and gives the answer.
func (c *canaries) sends(
	t *testing.T, s *server, status int, request, body string, headers ...string,
) string {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		t.Errorf("%s: %d %s %v, want %d", request, answer.StatusCode, text, err, status)
	}
	return string(text)
}

// byCommand gives secrets in arguments, the environment, files and the standard input.
func (c *canaries) byCommand(t *testing.T) {
	t.Helper()
	c.event(t, "Go Meetup", 40)
	c.must(t, "code", "add", "--event", "1", "--code", canaryCode, "--uses", "20")
	for _, role := range []string{"organiser", "door"} {
		c.secrets = append(c.secrets, c.must(t, "token", "create", "--role", role, "--name", role,
			"-o", "name"))
	}
	c.secrets = append(c.secrets, c.must(t, "token", "rotate", "2", "-o", "name"))
	book := []string{"book", "--event", "1", "--qty", "1", "--email", canaryEmail, "--name",
		canaryName, "--note", canaryNote, "--code", canaryCode, "--idempotency-key", canaryKey}
	reference := c.must(t, append(book, "-o", "name")...)
	c.secrets = append(c.secrets, ask[struct{ Secret string }](t, c.house, book...).Secret)
	rows := "event_id,quantity,user_email,name,note,code,idempotency_key\n1,1," + canaryEmail + "," +
		canaryName + "," + canaryNote + "," + canaryCode + "," + canaryKey
	if err := os.WriteFile(c.path("guests.csv"), []byte(rows+"-1\n1,99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.says(t, 4, "book", "--from", "guests.csv")
	piped := c.command(t.Context(), c.binary, "book", "--from", "-")
	piped.Stdin = strings.NewReader(rows + "-2\n1,nothing\n")
	o := finish(piped)
	c.told["book --from -"] = o.stdout + o.stderr
	c.must(t, "config", "set", "currency", "EUR", "--config", c.path("evbook.yaml"))
	stray := c.command(t.Context(), c.binary, "event", "list")
	stray.Env = append(stray.Env, "EVBOOK_TOKEN="+c.secrets[0], "EVBOOK_SECRET="+c.secrets[3])
	o = finish(stray)
	c.told["with stray variables"] = o.stdout + o.stderr
	if err := os.WriteFile(c.path("stray.yaml"), []byte("token: "+c.secrets[0]+"\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	c.says(t, 2, "event", "list", "--config", c.path("stray.yaml"))
	if err := os.Remove(c.path("stray.yaml")); err != nil {
		t.Fatal(err)
	}
	c.says(t, 2, "token", "revoke", c.secrets[0])
	c.must(t, "booking", "transfer", reference, "--email", "new."+canaryEmail)
	c.must(t, "booking", "cancel", reference, "--reason", canaryNote)
	c.must(t, "backup", "--out", c.path("copy.db"))
	for _, command := range []string{"event list", "event show 1", "event watch 1 --once",
		"check --event 1 --qty 2", "token list", "token show 1", "log --event 1", "verify",
		"config show", "pool list --event 1"} {
		words := strings.Fields(command)
		c.says(t, 0, append(words, "-o", "json")...)
		c.says(t, 0, words...)
	}
}
