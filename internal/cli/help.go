package cli

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"
)

// newHelp replaces cobra's help command, which takes a mistyped command for success.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Example: "  evbook help event create",
		GroupID: groupTools,
		Args: func(cmd *cobra.Command, words []string) error {
			_, err := explained(cmd, words)
			return err
		},
		RunE: func(cmd *cobra.Command, words []string) error {
			target, err := explained(cmd, words)
			if err != nil {
				return err
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}

// explained finds the command that the words after help name.
func explained(help *cobra.Command, words []string) (*cobra.Command, error) {
	target, rest, err := help.Root().Find(words)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 && target.HasSubCommands() {
		return nil, knownCommand(target, rest)
	}
	return target, noArguments(target, rest)
}

// writeHelp is the help of every command. Examples come first: they are what people look for.
func writeHelp(c *cobra.Command, _ []string) {
	var b bytes.Buffer
	about := c.Long
	if about == "" {
		about = c.Short
	}
	fmt.Fprintln(&b, about)
	if c.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", c.Example)
	}
	if c.HasSubCommands() {
		fmt.Fprintf(&b, "\nUsage:\n  %s COMMAND [FLAGS]\n", c.CommandPath())
		writeCommands(&b, c)
	} else {
		fmt.Fprintf(&b, "\nUsage:\n  %s\n", c.UseLine())
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "\nFlags:\n%s", c.LocalFlags().FlagUsages())
	}
	if c.HasAvailableInheritedFlags() {
		fmt.Fprintf(&b, "\nFlags of every command:\n%s", c.InheritedFlags().FlagUsages())
	}
	if c.HasSubCommands() {
		fmt.Fprintf(&b, "\nMore about a command: %s COMMAND --help\n", c.CommandPath())
	}
	// A failed write is remembered by the writer and told by Main.
	_, _ = c.OutOrStdout().Write(b.Bytes())
}

func writeCommands(b *bytes.Buffer, c *cobra.Command) {
	groups := c.Groups()
	if len(groups) == 0 {
		groups = []*cobra.Group{{Title: "Commands"}}
	}
	for _, group := range groups {
		fmt.Fprintf(b, "\n%s:\n", group.Title)
		for _, sub := range c.Commands() {
			if sub.GroupID == group.ID && (sub.IsAvailableCommand() || sub.Name() == "help") {
				fmt.Fprintf(b, "  %-*s  %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
}
