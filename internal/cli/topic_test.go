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
	for _, code := range []int{0, exitPipe, exitTerminated} {
		if !strings.Contains(text, fmt.Sprintf("\n%4d  ", code)) {
			t.Errorf("exit code %d is not explained", code)
		}
	}
}

// readVariable finds where the program names a variable: its own by their prefix, all others where
// they are looked up.
var readVariable = regexp.MustCompile(`"(EVBOOK_[A-Z_]+)"|(?:[gG]etenv|\.env|set)\("(\w+)"\)`)

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

// The day before the clocks change shows what days and what hours are.
func TestEveryDateMeansWhatTheTopicSays(t *testing.T) {
	berlin, err := booking.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 10, 24, 23, 0, 0, 0, berlin) // a Saturday
	want := map[string]string{
		"2026-12-01 19:00":          "2026-12-01T19:00:00+01:00",
		"2026-12-01T19:00":          "2026-12-01T19:00:00+01:00",
		"2026-12-01T19:00:00+01:00": "2026-12-01T19:00:00+01:00",
		"2026-12-01T18:00:00Z":      "2026-12-01T19:00:00+01:00",
		"today 19:00":               "2026-10-24T19:00:00+02:00",
		"tomorrow 19:00":            "2026-10-25T19:00:00+01:00",
		"fri 19:00":                 "2026-10-30T19:00:00+01:00",
		"+3d":                       "2026-10-27T23:00:00+01:00",
		"+1w2d":                     "2026-11-02T23:00:00+01:00",
		"+2h30m":                    "2026-10-25T01:30:00+02:00",
		// What the topic says beside its table.
		"2026-12-01 19:00:05": "2026-12-01T19:00:05+01:00",
		"friday 19:00":        "2026-10-30T19:00:00+01:00",
		"sat 19:00":           "2026-10-31T19:00:00+01:00",
		"+5h":                 "2026-10-25T03:00:00+01:00",
		"1970-01-01 19:00":    "1970-01-01T19:00:00+01:00",
		"9999-12-31 19:00":    "9999-12-31T19:00:00+01:00",
	}
	for text, moment := range want {
		got, err := booking.ParseWhen(text, berlin, now)
		if err != nil || got.In(berlin).Format(time.RFC3339) != moment {
			t.Errorf("%s is %s (%v), want %s", text, got.In(berlin), err, moment)
		}
	}
	for _, form := range dateForms() {
		if want[form[0]] == "" {
			t.Errorf("%s is not tried", form[0])
		}
	}
	for _, text := range []string{"2026-10-25 02:30", "2026-03-29 02:30"} {
		_, err := booking.ParseWhen(text, berlin, now)
		if err == nil || strings.Count(err.Error(), "+01:00") != 1 ||
			strings.Count(err.Error(), "+02:00") != 1 {
			t.Errorf("%s: %v, want both choices", text, err)
		}
	}
}

func TestEveryRouteIsExplained(t *testing.T) {
	text := httpTopic()
	for _, kind := range booking.Kinds() {
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^  %d  (.*, )?%s(, .*)?$`,
			httpapi.Status(kind), kind))
		if httpapi.Status(kind) >= 400 && !row.MatchString(text) {
			t.Errorf("the status of %s is not explained", kind)
		}
	}
	for _, r := range httpapi.Routes() {
		row := fmt.Sprintf("\n  %-6s  %-32s  %s\n", r.Method, r.Path, r.About)
		if r.About == "" || !strings.Contains(text, row) {
			t.Errorf("%s %s is not explained", r.Method, r.Path)
		}
	}
}
