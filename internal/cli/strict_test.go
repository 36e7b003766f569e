package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// everyCommand walks the tree of a fresh root.
func everyCommand(do func(*cobra.Command)) {
	root := newRoot(&app{out: &answerWriter{}}, nil)
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		do(c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

func TestNoCommandTakesWhatItDoesNotKnow(t *testing.T) {
	leaves, groups := 0, 0
	everyCommand(func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		if c.HasSubCommands() {
			groups++
		} else {
			leaves++
		}
		if c.Args == nil {
			t.Errorf("%s: Args is not set", c.CommandPath())
			return
		}
		_, stderr, code := newWorld(t).run(append(words, "stray", "words", "here")...)
		if code != 2 || !strings.HasPrefix(stderr, "error: ") {
			t.Errorf("%s stray: exit %d, stderr %q", c.CommandPath(), code, stderr)
		}
		_, stderr, code = newWorld(t).run(append(words, "--nonsense")...)
		if code != 2 || !strings.HasPrefix(stderr, "error: unknown flag --nonsense") {
			t.Errorf("%s --nonsense: exit %d, stderr %q", c.CommandPath(), code, stderr)
		}
	})
	if leaves < 20 || groups < 4 {
		t.Errorf("only %d leaves and %d groups were seen", leaves, groups)
	}
}

func TestATypoInAnyCommandGetsASuggestion(t *testing.T) {
	everyCommand(func(c *cobra.Command) {
		if !c.HasParent() {
			return
		}
		words := strings.Fields(c.CommandPath())[1:]
		typo := words[len(words)-1] + "x"
		words[len(words)-1] = typo
		_, stderr, code := newWorld(t).run(words...)
		want := `did you mean "` + c.CommandPath() + `"?`
		if code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit %d, stderr %q, want %q in it", words, code, stderr, want)
		}
	})
}

func TestATypoInAnyFlagGetsASuggestion(t *testing.T) {
	everyCommand(func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		c.Flags().VisitAll(func(f *pflag.Flag) {
			_, stderr, code := newWorld(t).run(append(words, "--"+f.Name+"x=1")...)
			want := "did you mean --" + f.Name + "?"
			if code != 2 || !strings.Contains(stderr, want) {
				t.Errorf("%v --%sx: exit %d, stderr %q", words, f.Name, code, stderr)
			}
		})
	})
}

func TestNoFlagWithAValueIsTakenTwice(t *testing.T) {
	seen := 0
	everyCommand(func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if _, gathers := f.Value.(repeated); gathers || f.Value.Type() == "bool" {
				return
			}
			seen++
			twice := append(words, "--"+f.Name, "1", "--"+f.Name, "1")
			_, stderr, code := newWorld(t).run(twice...)
			if code != 2 || !strings.HasPrefix(stderr, "error: --"+f.Name+" is given twice") {
				t.Errorf("%v: exit %d, stderr %q", twice, code, stderr)
			}
		})
	})
	if seen < 30 {
		t.Errorf("only %d flags were seen", seen)
	}
}

func TestEveryHelpLeadsWithExamples(t *testing.T) {
	everyCommand(func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		if len(words) > 0 && words[0] == "completion" {
			return // its text is cobra's
		}
		w := newWorld(t)
		w.vars["EVBOOK_CONFIG"] = "no such file"
		help := w.must(append(words, "--help")...)
		title := "\nExamples:\n"
		if len(words) == 0 {
			title = "\nFirst steps:\n"
		}
		examples, usage := strings.Index(help, title), strings.Index(help, "\nUsage:\n")
		if examples < 0 || usage < examples {
			t.Errorf("%s: the examples do not come first:\n%s", c.CommandPath(), help)
		}
	})
}
