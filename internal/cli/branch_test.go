package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A line that begins with a flag has the whole tree.
func TestHelpIsTheSameHoweverMuchOfTheTreeIsBuilt(t *testing.T) {
	w := newWorld(t)
	eachCommand(newRoot(&app{out: &answerWriter{}}, nil), func(cmd *cobra.Command) {
		line := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		got, want := w.must(line...), w.must(slices.Insert(line, 0, "-q")...)
		if got != want {
			t.Errorf("%v: %s\nwith the whole tree: %s", line, got, want)
		}
	})
}

func TestALineBuildsNoOtherCommandThanItsOwn(t *testing.T) {
	for _, b := range branches() {
		root := newRoot(&app{out: &answerWriter{}}, []string{b.name, "--help"})
		for _, cmd := range root.Commands() {
			if cmd.Name() != b.name && cmd.Name() != "help" {
				t.Errorf("%s builds %s, too", b.name, cmd.Name())
			}
		}
	}
	root := newRoot(&app{out: &answerWriter{}}, []string{"--help"})
	for _, cmd := range root.Commands() {
		if cmd.HasSubCommands() && cmd.Name() != "completion" {
			t.Errorf("the help of the program builds the commands of %s", cmd.Name())
		}
	}
}
