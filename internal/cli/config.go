package cli

import (
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/httpapi"
)

func newConfig(a *app) *cobra.Command {
	group := &cobra.Command{
		Use: "config",
		Example: `  evbook config show --origin
  evbook config set lock_timeout 30s`,
	}
	group.AddCommand(
		newConfigShow(a), newConfigPath(a), newConfigInit(a), newConfigGet(a), newConfigSet(a),
		newConfigUnset(a), newConfigValidate(a),
	)
	return group
}

// settingView is a setting as JSON.
type settingView struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

func viewSetting(s config.Setting) settingView { return settingView{s.Key, s.Value, s.Origin} }

// configAnswer is the envelope of a command on the configuration, of which HTTP knows nothing.
func configAnswer(message string, data any) httpapi.Envelope {
	return httpapi.Envelope{Success: true, Message: message, Data: data}
}

func newConfigShow(a *app) *cobra.Command {
	var origin bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show every key and the value that counts",
		Long: `Show every key and the value that counts: that of the flag, else of the EVBOOK_
variable, else of the configuration file, else the default. Passwords are not shown.`,
		Example: `  evbook config show
  evbook config show --origin
  evbook config show -o json`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.showConfig(cmd, origin)
		}),
	}
	cmd.Flags().BoolVar(&origin, "origin", false, "show where each value comes from")
	return cmd
}

func (a *app) showConfig(cmd *cobra.Command, origin bool) error {
	settings, err := config.Explain(a.source(cmd))
	if err != nil {
		return configError(err)
	}
	views := make([]settingView, len(settings))
	names := make([]string, len(settings))
	for i, s := range settings {
		views[i], names[i] = viewSetting(s), s.Key
	}
	return a.show(answer{
		envelope: configAnswer("the configuration", views),
		names:    names,
		text:     func(p *page) { p.settings(settings, origin) },
	})
}

func (p *page) settings(settings []config.Setting, origin bool) {
	columns := []column{{title: "KEY"}, {title: "VALUE"}, {title: "ORIGIN"}}
	if !origin {
		columns = columns[:2]
	}
	rows := make([][]string, len(settings))
	for i, s := range settings {
		rows[i] = []string{s.Key, s.Value, s.Origin}[:len(columns)]
	}
	p.table(columns, rows)
}

func newConfigGet(a *app) *cobra.Command {
	const example = "evbook config get db"
	return &cobra.Command{
		Use:   "get KEY",
		Short: "Print the value of one key",
		Long: `Print the value of one key, and nothing else: that of the flag, else of the EVBOOK_
variable, else of the configuration file, else the default. Passwords are not shown.`,
		Example:           "  " + example,
		Args:              oneArgument("the key", example),
		ValidArgsFunction: completeKey,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.getConfig(cmd, args[0])
		}),
	}
}

func (a *app) getConfig(cmd *cobra.Command, name string) error {
	if err := knownKey(name); err != nil {
		return err
	}
	s, err := a.setting(cmd, name)
	if err != nil {
		return configError(err)
	}
	return a.show(answer{
		envelope: configAnswer(s.Key+" comes from: "+s.Origin, viewSetting(s)),
		names:    []string{s.Key},
		text:     func(p *page) { p.line("%s", s.Value) },
		bare:     true,
	})
}

// setting gives the setting of a known key.
func (a *app) setting(cmd *cobra.Command, name string) (config.Setting, error) {
	settings, err := config.Explain(a.source(cmd))
	if err != nil {
		return config.Setting{}, err
	}
	i := slices.IndexFunc(settings, func(s config.Setting) bool { return s.Key == name })
	return settings[i], nil
}

// pathView is the place of the configuration file as JSON.
type pathView struct {
	Path   string `json:"path"`
	Exists bool   `json:"exists"`
}

func newConfigPath(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "path",
		Short:   "Print where the configuration file is, or would be made",
		Example: "  evbook config path\n  cat \"$(evbook config path)\"",
		Args:    noArguments,
		RunE: a.runMending(func(cmd *cobra.Command, _ []string) error {
			path, exists, err := config.Path(a.source(cmd))
			if err != nil {
				return configError(err)
			}
			message := "the configuration file is " + path
			if !exists {
				message += ", which does not exist yet"
				a.note("There is no such file yet; evbook config init makes it.")
			}
			return a.show(answer{
				envelope: configAnswer(message, pathView{path, exists}),
				names:    []string{path},
				text:     func(p *page) { p.line("%s", path) },
				bare:     true,
			})
		}),
	}
}

// source is all that configures a command.
func (a *app) source(cmd *cobra.Command) config.Source {
	return config.Source{
		Flags: cmd.Flags(), Getenv: a.env.Getenv, Environ: a.env.Environ, OS: runtime.GOOS,
	}
}

// runMending makes the function of a command that is about the configuration file itself. It runs
// although the file cannot be used, else nothing could mend it; flags, variables and defaults count
// then.
func (a *app) runMending(
	do func(*cobra.Command, []string) error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		src := a.source(cmd)
		if _, err := config.Load(src); err != nil {
			src.NoFile = true
		}
		return a.configured(src, do)(cmd, args)
	}
}

// knownKey refuses what is not the name of a key.
func knownKey(name string) error {
	names := keyNames()
	if slices.Contains(names, name) {
		return nil
	}
	err := booking.Errorf(booking.Invalid, "unknown key %q", name)
	if near := config.Nearest(name, names); near != "" {
		return err.WithHint("did you mean %q?", near)
	}
	return err.WithHint("the keys are %s", strings.Join(names, ", "))
}

func keyNames() []string {
	settings := config.Defaults()
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Key
	}
	return names
}

// completeKey offers the names of keys for the first argument.
func completeKey(
	_ *cobra.Command, args []string, _ string,
) ([]cobra.Completion, cobra.ShellCompDirective) {
	var offers []cobra.Completion
	if len(args) == 0 {
		for _, s := range config.Defaults() {
			offers = append(offers, cobra.CompletionWithDesc(s.Key, s.Description))
		}
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}
