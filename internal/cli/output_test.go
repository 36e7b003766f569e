package cli

import (
	"strings"
	"testing"
)

func TestTheFormatIsFoundBeforeFlagsAreRead(t *testing.T) {
	for line, want := range map[string]string{
		"book -o json": "json", "-ojson book": "json", "book --output json": "json",
		"book --output=json": "json", "book -o=json": "json", "book -o table": "table",
		"book": "", "book json": "", "book -- -o json": "", "book -o": "",
		"book -qo json": "json", "book -nqojson": "json", "event -co json": "",
		"book --on-error": "",
	} {
		if got := typedFlag(strings.Fields(line), "output", "o"); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestAFailureBeforeTheConfigurationIsReadIsJSONToo(t *testing.T) {
	w := newWorld(t)
	w.vars["EVBOOK_OUTPUT"] = "json"
	stdout, _, code := w.run("bok")
	if code != 2 || !strings.HasPrefix(stdout, `{"success":false,`) {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
	if stdout, _, _ := w.run("bok", "-o", "table"); stdout != "" {
		t.Errorf("with -o table: stdout %q", stdout)
	}
}
