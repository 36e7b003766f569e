package cli

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
)

// helpWidth is the longest line of a help text, as far as words can be parted.
const helpWidth = 100

// newHelp replaces cobra's help command, which takes a mistyped command for success.
func newHelp(a *app) *cobra.Command {
	var tree bool
	cmd := &cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Explain a command or a topic",
		Example: `  evbook help event create
  evbook help exit-codes
  evbook help --tree`,
		GroupID: groupTools,
		Args: func(cmd *cobra.Command, words []string) error {
			if t, ok := asTopic(words); ok && tree {
				return booking.Errorf(booking.Invalid, "--tree: %s is a topic, not a command",
					t.name)
			} else if ok {
				return nil
			}
			_, err := explained(cmd, words)
			return err
		},
		RunE: func(cmd *cobra.Command, words []string) error {
			if t, ok := asTopic(words); ok {
				_, err := io.WriteString(cmd.OutOrStdout(), t.text())
				return err
			}
			target, err := explained(cmd, words)
			if err != nil {
				return err
			}
			if tree {
				return a.runBare(func(*cobra.Command, []string) error {
					return a.show(treeAnswer(target))
				})(cmd, words)
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
		ValidArgsFunction: completeHelp,
	}
	cmd.Flags().BoolVar(&tree, "tree", false, "list all commands below the one that is named")
	return cmd
}

// asTopic gives the topic that the words after help name, if they do.
func asTopic(words []string) (topic, bool) {
	if len(words) != 1 {
		return topic{}, false
	}
	return topicNamed(words[0])
}

// explained finds the command that the words after help name.
func explained(help *cobra.Command, words []string) (*cobra.Command, error) {
	target, rest, err := help.Root().Find(words)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 && target.HasSubCommands() {
		return nil, knownToHelp(target, rest)
	}
	return target, noArguments(target, rest)
}

// knownToHelp refuses a word that is neither a command nor, at the first place, a topic.
func knownToHelp(target *cobra.Command, rest []string) error {
	if target.HasParent() {
		return knownCommand(target, rest)
	}
	if t, ok := topicNamed(rest[0]); ok {
		return booking.Errorf(booking.Invalid, "unexpected argument %q", rest[1]).
			WithHint("evbook help %s", t.name)
	}
	err := booking.Errorf(booking.Invalid, "no command or topic %q", rest[0])
	if meant := nearest(target, rest[0]); meant != "" {
		return err.WithHint("did you mean %q?", meant)
	}
	return err.WithHint("evbook help lists what there is")
}

// completeHelp offers the commands and topics that may follow help.
func completeHelp(
	cmd *cobra.Command, words []string, _ string,
) ([]cobra.Completion, cobra.ShellCompDirective) {
	var offered []cobra.Completion
	if len(words) == 0 {
		for _, t := range topics() {
			offered = append(offered, cobra.CompletionWithDesc(t.name, t.short))
		}
	}
	target, rest, err := cmd.Root().Find(words)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, sub := range shownCommands(target) {
		offered = append(offered, cobra.CompletionWithDesc(sub.Name(), sub.Short))
	}
	return offered, cobra.ShellCompDirectiveNoFileComp
}

// shownCommands lists the commands below one that people are told of.
func shownCommands(c *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(c.Commands()), func(sub *cobra.Command) bool {
		return !sub.IsAvailableCommand() && sub.Name() != "help"
	})
}

// commandNames lists the names of the commands below one, with the other names they have.
func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range shownCommands(c) {
		names = append(append(names, sub.Name()), sub.Aliases...)
	}
	return names
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
		title := "Examples"
		if !c.HasParent() {
			title = "First steps"
		}
		fmt.Fprintf(&b, "\n%s:\n%s\n", title, c.Example)
	}
	fmt.Fprintf(&b, "\nUsage:\n  %s\n", synopsis(c))
	if c.HasSubCommands() {
		writeCommands(&b, c)
	}
	if !c.HasParent() {
		writeTopics(&b)
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "\nFlags:\n%s", c.LocalFlags().FlagUsagesWrapped(helpWidth))
	}
	writeFields(&b, c)
	if c.HasAvailableInheritedFlags() {
		fmt.Fprintf(&b, "\nFlags of every command:\n%s",
			c.InheritedFlags().FlagUsagesWrapped(helpWidth))
	}
	if c.HasSubCommands() {
		fmt.Fprintf(&b, "\nMore about a command: %s COMMAND --help\n", c.CommandPath())
	}
	if !c.HasParent() {
		fmt.Fprintf(&b, "More about a topic:   %s help TOPIC\n", c.CommandPath())
	}
	// A failed write is remembered by the writer and told by Main.
	_, _ = c.OutOrStdout().Write(b.Bytes())
}

// writeFields lists the fields of a command's answer.
func writeFields(b *bytes.Buffer, c *cobra.Command) {
	fields := fieldsOf(c)
	if len(fields) == 0 {
		return
	}
	b.WriteString("\nFields of the answer, for --fields:\n")
	line := " "
	for i, field := range fields {
		if i < len(fields)-1 {
			field += ","
		}
		if len(line)+1+len(field) > helpWidth {
			b.WriteString(line + "\n")
			line = " "
		}
		line += " " + field
	}
	b.WriteString(line + "\n")
}

// synopsis is how a command is called.
func synopsis(c *cobra.Command) string {
	if c.HasSubCommands() {
		return c.CommandPath() + " COMMAND [FLAGS]"
	}
	return strings.Replace(c.UseLine(), "[flags]", "[FLAGS]", 1)
}

func writeCommands(b *bytes.Buffer, c *cobra.Command) {
	groups := c.Groups()
	if len(groups) == 0 {
		groups = []*cobra.Group{{Title: "Commands"}}
	}
	for _, group := range groups {
		fmt.Fprintf(b, "\n%s:\n", group.Title)
		for _, sub := range shownCommands(c) {
			if sub.GroupID == group.ID {
				fmt.Fprintf(b, "  %-*s  %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
}
