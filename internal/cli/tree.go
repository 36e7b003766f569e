package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/httpapi"
)

// commandNode is a command with its own flags and the commands below it, as JSON.
type commandNode struct {
	Name     string        `json:"name"`
	Short    string        `json:"short"`
	Flags    []flagNode    `json:"flags"`
	Children []commandNode `json:"children"`
}

// flagNode is a flag, as JSON.
type flagNode struct {
	Name      string `json:"name"`
	Shorthand string `json:"shorthand,omitempty"`
	// Value names what the flag takes; it is empty for a switch.
	Value string `json:"value,omitempty"`
	Usage string `json:"usage"`
}

// treeOf gives a command and all below it. Every command has --help, which is left out, and the
// flags of those above it.
func treeOf(c *cobra.Command) commandNode {
	node := commandNode{Name: c.Name(), Short: c.Short, Flags: flagsOf(c)}
	for _, sub := range shownCommands(c) {
		node.Children = append(node.Children, treeOf(sub))
	}
	return node
}

func flagsOf(c *cobra.Command) []flagNode {
	var nodes []flagNode
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		nodes = append(nodes, flagNode{f.Name, f.Shorthand, value, usage})
	})
	return nodes
}

// paths lists a command and all below it by the words that call them.
func (n commandNode) paths(above string) []string {
	path := strings.TrimSpace(above + " " + n.Name)
	all := []string{path}
	for _, child := range n.Children {
		all = append(all, child.paths(path)...)
	}
	return all
}

func treeAnswer(c *cobra.Command) answer {
	node, above := treeOf(c), ""
	if c.HasParent() {
		above = c.Parent().CommandPath()
	}
	return answer{
		envelope: httpapi.Envelope{
			Success: true, Message: "the tree of " + c.CommandPath(), Data: node,
		},
		names: node.paths(above),
		text:  func(p *page) { p.branch(node, "") },
		bare:  true,
	}
}

// branch draws a command and, further in, those below it.
func (p *page) branch(n commandNode, indent string) {
	p.line("%-18s  %s", indent+n.Name, n.Short)
	for _, child := range n.Children {
		p.branch(child, indent+"  ")
	}
}
