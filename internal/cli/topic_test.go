package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

func TestEveryTopicIsListedAndShown(t *testing.T) {
	w := newWorld(t)
	w.vars["EVBOOK_CONFIG"], w.vars["EVBOOK_OUTPUT"] = "no such file", "no such format"
	root := w.must("--help")
	for _, topic := range topics() {
		if !strings.Contains(root, fmt.Sprintf("\n  %-11s  %s\n", topic.name, topic.short)) {
			t.Errorf("%s is not in evbook --help", topic.name)
		}
		shown := w.must("help", topic.name)
		if shown != topic.text() || !strings.HasSuffix(shown, "\n") {
			t.Errorf("%s: %q", topic.name, shown)
		}
		want := `did you mean "evbook help ` + topic.name + `"?`
		for _, args := range [][]string{
			{"help", topic.name + "x"}, {topic.name}, {topic.name + "x", "-o", "name"},
		} {
			_, stderr, code := w.run(args...)
			if code != 2 || !strings.Contains(stderr, want) {
				t.Errorf("%v: exit %d, stderr %q, want %q in it", args, code, stderr, want)
			}
		}
		if _, stderr, code := w.run("help", topic.name, "stray"); code != 2 ||
			!strings.HasPrefix(stderr, `error: unexpected argument "stray"`) {
			t.Errorf("%s stray: exit %d, stderr %q", topic.name, code, stderr)
		}
	}
}

func TestEveryExitCodeIsExplained(t *testing.T) {
	text, meanings := exitCodesTopic(), exitMeanings()
	for kind, code := range exitCodes() {
		row := fmt.Sprintf("\n%4d  %-11s  %s\n", code, kind, meanings[kind])
		if meanings[kind] == "" || !strings.Contains(text, row) {
			t.Errorf("kind %s, exit code %d, is not explained", kind, code)
		}
	}
	if len(meanings) != len(booking.Kinds()) {
		t.Errorf("%d meanings for %d kinds", len(meanings), len(booking.Kinds()))
	}
	for _, code := range []int{0, exitTerminated} {
		if !strings.Contains(text, fmt.Sprintf("\n%4d  ", code)) {
			t.Errorf("exit code %d is not explained", code)
		}
	}
}

// readVariable finds where the program names a variable: its own by their prefix, all others where
// they are looked up.
var readVariable = regexp.MustCompile(`"(EVBOOK_[A-Z_]+)"|(?:[gG]etenv|\.env)\("(\w+)"\)`)

func TestEveryVariableThatIsReadIsExplained(t *testing.T) {
	text, seen := environmentTopic(), 0
	for _, pattern := range []string{"*.go", "../config/*.go", "../../cmd/evbook/*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range readVariable.FindAllStringSubmatch(string(source), -1) {
				seen++
				if name := found[1] + found[2]; !strings.Contains(text, "\n  "+name+"\n") {
					t.Errorf("%s reads %s, which evbook help environment does not explain; "+
						"add it to config/variable.go", path, name)
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d variables were seen: this test looks in the wrong place", seen)
	}
}

func TestEveryDateInTheTopicIsTaken(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, form := range dateForms() {
		if _, err := booking.ParseWhen(form[0], time.UTC, now); err != nil {
			t.Error(err)
		}
	}
}

func TestEveryRouteIsExplained(t *testing.T) {
	text := httpTopic()
	for _, r := range httpapi.Routes() {
		row := fmt.Sprintf("\n  %-6s  %-21s  %s\n", r.Method, r.Path, r.About)
		if r.About == "" || !strings.Contains(text, row) {
			t.Errorf("%s %s is not explained", r.Method, r.Path)
		}
	}
}
