package cli

import (
	"strings"
	"testing"
)

// A token is told once, on the standard output of the command that makes it.
func TestATokenIsToldOnceAndNowhereElse(t *testing.T) {
	w := hall(t, 3)
	made, stderr, code := w.run("token", "create", "--role", "door", "--name", "x", "-o", "table")
	_, token, _ := strings.Cut(strings.TrimSpace(made), "evb_")
	if code != 0 || len(token) < 60 || strings.Contains(stderr, token) {
		t.Fatalf("exit %d, %q, stderr %s", code, made, stderr)
	}
	if quiet := w.must("token", "create", "--role", "door", "--name", "y", "-q"); len(quiet) < 60 {
		t.Errorf("--quiet keeps the token to itself: %q", quiet)
	}
	for _, words := range []string{
		"token show 1", "token show 1 -o json", "token list -o json", "token list -o wide",
		"token list -o ndjson", "log -o json", "verify", "token revoke 1 --yes -o json",
		"token show evb_" + token, "token rotate evb_" + token,
		"token revoke -y evb_" + token + "a",
	} {
		stdout, stderr, _ := w.run(strings.Fields(words)...)
		if strings.Contains(stdout+stderr, token) || stdout+stderr == "" {
			t.Errorf("%.30s: %s%s", words, stdout, stderr)
		}
	}
}

func TestTokensAreOfferedWhereTheyCanBeUsed(t *testing.T) {
	w := hall(t, 3)
	for _, name := range []string{"one", "two"} {
		w.must("token", "create", "--role", "door", "--name", name)
	}
	w.must("token", "revoke", "1", "-y")
	for words, want := range map[string]string{
		"token show":           "2\ttwo · door\n1\tone · door\n",
		"token revoke":         "2\ttwo · door\n",
		"token rotate":         "2\ttwo · door\n",
		"token create --role":  "organiser\ndoor\n",
		"token create --event": "1\t",
	} {
		args := append([]string{"__complete"}, strings.Fields(words)...)
		if got := w.must(append(args, "")...); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", words, got, want)
		}
	}
}
