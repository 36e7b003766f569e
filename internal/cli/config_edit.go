package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/config"
)

func newConfigInit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Make a configuration file that explains every key",
		Long: `Make a configuration file that holds every key with its default and an explanation,
and print where it is. It never replaces a file that exists.`,
		Example: "  evbook config init\n  evbook config init --config ./evbook.yaml",
		Args:    noArguments,
		RunE: a.runMending(func(cmd *cobra.Command, _ []string) error {
			path, err := a.onConfigFile(cmd, config.Init)
			if err != nil {
				return err
			}
			return a.show(answer{
				envelope: configAnswer("made the configuration file "+path, pathView{path, true}),
				done:     "made " + path,
				names:    []string{path},
				text:     func(p *page) { p.line("%s", path) },
			})
		}),
	}
}

// onConfigFile changes the configuration file, which it gives the path of. Others who change it
// are waited for like those who write to the database.
func (a *app) onConfigFile(
	cmd *cobra.Command, do func(ctx context.Context, path string) error,
) (path string, err error) {
	path, _, err = config.Path(a.source(cmd))
	if err == nil {
		ctx, cancel := context.WithTimeout(cmd.Context(), a.config.LockTimeout)
		defer cancel()
		err = do(ctx, path)
	}
	return path, configError(err)
}

func newConfigSet(a *app) *cobra.Command {
	const example = "evbook config set lock_timeout 30s"
	return &cobra.Command{
		Use:   "set KEY VALUE",
		Short: "Write a value into the configuration file",
		Long: `Write a value into the configuration file, which is made when there is none. The
value is checked first. Comments and the order of keys stay.`,
		Example:           "  " + example + "\n  evbook config set tz Europe/Berlin",
		Args:              keyAndValue(example),
		ValidArgsFunction: completeKey,
		RunE: a.runMending(func(cmd *cobra.Command, args []string) error {
			return a.setConfig(cmd, args[0], args[1])
		}),
	}
}

// keyAndValue takes exactly two arguments.
func keyAndValue(example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return booking.Errorf(booking.Invalid, "the key is missing").WithHint("%s", example)
		case 1:
			err := booking.Errorf(booking.Invalid, "the value is missing")
			if key, value, ok := strings.Cut(args[0], "="); ok && slices.Contains(keyNames(), key) {
				return err.WithHint("evbook config set %s %s", key, shellWord(value))
			}
			return err.WithHint("%s", example)
		}
		return noArguments(nil, args[2:])
	}
}

func (a *app) setConfig(cmd *cobra.Command, name, value string) error {
	if err := knownKey(name); err != nil {
		return err
	}
	if err := checkByRules(name, value); err != nil {
		return err
	}
	var set config.Setting
	path, err := a.onConfigFile(cmd, func(ctx context.Context, path string) (err error) {
		set, err = config.Set(ctx, path, name, value)
		return err
	})
	if err != nil {
		return err
	}
	now, err := a.setting(cmd, name)
	switch {
	case err != nil:
		a.noteUnusable(err)
	case now.Origin != set.Origin:
		a.note("It is not in use: the %s counts before the file.", now.Origin)
	}
	return a.say(answer{
		envelope: configAnswer("set "+name+" in "+path, viewSetting(set)),
		done:     "set " + name + " in " + path,
		names:    []string{name},
		text:     func(p *page) { p.line("Set %s to %q in %s.", name, set.Value, path) },
	})
}

// noteUnusable tells whoever has changed a file that something else in it is still wrong.
func (a *app) noteUnusable(err error) {
	a.note("The file cannot be used yet: %v.", err)
}

// checkByRules refuses what is well formed and cannot be used.
func checkByRules(name, value string) error {
	var err error
	switch {
	case name == "currency":
		_, err = booking.ParseCurrency(value)
	case name == "tz" && value != "":
		_, err = booking.LoadZone(value)
	}
	if err != nil {
		return booking.Errorf(booking.Invalid, "%s %w", name, err)
	}
	return nil
}

func newConfigUnset(a *app) *cobra.Command {
	const example = "evbook config unset lock_timeout"
	return &cobra.Command{
		Use:               "unset KEY",
		Short:             "Take a key out of the configuration file",
		Example:           "  " + example,
		Args:              oneArgument("the key", example),
		ValidArgsFunction: completeKey,
		RunE: a.runMending(func(cmd *cobra.Command, args []string) error {
			return a.unsetConfig(cmd, args[0])
		}),
	}
}

func (a *app) unsetConfig(cmd *cobra.Command, name string) error {
	if err := knownKey(name); err != nil {
		return err
	}
	var was bool
	path, err := a.onConfigFile(cmd, func(ctx context.Context, path string) (err error) {
		was, err = config.Unset(ctx, path, name)
		return err
	})
	if err != nil {
		return err
	}
	ans := answer{
		envelope: configAnswer(name+" was not set in "+path, nil),
		names:    []string{name},
		text:     func(p *page) { p.line("%s was not set in %s.", name, path) },
	}
	if was {
		ans.envelope.Message = "took " + name + " out of " + path
		ans.done = ans.envelope.Message
		ans.text = func(p *page) { p.line("Took %s out of %s.", name, path) }
		if _, err := a.setting(cmd, name); err != nil {
			a.noteUnusable(err)
		}
	}
	return a.say(ans)
}

func newConfigValidate(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE]",
		Short: "Check a configuration file before it is used",
		Long: `Check a configuration file, the one in use unless another is named: that every key is
known, stands once and has a value that can be used. Flags and variables do not count.`,
		Example:           "  evbook config validate\n  evbook config validate new.yaml",
		Args:              atMostOneArgument,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		RunE: a.runMending(func(cmd *cobra.Command, args []string) error {
			return a.validateConfig(cmd, args)
		}),
	}
}

func (a *app) validateConfig(cmd *cobra.Command, args []string) error {
	path, err := checkedFile(a.source(cmd), args)
	if err != nil {
		return err
	}
	c, err := config.Validate(path)
	if err != nil {
		return configError(err)
	}
	_, err = safePlace(cmd.Context(), c)
	if err != nil {
		err = fmt.Errorf("addr %w", err)
	}
	err = cmp.Or(err, checkByRules("currency", c.Currency), checkByRules("tz", c.TZ))
	if err != nil {
		return booking.Errorf(booking.Invalid, "config file %s: %w", path, err)
	}
	return a.say(answer{
		envelope: configAnswer("the configuration file "+path+" can be used", pathView{path, true}),
		names:    []string{path},
		text:     func(p *page) { p.line("%s can be used.", path) },
	})
}

// checkedFile is the file that is named, or else the one in use.
func checkedFile(src config.Source, args []string) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	path, exists, err := config.Path(src)
	if err == nil && !exists {
		return "", booking.Errorf(booking.Invalid, "there is no configuration file %s", path).
			WithHint("evbook config init makes it")
	}
	return path, configError(err)
}

// configError gives a failure of the configuration its kind; nil stays nil.
func configError(err error) error {
	var write *config.WriteError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &write):
		return booking.Errorf(booking.Invalid, "%w", err)
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return booking.Errorf(booking.Busy, "%w", err).
			WithHint("nothing was changed; try again, or wait longer with --lock-timeout")
	case errors.Is(err, fs.ErrExist):
		return booking.Errorf(booking.Conflict, "%w", err).
			WithHint("evbook config set changes it; nothing was changed now")
	}
	return booking.Errorf(booking.Unavailable, "%w", err).
		WithHint("check that the file and its folder may be written to")
}
