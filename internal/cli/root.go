package cli

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/config"
)

// newRoot builds the command tree as far as a line needs it; nil is for all of it. It is built anew
// for every run, since cobra keeps the values of flags from one run to the next.
func newRoot(a *app, line []string) *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:   "evbook",
		Short: "Book seats for events, never more than there are",
		Example: `  evbook event create --name "Go Meetup" --capacity 40
  evbook book --event 1 --qty 2
  evbook check --event 1 --qty 2`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(a.out)
	root.SetErr(a.env.Err)
	root.AddGroup(
		&cobra.Group{ID: groupEvents, Title: "Events"},
		&cobra.Group{ID: groupBooking, Title: "Booking"},
		&cobra.Group{ID: groupOperations, Title: "Operations"},
		&cobra.Group{ID: groupTools, Title: "Tools"},
	)
	a.addBranches(root, line)
	root.SetHelpCommandGroupID(groupTools)
	root.SetCompletionCommandGroupID(groupTools)
	root.SetHelpCommand(newHelp(a))
	root.SetHelpFunc(writeHelp)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.Flags().BoolVar(&showVersion, "version", false, "print the version and exit")
	a.addGlobalFlags(root)
	makeStrict(root)
	quoteInFish(root)
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		a.heedSignals(cmd)
		if cmd.Name() == cobra.ShellCompRequestCmd {
			a.complete(root)
		}
	}
	help := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if showVersion {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "evbook", version())
			return err
		}
		return help(cmd, args)
	}
	return root
}

// addGlobalFlags declares the flags of every command. The values of those that can be configured
// elsewhere too are read by the config package, from the flag set.
func (a *app) addGlobalFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.String("db", "", "the database: a `FILE`, or postgres://HOST/NAME (events.db)")
	flags.String("dsn-file", "", "the `FILE` with the address of the database, for no other eyes")
	flags.String("config", "", "the configuration `FILE`, or none to read no file")
	flags.String("lock-timeout", "", "the longest `DURATION` a change waits for the database (10s)")
	flags.StringP("output", "o", "",
		"`FORMAT` of the answer: "+strings.Join(config.Formats(), ", "))
	declareOptional(flags, &a.global.fields, "fields", "`NAMES` of the fields to show: a,b")
	flags.BoolVar(&a.global.noHeader, "no-header", false, "leave the names of the columns out")
	flags.String("color", "", "`WHEN` to colour: auto, always or never (auto)")
	flags.BoolVarP(&a.global.quiet, "quiet", "q", false,
		"print only errors, and data whose format was asked for")
	flags.BoolVar(&a.global.noInput, "no-input", false, "never ask, even on a terminal")
}

// run makes the function of a command: the configuration is loaded first.
func (a *app) run(do func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return a.configured(config.Source{Getenv: a.env.Getenv, Environ: a.env.Environ}, do)
}

// runBare makes the function of a command that works however the configuration is broken: of all
// that can be configured elsewhere it takes the format and colours alone, from the environment.
func (a *app) runBare(
	do func(*cobra.Command, []string) error,
) func(*cobra.Command, []string) error {
	getenv := func(name string) (string, bool) {
		switch name {
		case "EVBOOK_OUTPUT", "EVBOOK_COLOR":
			return a.env.Getenv(name)
		case "EVBOOK_CONFIG":
			return "none", true
		}
		return "", false
	}
	return a.configured(config.Source{Getenv: getenv}, do)
}

// configured makes the function of a command that loads the configuration from a source and from
// its flags.
func (a *app) configured(
	src config.Source, do func(*cobra.Command, []string) error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		src.Flags, src.OS = cmd.Flags(), runtime.GOOS
		c, err := config.Load(src)
		if err != nil {
			return booking.Errorf(booking.Invalid, "%w", err)
		}
		if a.formatChosen = c.Output != ""; !a.formatChosen {
			c.Output = formatPlain
			if a.env.OutTerminal {
				c.Output = formatTable
			}
		}
		a.config = c
		if a.picked, err = pick(cmd, a.global.fields, c.Output); err != nil {
			return err
		}
		return do(cmd, args)
	}
}
