package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"evbook/internal/bench"
	"evbook/internal/storage"
)

func TestTheWordsOfABenchmarkSayWhatItsExitCodeSays(t *testing.T) {
	found := []storage.Finding{{Check: "seats", Detail: "event 1 has one too many"}}
	for verdict, tt := range map[string]struct {
		word   string
		result bench.Result
	}{
		"sound":   {"Sound: ", bench.Result{Report: &storage.Report{}}},
		"unsound": {"Not sound: ", bench.Result{Report: &storage.Report{Findings: found}}},
		"unknown": {"Not certain: ", bench.Result{Unverified: errors.New("the disk is gone")}},
	} {
		m := &measurement{Result: tt.result}
		var said bytes.Buffer
		(&page{to: &said}).verdict(m)
		if m.verdict() != verdict || !strings.HasPrefix(said.String(), tt.word) {
			t.Errorf("%s: the verdict is %s, and what is said\n%s", verdict, m.verdict(), &said)
		}
		if (m.end() == nil) != (verdict == "sound") {
			t.Errorf("%s: the command ends with %v", verdict, m.end())
		}
	}
}
