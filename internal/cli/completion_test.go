package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// update makes the tests of generated files write them instead of comparing them.
var update = flag.Bool("update", false, "write the generated files anew")

func TestTheCompletionScriptsAreWhatTheProgramPrints(t *testing.T) {
	for shell, name := range map[string]string{
		"bash": "evbook.bash", "zsh": "_evbook", "fish": "evbook.fish", "powershell": "evbook.ps1",
	} {
		printed := newWorld(t).must("completion", shell)
		path := filepath.Join("..", "..", "completions", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(printed), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(kept) != printed {
			t.Errorf("completions/%s is not what evbook completion %s prints; "+
				"run: go test ./internal/cli -run Completion -update", name, shell)
		}
	}
}

// Only words that are quoted again may be evaluated (see quoteInFish); a new cobra may word its
// script in another way.
func TestTheScriptForFishQuotesTheWordsThatItEvaluates(t *testing.T) {
	for _, args := range [][]string{
		{"completion", "fish"}, {"completion", "fish", "--no-descriptions"},
	} {
		printed := newWorld(t).must(args...)
		if strings.Contains(printed, fishWords) || strings.Count(printed, fishQuotedWords) != 1 {
			t.Errorf("%v: the words of the line are not quoted", args)
		}
		if bare := strings.Contains(printed, "__completeNoDesc"); bare != (len(args) == 3) {
			t.Errorf("%v: without descriptions: %t", args, bare)
		}
	}
}
