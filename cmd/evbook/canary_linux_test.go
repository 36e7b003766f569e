package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// What is given as a secret or as personal data has a word in it that stands nowhere else.
const (
	canaryEmail = "canary.lovelace@example.org"
	canaryName  = "Canary Lovelace"
	canaryNote  = "canary at the window"
	// canaryCode is what an organiser hands out; the journal, which is for the owner, tells of it.
	canaryCode = "SPARROW-2026"
	canaryKey  = "canary-5c7e3f0a-9d1b-4b6e"
)

// canaries is a house in which secrets are given everywhere, whatever the umask of whoever runs it.
type canaries struct {
	house
	// secrets are the texts of tokens and of bookings' secrets.
	secrets []string
	// told is what was said where nothing of all that has to be, by the place. answers are what was
	// said to those who gave it: it may repeat a name or a key, but nothing that opens something.
	told, answers map[string]string
}

func newCanaries(t *testing.T) *canaries {
	t.Helper()
	need(t, "sh")
	c := &canaries{house: newHouse(t), told: map[string]string{},
		answers: map[string]string{}}
	// The folder of the script is not that of the house, whose files are looked at.
	c.binary = filepath.Join(t.TempDir(), "loose")
	script := "#!/bin/sh\numask 0\nexec evbook \"$@\"\n"
	if err := os.WriteFile(c.binary, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return c
}

// finds says which of some words are in a text, as they are or as an address has them.
func finds(text string, words []string) (all []string) {
	text = strings.ToLower(text)
	for _, word := range words {
		word = strings.ToLower(word)
		if strings.Contains(text, word) || strings.Contains(text, url.QueryEscape(word)) {
			all = append(all, word)
		}
	}
	return all
}

// opening are the beginnings of what is secret in tokens and secrets: nobody shows only their end.
func (c *canaries) opening() (all []string) {
	for _, secret := range c.secrets {
		text := secret[strings.LastIndexByte(secret, '_')+1:]
		all = append(all, text[:16])
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
	rows := "event_id,quantity,user_email,name,note,code,idempotency_key\n1,1," + canaryEmail +
		"," + canaryName + "," + canaryNote + "," + canaryCode + "," + canaryKey
	guests := []byte(rows + "-1\n1,99,,,,,\n")
	if err := os.WriteFile(c.path("guests.csv"), guests, 0o600); err != nil {
		t.Fatal(err)
	}
	c.says(t, 4, "book", "--from", "guests.csv") // of which the last row is too many
	piped := c.command(t.Context(), c.binary, "book", "--from", "-")
	piped.Stdin = strings.NewReader(rows + "-2\n1,nothing\n")
	o := finish(piped)
	c.answers["book --from -"] = o.stdout + o.stderr
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
	for _, command := range []string{
		"event list", "event show 1", "check --event 1 --qty 2", "token list", "token show 1",
		"log --event 1", "verify",
		"config show", "pool list --event 1",
	} {
		words := strings.Fields(command)
		c.says(t, 0, append(words, "-o", "json")...)
		c.says(t, 0, words...)
	}
}

// overHTTP gives secrets in headers, bodies, queries and paths, where they belong and where not.
func (c *canaries) overHTTP(t *testing.T, s *server) {
	t.Helper()
	const booking = `{"event_id":1,"quantity":1,"user_email":"` + canaryEmail + `","name":"` +
		canaryName + `","note":"` + canaryNote + `","code":"` + canaryCode + `"`
	token := []string{"Authorization", "Bearer " + c.secrets[0]}
	made := c.sends(t, s, 201, "POST /bookings", booking+"}", "Idempotency-Key", canaryKey)
	var answer envelope[struct{ Reference, Secret string }]
	if err := json.Unmarshal([]byte(made), &answer); err != nil || answer.Data.Secret == "" {
		t.Fatalf("%s: %v", made, err)
	}
	secret, where := answer.Data.Secret, "/bookings/"+answer.Data.Reference
	c.secrets = append(c.secrets, secret)
	c.sends(t, s, 200, "GET "+where, "", "Authorization", "Bearer "+secret)
	c.sends(t, s, 200, "GET /bookings?search=canary&user_email="+canaryEmail, "", token...)
	c.sends(t, s, 200, "PATCH /events/1/codes/"+canaryCode, `{"disabled":true}`, token...)
	for n, bad := range []struct {
		status        int
		request, body string
		headers       []string
	}{
		{401, "GET " + where, "", nil},
		{401, "GET " + where, "", []string{"Authorization", "Bearer " + secret + "x"}},
		{401, "GET " + where, "", []string{"Authorization", "Basic " + secret}},
		{401, "GET " + where, "", []string{"Cookie", "token=" + c.secrets[0], "Referer",
			"http://club.example/?secret=" + secret}},
		{400, "GET " + where + "?secret=" + secret, "", token},
		{400, "GET /events?token=" + c.secrets[0], "", nil},
		{400, "GET /bookings/" + secret, "", token},
		{400, "GET /events/" + c.secrets[0], "", nil},
		{404, "GET /" + c.secrets[0] + "/" + secret, "", token},
		{400, "POST /bookings", booking + `,"secret":"` + secret + `"}`, nil},
		{404, "POST /bookings", booking + "}", nil}, // the code is out of use
		{400, "POST /bookings", `{"event_id":"` + secret + `","quantity":"` + canaryName + `"}`,
			nil},
		{401, "DELETE " + where + "?reason=" + url.QueryEscape(canaryNote), "", nil},
		{403, "DELETE " + where, "", []string{"Authorization", "Bearer " + c.secrets[2]}},
		{403, "GET /events", "", []string{"Forwarded", "for=" + secret}},
		{422, "POST /bookings", booking + `,"hold":true}`, []string{"Idempotency-Key", canaryKey}},
	} {
		c.answers[fmt.Sprint(n, ": ", bad.request)] =
			c.sends(t, s, bad.status, bad.request, bad.body, bad.headers...)
	}
	if err := os.Rename(c.path("events.db"), c.path("elsewhere.db")); err != nil {
		t.Fatal(err)
	}
	c.told["an error of the server"] = c.sends(t, s, 503, "POST /bookings", booking+"}")
	if err := os.Rename(c.path("elsewhere.db"), c.path("events.db")); err != nil {
		t.Fatal(err)
	}
}

// ofProcess is what others on the machine see of a process: the words that it was called with, and
// what its owner sees too, its variables. It must not have started others.
func ofProcess(t *testing.T, pid int) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"cmdline", "environ", "comm", "status"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	children, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || len(children) == 0 {
		t.Fatalf("no threads of %d: %v", pid, err)
	}
	for _, path := range children {
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			t.Errorf("serve has started the processes %s", text)
		}
	}
	return all.String()
}

// files looks at every file in the house: for secrets that nobody but their bearer has, and for
// others than the owner who could read them. Personal data belongs into the database.
func (c *canaries) files(t *testing.T, made ...string) {
	t.Helper()
	seen := map[string]bool{}
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen[d.Name()] = true
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode() != 0o600 {
			t.Errorf("%s has the mode %s", d.Name(), info.Mode())
		}
		text, err := os.ReadFile(path)
		if found := finds(string(text), c.opening()); len(found) > 0 {
			t.Errorf("%s has the secrets %q", d.Name(), found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range made {
		if !seen[name] {
			t.Errorf("there is no file %s: %v", name, seen)
		}
	}
}

func TestSecretsAreShownToNobodyButThoseWhoGaveThem(t *testing.T) {
	t.Parallel()
	c := newCanaries(t)
	c.byCommand(t)
	for _, format := range []string{"text", "json"} {
		c.told["the log as "+format] = c.logs(t, format, func(s *server) {
			c.overHTTP(t, s)
			c.byBench(t, s)
			c.told["ps"] = ofProcess(t, s.cmd.Process.Pid)
			c.files(t, "events.db", "events.db-wal", "events.db-shm", "events.db.turn",
				"events.db.lock", "copy.db", "evbook.yaml", "evbook.yaml.lock")
		})
	}
	c.says(t, 0, "log", "--event", "1")
	everything := slices.Concat(c.opening(), []string{"canary", "lovelace"})
	for place, text := range c.told {
		words := everything
		if !strings.HasPrefix(place, "evbook log ") {
			words = append(slices.Clone(words), canaryCode)
		}
		if found := finds(text, words); len(found) > 0 {
			t.Errorf("%s tells of %q:\n%s", place, found, text)
		}
	}
	for place, text := range c.answers {
		if found := finds(text, c.opening()); len(found) > 0 {
			t.Errorf("%s is answered with %q:\n%s", place, found, text)
		}
	}
	// The control: the id of a request is written down, whatever a client takes for one, up to a
	// length.
	for n, secret := range []string{canaryKey, c.secrets[3]} {
		log := c.logs(t, "text", func(s *server) {
			c.sends(t, s, 200, "GET /events", "", "X-Request-Id", secret)
		})
		if len(finds(log, everything)) == 0 {
			t.Errorf("number %d is not found in a log that tells of it: %s", n+1, log)
		}
	}
}

// logs is what a server writes down while something is done with it.
func (c *canaries) logs(t *testing.T, format string, meanwhile func(*server)) string {
	t.Helper()
	s := c.serve(t, "--log-format", format)
	meanwhile(s)
	s.signal(t, syscall.SIGTERM)
	s.waitFor(t)
	if s.err != nil || !strings.Contains(s.stderr.String(), "GET /events") {
		t.Errorf("serve ended with %v, and this in its log: %s", s.err, &s.stderr)
	}
	return s.stderr.String()
}
