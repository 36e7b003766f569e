package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// find gives the node of a command.
func (n commandNode) find(words []string) (commandNode, bool) {
	if len(words) == 0 {
		return n, true
	}
	i := slices.IndexFunc(n.Children, func(c commandNode) bool { return c.Name == words[0] })
	if i < 0 {
		return commandNode{}, false
	}
	return n.Children[i].find(words[1:])
}

func TestEveryCommandAndFlagStandsInTheTree(t *testing.T) {
	tree := treeOf(newRoot(&app{out: &answerWriter{}}, nil))
	listed := strings.Split(newWorld(t).must("help", "--tree", "-o", "name"), "\n")
	everyCommand(func(c *cobra.Command) {
		node, ok := tree.find(strings.Fields(c.CommandPath())[1:])
		if !ok || node.Short != c.Short || !slices.Contains(listed, c.CommandPath()) {
			t.Errorf("%s is missing: %v", c.CommandPath(), node)
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			named := func(n flagNode) bool { return n.Name == f.Name }
			i := slices.IndexFunc(node.Flags, named)
			if i < 0 || (node.Flags[i].Value == "") != (f.Value.Type() == "bool") {
				t.Errorf("%s --%s is missing or has no value", c.CommandPath(), f.Name)
			}
		})
	})
}
