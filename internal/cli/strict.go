package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/storage"
)

// makeStrict closes what cobra leaves open, over the whole tree: unknown commands below a group
// and stray arguments are refused, and so is a flag with a value that is given twice.
func makeStrict(c *cobra.Command) {
	if c.HasSubCommands() {
		c.Args = knownCommand
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	} else if c.Args == nil || c.Parent().Name() == "completion" {
		c.Args = noArguments
	}
	c.SetFlagErrorFunc(flagError)
	c.Flags().VisitAll(refuseRepetition)
	c.PersistentFlags().VisitAll(refuseRepetition)
	for _, sub := range c.Commands() {
		makeStrict(sub)
	}
}

// knownCommand refuses any word after a group that is not one of its commands.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := booking.Errorf(booking.Invalid, "unknown command %q for %q", args[0], cmd.CommandPath())
	if meant := nearest(cmd, args[0]); meant != "" {
		return err.WithHint("did you mean %q?", meant)
	}
	return err
}

// nearest gives the command line that a mistyped word after a group most likely stands for: of a
// command or, for the program itself, of a topic; "" where there is none.
func nearest(group *cobra.Command, typed string) string {
	names := commandNames(group)
	if !group.HasParent() {
		names = append(names, topicNames()...)
	}
	near := config.Nearest(typed, names)
	if near == "" {
		return ""
	}
	if slices.Contains(topicNames(), near) && !group.HasParent() {
		near = "help " + near
	}
	return group.CommandPath() + " " + near
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := booking.Errorf(booking.Invalid, "unexpected argument %q", args[0])
	if storage.IsAddress(args[0]) || strings.HasSuffix(args[0], ".db") {
		return err.WithHint("a database is named with --db")
	}
	return err
}

func atMostOneArgument(_ *cobra.Command, args []string) error {
	return noArguments(nil, args[min(1, len(args)):])
}

// oneArgument takes exactly one argument, called what in the error and shown by an example.
func oneArgument(what, example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return booking.Errorf(booking.Invalid, "%s is missing", what).WithHint("%s", example)
		}
		return noArguments(nil, args[1:])
	}
}

// flagError words what pflag says about a flag.
func flagError(cmd *cobra.Command, err error) error {
	// A mistyped command takes the flags of the one that was meant: the word is the error then.
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return knownCommand(cmd, words)
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return unknownFlag(cmd, unknown)
	}
	var missing *pflag.ValueRequiredError
	if errors.As(err, &missing) {
		return booking.Errorf(booking.Invalid, "--%s needs a value", missing.GetFlag().Name)
	}
	var bad *pflag.InvalidValueError
	if errors.As(err, &bad) {
		var twice givenTwice
		if errors.As(err, &twice) {
			return booking.Errorf(booking.Invalid, "--%s %s", bad.GetFlag().Name, twice)
		}
		return booking.Errorf(booking.Invalid, "--%s: cannot be %q", bad.GetFlag().Name,
			bad.GetValue())
	}
	return booking.Errorf(booking.Invalid, "%w", err)
}

func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		return booking.Errorf(booking.Invalid, "unknown flag -%s", unknown.GetSpecifiedName())
	}
	name := unknown.GetSpecifiedName()
	err := booking.Errorf(booking.Invalid, "unknown flag --%s", name)
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	near := config.Nearest(name, names)
	if slices.Contains(names, "to-"+name) { // of what moves, only where it goes is asked
		near = "to-" + name
	}
	if near != "" {
		return err.WithHint("did you mean --%s?", near)
	}
	return err
}

// refuseRepetition makes a flag with a value refuse a second one, unless it gathers them: which of
// two counts is a guess.
func refuseRepetition(f *pflag.Flag) {
	_, gathers := f.Value.(repeated)
	if f.Value.Type() != "bool" && !gathers {
		f.Value = &onceValue{Value: f.Value}
	}
}

type onceValue struct {
	pflag.Value
	first string
	given bool
}

func (v *onceValue) Set(text string) error {
	if v.given {
		return givenTwice{v.first, text}
	}
	v.first, v.given = text, true
	return v.Value.Set(text)
}

type givenTwice struct{ first, second string }

func (g givenTwice) Error() string {
	return `is given twice, "` + g.first + `" and "` + g.second + `"`
}
