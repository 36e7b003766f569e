package cli

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"
)

func TestTheVersionTellsWhatWasStamped(t *testing.T) {
	if b := buildOf(nil, false); b.Version != "(unknown version)" || b.SQLite == "" ||
		b.Commit != nil || b.Driver != nil {
		t.Errorf("without a stamp: %+v", b)
	}
	b := buildOf(&debug.BuildInfo{
		Main: debug.Module{Version: "v1.2.3"},
		Deps: []*debug.Module{
			{Path: "modernc.org/libc", Version: "v1.77.1"},
			{Path: "modernc.org/sqlite", Version: "v1.60.1"},
		},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "d30a6aa"}, {Key: "vcs.modified", Value: "true"},
			{Key: "vcs.time", Value: "2026-11-22T12:00:00Z"}, {Key: "GOOS", Value: "plan9"},
		},
	}, true)
	var text bytes.Buffer
	(&page{to: &text}).build(b)
	for _, line := range []string{
		"Version:     v1.2.3\n", "Commit:      d30a6aa, modified\n",
		"Date:        2026-11-22T12:00:00Z\n",
		"(modernc.org/sqlite v1.60.1, modernc.org/libc v1.77.1)\n",
	} {
		if !strings.Contains(text.String(), line) {
			t.Errorf("%q is missing in:\n%s", line, text.String())
		}
	}
}
