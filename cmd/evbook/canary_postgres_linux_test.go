package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
)

// disguises are addresses of one server with the user's password in them, well and badly written,
// and of servers that are not there. The password is right or would be if it were understood.
func disguises(at *url.URL, password string) []string {
	place := at.Host + at.Path
	return []string{
		at.String(),
		"postgres://evbook:" + password + "@" + place + "?sslmode=require",
		"postgresql://evbook:" + password + "@" + at.Host + "/nowhere?sslmode=disable",
		"postgres://evbook:x" + password + "@" + place + "?sslmode=disable",
		"postgres://evbook:" + password + "@127.0.0.1:1/evbook",
		"postgres://evbook:" + password + "@nowhere.invalid/evbook",
		"postgres://evbook:/" + password + "@" + place,
		"postgres://evbook:%zz" + password + "@" + place,
		"postgres://evbook:a b" + password + "@" + place,
		"postgres://" + place + "?user=nobody&sslmode=disable&password=" + password,
		"postgres://evbook:" + password + "@" + place + "?sslmode=perhaps",
		"postgres:/evbook:" + password + "@" + place,
		"Postgres://evbook:" + password + "@" + place,
		"mysql://evbook:" + password + "@" + place,
		"postgres://evbook:top@" + password + "@" + place,
		"postgres://evbook:" + password + "@top@" + place,
		"evbook:" + password + "@" + place,
		" postgres://evbook:" + password + "@" + place,
		"postgres://evbook@" + place + "?sslmode=disable&pasword=" + password,
		"user=evbook password=" + password + " host=" + at.Hostname(),
	}
}

func TestPasswordsOfDatabasesAreShownToNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.db = emptyDatabase(t)
	at, err := url.Parse(h.db)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := at.User.Password()
	told := map[string]string{}
	h.event(t, "Go Meetup", 40)
	for _, address := range disguises(at, password) {
		h.tellsNothingOf(t, told, address)
	}
	file := h.path("dsn.txt")
	if err := os.WriteFile(file, []byte(h.db+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.db = ""
	for _, format := range []string{"text", "json"} {
		s := h.serve(t, "--dsn-file", file, "--log-format", format, "--metrics-addr", "127.0.0.1:0")
		if _, err := s.book("1", 1, ""); err != nil {
			t.Error(err)
		}
		if !strings.Contains(ofProcess(t, s.cmd.Process.Pid), "dsn.txt") {
			t.Error("ps does not show how serve was called: proves nothing")
		}
		told["ps"] = ofProcess(t, s.cmd.Process.Pid)
		s.signal(t, syscall.SIGTERM)
		s.waitFor(t)
		told["the log as "+format] = s.stderr.String()
	}
	for place, text := range told {
		if strings.Contains(text, password) {
			t.Errorf("%s tells of the password:\n%s", place, text)
		}
	}
	// The control: what is written on a command line is there for everybody.
	s := h.serve(t, "--db", at.String())
	if !strings.Contains(ofProcess(t, s.cmd.Process.Pid), password) {
		t.Error("a password on the command line is not found in ps, where everybody sees it")
	}
}

// tellsNothingOf gives an address to commands in every way, and keeps all that they say.
func (h house) tellsNothingOf(t *testing.T, told map[string]string, address string) {
	t.Helper()
	for _, line := range []string{
		"event list --db ADDRESS", "event list ADDRESS", "event list --db ADDRESS --db ADDRESS",
		"book --event 1 --qty 1 --db ADDRESS --lock-timeout 1s", "migrate status --db ADDRESS",
		"migrate up ADDRESS --db ADDRESS", "backup --out copy.db --db ADDRESS", "ADDRESS",
		"config show --db ADDRESS --origin", "config get db --db ADDRESS", "config set db ADDRESS",
		"book --event 1 --qty 99 --db ADDRESS", "event list --dsn-file ADDRESS",
		"doctor --db ADDRESS", "serve --addr 127.0.0.1:0 --db ADDRESS --currency nothing",
		"move --from events.db --to ADDRESS", "event list --config ADDRESS",
		"event list --addr ADDRESS", "event show ADDRESS",
	} {
		var args []string
		for word := range strings.FieldsSeq(line) {
			args = append(args, strings.ReplaceAll(word, "ADDRESS", address))
		}
		for _, format := range []string{"json", "table"} {
			o := h.run(append(args, "-o", format)...)
			told[fmt.Sprintf("%s -o %s with %s", line, format, address)] = o.stdout + o.stderr
		}
	}
}
